/* The moments of one list of numbers: the ways that are always exact, whatever the numbers. */
#ifndef LATENT__MOMENT_H
#define LATENT__MOMENT_H

#include "kernels/kernels.h"
#include "latent/moments.h"

/* The moments of no numbers. */
latent__moment latent__moment_empty(void);

/* Of n finite numbers; they are overwritten. n may be 0. */
latent__moment latent__moment_of(const latent__kernels *kernels, double *x, int64_t n);

/* Of a row of n numbers whose sum is known, all of them finite; `scratch` has room for n. */
latent__moment latent__moment_of_row(const latent__kernels *kernels, const double *x, int64_t n,
                                     double sum, double *scratch);

/* Of two lists together. */
latent__moment latent__moment_join(const latent__moment *a, const latent__moment *b);

/* Merges features 0 … n - 1. */
void latent__moments_join(const latent__kernels *kernels, latent__moments into,
                          latent__moments from, int64_t n);

/* What users see of them; NaN where it does not exist. */
double latent__moment_mean(const latent__moment *moment);
double latent__moment_variance(const latent__moment *moment);
double latent__moment_std(const latent__moment *moment);
double latent__moment_skewness(const latent__moment *moment, int32_t bias);
double latent__moment_kurtosis(const latent__moment *moment, int32_t bias, int32_t fisher);

/* All values equal, or none. */
bool latent__moment_degenerate(const latent__moment *moment);

#endif
