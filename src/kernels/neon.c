/* 64-bit ARM: 2 doubles or 4 floats at a time, with what every such processor has. */
#if defined(__aarch64__)
#include <arm_neon.h>
#include <float.h>
#include <math.h>

#include "moment_formulas.h"
#include "scalar.h"

enum { WIDTH = 2, FLOATS = 4, BLOCK = 16, STRIP = 2, POWER_PARTS = 4 };

typedef double vector __attribute__((vector_size(16)));
typedef float vector_half __attribute__((vector_size(8)));

/* The processor's own maximum and minimum tell 0 from -0, and pass NaN on. */
static inline vector choose(uint64x2_t first, vector a, vector b) {
    return (vector)vbslq_f64(first, (float64x2_t)a, (float64x2_t)b);
}

#define LARGER(a, b) choose(vcgtq_f64((float64x2_t)(a), (float64x2_t)(b)), a, b)
#define SMALLER(a, b) choose(vcltq_f64((float64x2_t)(a), (float64x2_t)(b)), a, b)
#define FUSED(a, b, c) ((vector)vfmaq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#define MAGNITUDE(a) ((vector)vabsq_f64((float64x2_t)(a)))

#define SPREAD(x) ((vector)vdupq_n_f64(x))

enum { PASS_ROWS = 4, PASS_VECTORS = 4 };

/* Two elements of 16 bits, in the low half. */
static inline uint16x4_t load_pair(const uint16_t *p) {
    uint32_t pair;
    memcpy(&pair, p, sizeof pair);
    return vreinterpret_u16_u32(vdup_n_u32(pair));
}

static inline vector load_f16(const uint16_t *p) {
    const float32x4_t wide = vcvt_f32_f16(vreinterpret_f16_u16(load_pair(p)));
    return (vector)vcvt_f64_f32(vget_low_f32(wide));
}

static inline vector load_bf16(const uint16_t *p) {
    const float32x4_t wide = vreinterpretq_f32_u32(vshll_n_u16(load_pair(p), 16));
    return (vector)vcvt_f64_f32(vget_low_f32(wide));
}

static inline vector load_f32(const float *p) {
    return (vector)vcvt_f64_f32(vld1_f32(p));
}

static inline vector load_f64(const double *p) {
    return (vector)vld1q_f64(p);
}

static inline void store_f64(double *p, vector v) {
    vst1q_f64(p, (float64x2_t)v);
}

#include "moments_template.h"
#include "moments_vector.h"
#include "product_vector.h"
#include "projection_template.h"
#include "quantise_template.h"
#include "quotient.h"
#include "vector_types.h"

enum { QUADS = BLOCK / FLOATS };

/* Four bits for each of 16 lanes, all set where the lane's are. */
static inline uint64_t nibbles(const uint32x4_t *mask) {
    const uint16x8_t low =
        vuzp1q_u16(vreinterpretq_u16_u32(mask[0]), vreinterpretq_u16_u32(mask[1]));
    const uint16x8_t high =
        vuzp1q_u16(vreinterpretq_u16_u32(mask[2]), vreinterpretq_u16_u32(mask[3]));
    const uint8x16_t bytes = vuzp1q_u8(vreinterpretq_u8_u16(low), vreinterpretq_u8_u16(high));
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(bytes), 4)), 0);
}

/* Appends j + each lane whose bits are set. */
static inline int64_t append(int32_t *hits, int64_t found, uint64_t mask, int64_t j) {
    while (mask) {
        const int bit = __builtin_ctzll(mask);
        hits[found++] = (int32_t)j + bit / 4;
        mask &= ~(UINT64_C(15) << bit);
    }
    return found;
}

static int64_t screen(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits) {
    const float32x4_t row_lower = vdupq_n_f32(row.lower), row_limit = vdupq_n_f32(row.limit);
    int64_t found = 0, j = 0;
    for (; j + BLOCK <= n; j += BLOCK) {
        uint32x4_t open[QUADS];
        for (int q = 0; q < QUADS; q++) {
            const int64_t at = j + q * FLOATS;
            const float32x4_t estimate =
                vsubq_f32(vaddq_f32(row_lower, vld1q_f32(lower + at)), vld1q_f32(product + at));
            open[q] = vorrq_u32(vcleq_f32(estimate, row_limit),
                                vcleq_f32(estimate, vld1q_f32(limit + at)));
        }
        found = append(hits, found, nibbles(open), j);
    }
    return latent__screen_from(product, row, lower, limit, j, n, hits, found);
}

