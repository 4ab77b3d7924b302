/* AVX-512 (F, BW, DQ, VL): 8 doubles or 16 floats at a time. Compiled with those switched on;
 * reached only through the table, on machines that have them. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <float.h>
#include <math.h>

#include "moment_formulas.h"
#include "scalar.h"

enum { WIDTH = 8, FLOATS = 16, STRIP = 2, POWER_PARTS = 2 };

typedef double vector __attribute__((vector_size(64)));
typedef float vector_half __attribute__((vector_size(32)));

#define LARGER(a, b) ((vector)_mm512_max_pd((__m512d)(a), (__m512d)(b)))
#define FUSED(a, b, c) ((vector)_mm512_fmadd_pd((__m512d)(a), (__m512d)(b), (__m512d)(c)))
#define SMALLER(a, b) ((vector)_mm512_min_pd((__m512d)(a), (__m512d)(b)))
#define MAGNITUDE(a) ((vector)_mm512_abs_pd((__m512d)(a)))

#define SPREAD(x) ((vector)_mm512_set1_pd(x))

enum { PASS_ROWS = 8, PASS_VECTORS = 3 };

static inline vector load_f16(const uint16_t *p) {
    return (vector)_mm512_cvtps_pd(_mm256_cvtph_ps(_mm_loadu_si128((const void *)p)));
}

static inline vector load_bf16(const uint16_t *p) {
    const __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const void *)p));
    return (vector)_mm512_cvtps_pd(_mm256_castsi256_ps(_mm256_slli_epi32(wide, 16)));
}

static inline vector load_f32(const float *p) {
    return (vector)_mm512_cvtps_pd(_mm256_loadu_ps(p));
}

static inline vector load_f64(const double *p) {
    return (vector)_mm512_loadu_pd(p);
}

static inline void store_f64(double *p, vector v) {
    _mm512_storeu_pd(p, (__m512d)v);
}

#include "moments_template.h"
#include "moments_vector.h"
#include "product_vector.h"
#include "projection_template.h"
#include "quantise_template.h"
#include "quotient.h"
#include "vector_types.h"

/* Appends j + each set bit. */
static inline int64_t append(int32_t *hits, int64_t found, __mmask16 mask, int64_t j) {
    for (unsigned rest = mask; rest; rest &= rest - 1)
        hits[found++] = (int32_t)j + __builtin_ctz(rest);
    return found;
}

static int64_t screen(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits) {
    const __m512 row_lower = _mm512_set1_ps(row.lower), row_limit = _mm512_set1_ps(row.limit);
    int64_t found = 0, j = 0;
    for (; j + FLOATS <= n; j += FLOATS) {
        const __m512 estimate = _mm512_sub_ps(_mm512_add_ps(row_lower, _mm512_loadu_ps(lower + j)),
                                              _mm512_loadu_ps(product + j));
        const __m512 far = _mm512_max_ps(row_limit, _mm512_loadu_ps(limit + j));
        found = append(hits, found, _mm512_cmp_ps_mask(estimate, far, _CMP_LE_OQ), j);
    }
    return latent__screen_from(product, row, lower, limit, j, n, hits, found);
}

static int64_t count(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits) {
    const __m512 row_lower = _mm512_set1_ps(row.lower), row_upper = _mm512_set1_ps(row.upper);
    const __m512 row_limit = _mm512_set1_ps(row.limit), row_sure = _mm512_set1_ps(row.sure);
    const __m512i one = _mm512_set1_epi32(1);
    int64_t found = 0, j = 0;
    for (; j + FLOATS <= n; j += FLOATS) {
        const __m512 p = _mm512_loadu_ps(product + j);
        const __m512 low =
            _mm512_sub_ps(_mm512_add_ps(row_lower, _mm512_loadu_ps(columns->lower + j)), p);
        const __m512 high =
            _mm512_sub_ps(_mm512_add_ps(row_upper, _mm512_loadu_ps(columns->upper + j)), p);
        const __mmask16 rows = _mm512_cmp_ps_mask(high, row_sure, _CMP_LE_OQ);
        const __mmask16 cols =
            _mm512_cmp_ps_mask(high, _mm512_loadu_ps(columns->sure + j), _CMP_LE_OQ);
        const __mmask16 row_near = _mm512_cmp_ps_mask(low, row_limit, _CMP_LE_OQ);
        const __mmask16 col_near =
            _mm512_cmp_ps_mask(low, _mm512_loadu_ps(columns->limit + j), _CMP_LE_OQ);
        *below += __builtin_popcount(rows);
        const __m512i sums = _mm512_loadu_si512(columns->below + j);
        _mm512_storeu_si512(columns->below + j, _mm512_mask_add_epi32(sums, cols, sums, one));
        found = append(hits, found, (__mmask16)((row_near & ~rows) | (col_near & ~cols)), j);
    }
    return latent__count_from(product, row, columns, j, n, below, hits, found);
}

