/** @file
 * Privileged directions: the singular value decomposition of a classification head.
 *
 * For a head, or any linear layer, W with d_Y outputs and d_H inputs (logits = W h + b):
 *
 *     W = Σ_i σ_i u_i v_iᵀ          σ_1 >= σ_2 >= … >= 0
 *
 * The v_i are orthonormal directions of the latent space, and σ_i says how strongly the layer listens
 * to direction i. Which directions matter for activations that occur, importance.h says; what becomes
 * of the predictions without the others, pruning.h.
 *
 * The sign of a pair u_i, v_i is arbitrary. Here the entry of v_i of largest magnitude (the first of
 * them) is positive. Singular values and vectors are LAPACK's: from another build of it, another
 * processor or another number of threads they may differ in their last bits (by more, where singular
 * values lie close together). What the library computes from one decomposition is the same bits
 * everywhere, but for latent_pruning_aware(), which has LAPACK decompose again.
 *
 * Source: Crabbé, Rodríguez, Shankar, Zappella, Blaas, "Interpreting CLIP" (arXiv 2310.13040). The
 * rule for signs is ours.
 */
#ifndef LATENT_DIRECTIONS_H
#define LATENT_DIRECTIONS_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/** Options of latent_directions_create(). Zero means default. @since 0.1.0 */
typedef struct latent_directions_options {
    /** sizeof(latent_directions_options). */
    size_t size;
    /** Singular values up to `tolerance` · σ_1 count as 0, which fixes the rank; below 1. Default:
     * max(d_Y, d_H) · 2^-52, as numpy.linalg.matrix_rank. */
    double tolerance;
} latent_directions_options;

/** A decomposed head. It belongs to no context, and any number of calls may read it at a time.
 * @since 0.1.0 */
typedef struct latent_directions latent_directions;

/**
 * Decomposes a head.
 *
 * @param context    Its allocator is used, now and when the decomposition is destroyed.
 * @param head       W: d_Y × d_H view, row y for class y. Any element type; float64 is computed with.
 * @param options    NULL for the defaults.
 * @param directions Receives the decomposition; NULL on any error.
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_SHAPE, also
 *         beyond LAPACK's 32-bit integers; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_OVERFLOW where a singular value is beyond float64;
 *         ::LATENT_ERROR_CONVERGENCE; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET;
 *         ::LATENT_ERROR_BUSY.
 * @par Cost
 *      LAPACK's dgesdd (dgesvd where that does not converge) of d_Y × d_H, with the context's number
 *      of threads, unless another context is in a call or OpenBLAS is its OpenMP build; it cannot be
 *      cancelled. With k = min(d_Y, d_H):
 *      8 k (d_Y + 2 d_H) bytes that live until latent_directions_destroy(), outside the budget, and
 *      some 24 d_Y d_H + 40 k² for LAPACK meanwhile, within it.
 * @par Source
 *      arXiv 2310.13040.
 * @since 0.1.0
 */
LATENT_API latent_status latent_directions_create(latent_context *context,
                                                  const latent_matrix *head,
                                                  const latent_directions_options *options,
                                                  latent_directions **directions);

/** Releases a decomposition; NULL is fine. @since 0.1.0 */
LATENT_API void latent_directions_destroy(latent_directions *directions);

/** d_Y, the number of outputs; 0 for NULL. @since 0.1.0 */
LATENT_API int64_t latent_directions_outputs(const latent_directions *directions);

/** d_H, the number of inputs; 0 for NULL. @since 0.1.0 */
LATENT_API int64_t latent_directions_inputs(const latent_directions *directions);

/** k = min(d_Y, d_H), the number of directions; 0 for NULL. @since 0.1.0 */
LATENT_API int64_t latent_directions_count(const latent_directions *directions);

/** How many singular values are above the tolerance, and not rounded to 0; 0 for a head of zeros, and
 * for NULL.
 * @since 0.1.0 */
LATENT_API int64_t latent_directions_rank(const latent_directions *directions);

/** The k singular values, descending; NULL for NULL. They live as long as the decomposition.
 * @since 0.1.0 */
LATENT_API const double *latent_directions_values(const latent_directions *directions);

/** The v_i: k × d_H, row i being v_i (what NumPy calls vh); NULL for NULL. They live as long as the
 * decomposition. @since 0.1.0 */
LATENT_API const double *latent_directions_right(const latent_directions *directions);

/** The u_i: d_Y × k, column i being u_i (what NumPy calls u); NULL for NULL. They live as long as the
 * decomposition. @since 0.1.0 */
LATENT_API const double *latent_directions_left(const latent_directions *directions);

/**
 * The head with some directions only: W_K = Σ_{i in K} σ_i u_i v_iᵀ, summed in ascending order of i.
 *
 * @param context    The context.
 * @param directions The decomposition.
 * @param kept       K: numbers of directions below the rank, each at most once, in any order; NULL
 *                   with `count` 0.
 * @param count      How many; 0 gives a head of zeros.
 * @param head       Receives d_Y × d_H numbers, row after row. With all directions kept it equals W
 *                   to rounding.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT, also for a direction that is kept
 *         twice or beyond the rank; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET;
 *         ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      count · d_Y · d_H multiply-adds; 8 d_Y d_H bytes of memory.
 * @par Source
 *      arXiv 2310.13040.
 * @since 0.1.0
 */
LATENT_API latent_status latent_directions_head(latent_context *context,
                                                const latent_directions *directions,
                                                const int64_t *kept, int64_t count, double *head);

LATENT_END

#endif
