/** @file
 * The k* distribution: how soon, among a sample's neighbours, another concept turns up.
 *
 * For samples h_1 … h_N with concept labels y, distances d_ij (distance.h), a sample not being its
 * own neighbour:
 *
 *     m_i  = min over j with y_j != y_i of d_ij
 *     k*_i = 1 + #{ j != i : y_j = y_i and d_ij < m_i }            1 <= k*_i <= n_c
 *
 * the rank, counted from 1, of the nearest neighbour with another label; n_c is the number of
 * samples of the concept c = y_i. Small k* everywhere: the concept is fractured. k* near n_c: it is
 * clustered.
 *
 * Results are exact: matrix products of low precision only screen, with a proved error bound, and
 * whatever the screen leaves open is evaluated by latent_distance()'s arithmetic. Memory does not
 * grow with N².
 *
 * Source: Kotyan, Ueda, Vargas, "k* Distribution" (arXiv 2312.04024), whose published code fixes
 * k*, its normalisation, the three moments and the patterns; the same group's "Linking Robustness
 * and Generalization" (arXiv 2408.09065) names coefficients for a whole space. Where this library
 * had to choose, the declaration says "ours".
 */
#ifndef LATENT_KSTAR_H
#define LATENT_KSTAR_H

#include "distance.h"

LATENT_BEGIN

/** What happens to a same-label sample at exactly the distance m_i (ours). @since 0.1.0 */
typedef enum latent_ties {
    LATENT_TIES_EXCLUDE = 0, /**< It does not count: `<`, as in the formula. */
    LATENT_TIES_INCLUDE = 1  /**< It counts: `<=`. */
} latent_ties;

/** Options of latent_kstar() and its variants. Zero means default. @since 0.1.0 */
typedef struct latent_kstar_options {
    size_t size;    /**< sizeof(latent_kstar_options). */
    int32_t metric; /**< A ::latent_metric. Default: Euclidean. */
    int32_t ties;   /**< A ::latent_ties. Default: exclude. */
} latent_kstar_options;

/**
 * What latent_kstar() and its variants can tell beside k*. Set `size`, and each pointer to memory
 * for one entry per sample (query) or to NULL. The numbers are written on success.
 * @since 0.1.0
 */
typedef struct latent_kstar_extra {
    /** sizeof(latent_kstar_extra). */
    size_t size;
    /** Row of the nearest sample of another label (ties: the smallest). */
    int64_t *foreign_index;
    /** Its distance m_i. */
    double *foreign_distance;
    /** Pairs (i, j), same label, with d_ij = m_i exactly; ordered pairs. */
    int64_t tied_pairs;
    /** Pairs evaluated in float64. A measure of work: unlike all else it may change with threads,
     * BLAS and instruction set. */
    int64_t rescored_pairs;
    /** The ::latent_screen that the nearest samples of other labels were found with; it goes by the
     * data and the machine. */
    int32_t nearest_screen;
    /** That of the same-label samples nearer than they. */
    int32_t count_screen;
} latent_kstar_extra;

/**
 * k* of every sample of one labelled set.
 *
 * @param context The context.
 * @param points  N × d view, N >= 2. Any element type, any stride.
 * @param labels  N labels, of any values, at least two of them distinct.
 * @param options NULL for the defaults.
 * @param kstar   Receives N values, 1 … n_c each.
 * @param extra   NULL, or what else is wanted.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_DOMAIN (one label only; under cosine a zero row); ::LATENT_ERROR_OVERFLOW;
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY.
 *         On any but ::LATENT_OK nothing is written.
 * @par Cost
 *      N² d / 2 multiply-adds of the screen, a ::latent_screen, each pair of samples once, and a few
 *      to some tens of float64 distances per sample (more when many pairs lie within single precision
 *      of each other; at worst all of them). Memory: N d to 4 N d bytes, by the screen, within the
 *      budget, else blocks of it, and some tens of bytes per sample.
 * @par Source
 *      arXiv 2312.04024; ties are ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_kstar(latent_context *context, const latent_matrix *points,
                                      const int32_t *labels, const latent_kstar_options *options,
                                      int64_t *kstar, latent_kstar_extra *extra);

/**
 * Like latent_kstar(), but only for chosen samples; all samples remain neighbours, so each value is
 * the one latent_kstar() gives.
 *
 * @param samples      `sample_count` row numbers of `points`, in any order; repeats are allowed.
 * @param sample_count At least 1.
 * @param kstar        Receives `sample_count` values, in the order of `samples`; so do the arrays
 *                     of `extra`.
 * @return As latent_kstar().
 * @par Cost
 *      sample_count · N · d multiply-adds of the screen.
 * @since 0.1.0
 */
