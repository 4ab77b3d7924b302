/** @file
 * Outlier features: the few directions of the standard basis that carry large values.
 *
 * Feature i is an outlier feature by up to three criteria, each reported on its own:
 *
 *     magnitude   |h_ni| >= 6             in at least 6 % of the samples
 *     sigma       |h_ni - mu_n| > 6 s_n   in at least 6 % of the samples
 *     ratio       mean_n |h_ni| >= 10 times the median over features of that mean
 *
 * mu_n and s_n being the mean and the standard deviation of sample n over its features (moments.h).
 * Every number is an option.
 *
 * Source: Dettmers et al., "LLM.int8()" (arXiv 2208.07339) for the first criterion; Crabbé et al.,
 * "Interpreting CLIP" (arXiv 2310.13040) for the role of such features in robust encoders; the other
 * two criteria are ours.
 */
#ifndef LATENT_OUTLIERS_H
#define LATENT_OUTLIERS_H

#include "moments.h"

LATENT_BEGIN

/** Why a feature is an outlier feature; bits of latent_outliers::criteria. @since 0.1.0 */
typedef enum latent_criterion {
    LATENT_BY_MAGNITUDE = 1, /**< |h| >= magnitude in at least the given share of its samples. */
    LATENT_BY_SIGMA = 2, /**< |h_n - mu_n| > sigma s_n in that share, s_n² sample n's variance. */
    LATENT_BY_RATIO = 4  /**< Mean |h| is at least `ratio` times the median over features. */
} latent_criterion;

/** Options of latent_moments_outliers(). Zero means default. @since 0.1.0 */
typedef struct latent_outliers_options {
    /** sizeof(latent_outliers_options). */
    size_t size;
    /** Share of samples, above 0 and up to 1. Default: 0.06. */
    double share;
    /** Positive. Default: 10. */
    double ratio;
} latent_outliers_options;

/** Figures of every feature. Set `size`, and each pointer to d entries or to NULL; the numbers are
 * written. Under ::LATENT_NAN_PROPAGATE a feature with a NaN has NaN for figures and meets no
 * criterion. @since 0.1.0 */
typedef struct latent_outliers {
    /** sizeof(latent_outliers). */
    size_t size;
    /** Mean of |h|. */
    double *mean_abs;
    /** It divided by `median`; infinity where that alone is 0, and 0 where both are. */
    double *ratio;
    /** Samples with |h| >= magnitude. */
    int64_t *over_magnitude;
    /** Samples with |h_n - mu_n| > sigma s_n. */
    int64_t *over_sigma;
    /** over_magnitude as a share of the feature's count. */
    double *share_magnitude;
    /** over_sigma as a share of the feature's count. */
    double *share_sigma;
    /** Bits of ::latent_criterion; 0: no outlier feature. */
    int32_t *criteria;
    /** Its first `count` entries receive the numbers of the outlier features, ascending. */
    int64_t *index;
    /** Features that meet any criterion. */
    int64_t count;
    /** Features that meet ::LATENT_BY_MAGNITUDE. */
    int64_t by_magnitude;
    /** Features that meet ::LATENT_BY_SIGMA. */
    int64_t by_sigma;
    /** Features that meet ::LATENT_BY_RATIO. */
    int64_t by_ratio;
    /** Median over features of the mean of |h|. */
    double median;
} latent_outliers;

/**
 * Finds the outlier features among all rows so far. Where the median is 0, every feature that is not
 * always 0 meets ::LATENT_BY_RATIO.
 *
 * @param context  The context.
 * @param moments  An accumulator created with latent_moments_options::outliers (else
 *                 ::LATENT_ERROR_ARGUMENT) that has been given at least one row (else
 *                 ::LATENT_ERROR_DOMAIN).
 * @param options  NULL for the defaults. `magnitude` and `sigma` are the accumulator's.
 * @param outliers Receives the figures.
 * @return ::LATENT_OK, ::LATENT_CANCELLED, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_OPTIONS,
 *         ::LATENT_ERROR_DOMAIN, ::LATENT_ERROR_MEMORY, ::LATENT_ERROR_BUDGET or
 *         ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      O(d log d); counting costs latent_moments_update() some five operations per element.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_outliers(latent_context *context,
                                                 const latent_moments *moments,
                                                 const latent_outliers_options *options,
                                                 latent_outliers *outliers);

LATENT_END

#endif
