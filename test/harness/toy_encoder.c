#include "toy_encoder.h"

#include <math.h>
#include <stdlib.h>

static double get(const toy_encoder *toy, const void *from, int64_t at) {
    return toy->type == LATENT_F32 ? (double)((const float *)from)[at] : ((const double *)from)[at];
}

static void put(const toy_encoder *toy, void *to, int64_t at, double value) {
    if (toy->type == LATENT_F32)
        ((float *)to)[at] = (float)value;
    else
        ((double *)to)[at] = value;
}

static double inner(const toy_encoder *toy, double x) {
    return toy->kind == TOY_SQUARES ? x * x / 2 : x;
}

static double inner_slope(const toy_encoder *toy, double x) {
    return toy->kind == TOY_SQUARES ? x : 1;
}

/* (A ψ(x))_i for row `row`. */
static double sum_of(const toy_encoder *toy, const void *inputs, int64_t row, int64_t i) {
    double z = 0;
    for (int64_t j = 0; j < toy->n; j++)
        z += toy->matrix[i * toy->n + j] * inner(toy, get(toy, inputs, row * toy->n + j));
    return z;
}

static double outer_slope(const toy_encoder *toy, double z) {
    return toy->kind == TOY_TANH ? 1 - tanh(z) * tanh(z) : 1;
}

/* Counts, and fails if it is time to. */
static int32_t finish(toy_encoder *toy, toy_call call, int64_t batch, int64_t width,
                      void *results) {
    const int64_t number = atomic_fetch_add(&toy->calls[call], 1) + 1;
    atomic_fetch_add(&toy->rows[call], batch);
    if (toy->fail_in != call || number != toy->fail_at)
        return 0;
    if (toy->code == 0)
        put(toy, results, toy->fail_row * width + toy->fail_entry, toy->value);
    return toy->code;
}

static int32_t forward(void *user, const void *inputs, int64_t batch, void *outputs) {
    toy_encoder *const toy = user;
    for (int64_t row = 0; row < batch; row++)
        for (int64_t i = 0; i < toy->m; i++) {
            const double z = sum_of(toy, inputs, row, i);
            put(toy, outputs, row * toy->m + i,
                (toy->kind == TOY_TANH ? tanh(z) : z) + (toy->offset ? toy->offset[i] : 0));
        }
    return finish(toy, TOY_FORWARD, batch, toy->m, outputs);
}

static int32_t jvp(void *user, const void *inputs, const void *tangents, int64_t batch,
                   void *products) {
    toy_encoder *const toy = user;
    for (int64_t row = 0; row < batch; row++)
        for (int64_t i = 0; i < toy->m; i++) {
            double product = 0;
            for (int64_t j = 0; j < toy->n; j++)
                product += toy->matrix[i * toy->n + j] *
                           inner_slope(toy, get(toy, inputs, row * toy->n + j)) *
                           get(toy, tangents, row * toy->n + j);
            put(toy, products, row * toy->m + i,
                product * outer_slope(toy, sum_of(toy, inputs, row, i)));
        }
    return finish(toy, TOY_JVP, batch, toy->m, products);
}

static int32_t vjp(void *user, const void *inputs, const void *cotangents, int64_t batch,
                   void *products) {
    toy_encoder *const toy = user;
    double *const slopes = malloc((size_t)toy->m * sizeof *slopes);
    for (int64_t row = 0; row < batch; row++) {
        for (int64_t i = 0; i < toy->m; i++)
            slopes[i] = outer_slope(toy, sum_of(toy, inputs, row, i)) *
                        get(toy, cotangents, row * toy->m + i);
        for (int64_t j = 0; j < toy->n; j++) {
            double product = 0;
            for (int64_t i = 0; i < toy->m; i++)
                product += slopes[i] * toy->matrix[i * toy->n + j];
            put(toy, products, row * toy->n + j,
                product * inner_slope(toy, get(toy, inputs, row * toy->n + j)));
        }
    }
    free(slopes);
    return finish(toy, TOY_VJP, batch, toy->n, products);
}

latent_encoder toy_encoder_make(toy_encoder *toy, latent_type type) {
    toy->type = type;
    return (latent_encoder){.size = sizeof(latent_encoder),
                            .inputs = toy->n,
                            .outputs = toy->m,
                            .type = type,
                            .forward = forward,
                            .jvp = jvp,
                            .vjp = vjp,
                            .user = toy};
}
