/* What a Vision Transformer makes of an image: latent vector, logits, and everything on the way. */
#ifndef EXAMPLES_VIT_TRACE_H
#define EXAMPLES_VIT_TRACE_H

#include "common/vit_model.h"

/* The values inside one block; t tokens of d features. */
struct vit_block_trace {
    double *input; /* [t × d]: the output of the block before */
    struct vit_norm_kept attention_norm;
    struct vit_attention_kept attention;
    double *attended; /* [t × d]: input and attention's output added */
    struct vit_norm_kept mlp_norm;
    double *hidden;    /* [t × hidden]: mlp_in's output */
    double *activated; /* [t × hidden]: GELU of it */
    double *output;    /* [t × d] */
};

/* The values of one image, which stay until the next is run. */
struct vit_trace {
    double *patches; /* [t × patch²]: the pixels, cut up */
    struct vit_block_trace *block;
    struct vit_norm_kept norm;
    double *latent;  /* [d] */
    double *logits;  /* [classes] */
    double *scratch; /* [2 t × d] */
    double *numbers; /* all of these */
};

/* Makes room; one trace serves any number of images of that model, one at a time. */
bool vit_trace_open(struct vit_trace *trace, const struct vit_model *model, struct io_error *error);

/* Releases the room; a struct of zeros is fine. */
void vit_trace_close(struct vit_trace *trace);

/* Runs one image of side × side pixels in 0 … 1. */
void vit_trace_run(struct vit_trace *trace, const struct vit_model *model, const double *image);

/* Runs images one after the other: images [count × pixels], latents [count × d],
 * logits [count × classes]; latents or logits may be NULL. Fails only for lack of memory. Threads
 * may share the model and run ranges of the rows, each with pointers to its own rows. */
bool vit_model_run(const struct vit_model *model, int64_t count, const double *images,
                   double *latents, double *logits, struct io_error *error);

#endif