LATENT_API latent_status latent_kstar_subset(latent_context *context, const latent_matrix *points,
                                             const int32_t *labels, const int64_t *samples,
                                             int64_t sample_count,
                                             const latent_kstar_options *options, int64_t *kstar,
                                             latent_kstar_extra *extra);

/**
 * Like latent_kstar(), but for queries that are not among the references: no query has a self to
 * leave out, and k* ranges over 1 … n_c + 1, n_c counting the references with the query's label
 * (ours).
 *
 * @param queries          Q × d view.
 * @param query_labels     Q labels. One that no reference has is fine: k* is then 1.
 * @param references       N × d view of the same element type.
 * @param reference_labels N labels; for every query at least one must differ from the query's.
 * @param kstar            Receives Q values; the arrays of `extra` have Q entries and
 *                         `foreign_index` counts rows of `references`.
 * @return As latent_kstar(); ::LATENT_ERROR_DOMAIN if a query has no reference of another label.
 * @par Cost
 *      Q · N · d multiply-adds of the screen.
 * @since 0.1.0
 */
LATENT_API latent_status latent_kstar_queries(latent_context *context, const latent_matrix *queries,
                                              const int32_t *query_labels,
                                              const latent_matrix *references,
                                              const int32_t *reference_labels,
                                              const latent_kstar_options *options, int64_t *kstar,
                                              latent_kstar_extra *extra);

/** The shape of one concept's k* distribution. @since 0.1.0 */
typedef enum latent_pattern {
    LATENT_UNDEFINED = 0,  /**< The skewness does not exist (ours). */
    LATENT_FRACTURED = 1,  /**< skewness > threshold: many samples meet another concept early. */
    LATENT_OVERLAPPED = 2, /**< In between. */
    LATENT_CLUSTERED = 3   /**< skewness < -threshold: most samples meet their own concept first. */
} latent_pattern;

/** "undefined", "fractured", "overlapped", "clustered"; NULL for any other value. @since 0.1.0 */
LATENT_API const char *latent_pattern_string(latent_pattern pattern);

/** Options of latent_kstar_summary(). Zero means default. @since 0.1.0 */
typedef struct latent_kstar_summary_options {
    /** sizeof(latent_kstar_summary_options). */
    size_t size;
    /** Of the pattern; positive. Default: 0.5. */
    double threshold;
    /** Not 0: skewness of the values together with 0 and 1, the variant of the published figures.
     * Default: without. */
    int32_t endpoints;
    /** Must be 0. */
    int32_t reserved;
    /** n values that k* is divided by. NULL: the number of entries with the same label, which is
     * right for latent_kstar(). For a subset give the concept's whole size, for queries n_c + 1. */
    const int64_t *population;
} latent_kstar_summary_options;

/**
 * One row per concept, in ascending order of label: set `size`, `capacity`, and each pointer to
 * room for `capacity` entries or to NULL.
 * @since 0.1.0
 */
typedef struct latent_kstar_concepts {
    /** sizeof(latent_kstar_concepts). */
    size_t size;
    /** Entries that each array has room for. */
    int64_t capacity;
    /** Receives the number of concepts. */
    int64_t count;
    /** The concept's label. */
    int32_t *label;
    /** Its number of samples n. */
    int64_t *samples;
    /** mu: mean of k* / n_c. */
    double *mean;
    /** sigma: standard deviation, denominator n. */
    double *std;
    /** gamma = m_3 / m_2^1.5 with m_r the r-th central moment (denominator n). All values 1, n >
     * 1: -infinity. Any other constant, or n = 1: NaN. */
    double *skewness;
    /** A ::latent_pattern. Single samples are undefined (ours), and so is a NaN. */
    int32_t *pattern;
} latent_kstar_concepts;

/** Coefficients of a whole latent space. Set `size`; the rest is written. @since 0.1.0 */
typedef struct latent_kstar_overall {
    /** sizeof(latent_kstar_overall). */
    size_t size;
    /** Number of concepts. */
    int64_t concepts;
    /** Of these with gamma = -infinity: they enter no mean. */
    int64_t perfect;
    /** Of these with gamma NaN: they enter no mean. */
    int64_t undefined;
    /** Mean of gamma over the other concepts; NaN if there is none. Lower means better clustered
     * (ours; the published coefficient's formula was not at hand). */
    double gamma;
    /** The same, each concept weighted by its number of samples. */
    double gamma_weighted;
    /** Skewness of all values k* / n_c together, with the endpoints if those are asked for;
     * -infinity if all are 1. */
    double gamma_pooled;
} latent_kstar_overall;

