/** @file
 * Which concepts a model encodes, in which directions, and how models differ: what follows from the
 * average precisions of concepts.h.
 *
 * A direction *encodes* a concept if its AP is above a threshold (strictly; 0.9 in the literature).
 * A concept is *unique* to count: however many directions encode it, it counts once.
 * *Polysemanticity* is how many concepts one direction encodes: its mean over the directions that
 * encode any, the largest, and how many directions encode 0, 1, 2, … concepts. Degenerate concepts
 * are never encoded.
 *
 * With many directions a rare concept may reach a high AP by chance. latent_concepts_null() says
 * what the best of as many random rankings reaches.
 *
 * Source: the threshold and unique concepts are those of Crabbé, Rodríguez, Shankar, Zappella,
 * Blaas, "Interpreting CLIP" (arXiv 2310.13040). The statistics of polysemanticity, the curve, the
 * comparison with random rankings and Jaccard's index of models are ours.
 */
#ifndef LATENT_ENCODING_H
#define LATENT_ENCODING_H

#include "concepts.h"

LATENT_BEGIN

/** The threshold of the literature. @since 0.1.0 */
#define LATENT_ENCODING_THRESHOLD 0.9

/** What is encoded where. Set `size`, and each pointer to as many entries as stated or to NULL; the
 * numbers are written. D directions, C concepts. @since 0.1.0 */
typedef struct latent_concepts_report {
    /** sizeof(latent_concepts_report). */
    size_t size;
    /** C entries: the largest AP of the concept; NaN for a degenerate one. */
    double *best_ap;
    /** C entries: the direction that has it, the first of several; −1 for a degenerate concept. */
    int64_t *best_direction;
    /** C entries: how many directions encode the concept. */
    int64_t *directions_of_concept;
    /** C entries: 1 if any does, else 0. */
    uint8_t *encoded;
    /** D entries: how many concepts the direction encodes. */
    int64_t *concepts_of_direction;
    /** C + 1 entries: how many directions encode 0, 1, …, C concepts. */
    int64_t *histogram;
    /** Pairs of a direction and a concept that it encodes. */
    int64_t encoded_pairs;
    /** Concepts that some direction encodes. */
    int64_t unique_concepts;
    /** Concepts that are degenerate. */
    int64_t degenerate_concepts;
    /** Directions that encode any concept. */
    int64_t encoding_directions;
    /** Mean of concepts_of_direction over those; NaN if there is none. */
    double mean_concepts;
    /** The largest of concepts_of_direction. */
    int64_t most_concepts;
} latent_concepts_report;

/**
 * Says which directions encode which concepts.
 *
 * @param context    The context.
 * @param ap         D × C view of float64 or float32, as latent_concepts_ap() writes it; the
 *                   numbers as stored are compared, so float32 may decide otherwise within 3e-8 of
 *                   the threshold.
 * @param degenerate C entries, 1 for a concept that is degenerate, else 0
 *                   (latent_concepts_count()); NULL: none is.
 * @param threshold  0 … 1; ::LATENT_ENCODING_THRESHOLD is that of the literature.
 * @param report     Receives the answers.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT, also for an AP outside 0 … 1;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET;
 *         ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      D · C comparisons; 24 bytes per concept, 8 per direction.
 * @par Source
 *      arXiv 2310.13040; ours for polysemanticity.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_encoded(latent_context *context, const latent_matrix *ap,
                                                 const uint8_t *degenerate, double threshold,
                                                 latent_concepts_report *report);

/**
 * The same counts for many thresholds.
 *
 * @param context         The context.
 * @param ap              Like that of latent_concepts_encoded().
 * @param degenerate      Like that of latent_concepts_encoded().
 * @param thresholds      `count` numbers in 0 … 1, in any order.
 * @param count           At least 1.
 * @param unique_concepts Receives `count` numbers of concepts that some direction encodes; may be
 * NULL.
 * @param encoded_pairs   Receives `count` numbers of pairs; may be NULL, but not both.
 * @return Like latent_concepts_encoded(). Nothing is written on error.
 * @par Cost
 *      D · C · log(count) comparisons; 8 bytes per concept, 32 per threshold.
 * @par Source
 *      Ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_curve(latent_context *context, const latent_matrix *ap,
                                               const uint8_t *degenerate, const double *thresholds,
                                               int64_t count, int64_t *unique_concepts,
                                               int64_t *encoded_pairs);

/** Options of latent_concepts_null(). Zero means default. @since 0.1.0 */
typedef struct latent_concepts_null_options {
    /** sizeof(latent_concepts_null_options). */
    size_t size;
    /** A ::latent_concepts_sign: with both, a random ranking counts from either end. Default: as
     * is. */
    int32_t sign;
    /** Must be 0. */
    int32_t reserved;
    /** R: how often the best of D rankings is drawn. Default: 19, the least that can tell 5 %. */
    int64_t permutations;
} latent_concepts_null_options;

