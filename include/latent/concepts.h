/** @file
 * Concept probing: the average precision of every direction of a latent space for every concept.
 *
 * A direction v_i gives sample n the score ⟨v_i, h_n⟩, or the feature h_ni itself in the unit
 * basis. If the samples with the highest scores are those that show a concept, the direction
 * encodes it. Average precision says how far that is so. Over the distinct scores t in descending
 * order, samples of equal score forming one step:
 *
 *     AP = Σ_t (R_t − R_{t−1}) P_t
 *
 * P_t being the share of present ones among the samples down to t, and R_t the share of all present
 * ones that are among them. Samples that a concept ignores take no part in its ranking.
 *
 * Scores are raw, without absolute value. All scores tied: AP is the share of present ones. A
 * concept that no sample shows: 0. One that every sample shows: 1. Both are *degenerate*:
 * latent_concepts_count() finds them, and encoding.h never counts them.
 *
 * AP needs the ranking of all samples at once, so it cannot be merged from chunks of samples.
 * Directions are independent: they can be taken in blocks, in any order, on any number of machines,
 * and the rows of results put one below the other; the same holds for concepts and columns. The
 * bits are the same.
 *
 * Source: AP as scikit-learn's average_precision_score; directions and concepts as Crabbé,
 * Rodríguez, Shankar, Zappella, Blaas, "Interpreting CLIP" (arXiv 2310.13040). Ignored samples and
 * the choice of sign are ours.
 */
#ifndef LATENT_CONCEPTS_H
#define LATENT_CONCEPTS_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/**
 * Which samples show which concepts: dense, or as lists of the concepts of each sample.
 *
 * Either `values` is set, or `present_offsets` and `present`, to which `ignored_offsets` and
 * `ignored` may be added. The lists are SciPy's CSR: those of sample n are entries offsets[n] …
 * offsets[n + 1] − 1, numbers of concepts in strictly ascending order. No sample may have a concept
 * in both.
 * @since 0.1.0
 */
typedef struct latent_concept_labels {
    /** sizeof(latent_concept_labels). */
    size_t size;
    /** N, as many as the activations have rows; up to 2^31 − 1. */
    int64_t samples;
    /** C, at least 1; up to 2^31 − 1. */
    int64_t concepts;
    /** N × C: 1 present, 0 absent, −1 ignored. */
    const int8_t *values;
    /** From one row of `values` to the next; 0 means C. */
    int64_t stride;
    /** N + 1 entries, the first one 0, never falling. */
    const int64_t *present_offsets;
    /** The concepts that are present. */
    const int32_t *present;
    /** N + 1 entries, or NULL: nothing is ignored. */
    const int64_t *ignored_offsets;
    /** The concepts that ignore a sample. */
    const int32_t *ignored;
} latent_concept_labels;

/** How often each concept occurs. Set `size`, and each pointer to C entries or to NULL; the number
 * is written. @since 0.1.0 */
typedef struct latent_concepts_counts {
    /** sizeof(latent_concepts_counts). */
    size_t size;
    /** Samples that show the concept. */
    int64_t *present;
    /** Samples that do not. */
    int64_t *absent;
    /** Samples that take no part. */
    int64_t *ignored;
    /** 1 if none is present or none is absent, else 0. */
    uint8_t *degenerate;
    /** How many concepts are degenerate. */
    int64_t degenerate_concepts;
} latent_concepts_counts;

/**
 * Checks labels, and counts.
 *
 * @param context The context.
 * @param labels  Which samples show which concepts.
 * @param counts  Receives the numbers.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT, also for a value other than −1,
 *         0, 1 and for lists that are unsorted, repeat themselves or leave the range, whose place
 *         is named; ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_MEMORY;
 *         ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing is written on
 *         error.
 * @par Cost
 *      One pass over the labels; 16 bytes per concept.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_count(latent_context *context,
                                               const latent_concept_labels *labels,
                                               latent_concepts_counts *counts);

/** Which end of a direction may encode a concept. @since 0.1.0 */
typedef enum latent_concepts_sign {
    LATENT_SIGN_AS_IS = 0, /**< The direction as it is given. */
    LATENT_SIGN_BOTH = 1   /**< The better of +v and −v: a singular vector's sign is arbitrary. */
} latent_concepts_sign;