enum { VECTORS = LATENT__STRIP_CLASSES / FLOATS, CHUNK_LEVELS = 64 };

/* A sample's logits at a level at which one of them may be above the watched one. */
typedef struct event {
    float logit[LATENT__STRIP_CLASSES];
    int64_t level;
    int32_t sample;
} event;

static inline uint64_t beyond(const float *logit, float limit) {
    const __m512 all = _mm512_set1_ps(limit);
    uint64_t bits = 0;
    for (int v = 0; v < VECTORS; v++)
        bits |= (uint64_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(logit + v * FLOATS), all, _CMP_GT_OQ)
                << (v * FLOATS);
    return bits;
}

static inline __m512 largest_of(const __m512 *logit) {
    return _mm512_max_ps(_mm512_max_ps(logit[0], logit[1]), _mm512_max_ps(logit[2], logit[3]));
}

/* Which lanes of any sample have a logit beyond that sample's limit. */
static inline unsigned beyond_any(__m512 logit[LATENT__FOLLOWED][VECTORS], const float *limit) {
    unsigned mask = 0;
#pragma GCC unroll 4
    for (int s = 0; s < LATENT__FOLLOWED; s++)
        mask |= _mm512_cmp_ps_mask(largest_of(logit[s]), _mm512_set1_ps(limit[s]), _CMP_GT_OQ);
    return mask;
}

static inline void step_sample(__m512 *logit, float weight, const __m512 *step) {
    const __m512 times = _mm512_set1_ps(weight);
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++)
        logit[v] = _mm512_fmadd_ps(times, step[v], logit[v]);
}

/* Kept in registers for all samples. */
static inline void load_step(__m512 *step, const float *direction) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++)
        step[v] = _mm512_loadu_ps(direction + v * FLOATS);
}

static inline event *note_event(event *next, const __m512 *logit, int64_t level, int32_t s) {
#pragma GCC unroll 4
    for (int v = 0; v < VECTORS; v++)
        _mm512_storeu_ps(next->logit + v * FLOATS, logit[v]);
    next->level = level;
    next->sample = s;
    return next + 1;
}

static int64_t follow_chunk(const latent__levels *work, int64_t first, int64_t count,
                            event *events) {
    __m512 logit[LATENT__FOLLOWED][VECTORS], step[VECTORS];
    event *next = events;
    for (int s = 0; s < LATENT__FOLLOWED; s++)
        for (int v = 0; v < VECTORS; v++)
            logit[s][v] = _mm512_loadu_ps(work->logit[s] + v * FLOATS);
    for (int64_t start = first; start < first + count; start += LATENT__GROUP_LEVELS) {
        const float *calm = work->calm + start / LATENT__GROUP_LEVELS * LATENT__FOLLOWED;
        const int64_t end = start + LATENT__GROUP_LEVELS < first + count
                                ? start + LATENT__GROUP_LEVELS
                                : first + count;
        const bool quiet = beyond_any(logit, calm) == 0;
        for (int64_t level = start; level < end && quiet; level++) {
            load_step(step, work->direction + level * LATENT__STRIP_CLASSES);
#pragma GCC unroll 4
            for (int s = 0; s < LATENT__FOLLOWED; s++)
                step_sample(logit[s], work->weight[level * LATENT__FOLLOWED + s], step);
        }
        for (int64_t level = start; level < end && !quiet; level++) {
            load_step(step, work->direction + level * LATENT__STRIP_CLASSES);
#pragma GCC unroll 4
            for (int s = 0; s < LATENT__FOLLOWED; s++) {
                step_sample(logit[s], work->weight[level * LATENT__FOLLOWED + s], step);
                const __m512 low = _mm512_set1_ps(work->low[level * LATENT__FOLLOWED + s]);
                if (_mm512_cmp_ps_mask(largest_of(logit[s]), low, _CMP_GT_OQ) != 0)
                    next = note_event(next, logit[s], level, s);
            }
        }
    }
    for (int s = 0; s < LATENT__FOLLOWED; s++)
        for (int v = 0; v < VECTORS; v++)
            _mm512_storeu_ps(work->logit[s] + v * FLOATS, logit[s][v]);
    return next - events;
}

#include "follow_template.h"

#define QUOTIENT(a, b, inverse) latent__quotient(a, b, inverse)
#include "credit_template.h"

#define TABLE latent__kernels_avx512
#define ISA LATENT_ISA_AVX512
#include "table_template.h"
#endif
