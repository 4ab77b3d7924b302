/* 64-bit ARM with dot products: 16 products of int8 an instruction, where float32 has 4. */
#if defined(LATENT__NEON_DOT)
#include "screens_neon.h"

enum { ROWS = 4 };

#include "screens_floats.h"

/* Sums of row r, whose cell is a lane of `left`; r is a literal. */
#define ADD_ROW(r)                                                                                 \
    sum[r][0] = vdotq_laneq_s32(sum[r][0], cells[0], left, r);                                     \
    sum[r][1] = vdotq_laneq_s32(sum[r][1], cells[1], left, r);                                     \
    sum[r][2] = vdotq_laneq_s32(sum[r][2], cells[2], left, r);                                     \
    sum[r][3] = vdotq_laneq_s32(sum[r][3], cells[3], left, r)

/* ROWS rows, whose cells are at `rows`, with one group. */
static void multiply_tile(const latent__rectangle *all, const char *rows, const char *right,
                          float *out) {
    int32x4_t sum[ROWS][PARTS];
#pragma GCC unroll 4
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++)
            sum[r][v] = vdupq_n_s32(0);
    const char *a = rows, *b = right, *end = rows + all->steps * LATENT__STEP_BYTES;
    for (; a < end; a += LATENT__STEP_BYTES, b += LATENT__STEP_BYTES) {
        const int8x16_t left = vld1q_s8((const void *)a);
        int8x16_t cells[PARTS];
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++)
            cells[v] = vld1q_s8((const void *)(b + v * PART_BYTES));
        ADD_ROW(0);
        ADD_ROW(1);
        ADD_ROW(2);
        ADD_ROW(3);
    }
#pragma GCC unroll 4
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int v = 0; v < PARTS; v++)
            store_floats(out + r * all->stride + v * PART_ROWS, vcvtq_f32_s32(sum[r][v]));
    if (all->floats > 0)
        add_floats(all, end, right + all->steps * LATENT__STEP_BYTES, out);
}

static void multiply_int8(const latent__rectangle *all) {
    const int64_t group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    for (int64_t i = 0; i < all->left_groups; i++)
        for (int64_t j = 0; j < all->right_groups; j++)
            for (int r = 0; r < LATENT__GROUP_ROWS; r += ROWS)
                multiply_tile(all, (const char *)all->left + i * group + r * LATENT__CELL_BYTES,
                              (const char *)all->right + j * group,
                              all->out + (i * LATENT__GROUP_ROWS + r) * all->stride +
                                  j * LATENT__GROUP_ROWS);
}

const latent__screens latent__screens_neon_dot = {
    .isa = LATENT_ISA_NEON_DOT,
    .format = {[LATENT__INT8] = {multiply_int8, 1, 4.0f}},
};
#endif