/** Options of latent_concepts_ap(). Zero means default. @since 0.1.0 */
typedef struct latent_concepts_options {
    /** sizeof(latent_concepts_options). */
    size_t size;
    /** A ::latent_concepts_sign. Default: as is. */
    int32_t sign;
    /** Must be 0. */
    int32_t reserved;
    /** First direction that is probed. */
    int64_t first_direction;
    /** How many; 0 means all from the first one on. */
    int64_t directions;
    /** First concept that is probed. */
    int64_t first_concept;
    /** How many, 1 for a single column; 0 means all from the first one on. */
    int64_t concepts;
} latent_concepts_options;

/** Where latent_concepts_ap() writes. Row d is direction first_direction + d, column c is concept
 * first_concept + c. @since 0.1.0 */
typedef struct latent_concepts_result {
    /** sizeof(latent_concepts_result). */
    size_t size;
    /** AP of each direction for each concept. */
    void *ap;
    /** ::LATENT_F64 (also 0) or ::LATENT_F32: float64 rounded to nearest. */
    int32_t type;
    /** Must be 0. */
    int32_t reserved;
    /** Elements from one row of `ap`, and of `signs`, to the next; 0 means as many as columns. */
    int64_t stride;
    /** With ::LATENT_SIGN_BOTH 1 where +v is at least as good as −v, else −1; always 1 as is. May
     * be NULL. */
    int8_t *signs;
} latent_concepts_result;

/**
 * Average precision of directions for concepts.
 *
 * @param context     The context; its threads share the directions.
 * @param activations N × d view, row n for sample n, of any element type.
 * @param basis       K × d view, row i being v_i, of any length and any element type, or NULL: the
 *                    d features themselves. Scores are float64: each is one chain of fused
 *                    multiply-adds in the order of the features, so equal samples have equal
 *                    scores, and scores are the same everywhere. −0 equals 0.
 * @param labels      Which samples show which concepts.
 * @param options     NULL for the defaults.
 * @param result      Says where to write.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_SHAPE;
 *         ::LATENT_ERROR_TYPE; ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_NONFINITE, in the unit basis
 *         for features that are probed only; ::LATENT_ERROR_OVERFLOW where a score is beyond
 *         float64; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD;
 *         ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      Per direction a radix sort of N keys, and a multiply-add or two for each present label; with
 *      a basis also N · d multiply-adds. ::LATENT_SIGN_BOTH walks twice. Memory: 16 N + 30 C bytes,
 *      and per thread 16 N + 40 C more; 2 bytes per label that is present or ignored; 9 bytes per
 *      result; and scores of some directions at a time, at least of one: 4 N bytes for each, or 8 N
 *      from float64 or with a basis. A basis also takes 8 d bytes for each of these directions, for
 *      at least 24, and 576 d per thread. Where the budget does not hold all labels, concepts are
 *      taken in groups, and directions are sorted once for each group.
 * @par Accuracy
 *      Each quotient is rounded once, and sums are in steps of 256 terms: the relative error is
 *      below (260 + present / 256) · 2^-53, typically 1e-15. A perfect ranking has AP 1 exactly.
 *      For a concept, permuted samples give the same bits.
 * @par Source
 *      scikit-learn's average_precision_score; arXiv 2310.13040.
 * @since 0.1.0
 */
LATENT_API latent_status latent_concepts_ap(latent_context *context,
                                            const latent_matrix *activations,
                                            const latent_matrix *basis,
                                            const latent_concept_labels *labels,
                                            const latent_concepts_options *options,
                                            const latent_concepts_result *result);

LATENT_END

#endif
