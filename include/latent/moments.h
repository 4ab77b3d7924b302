/** @file
 * Activation moments: mean, variance, skewness, kurtosis, per sample and per feature.
 *
 * For N samples h_1 … h_N of d features, per sample over its features (or per feature over the
 * samples):
 *
 *     mu = mean of h_i            m_r = mean of (h_i - mu)^r
 *     variance = m_2              skewness = m_3 / m_2^1.5            kurtosis = m_4 / m_2^2
 *
 * Kurtosis is Pearson's: 3 for Gaussian values, 1 at the least, (d² - 3d + 3) / (d - 1) at the most,
 * which a one-hot vector reaches. The kurtosis of a model is the mean of its samples' kurtosis
 * (latent_moments_overall::kurtosis_mean); far above 3 it says that a few features carry large
 * values. Which ones, outliers.h says.
 *
 * Values of any element type are accumulated in float64 about a nearby centre: a large mean costs no
 * digits, no finite input overflows or underflows (of results only the variance can, where float64
 * cannot hold it), float16 included. One pass over memory gives samples and features together. The
 * results are the same bits for any number of threads and any instruction set.
 *
 * Where all values are equal, skewness and kurtosis do not exist: they are NaN, enter no average,
 * and are counted as degenerate.
 *
 * Source: kurtosis of activations as a signature of robust encoders: Crabbé, Rodríguez, Shankar,
 * Zappella, Blaas, "Interpreting CLIP" (arXiv 2310.13040). Bias correction as in scipy.stats. The
 * rest is ours.
 */
#ifndef LATENT_MOMENTS_H
#define LATENT_MOMENTS_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/** Which estimator of skewness and kurtosis. @since 0.1.0 */
typedef enum latent_bias {
    LATENT_BIASED = 0, /**< The formulas above; scipy's `bias=True`. */
    LATENT_UNBIASED =
        1 /**< Corrected for n values; scipy's `bias=False`. NaN (not the biased value,
                             as in scipy) for fewer than 3 values, for kurtosis fewer than 4. */
} latent_bias;

/** What happens to NaN and infinities; scipy's `nan_policy`, extended to infinities. @since 0.1.0 */
typedef enum latent_nan_policy {
    LATENT_NAN_RAISE = 0,    /**< ::LATENT_ERROR_NONFINITE, naming the first place. */
    LATENT_NAN_OMIT = 1,     /**< They are left out, element by element. */
    LATENT_NAN_PROPAGATE = 2 /**< Every figure of a sample or feature that has one is NaN. */
} latent_nan_policy;

/** Options of moments and of an accumulator. Zero means default. @since 0.1.0 */
typedef struct latent_moments_options {
    /** sizeof(latent_moments_options). */
    size_t size;
    /** A ::latent_bias. */
    int32_t bias;
    /** Not 0: Fisher's excess kurtosis (3 less). Default: Pearson's. */
    int32_t fisher;
    /** A ::latent_nan_policy. */
    int32_t nan_policy;
    /** Not 0: an accumulator takes the samples' own moments too. Without effect elsewhere. */
    int32_t samples;
    /** Not 0: an accumulator counts for latent_moments_outliers(). Without effect elsewhere. */
    int32_t outliers;
    /** Must be 0. */
    int32_t reserved;
    /** The |h| that counts as large, positive. Default: 6. */
    double magnitude;
    /** The number of a sample's own standard deviations that counts as far, positive. Default: 6. */
    double sigma;
} latent_moments_options;

/** Moments of every sample. Set `size`, and each pointer to N entries or to NULL. @since 0.1.0 */
typedef struct latent_moments_samples {
    /** sizeof(latent_moments_samples). */
    size_t size;
    /** Values that entered: d, or fewer where some are omitted. */
    int64_t *count;
    /** mu. NaN if no value entered. */
    double *mean;
    /** m_2 (denominator: the count), whatever the bias option. */
    double *variance;
    /** NaN if all values are equal. */
    double *skewness;
    /** NaN if all values are equal. */
    double *kurtosis;
} latent_moments_samples;

/** Moments of every feature. Set `size`, and each pointer to d entries or to NULL; `degenerate` is
 * written. @since 0.1.0 */
