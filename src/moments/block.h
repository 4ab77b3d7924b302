/* The moments of a few rows, which stay in a core's cache meanwhile. */
#ifndef LATENT__BLOCK_H
#define LATENT__BLOCK_H

#include "base/rows.h"
#include "latent/moments.h"
#include "tally.h"

enum {
    LATENT__BLOCK_ROWS = 128,
    LATENT__SEGMENT = 1024, /* columns of a row that are taken at a time */
    LATENT__FEW = 64,       /* of them whose mean is tried as a centre */
    LATENT__STRIP = 16,     /* the columns kernel takes multiples of it */
};

/* A worker's memory. */
typedef struct latent__desk {
    double list[LATENT__SEGMENT], scratch[LATENT__SEGMENT], values[LATENT__SEGMENT];
    double tail[LATENT__BLOCK_ROWS * LATENT__STRIP]; /* the last columns, filled up with zeros */
    latent__moment row[LATENT__BLOCK_ROWS];
    double skewness[LATENT__BLOCK_ROWS], kurtosis[LATENT__BLOCK_ROWS];
    int64_t nonfinite[LATENT__BLOCK_ROWS];
    int32_t open[LATENT__SEGMENT];
} latent__desk;

/* What is asked for; the arrays of `out` have an entry per row of `view`. Outliers are asked for with
 * features only. */
typedef struct latent__question {
    latent_context *context;
    const latent_matrix *view;
    const latent_moments_options *options;
    bool samples, features, outliers;
    latent_moments_samples out;
} latent__question;

enum { LATENT__BLOCK_DONE = -1, LATENT__BLOCK_CANCELLED = -2 };

/* Adds rows first … first + count - 1, at most BLOCK_ROWS, to the tally: BLOCK_DONE. Or the number of
 * the first row that may not be there because it has a NaN or an infinity. */
int64_t latent__block(const latent__question *question, latent__desk *desk, latent__tally *tally,
                      int64_t first, int64_t count, int32_t worker);

#endif
