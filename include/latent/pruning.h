/** @file
 * Pruning: what becomes of a head's predictions when only its most important directions are kept.
 *
 * For W = Σ_i σ_i u_i v_iᵀ (directions.h) and an order of its directions, most important first, level
 * K keeps the first K of them:
 *
 *     logits_K(h) = b + Σ_{j <= K} w_j u_order(j)        w_j = σ_order(j) ⟨v_order(j), h⟩
 *
 * K = 0, 1, … rank, b stays. Each is evaluated in float64: ⟨v, h⟩ and the sum as chains of multiply-adds
 * that round once, in ascending order of the inputs and of j, w as one product; an h whose largest
 * magnitude is beyond 2^±400 in units of a power of two. So a level's logits are
 * those of the level before and one more term, and the whole curve costs about as much as one
 * evaluation of every level's logits by one multiply-add. Of equal logits the class with the smaller
 * number wins.
 *
 * Source: the order, least important dropped first: Crabbé et al., "Interpreting CLIP" (arXiv
 * 2310.13040). Activation-aware pruning is reduced-rank regression, its use here ours.
 */
#ifndef LATENT_PRUNING_H
#define LATENT_PRUNING_H

#include "directions.h"

LATENT_BEGIN

/** Options of latent_pruning_evaluate(). Zero means default. @since 0.1.0 */
typedef struct latent_pruning_options {
    /** sizeof(latent_pruning_options). */
    size_t size;
    /** The k of top-k accuracy, up to d_Y. Default: 5, or d_Y if that is less. */
    int32_t top;
    /** Must be 0. */
    int32_t reserved;
} latent_pruning_options;

/** A pruning curve. Set `size`, and each pointer to rank + 1 entries or to NULL. Entry K is about the
 * head with the K most important directions. Counts are of activations, so that the curves of parts of
 * a data set add up. @since 0.1.0 */
typedef struct latent_pruning_curve {
    /** sizeof(latent_pruning_curve). */
    size_t size;
    /** Activations whose label is predicted. Needs labels. */
    int64_t *correct;
    /** Activations whose label is among the `top` largest logits. Needs labels. */
    int64_t *correct_top;
    /** Activations whose prediction differs from that of level `rank`. */
    int64_t *changed;
    /** Share of Σ σ² that is kept; 1 for a head of zeros. */
    double *energy;
} latent_pruning_curve;

/**
 * The pruning curve of labelled activations. One decomposition serves any number of labelled sets, such
 * as a clean one and shifted ones.
 *
 * @param context    The context.
 * @param directions The decomposition.
 * @param points     N × d_H view of any element type.
 * @param labels     N class numbers, 0 … d_Y - 1; NULL if `correct` and `correct_top` are.
 * @param bias       b: d_Y numbers; NULL for none.
 * @param order      The order of the directions, most important first: the first `rank` entries are
 *                   0 … rank - 1, each once, as in latent_importance_result::order. NULL: by
 *                   singular value.
 * @param options    NULL for the defaults.
 * @param curve      Receives the curve.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE, also of the bias;
 *         ::LATENT_ERROR_OVERFLOW where logits are beyond float64; ::LATENT_ERROR_MEMORY;
 *         ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing is written on
 *         error.
 * @par Cost
 *      N · rank · d_H multiply-adds in float64 and N · rank · d_Y in float32, which decide nearly
 *      everything; the rest is decided in float64. An activation of which float32 decides little, since
 *      most logits are equal or nearly so (that of zeros, without a bias), or beyond 2^100, costs two
 *      or three times rank · d_Y in float64. With `changed`, activations whose label is not what the
 *      full head predicts cost N · rank · d_Y once more. Memory: 12 bytes per direction and class; per
 *      thread 600 bytes per input, 750 per direction and 16 per class.
 * @since 0.1.0
 */
LATENT_API latent_status latent_pruning_evaluate(latent_context *context,
                                                 const latent_directions *directions,
                                                 const latent_matrix *points, const int32_t *labels,
                                                 const double *bias, const int64_t *order,
                                                 const latent_pruning_options *options,
                                                 latent_pruning_curve *curve);

/**
 * Adds activations to their matrix of second moments, C = Σ_n h_n h_nᵀ.
 *
 * Every entry is one chain of multiply-adds in the order of the activations: chunks of any size, in the
 * same order, give the same bits. Matrices of parts are added entry by entry.
 *
 * @param context The context.
 * @param points  N × d view of any element type.
 * @param gram    C: d × d numbers, symmetric; zeros before the first activation. Only the lower
 *                triangle is read; both are written, on success alone.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_SHAPE;
 *         ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE, of `points` or `gram`;
 *         ::LATENT_ERROR_OVERFLOW; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET;
 *         ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY.
 * @par Cost
 *      N d² / 2 multiply-adds; 8 d² bytes and 6,144 d more of memory.
 * @since 0.1.0
 */
LATENT_API latent_status latent_pruning_gram(latent_context *context, const latent_matrix *points,
                                             double *gram);

/** Activation-aware pruning at every rank. Set `size`, and each pointer to as many entries as it says
 * or to NULL. R is latent_directions_rank(). @since 0.1.0 */
typedef struct latent_pruning_aware_result {
    /** sizeof(latent_pruning_aware_result). */
    size_t size;
    /** U: d_Y × R, orthonormal columns. */
    double *left;
    /** Uᵀ W: R × d_H. The layer of rank r is the product of the first r columns of `left` and the first
     * r rows of this. */
    double *right;
    /** R + 1 entries: Σ_n ‖W h_n − W_r h_n‖² at rank r. */
    double *error;
    /** R + 1 entries: the same for the r largest singular values of W, however often they are used. */
    double *plain_error;
} latent_pruning_aware_result;

/**
 * The best layers of every rank for activations that occur: W_r minimises Σ_n ‖W h_n − W_r h_n‖² among
 * matrices of rank r.
 *
 *     W_r = U_r U_rᵀ W        U_r the leading left singular vectors of W C^½
 *
 * No other layer of that rank, plain pruning by singular values among them, has a smaller error. It
 * works for any linear layer.
 *
 * @param context    The context.
 * @param directions The decomposition of W.
 * @param gram       C = Σ_n h_n h_nᵀ, d_H × d_H, of latent_pruning_gram(); only the lower triangle is
 *                   read.
 * @param result     Receives the result.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_NONFINITE; ::LATENT_ERROR_DOMAIN if C has an eigenvalue that is negative beyond
 *         rounding; ::LATENT_ERROR_SHAPE beyond LAPACK's 32-bit integers; ::LATENT_ERROR_OVERFLOW where
 *         an error is beyond float64; ::LATENT_ERROR_CONVERGENCE; ::LATENT_ERROR_MEMORY;
 *         ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing is written on
 *         error.
 * @par Cost
 *      LAPACK's dsyevd of d_H × d_H and dgesdd of R × d_H, which cannot be cancelled, and
 *      2 R d_H² multiply-adds; some 8 (4 d_H² + 4 R d_H + 5 R²) bytes of memory.
 * @par Source
 *      Reduced-rank regression (Izenman 1975).
 * @since 0.1.0
 */
LATENT_API latent_status latent_pruning_aware(latent_context *context,
                                              const latent_directions *directions,
                                              const double *gram,
                                              latent_pruning_aware_result *result);

LATENT_END

#endif
