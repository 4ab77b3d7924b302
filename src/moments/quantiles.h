/* Order statistics of lists of numbers. */
#ifndef LATENT__QUANTILES_H
#define LATENT__QUANTILES_H

#include "base/core.h"

/* latent_moments_quantiles(), arguments checked. `quantiles` may be `probabilities`. */
latent_status latent__quantiles(latent_context *context, const double *values, int64_t count,
                                const double *probabilities, int64_t quantile_count,
                                double *quantiles);

#endif
