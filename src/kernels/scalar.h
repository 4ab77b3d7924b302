/* The parts of the kernels that every instruction set shares: the fold of the partial sums, one
 * element at a time for the last few, and the definition of both screens. */
#ifndef LATENT__SCALAR_H
#define LATENT__SCALAR_H

#include <math.h>

#include "base/halves.h"
#include "kernels.h"

#ifdef __FAST_MATH__
#error "-ffast-math reorders the sums that this library defines to the last rounding"
#endif

enum { LATENT__LANES = 16 }; /* partial sums of distance.h */

/* The end of every sum of distance.h: halves of the 16 partial sums are added until one is left. */
static inline double latent__fold(double *lane) {
    for (int width = LATENT__LANES / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++)
            lane[l] += lane[l + width];
    return lane[0];
}

static inline double latent__one_f16(uint16_t x) {
    return (double)latent__from_f16(x);
}
static inline double latent__one_bf16(uint16_t x) {
    return (double)latent__from_bf16(x);
}
static inline double latent__one_f32(float x) {
    return (double)x;
}
static inline double latent__one_f64(double x) {
    return x;
}

static inline void latent__pack_one(double x, double factor, double shift, float *out,
                                    latent__packed *packed) {
    const double exact = x * factor - shift;
    const float stored = (float)exact;
    const double lost = exact - (double)stored;
    *out = stored;
    packed->stored += (double)stored * (double)stored;
    packed->lost += lost * lost;
}

/* What happens at a level of `follow` at which a logit may be above the watched one: bit l of `sure`
 * says that class l is, bit l of `open` that it may be. */
static inline void latent__count_above(const latent__levels *work, int32_t sample, int64_t level,
                                       uint64_t sure, uint64_t open) {
    const int64_t entry = level * LATENT__FOLLOWED + sample;
    int32_t above = work->above[entry] + __builtin_popcountll(sure);
    if (open && above < work->most)
        above += work->decide(work->user, sample, level, open);
    work->above[entry] = above;
    if (above >= work->most)
        work->low[entry] = INFINITY;
}

/* Columns from `first` on; `found` of them are in `hits` already. */
static inline int64_t latent__screen_from(const float *product, latent__row_bounds row,
                                          const float *lower, const float *limit, int64_t first,
                                          int64_t n, int32_t *hits, int64_t found) {
    for (int64_t j = first; j < n; j++) {
        const float estimate = (row.lower + lower[j]) - product[j];
        if (estimate <= row.limit || estimate <= limit[j])
            hits[found++] = (int32_t)j;
    }
    return found;
}

static inline int64_t latent__count_from(const float *product, latent__row_bounds row,
                                         const latent__column_bounds *columns, int64_t first,
                                         int64_t n, int64_t *below, int32_t *hits, int64_t found) {
    for (int64_t j = first; j < n; j++) {
        const float low = (row.lower + columns->lower[j]) - product[j];
        const float high = (row.upper + columns->upper[j]) - product[j];
        const bool row_sure = high <= row.sure, column_sure = high <= columns->sure[j];
        *below += row_sure;
        columns->below[j] += column_sure;
        if ((!row_sure && low <= row.limit) || (!column_sure && low <= columns->limit[j]))
            hits[found++] = (int32_t)j;
    }
    return found;
}

#endif