/**
 * Summarises k* values by concept and as a whole.
 *
 * Values are normalised as k* / n_c, and moments are taken over each concept's values.
 *
 * @param context  The context.
 * @param kstar    n values, each in 1 … population.
 * @param labels   n labels.
 * @param n        At least 1.
 * @param options  NULL for the defaults.
 * @param concepts NULL, or where the rows go.
 * @param overall  NULL, or where the coefficients go.
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT (also a k* outside 1 … population, the place named);
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_SHAPE (`capacity` is below the number of
 *         concepts); ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_BUSY. Nothing is
 *         written on error, but for a capacity that is too small: then concepts->count says what is
 *         needed.
 * @par Cost
 *      O(n log n) time, about 30 n bytes.
 * @par Source
 *      arXiv 2312.04024 for the moments, thresholds and -infinity; the treatment of other constants
 *      and of single samples, and the overall coefficients, are ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_kstar_summary(latent_context *context, const int64_t *kstar,
                                              const int32_t *labels, int64_t n,
                                              const latent_kstar_summary_options *options,
                                              latent_kstar_concepts *concepts,
                                              latent_kstar_overall *overall);

/** Options of latent_kstar_sampled(). Zero means default. @since 0.1.0 */
typedef struct latent_kstar_sampled_options {
    /** sizeof(latent_kstar_sampled_options). */
    size_t size;
    /** As in latent_kstar_options. */
    int32_t metric;
    /** As in latent_kstar_options. */
    int32_t ties;
    /** Samples drawn from each concept, without replacement (all of them, if it has fewer).
     * Default: 100. At least 3. */
    int64_t per_concept;
    /** Default: the context's seed. */
    uint64_t seed;
    /** As in latent_kstar_summary_options; they weigh what they do beside all n values. */
    int32_t endpoints;
    /** Must be 0. */
    int32_t reserved;
} latent_kstar_sampled_options;

/** The sampled coefficient. Set `size`; the rest is written. @since 0.1.0 */
typedef struct latent_kstar_sampled_result {
    /** sizeof(latent_kstar_sampled_result). */
    size_t size;
    /** Gamma': mean of the concepts' estimated skewness; NaN if there is none. */
    double gamma;
    /** Its standard error; 0 when every sample was drawn. NaN if there is none, or if one
     * concept's drawn values are all equal but one. */
    double standard_error;
    /** Samples whose k* was computed. */
    int64_t samples;
    /** Number of concepts. */
    int64_t concepts;
    /** Concepts whose drawn values are all 1: they enter no mean. */
    int64_t perfect;
    /** Concepts whose drawn values are otherwise constant, or of one sample. */
    int64_t undefined;
} latent_kstar_sampled_result;

/**
 * Estimates latent_kstar_overall::gamma from a random subset of each concept's samples (ours).
 *
 * All samples remain neighbours, so each k* is exact and only the concept's skewness is estimated:
 * from s values g, the skewness of few values being biased towards 0, by the jackknife as
 * g + (1 - s/n)(s - 1)(g - mean of the skewness with one value left out), the factor 1 - s/n making
 * it g when all n are drawn. The standard error of each is the jackknife's with the same factor;
 * that of the mean follows from their independence.
 *
 * @param context The context.
 * @param points  N × d view.
 * @param labels  N labels, at least two of them distinct.
 * @param options NULL for the defaults.
 * @param result  Receives the estimate.
 * @return As latent_kstar().
 * @par Cost
 *      S · N · d multiply-adds of the screen, S the number of samples drawn.
 * @since 0.1.0
 */
LATENT_API latent_status latent_kstar_sampled(latent_context *context, const latent_matrix *points,
                                              const int32_t *labels,
                                              const latent_kstar_sampled_options *options,
                                              latent_kstar_sampled_result *result);

/**
 * Counts the distinct values of n labels: the room latent_kstar_concepts needs.
 *
 * @param context  The context.
 * @param labels   n labels.
 * @param n        At least 1.
 * @param distinct Receives the count.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_MEMORY, ::LATENT_ERROR_BUDGET or
 *         ::LATENT_ERROR_BUSY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_labels_distinct(latent_context *context, const int32_t *labels,
                                                int64_t n, int64_t *distinct);

LATENT_END

#endif
