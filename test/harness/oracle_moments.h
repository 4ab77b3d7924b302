/* Moments, quantiles and outlier features by their definitions alone, in twice the digits of float64
 * and in a range where no power of one overflows or vanishes. Nothing of src/ is used here. */
#ifndef HARNESS_ORACLE_MOMENTS_H
#define HARNESS_ORACLE_MOMENTS_H

#include <stdbool.h>

#include "latent.h"

#ifdef __SIZEOF_FLOAT128__
typedef __float128 oracle_wide;
#else
typedef long double oracle_wide; /* where there is no __float128, this is binary128 */
#endif

/* The moments of one list. A figure's error is judged against its scale: the same sum with every
 * term's magnitude. */
typedef struct oracle_moments {
    int64_t count, nonfinite; /* values that entered; NaN and infinities */
    bool degenerate;          /* all that entered are equal, or none did */
    double mean, variance, skewness, kurtosis, min, max, mean_abs;
    double mean_scale, skewness_scale, kurtosis_scale;
    oracle_wide wide_mean, wide_variance;
} oracle_moments;

/* Of values[0], values[step], … values[(n - 1) * step]. LATENT_NAN_RAISE must have none to raise. */
oracle_moments oracle_moments_of(const double *values, int64_t n, int64_t step,
                                 const latent_moments_options *options);

/* A matrix with the moments of every row and column. */
typedef struct oracle_matrix {
    const double *values; /* rows x columns */
    int64_t rows, columns;
    oracle_moments *sample, *feature;
    latent_moments_options options; /* defaults filled in */
} oracle_matrix;

/* `values` stay the caller's. */
oracle_matrix oracle_matrix_make(const double *values, int64_t rows, int64_t columns,
                                 const latent_moments_options *options);
void oracle_matrix_free(oracle_matrix *matrix);

typedef struct oracle_overall {
    int64_t samples, degenerate, undefined, nonfinite;
    double kurtosis_mean, kurtosis_std, skewness_mean, skewness_std;
    double kurtosis_scale, skewness_scale; /* for the means and for the deviations */
} oracle_overall;

oracle_overall oracle_moments_overall(const oracle_matrix *matrix);

/* Of one feature. The number that depends on rounding is given as what is certain (least) and what
 * is possible (most). */
typedef struct oracle_outlier {
    bool spoilt; /* a NaN was propagated: no figure exists */
    double mean_abs;
    int64_t count, over_magnitude, least_over_sigma, most_over_sigma;
} oracle_outlier;

/* `median` receives the median of the mean |h|; `outlier` has an entry for every feature. */
void oracle_outliers(const oracle_matrix *matrix, oracle_outlier *outlier, double *median);

/* The quantile at p of the values that are no NaN, which are all finite. */
double oracle_quantile(const double *values, int64_t count, double p);

#endif
