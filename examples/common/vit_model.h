/* A small Vision Transformer with a linear classification head, read from a .safetensors file that
 * examples/vit/train_vit.py wrote.
 *
 * An image of side × side pixels in 0 … 1 is cut into tokens of patch × patch pixels, by rows of
 * the image and within each by its own rows. embed() and the position make of each a row of d
 * features. Each block adds to the tokens attention(norm(tokens)), then
 * mlp_out(gelu(mlp_in(norm(tokens)))). The latent vector h is the average of norm(tokens), and the
 * logits are W h + b, W and b being those of `head`. The weights are float32 in the file and exact
 * in float64 here. */
#ifndef EXAMPLES_VIT_MODEL_H
#define EXAMPLES_VIT_MODEL_H

#include <stdbool.h>

#include "common/io_error.h"
#include "common/vit_layers.h"

struct vit_block {
    struct vit_norm attention_norm;
    struct vit_attention attention;
    struct vit_norm mlp_norm;
    struct vit_linear mlp_in, mlp_out;
};

struct vit_model {
    int64_t side, patch; /* pixels */
    int64_t tokens;      /* (side / patch)² */
    int64_t dimension;   /* d, of tokens and latent vectors */
    int64_t blocks, heads, hidden, classes;
    struct vit_linear embed;
    const double *position; /* [tokens × d] */
    struct vit_block *block;
    struct vit_norm norm;
    struct vit_linear head;
    double *numbers; /* all weights */
};

/* Pixels of an image. */
static inline int64_t vit_pixels(const struct vit_model *model) {
    return model->side * model->side;
}

/* Reads the architecture from the file's free texts and the weights from its tensors, which must be
 * exactly those of the architecture, finite and float32. Every error names the file. */
bool vit_model_open(struct vit_model *model, const char *path, struct io_error *error);

/* Releases the model; a struct of zeros is fine. */
void vit_model_close(struct vit_model *model);

#endif
