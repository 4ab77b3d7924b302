/** @file
 * Importance of a head's directions (directions.h) for activations that occur.
 *
 * Over N activations h_n, with ⟨,⟩ the dot product:
 *
 *     cosine        I(i) = σ_i · (1/N) Σ_n |⟨v_i, h_n⟩| / ‖h_n‖
 *     projection    I(i) = σ_i · (1/N) Σ_n |⟨v_i, h_n⟩|
 *     singular      I(i) = σ_i
 *     variance      I(i) = σ_i² · variance over n of ⟨v_i, h_n⟩ (denominator N)
 *
 * A direction is *privileged* when its importance stands far above the rest:
 * latent_importance_result::top_ratio and top_share say how far. An activation of zeros contributes 0
 * to the first two and is counted.
 *
 * Source: the first is that of Crabbé et al., "Interpreting CLIP" (arXiv 2310.13040), the absolute
 * value being ours, since the sign of v_i is arbitrary. The other three are ours.
 */
#ifndef LATENT_IMPORTANCE_H
#define LATENT_IMPORTANCE_H

#include "directions.h"

LATENT_BEGIN

/** Which importance. @since 0.1.0 */
typedef enum latent_importance_kind {
    LATENT_IMPORTANCE_COSINE = 0,     /**< Singular value times mean |cosine|. */
    LATENT_IMPORTANCE_PROJECTION = 1, /**< Singular value times mean |projection|. */
    LATENT_IMPORTANCE_SINGULAR = 2,   /**< The singular value alone. */
    LATENT_IMPORTANCE_VARIANCE = 3    /**< Its square times the variance of the projection. */
} latent_importance_kind;

/** An accumulator over activations: all four kinds, in memory that does not grow with them. It
 * belongs to no context, and one call at a time may use it. @since 0.1.0 */
typedef struct latent_importance latent_importance;

/** Importance of every direction. Set `size`, and each pointer to k = latent_directions_count()
 * entries or to NULL; the numbers are written. @since 0.1.0 */
typedef struct latent_importance_result {
    /** sizeof(latent_importance_result). */
    size_t size;
    /** I(i), of the kind asked for; 0 beyond the rank. */
    double *importance;
    /** All directions, the most important first, equal ones by number; those beyond the rank last. */
    int64_t *order;
    /** Mean |⟨v_i, h⟩| / ‖h‖. */
    double *cosine;
    /** Mean |⟨v_i, h⟩|. */
    double *projection;
    /** Variance of ⟨v_i, h⟩. */
    double *variance;
    /** N. */
    int64_t samples;
    /** Activations of zeros. */
    int64_t zeros;
    /** I of the first direction over the median of the directions below the rank; infinity if only
     * the median is 0, NaN if both are or the rank is 0. */
    double top_ratio;
    /** I of the first direction as a share of the sum over directions; NaN if that is 0. */
    double top_share;
} latent_importance_result;

/**
 * Creates an empty accumulator.
 *
 * @param context    Its allocator is used, now and when the accumulator is destroyed.
 * @param directions The decomposition it is for.
 * @param importance Receives the accumulator; NULL on any error.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_MEMORY or ::LATENT_ERROR_BUSY.
 * @par Cost
 *      32 bytes per direction, outside the context's budget.
 * @since 0.1.0
 */
LATENT_API latent_status latent_importance_create(latent_context *context,
                                                  const latent_directions *directions,
                                                  latent_importance **importance);

/** Releases an accumulator; NULL is fine. @since 0.1.0 */
LATENT_API void latent_importance_destroy(latent_importance *importance);

/**
 * Adds activations.
 *
 * @param context    The context.
 * @param importance The accumulator; it is changed only on success.
 * @param directions The decomposition that it was created for, or one of equal d_H and k.
 * @param points     N × d_H view of any element type.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_SHAPE;
 *         ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE; ::LATENT_ERROR_OVERFLOW where a sum is beyond
 *         float64; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD;
 *         ::LATENT_ERROR_BUSY.
 * @par Cost
 *      N · d_H · k multiply-adds in float64. Memory per thread: 1,100 bytes per input, 260 per
 *      direction. The same chunks in the same order give the same bits, for any number of threads and
 *      any instruction set.
 * @since 0.1.0
 */
LATENT_API latent_status latent_importance_update(latent_context *context,
                                                  latent_importance *importance,
                                                  const latent_directions *directions,
                                                  const latent_matrix *points);

/**
 * Adds to one accumulator what another one, for directions of the same number, holds.
 *
 * @param context The context.
 * @param into    Changed on success.
 * @param from    Unchanged.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_SHAPE or ::LATENT_ERROR_BUSY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_importance_merge(latent_context *context, latent_importance *into,
                                                 const latent_importance *from);

/**
 * Writes the result for all activations so far. The accumulator is unchanged and may be given more.
 *
 * @param context    The context.
 * @param importance The accumulator, with at least one activation, else ::LATENT_ERROR_DOMAIN. For
 *                   ::LATENT_IMPORTANCE_SINGULAR it may be NULL; `cosine`, `projection` and
 *                   `variance` are NaN then.
 * @param directions The decomposition.
 * @param kind       A ::latent_importance_kind.
 * @param result     Receives the result.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_OPTIONS, ::LATENT_ERROR_SHAPE,
 *         ::LATENT_ERROR_DOMAIN, ::LATENT_ERROR_MEMORY, ::LATENT_ERROR_BUDGET or ::LATENT_ERROR_BUSY.
 *         Nothing is written on error.
 * @par Cost
 *      O(k log k) time, 24 bytes per direction.
 * @since 0.1.0
 */
LATENT_API latent_status latent_importance_finish(latent_context *context,
                                                  const latent_importance *importance,
                                                  const latent_directions *directions, int32_t kind,
                                                  latent_importance_result *result);

LATENT_END

#endif
