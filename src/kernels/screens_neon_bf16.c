/* 64-bit ARM with products of small matrices: 32 products of int8 or 16 of bfloat16 an instruction,
 * where float32 has 4. */
#if defined(LATENT__NEON_BF16)
#include "screens_neon.h"

enum { ROWS = LATENT__GROUP_ROWS, PAIRS = LATENT__GROUP_ROWS / 2, PIECE_STEPS = 128 };

#include "screens_floats.h"

/* Some steps of a rectangle, and where they lie among all. */
typedef struct piece {
    int64_t pairs, stride;
    bool first, last;
} piece;

static inline piece piece_of(const latent__rectangle *all, int64_t step) {
    const int64_t left = all->steps - step, steps = left < PIECE_STEPS ? left : PIECE_STEPS;
    return (piece){steps / 2, all->stride, step == 0, steps == left};
}

static inline uint32x4_t load_cells(const void *p) {
    return vreinterpretq_u32_u8(vld1q_u8(p));
}

/* Pairs of steps of a group: for two rows after the other, their cells of both steps. */
static inline void order_left(const char *left, int64_t pairs, uint32x4_t *ordered) {
    for (int64_t s = 0; s < pairs; s++, left += 2 * LATENT__STEP_BYTES)
        for (int v = 0; v < PARTS; v++) {
            const uint32x4_t one = load_cells(left + v * PART_BYTES);
            const uint32x4_t two = load_cells(left + v * PART_BYTES + LATENT__STEP_BYTES);
            *ordered++ = vzip1q_u32(one, two);
            *ordered++ = vzip2q_u32(one, two);
        }
}

/* Two rows of four sums out of two matrices of such sums, or back. */
static inline floats low_halves(floats a, floats b) {
    return vreinterpretq_f32_f64(vzip1q_f64(vreinterpretq_f64_f32(a), vreinterpretq_f64_f32(b)));
}

static inline floats high_halves(floats a, floats b) {
    return vreinterpretq_f32_f64(vzip2q_f64(vreinterpretq_f64_f32(a), vreinterpretq_f64_f32(b)));
}

static void add_all_floats(const latent__rectangle *all, const char *left, float *out) {
    const int64_t group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    const int64_t before = all->steps * LATENT__STEP_BYTES;
    for (int64_t j = 0; j < all->right_groups && all->floats > 0; j++)
        add_floats(all, left + before, (const char *)all->right + j * group + before,
                   out + j * LATENT__GROUP_ROWS);
}

#define NAME multiply_int8
#define SUMS int32x4_t
#define NO_SUMS vdupq_n_s32(0)
#define AS_SUMS vreinterpretq_s32_f32
#define AS_FLOATS vreinterpretq_f32_s32
#define RESULT vcvtq_f32_s32
#define MULTIPLY(s, a, b) vmmlaq_s32(s, vreinterpretq_s8_u32(a), vreinterpretq_s8_u32(b))
#include "screens_matrix.h"

#define NAME multiply_bf16
#define SUMS float32x4_t
#define NO_SUMS vdupq_n_f32(0)
#define AS_SUMS(v) (v)
#define AS_FLOATS(s) (s)
#define RESULT(s) (s)
#define MULTIPLY(s, a, b) vbfmmlaq_f32(s, vreinterpretq_bf16_u32(a), vreinterpretq_bf16_u32(b))
#include "screens_matrix.h"

const latent__screens latent__screens_neon_bf16 = {
    .isa = LATENT_ISA_NEON_BF16,
    .format =
        {[LATENT__INT8] = {multiply_int8, 2, 6.0f}, [LATENT__BF16] = {multiply_bf16, 2, 3.0f}},
};
#endif