typedef struct latent_moments_features {
    /** sizeof(latent_moments_features). */
    size_t size;
    /** Values that entered: N, or fewer where some are omitted. */
    int64_t *count;
    /** NaN if no value entered; so are the next six. */
    double *mean;
    /** m_2 (denominator: the count), whatever the bias option. */
    double *variance;
    /** NaN if all values are equal. */
    double *skewness;
    /** NaN if all values are equal. */
    double *kurtosis;
    /** Smallest value. */
    double *min;
    /** Largest value. */
    double *max;
    /** Mean of |h|. */
    double *mean_abs;
    /** Features whose values are all equal, or none. */
    int64_t degenerate;
} latent_moments_features;

/** All samples' moments together. Set `size`; the rest is written. @since 0.1.0 */
typedef struct latent_moments_overall {
    /** sizeof(latent_moments_overall). */
    size_t size;
    /** N. */
    int64_t samples;
    /** Samples whose values are all equal, or none: they enter no average. */
    int64_t degenerate;
    /** Other samples whose kurtosis is NaN: they hold a NaN or an infinity, or too few values for
     * ::LATENT_UNBIASED. They enter no average. */
    int64_t undefined;
    /** Elements that are NaN or infinite. */
    int64_t nonfinite;
    /** Mean of the samples' kurtosis: the kurtosis of the model. NaN if no sample has one. */
    double kurtosis_mean;
    /** Their standard deviation (denominator: how many entered). */
    double kurtosis_std;
    /** Mean of the samples' skewness. */
    double skewness_mean;
    /** Their standard deviation. */
    double skewness_std;
} latent_moments_overall;

/**
 * Moments of every sample, of every feature, or of both in one pass over memory.
 *
 * @param context  The context.
 * @param points   N × d view, N >= 1, d >= 1. Any element type, any stride.
 * @param options  NULL for the defaults.
 * @param samples  NULL, or where the samples' moments go.
 * @param features NULL, or where the features' moments go.
 * @param overall  NULL, or where the averages over samples go. One of the three must be given.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY.
 *         On any but ::LATENT_OK nothing is written.
 * @par Cost
 *      One pass over memory; per element about ten float64 operations for samples and twelve for
 *      features. Memory: 8 bytes per result of a sample; for features 104 bytes each, up to eight
 *      times per thread, within the budget.
 * @par Source
 *      arXiv 2310.13040; min, max, mean of |h| and the handling of NaN are ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_compute(latent_context *context,
                                                const latent_matrix *points,
                                                const latent_moments_options *options,
                                                latent_moments_samples *samples,
                                                latent_moments_features *features,
                                                latent_moments_overall *overall);

/**
 * Quantiles of a list of numbers, such as the kurtosis of every sample; NaN is left out.
 *
 * With n numbers in ascending order x_0 … x_(n-1), the quantile at p is found at (n - 1) p by linear
 * interpolation: numpy.nanquantile's default.
 *
 * @param context       The context.
 * @param values        `count` numbers; infinities are numbers, and between both there is NaN.
 * @param count         At least 1.
 * @param probabilities `quantile_count` numbers in 0 … 1, in any order.
 * @param quantile_count At least 1.
 * @param quantiles     Receives `quantile_count` numbers; all NaN if every value is NaN.
 * @return ::LATENT_OK, ::LATENT_CANCELLED, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_MEMORY,
 *         ::LATENT_ERROR_BUDGET or ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      O(count) time for sorting, 16 bytes per value.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_quantiles(latent_context *context, const double *values,
                                                  int64_t count, const double *probabilities,
                                                  int64_t quantile_count, double *quantiles);

/**
 * An accumulator: the moments of all rows given so far, in memory that does not grow with them.
 *
 * Rows may come in chunks of any size, and accumulators of parts may be merged in any order. All
 * ways of doing it agree within a bound that docs/numerics.md states; the same chunks in the same
 * order give the same bits. An accumulator belongs to no context, and one call at a time may use it.
 */
typedef struct latent_moments latent_moments;