/** What random rankings reach. Set `size`, and each pointer to C entries or to NULL. For a
 * degenerate concept all are NaN. @since 0.1.0 */
typedef struct latent_concepts_chance {
    /** sizeof(latent_concepts_chance). */
    size_t size;
    /** Mean over the R draws of the best AP among D random rankings. */
    double *mean;
    /** The largest of the R. */
    double *largest;
    /** (1 + how many of the R are at least the observed AP) / (R + 1): the p-value of the observed
     * AP as the best of D independent random rankings. */
    double *p_value;
} latent_concepts_chance;

/**
 * The average precision that the best of D directions would reach for each concept if rankings were
 * random: R times, the best of D uniformly random permutations of the samples.
 *
 * @param context    Its seed decides the permutations, which are the same for any number of
 * threads.
 * @param labels     Which samples show which concepts.
 * @param directions D, up to 2^31 − 1.
 * @param observed   C entries: the best AP of each concept, as latent_concepts_report::best_ap;
 *                   those of degenerate concepts are not read. Take them from a float64 matrix:
 *                   one that was rounded up no longer equals the draws that it equals, of which
 *                   rare concepts have many. NULL if no `p_value` is asked for.
 * @param options    NULL for the defaults.
 * @param chance     Receives the answers.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT, also where
 *         latent_concepts_count() has it and for an `observed` outside 0 … 1; ::LATENT_ERROR_SHAPE;
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_NONFINITE; ::LATENT_ERROR_MEMORY;
 *         ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing is written on
 *         error.
 * @par Cost
 *      That of latent_concepts_ap() for R · D directions in the unit basis. Memory: 16 N + 54 C
 *      bytes, and per thread 4 N + 48 C more; 2 bytes per label that is present or ignored.
 * @par Source
 *      Ours: the permutation test of the largest of several statistics (Westfall and Young 1993),
 *      with independent rankings.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_null(latent_context *context,
                                              const latent_concept_labels *labels,
                                              int64_t directions, const double *observed,
                                              const latent_concepts_null_options *options,
                                              const latent_concepts_chance *chance);

/** How the sets of concepts that two or three models encode overlap. Set `size`; all else is
 * written.
 * @since 0.1.0 */
typedef struct latent_concepts_overlap {
    /** sizeof(latent_concepts_overlap). */
    size_t size;
    /** Concepts encoded by exactly the models whose bits are set in the index (model m: 1 << m):
     * regions[0] by none, regions[5] by models 0 and 2 alone. Zero beyond the models given. */
    int64_t regions[8];
    /** Concepts that each model encodes. */
    int64_t totals[3];
    /** Concepts that any model encodes. */
    int64_t any;
    /** Concepts that every model encodes. */
    int64_t all;
    /** all / any; NaN if no model encodes any. */
    double jaccard;
    /** Jaccard's index of models 0 and 1, of 0 and 2, of 1 and 2; NaN where there is no third
     * model, or neither encodes any concept. */
    double pairs[3];
} latent_concepts_overlap;

/**
 * Compares the concepts of models.
 *
 * @param context  The context.
 * @param encoded  `models` pointers to C entries each, 1 for a concept that the model encodes, else
 *                 0 (latent_concepts_report::encoded).
 * @param models   2 or 3.
 * @param concepts C, at least 1: the same concepts in the same order for every model.
 * @param overlap  Receives the answer.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_OPTIONS or ::LATENT_ERROR_BUSY.
 *         Nothing is written on error.
 * @par Cost
 *      One pass.
 * @par Source
 *      The regions of the Venn diagrams of arXiv 2310.13040; Jaccard's index is ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_compare(latent_context *context,
                                                 const uint8_t *const *encoded, int32_t models,
                                                 int64_t concepts,
                                                 latent_concepts_overlap *overlap);

LATENT_END

#endif
