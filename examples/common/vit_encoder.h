/* The latent vector of a Vision Transformer as an encoder that the library measures: n pixels in
 * 0 … 1 to d features, with both products.
 *
 * Everything is float64, though the weights are float32: what is measured is differences of latent
 * vectors over steps down to 1e-6 of a pixel's range, which float32 would leave no digit of. */
#ifndef EXAMPLES_VIT_ENCODER_H
#define EXAMPLES_VIT_ENCODER_H

#include <latent.h>

#include "common/vit_products.h"

/* What one call works in. */
struct vit_workplace;

struct vit_encoder {
    const struct vit_model *model;
    struct vit_workplace *workplace; /* as many as there are threads */
    int32_t threads;
};

/* For calls from so many threads at a time. The model must outlive the encoder. */
bool vit_encoder_open(struct vit_encoder *encoder, const struct vit_model *model, int32_t threads,
                      struct io_error *error);

/* A struct of zeros is fine. */
void vit_encoder_close(struct vit_encoder *encoder);

/* Its callbacks. They only fail if more threads call than the encoder was opened for. */
latent_encoder vit_encoder_callbacks(struct vit_encoder *encoder);

#endif