/* A row's bounds in all lanes, and how many pairs count for it, by lane. */
typedef struct spread_bounds {
    float32x4_t lower, upper, limit, sure;
    int32x4_t below;
} spread_bounds;

/* Four columns: counts those that are sure, returns those that are open. */
static inline uint32x4_t count_quad(const float *product, spread_bounds *row,
                                    const latent__column_bounds *columns, int64_t at) {
    const float32x4_t p = vld1q_f32(product + at);
    const float32x4_t low = vsubq_f32(vaddq_f32(row->lower, vld1q_f32(columns->lower + at)), p);
    const float32x4_t high = vsubq_f32(vaddq_f32(row->upper, vld1q_f32(columns->upper + at)), p);
    const uint32x4_t rows = vcleq_f32(high, row->sure);
    const uint32x4_t cols = vcleq_f32(high, vld1q_f32(columns->sure + at));
    const uint32x4_t row_near = vcleq_f32(low, row->limit);
    const uint32x4_t col_near = vcleq_f32(low, vld1q_f32(columns->limit + at));
    /* A true comparison is -1 in each element. */
    row->below = vsubq_s32(row->below, vreinterpretq_s32_u32(rows));
    int32_t *sums = columns->below + at;
    vst1q_s32(sums, vsubq_s32(vld1q_s32(sums), vreinterpretq_s32_u32(cols)));
    return vorrq_u32(vbicq_u32(row_near, rows), vbicq_u32(col_near, cols));
}

static int64_t count(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits) {
    spread_bounds all = {vdupq_n_f32(row.lower), vdupq_n_f32(row.upper), vdupq_n_f32(row.limit),
                         vdupq_n_f32(row.sure), vdupq_n_s32(0)};
    int64_t found = 0, j = 0;
    for (; j + BLOCK <= n; j += BLOCK) {
        uint32x4_t open[QUADS];
        for (int q = 0; q < QUADS; q++)
            open[q] = count_quad(product, &all, columns, j + q * FLOATS);
        found = append(hits, found, nibbles(open), j);
    }
    *below += vaddlvq_s32(all.below);
    return latent__count_from(product, row, columns, j, n, below, hits, found);
}

enum { VECTORS = LATENT__STRIP_CLASSES / FLOATS };

static inline uint64_t beyond(const float *logit, float limit) {
    static const uint32_t places[FLOATS] = {1, 2, 4, 8};
    const float32x4_t all = vdupq_n_f32(limit);
    const uint32x4_t place = vld1q_u32(places);
    uint64_t bits = 0;
    for (int v = 0; v < VECTORS; v++) {
        const uint32x4_t greater = vcgtq_f32(vld1q_f32(logit + v * FLOATS), all);
        bits |= (uint64_t)vaddvq_u32(vandq_u32(greater, place)) << (v * FLOATS);
    }
    return bits;
}

/* Logits that are no numbers are passed over, as by comparisons. */
static inline float32x4_t larger_floats(float32x4_t a, float32x4_t b) {
    return vmaxnmq_f32(a, b);
}

static inline bool any_beyond(float32x4_t all, float limit) {
    return vmaxnmvq_f32(all) > limit;
}

static inline float32x4_t step_floats(float32x4_t logit, float weight, const float *direction) {
    return vfmaq_n_f32(logit, vld1q_f32(direction), weight);
}

#define FLOATS_TYPE float32x4_t
#define LOAD_FLOATS vld1q_f32
#define STORE_FLOATS vst1q_f32
#include "follow_alone.h"

#include "follow_template.h"

#define QUOTIENT(a, b, inverse) latent__quotient(a, b, inverse)
#include "credit_template.h"

#define TABLE latent__kernels_neon
#define ISA LATENT_ISA_NEON
#include "table_template.h"
#endif