/**
 * Creates an empty accumulator.
 *
 * @param context Its allocator is used, now and when the accumulator is destroyed.
 * @param columns d, the number of features, at least 1.
 * @param options NULL for the defaults. They belong to the accumulator from now on.
 * @param moments Receives the accumulator; NULL on any error.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_OPTIONS, ::LATENT_ERROR_MEMORY or
 *         ::LATENT_ERROR_BUSY.
 * @par Cost
 *      About 100 bytes per feature, which live until latent_moments_destroy() and are outside the
 *      context's budget.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_create(latent_context *context, int64_t columns,
                                               const latent_moments_options *options,
                                               latent_moments **moments);

/** Releases an accumulator; NULL is fine. @since 0.1.0 */
LATENT_API void latent_moments_destroy(latent_moments *moments);

/** The number of features d of an accumulator; 0 for NULL. @since 0.1.0 */
LATENT_API int64_t latent_moments_columns(const latent_moments *moments);

/**
 * Adds rows.
 *
 * @param context The context.
 * @param moments The accumulator; it is changed only on success.
 * @param points  Any number of rows of d columns, of any element type.
 * @param samples NULL, or where the moments of these rows go, entry 0 for row 0 of `points`; needs
 *                latent_moments_options::samples.
 * @return As latent_moments_compute(), or ::LATENT_ERROR_OVERFLOW if there were more than 2^53 rows.
 *         On any but ::LATENT_OK nothing is written.
 * @par Cost
 *      As latent_moments_compute() with `features`; with `samples` in the options, as with both.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_update(latent_context *context, latent_moments *moments,
                                               const latent_matrix *points,
                                               latent_moments_samples *samples);

/**
 * Adds to one accumulator what another one holds.
 *
 * @param context The context.
 * @param into    Changed on success.
 * @param from    Another accumulator with the same d (else ::LATENT_ERROR_SHAPE) and the same options
 *                (else ::LATENT_ERROR_ARGUMENT); unchanged.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_SHAPE, ::LATENT_ERROR_OVERFLOW if there
 *         were more than 2^53 rows, or ::LATENT_ERROR_BUSY.
 * @par Cost
 *      O(d).
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_merge(latent_context *context, latent_moments *into,
                                              const latent_moments *from);

/**
 * Writes the results for all rows so far. The accumulator is unchanged and may be given more.
 *
 * @param context  The context.
 * @param moments  An accumulator that has been given at least one row, else ::LATENT_ERROR_DOMAIN.
 * @param features NULL, or where the features' moments go.
 * @param overall  NULL, or where the averages over samples go; needs
 *                 latent_moments_options::samples.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_OPTIONS, ::LATENT_ERROR_DOMAIN or
 *         ::LATENT_ERROR_BUSY.
 * @par Cost
 *      O(d).
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_finish(latent_context *context,
                                               const latent_moments *moments,
                                               latent_moments_features *features,
                                               latent_moments_overall *overall);

/** Bytes that latent_moments_save() writes; 0 for NULL. @since 0.1.0 */
LATENT_API int64_t latent_moments_saved_bytes(const latent_moments *moments);

/**
 * Writes an accumulator as bytes: the same ones on every machine, with a version and a checksum.
 *
 * @param context  The context.
 * @param moments  The accumulator.
 * @param bytes    Receives latent_moments_saved_bytes() bytes; no alignment is needed.
 * @param capacity Room in `bytes`; less than that is ::LATENT_ERROR_SHAPE.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_SHAPE or ::LATENT_ERROR_BUSY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_save(latent_context *context, const latent_moments *moments,
                                             void *bytes, int64_t capacity);

/**
 * Makes an accumulator from saved bytes; it goes on as the one that was saved would.
 *
 * @param context Its allocator is used.
 * @param bytes   What latent_moments_save() wrote, on this or another machine.
 * @param count   How many bytes there are, exactly.
 * @param moments Receives the accumulator; NULL on any error.
 * @return ::LATENT_OK; ::LATENT_ERROR_FORMAT if the bytes are damaged, cut, foreign or of a newer
 *         version; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUSY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_moments_load(latent_context *context, const void *bytes,
                                             int64_t count, latent_moments **moments);

LATENT_END

#endif
