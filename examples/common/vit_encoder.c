#include "common/vit_encoder.h"

#include <stdlib.h>
#include <string.h>

bool vit_encoder_open(struct vit_encoder *encoder, const struct vit_model *model,
                      struct io_error *error) {
    *encoder = (struct vit_encoder){.model = model};
    encoder->image = calloc((size_t)vit_pixels(model), sizeof *encoder->image);
    if (!encoder->image)
        return io_fail_memory(error, (double)vit_pixels(model) * sizeof *encoder->image);
    if (vit_trace_open(&encoder->trace, model, error) &&
        vit_room_open(&encoder->room, model, error))
        return true;
    vit_encoder_close(encoder);
    return false;
}

void vit_encoder_close(struct vit_encoder *encoder) {
    vit_trace_close(&encoder->trace);
    vit_room_close(&encoder->room);
    free(encoder->image);
    *encoder = (struct vit_encoder){.model = NULL};
}

/* A product follows the latent vector of the same image, or another product. */
static void trace(struct vit_encoder *encoder, const double *image) {
    const size_t bytes = (size_t)vit_pixels(encoder->model) * sizeof *image;
    if (encoder->ran && memcmp(encoder->image, image, bytes) == 0)
        return;
    memcpy(encoder->image, image, bytes);
    vit_trace_run(&encoder->trace, encoder->model, image);
    encoder->ran = true;
}

static int32_t forward(void *user, const void *inputs, int64_t batch, void *outputs) {
    struct vit_encoder *encoder = user;
    const int64_t n = vit_pixels(encoder->model), d = encoder->model->dimension;
    const double *images = inputs;
    double *latents = outputs;
    for (int64_t i = 0; i < batch; i++) {
        trace(encoder, images + i * n);
        memcpy(latents + i * d, encoder->trace.latent, (size_t)d * sizeof *latents);
    }
    return 0;
}

static int32_t jvp(void *user, const void *inputs, const void *tangents, int64_t batch,
                   void *products) {
    struct vit_encoder *encoder = user;
    const int64_t n = vit_pixels(encoder->model), d = encoder->model->dimension;
    const double *images = inputs, *v = tangents;
    double *moved = products;
    for (int64_t i = 0; i < batch; i++) {
        trace(encoder, images + i * n);
        vit_tangent(&encoder->trace, encoder->model, &encoder->room, v + i * n, moved + i * d);
    }
    return 0;
}

static int32_t vjp(void *user, const void *inputs, const void *cotangents, int64_t batch,
                   void *products) {
    struct vit_encoder *encoder = user;
    const int64_t n = vit_pixels(encoder->model), d = encoder->model->dimension;
    const double *images = inputs, *u = cotangents;
    double *gradients = products;
    for (int64_t i = 0; i < batch; i++) {
        trace(encoder, images + i * n);
        vit_cotangent(&encoder->trace, encoder->model, &encoder->room, u + i * d,
                      gradients + i * n);
    }
    return 0;
}

latent_encoder vit_encoder_callbacks(struct vit_encoder *encoder) {
    return (latent_encoder){.size = sizeof(latent_encoder),
                            .inputs = vit_pixels(encoder->model),
                            .outputs = encoder->model->dimension,
                            .type = LATENT_F64,
                            .forward = forward,
                            .jvp = jvp,
                            .vjp = vjp,
                            .user = encoder};
}
