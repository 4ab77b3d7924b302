/* AVX2 with FMA and F16C: 4 doubles or 8 floats at a time. Compiled with those switched on; reached
 * only through the table, on machines that have them. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <float.h>
#include <math.h>

#include "moment_formulas.h"
#include "scalar.h"

enum { WIDTH = 4, FLOATS = 8, STRIP = 1, POWER_PARTS = 2 };

typedef double vector __attribute__((vector_size(32)));
typedef float vector_half __attribute__((vector_size(16)));

#define LARGER(a, b) ((vector)_mm256_max_pd((__m256d)(a), (__m256d)(b)))
#define FUSED(a, b, c) ((vector)_mm256_fmadd_pd((__m256d)(a), (__m256d)(b), (__m256d)(c)))
#define SMALLER(a, b) ((vector)_mm256_min_pd((__m256d)(a), (__m256d)(b)))
#define MAGNITUDE(a) ((vector)_mm256_andnot_pd(_mm256_set1_pd(-0.0), (__m256d)(a)))

#define SPREAD(x) ((vector)_mm256_set1_pd(x))
/* As a · 1 - b: beside conversions, which AMD's processors make in the units that add, those that
 * multiply have time. */
#define DIFFERENCE(a, b) ((vector)_mm256_fmsub_pd((__m256d)(a), (__m256d)SPREAD(1), (__m256d)(b)))

enum { PASS_ROWS = 4, PASS_VECTORS = 3 };

static inline vector load_f16(const uint16_t *p) {
    return (vector)_mm256_cvtps_pd(_mm_cvtph_ps(_mm_loadl_epi64((const void *)p)));
}

static inline vector load_bf16(const uint16_t *p) {
    const __m128i wide = _mm_cvtepu16_epi32(_mm_loadl_epi64((const void *)p));
    return (vector)_mm256_cvtps_pd(_mm_castsi128_ps(_mm_slli_epi32(wide, 16)));
}

static inline vector load_f32(const float *p) {
    return (vector)_mm256_cvtps_pd(_mm_loadu_ps(p));
}

static inline vector load_f64(const double *p) {
    return (vector)_mm256_loadu_pd(p);
}

static inline void store_f64(double *p, vector v) {
    _mm256_storeu_pd(p, (__m256d)v);
}

#include "moments_template.h"
#include "moments_vector.h"
#include "product_vector.h"
#include "projection_template.h"
#include "quantise_template.h"
#include "quotient.h"
#include "vector_types.h"

/* Appends j + each set bit. */
static inline int64_t append(int32_t *hits, int64_t found, unsigned mask, int64_t j) {
    for (; mask; mask &= mask - 1)
        hits[found++] = (int32_t)j + __builtin_ctz(mask);
    return found;
}

static int64_t screen(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits) {
    const __m256 row_lower = _mm256_set1_ps(row.lower), row_limit = _mm256_set1_ps(row.limit);
    int64_t found = 0, j = 0;
    for (; j + FLOATS <= n; j += FLOATS) {
        const __m256 estimate = _mm256_sub_ps(_mm256_add_ps(row_lower, _mm256_loadu_ps(lower + j)),
                                              _mm256_loadu_ps(product + j));
        const __m256 far = _mm256_max_ps(row_limit, _mm256_loadu_ps(limit + j));
        const __m256 open = _mm256_cmp_ps(estimate, far, _CMP_LE_OQ);
        found = append(hits, found, (unsigned)_mm256_movemask_ps(open), j);
    }
    return latent__screen_from(product, row, lower, limit, j, n, hits, found);
}

static int64_t count(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits) {
    const __m256 row_lower = _mm256_set1_ps(row.lower), row_upper = _mm256_set1_ps(row.upper);
    const __m256 row_limit = _mm256_set1_ps(row.limit), row_sure = _mm256_set1_ps(row.sure);
    int64_t found = 0, j = 0;
    for (; j + FLOATS <= n; j += FLOATS) {
        const __m256 p = _mm256_loadu_ps(product + j);
        const __m256 low =
            _mm256_sub_ps(_mm256_add_ps(row_lower, _mm256_loadu_ps(columns->lower + j)), p);
        const __m256 high =
            _mm256_sub_ps(_mm256_add_ps(row_upper, _mm256_loadu_ps(columns->upper + j)), p);
        const __m256 rows = _mm256_cmp_ps(high, row_sure, _CMP_LE_OQ);
        const __m256 cols = _mm256_cmp_ps(high, _mm256_loadu_ps(columns->sure + j), _CMP_LE_OQ);
        const __m256 row_near = _mm256_cmp_ps(low, row_limit, _CMP_LE_OQ);
        const __m256 col_near = _mm256_cmp_ps(low, _mm256_loadu_ps(columns->limit + j), _CMP_LE_OQ);
        *below += __builtin_popcount((unsigned)_mm256_movemask_ps(rows));
        /* A true comparison is -1 in each element. */
        __m256i *sums = (__m256i *)(void *)(columns->below + j);
        _mm256_storeu_si256(sums,
                            _mm256_sub_epi32(_mm256_loadu_si256(sums), _mm256_castps_si256(cols)));
        const __m256 open =
            _mm256_or_ps(_mm256_andnot_ps(rows, row_near), _mm256_andnot_ps(cols, col_near));
        found = append(hits, found, (unsigned)_mm256_movemask_ps(open), j);
    }
    return latent__count_from(product, row, columns, j, n, below, hits, found);
}

enum { VECTORS = LATENT__STRIP_CLASSES / FLOATS };

static inline uint64_t beyond(const float *logit, float limit) {
    const __m256 all = _mm256_set1_ps(limit);
    uint64_t bits = 0;
    for (int v = 0; v < VECTORS; v++) {
        const __m256 greater = _mm256_cmp_ps(_mm256_loadu_ps(logit + v * FLOATS), all, _CMP_GT_OQ);
        bits |= (uint64_t)(unsigned)_mm256_movemask_ps(greater) << (v * FLOATS);
    }
    return bits;
}

static inline __m256 larger_floats(__m256 a, __m256 b) {
    return _mm256_max_ps(a, b);
}

static inline bool any_beyond(__m256 all, float limit) {
    const __m256 greater = _mm256_cmp_ps(all, _mm256_set1_ps(limit), _CMP_GT_OQ);
    return !_mm256_testz_ps(greater, greater);
}

static inline __m256 step_floats(__m256 logit, float weight, const float *direction) {
    return _mm256_fmadd_ps(_mm256_set1_ps(weight), _mm256_loadu_ps(direction), logit);
}

#define FLOATS_TYPE __m256
#define LOAD_FLOATS _mm256_loadu_ps
#define STORE_FLOATS _mm256_storeu_ps
#include "follow_alone.h"

#include "follow_template.h"

#define QUOTIENT(a, b, inverse) latent__quotient(a, b, inverse)
#include "credit_template.h"

#define TABLE latent__kernels_avx2
#define ISA LATENT_ISA_AVX2
#include "table_template.h"
#endif
