/* All that adds up over rows: what an accumulator holds, and what threads hold of their share. */
#ifndef LATENT__TALLY_H
#define LATENT__TALLY_H

#include "base/core.h"
#include "kernels/kernels.h"

/* Moments of the samples' own figures, and how many there are. */
typedef struct latent__samples {
    int64_t rows, degenerate, undefined, nonfinite;
    latent__moment skewness, kurtosis;
} latent__samples;

/* Counts are kept as float64 too, which is exact up to here. */
#define LATENT__MOST_ROWS ((int64_t)1 << 53)

/* For d features; arrays have room for a multiple of 16, the rest being padding. */
typedef struct latent__tally {
    int64_t features; /* 0: those are not asked for */
    latent__moments moments;
    int64_t *nonfinite; /* values left out of the moments */
    int64_t *large, *far;
    latent__samples samples;
} latent__tally;

/* `features` rounded up to whole vectors. */
int64_t latent__tally_padded(int64_t features);

/* Bytes of the arrays of a tally, a multiple of 64. */
int64_t latent__tally_bytes(int64_t features);

/* A tally in `bytes`, aligned memory of that size (or NULL for no features), and nothing in it. */
latent__tally latent__tally_in(void *bytes, int64_t features);

/* Empties a tally. Moments are left as they are: the first rows replace them. */
void latent__tally_clear(latent__tally *tally);

/* Adds all of `from`, for the same features. */
void latent__tally_join(const latent__kernels *kernels, latent__tally *into,
                        const latent__tally *from);

#endif
