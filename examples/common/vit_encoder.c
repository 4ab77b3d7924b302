#include "common/vit_encoder.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Rows of a batch: few enough for threads to share a call's, and for Ctrl-C to be seen soon. */
enum { BATCH = 16, TOO_MANY_THREADS = 1 };

struct vit_workplace {
    atomic_flag taken;
    struct vit_trace trace;
    struct vit_room room;
    double *image; /* what the trace ran last; it runs anew only for another one */
    bool ran;
};

static bool open_workplace(struct vit_workplace *place, const struct vit_model *model,
                           struct io_error *error) {
    const size_t pixels = (size_t)vit_pixels(model);
    atomic_flag_clear(&place->taken);
    place->image = calloc(pixels, sizeof *place->image);
    if (!place->image)
        return io_fail_memory(error, (double)pixels * sizeof *place->image);
    return vit_trace_open(&place->trace, model, error) && vit_room_open(&place->room, model, error);
}

bool vit_encoder_open(struct vit_encoder *encoder, const struct vit_model *model, int32_t threads,
                      struct io_error *error) {
    *encoder = (struct vit_encoder){.model = model, .threads = threads};
    encoder->workplace = calloc((size_t)threads, sizeof *encoder->workplace);
    bool ok = encoder->workplace || io_fail_memory(error, threads * sizeof *encoder->workplace);
    for (int32_t i = 0; ok && i < threads; i++)
        ok = open_workplace(&encoder->workplace[i], model, error);
    if (!ok)
        vit_encoder_close(encoder);
    return ok;
}

void vit_encoder_close(struct vit_encoder *encoder) {
    for (int32_t i = 0; encoder->workplace && i < encoder->threads; i++) {
        vit_trace_close(&encoder->workplace[i].trace);
        vit_room_close(&encoder->workplace[i].room);
        free(encoder->workplace[i].image);
    }
    free(encoder->workplace);
    *encoder = (struct vit_encoder){.model = NULL};
}

/* NULL if all are taken. */
static struct vit_workplace *take_workplace(const struct vit_encoder *encoder) {
    for (int32_t i = 0; i < encoder->threads; i++)
        if (!atomic_flag_test_and_set(&encoder->workplace[i].taken))
            return &encoder->workplace[i];
    return NULL;
}

/* A product often follows the latent vector of the same image, or another product. */
static void trace(struct vit_workplace *place, const struct vit_model *model, const double *image) {
    const size_t bytes = (size_t)vit_pixels(model) * sizeof *image;
    if (place->ran && memcmp(place->image, image, bytes) == 0)
        return;
    memcpy(place->image, image, bytes);
    vit_trace_run(&place->trace, model, image);
    place->ran = true;
}

/* What a callback makes of a row, whose image the workplace has traced. */
typedef void row_function(struct vit_workplace *place, const struct vit_model *model,
                          const double *vector, double *result);

/* Rows of pixels, of vectors and of results. */
struct batch {
    int64_t rows;
    const double *images, *vectors; /* the second may be NULL */
    double *results;
    int64_t vector_length, result_length;
};

static int32_t run_batch(const struct vit_encoder *encoder, const struct batch *batch,
                         row_function *run) {
    struct vit_workplace *place = take_workplace(encoder);
    if (!place)
        return TOO_MANY_THREADS;
    for (int64_t i = 0; i < batch->rows; i++) {
        trace(place, encoder->model, batch->images + i * vit_pixels(encoder->model));
        run(place, encoder->model,
            batch->vectors ? batch->vectors + i * batch->vector_length : NULL,
            batch->results + i * batch->result_length);
    }
    atomic_flag_clear(&place->taken);
    return 0;
}

static void copy_latent(struct vit_workplace *place, const struct vit_model *model,
                        const double *vector, double *result) {
    (void)vector;
    memcpy(result, place->trace.latent, (size_t)model->dimension * sizeof *result);
}

static void multiply_right(struct vit_workplace *place, const struct vit_model *model,
                           const double *vector, double *result) {
    vit_tangent(&place->trace, model, &place->room, vector, result);
}

static void multiply_left(struct vit_workplace *place, const struct vit_model *model,
                          const double *vector, double *result) {
    vit_cotangent(&place->trace, model, &place->room, vector, result);
}

static int32_t forward(void *user, const void *inputs, int64_t batch, void *outputs) {
    const struct vit_encoder *encoder = user;
    return run_batch(encoder,
                     &(struct batch){.rows = batch,
                                     .images = inputs,
                                     .results = outputs,
                                     .result_length = encoder->model->dimension},
                     copy_latent);
}

static int32_t jvp(void *user, const void *inputs, const void *tangents, int64_t batch,
                   void *products) {
    const struct vit_encoder *encoder = user;
    return run_batch(encoder,
                     &(struct batch){.rows = batch,
                                     .images = inputs,
                                     .vectors = tangents,
                                     .results = products,
                                     .vector_length = vit_pixels(encoder->model),
                                     .result_length = encoder->model->dimension},
                     multiply_right);
}

static int32_t vjp(void *user, const void *inputs, const void *cotangents, int64_t batch,
                   void *products) {
    const struct vit_encoder *encoder = user;
    return run_batch(encoder,
                     &(struct batch){.rows = batch,
                                     .images = inputs,
                                     .vectors = cotangents,
                                     .results = products,
                                     .vector_length = encoder->model->dimension,
                                     .result_length = vit_pixels(encoder->model)},
                     multiply_left);
}

latent_encoder vit_encoder_callbacks(struct vit_encoder *encoder) {
    return (latent_encoder){.size = sizeof(latent_encoder),
                            .inputs = vit_pixels(encoder->model),
                            .outputs = encoder->model->dimension,
                            .type = LATENT_F64,
                            .concurrent = 1,
                            .forward = forward,
                            .jvp = jvp,
                            .vjp = vjp,
                            .user = encoder,
                            .max_batch = BATCH};
}
