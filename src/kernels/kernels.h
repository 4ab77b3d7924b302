/* Inner loops behind one table, chosen when a context is created. Every instruction set gives the
 * same bits; reference.c, plain C, says what they are. */
#ifndef LATENT__KERNELS_H
#define LATENT__KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "latent/context.h"
#include "latent/matrix.h"

enum { LATENT__TYPES = 4 }; /* tables by element type have the entry type - 1 */

/* What packing a row found out: sums of squares of what was stored and of what rounding lost. */
typedef struct latent__packed {
    double stored, lost;
} latent__packed;

/* One row's side of a screen. The estimate of half the squared distance to column j is
 * (bound + bound[j]) - product[j], with the lower or the upper bounds. */
typedef struct latent__row_bounds {
    float lower, upper; /* half the squared norm, rounded away as docs/numerics.md says */
    float limit;        /* a lower estimate above it settles the pair: it is too far */
    float sure;         /* counting: an upper estimate up to it settles the pair: it counts */
} latent__row_bounds;

/* The same for columns, one entry each, and how many rows count for each. */
typedef struct latent__column_bounds {
    const float *lower, *upper, *limit, *sure;
    int32_t *below;
} latent__column_bounds;

typedef struct latent__kernels {
    latent_isa isa;

    /* Sums of distance.h over n elements: of (a_k - b_k)², and of a_k · b_k. */
    double (*squared_distance[LATENT__TYPES])(const void *a, const void *b, int64_t n);
    double (*dot[LATENT__TYPES])(const void *a, const void *b, int64_t n);

    /* Raises *largest to the largest |x_k|; false if one is not finite. */
    bool (*inspect[LATENT__TYPES])(const void *row, int64_t n, double *largest);

    /* out_k = float32(x_k · factor - shift_k). */
    latent__packed (*pack[LATENT__TYPES])(const void *row, int64_t n, double factor,
                                          const double *shift, float *out);

    /* Writes to `hits` the columns j < n whose lower estimate is at most the row's limit or the
     * column's; returns how many. */
    int64_t (*screen)(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits);

    /* Counts the pairs that are surely below: adds the row's to *below and each column's to
     * columns->below[j]. Writes to `hits` those open for the row or the column; their number is
     * returned. */
    int64_t (*count)(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits);
} latent__kernels;

/* The table of an instruction set that the machine has; LATENT_ISA_AUTO gives the best. */
const latent__kernels *latent__kernels_choose(latent_isa isa);

extern const latent__kernels latent__kernels_reference;
#if defined(__x86_64__)
extern const latent__kernels latent__kernels_avx2;
extern const latent__kernels latent__kernels_avx512;
#endif

#endif
