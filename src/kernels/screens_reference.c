/* Plain C: what the products of packed rows mean. Nothing here is faster than float32, but a screen
 * that is asked for must work everywhere. */
#include <string.h>

#include "base/halves.h"
#include "screens.h"

/* A row's place in a group, and where its cell of a step is. */
static const char *cell(const void *groups, int64_t group_steps, int64_t row, int64_t step) {
    const int64_t group = row / LATENT__GROUP_ROWS, lane = row % LATENT__GROUP_ROWS;
    return (const char *)groups + (group * group_steps + step) * LATENT__STEP_BYTES +
           lane * LATENT__CELL_BYTES;
}

static float cell_int8(const latent__rectangle *all, int64_t r, int64_t c) {
    const int64_t steps = all->steps + all->floats;
    int32_t sum = 0;
    for (int64_t s = 0; s < all->steps; s++) {
        int8_t a[4], b[4];
        memcpy(a, cell(all->left, steps, r, s), sizeof a);
        memcpy(b, cell(all->right, steps, c, s), sizeof b);
        for (int k = 0; k < 4; k++)
            sum += a[k] * b[k];
    }
    return (float)sum;
}

static float cell_int16(const latent__rectangle *all, int64_t r, int64_t c) {
    const int64_t steps = all->steps + all->floats;
    int64_t sum = 0;
    for (int64_t s = 0; s < all->steps; s++) {
        int16_t a[2], b[2];
        memcpy(a, cell(all->left, steps, r, s), sizeof a);
        memcpy(b, cell(all->right, steps, c, s), sizeof b);
        sum += (int64_t)a[0] * b[0] + (int64_t)a[1] * b[1];
    }
    return (float)sum;
}

static float cell_bf16(const latent__rectangle *all, int64_t r, int64_t c) {
    const int64_t steps = all->steps + all->floats;
    float sum = 0;
    for (int64_t s = 0; s < all->steps; s++) {
        uint16_t a[2], b[2];
        memcpy(a, cell(all->left, steps, r, s), sizeof a);
        memcpy(b, cell(all->right, steps, c, s), sizeof b);
        for (int k = 0; k < 2; k++)
            sum += latent__from_bf16(a[k]) * latent__from_bf16(b[k]);
    }
    return sum;
}

static void multiply(const latent__rectangle *all,
                     float (*product)(const latent__rectangle *, int64_t, int64_t)) {
    const int64_t steps = all->steps + all->floats;
    for (int64_t r = 0; r < all->left_groups * LATENT__GROUP_ROWS; r++)
        for (int64_t c = 0; c < all->right_groups * LATENT__GROUP_ROWS; c++) {
            float sum = product(all, r, c);
            for (int64_t s = all->steps; s < steps; s++) {
                float a, b;
                memcpy(&a, cell(all->left, steps, r, s), sizeof a);
                memcpy(&b, cell(all->right, steps, c, s), sizeof b);
                sum += a * b;
            }
            all->out[r * all->stride + c] = sum;
        }
}

static void multiply_int8(const latent__rectangle *all) {
    multiply(all, cell_int8);
}

static void multiply_int16(const latent__rectangle *all) {
    multiply(all, cell_int16);
}

static void multiply_bf16(const latent__rectangle *all) {
    multiply(all, cell_bf16);
}

/* Slower than a matrix product of float32 by more than it matters to know. */
#define SLOW(function)                                                                             \
    { function, 1, 0.01f }

const latent__screens latent__screens_reference = {
    .isa = LATENT_ISA_REFERENCE,
    .format = {SLOW(multiply_int8), SLOW(multiply_int16), SLOW(multiply_bf16)},
};
