/** @file
 * Equivalence and normal directions: which inputs share a representation, and how far.
 *
 * To first order, an encoder f (encoder.h) with Jacobian J at x changes by J u along u. Leading
 * right singular vectors v_1 … v_r of J span what changes f most; what is orthogonal to them
 * changes f little, and to all of J's row space, not at all. latent_walk_split() takes a
 * displacement, such as that of matching.h, apart into the two, and latent_walk_along() goes along
 * any direction and records how f changes: along the rest (another input, the same representation),
 * or along v_1 (nearly the same input, another representation).
 *
 * Source: the directions are those of Salman, Shams, Liu, "Intriguing Equivalence Structures of the
 * Embedding Space of Vision Transformers" (arXiv 2401.15568). The form of these calls and the
 * criteria for how far a linear piece reaches are ours.
 */
#ifndef LATENT_WALK_H
#define LATENT_WALK_H

#include "encoder.h"
#include "matrix.h"

LATENT_BEGIN

/** Options of latent_walk_split(). Zero means default. @since 0.1.0 */
typedef struct latent_walk_split_options {
    /** sizeof(latent_walk_split_options). */
    size_t size;
    /** The most by which a product ⟨v_i, v_j⟩ may differ from 1 (i = j) or 0. 0: 1e-5, which is
     * what float32 needs. */
    double tolerance;
} latent_walk_split_options;

/** The two parts of P displacements. Set `size`, and each pointer to as many entries as it says or
 * to NULL. @since 0.1.0 */
typedef struct latent_walk_parts {
    /** sizeof(latent_walk_parts). */
    size_t size;
    /** The part in the span, n numbers of each displacement. */
    double *within;
    /** The rest, likewise; orthogonal to every v_i. */
    double *rest;
    /** Euclidean norm of each part within. */
    double *within_norm;
    /** Euclidean norm of each rest. */
    double *rest_norm;
    /** The largest |⟨v_i, v_j⟩ - δ_ij|: how far the directions are from orthonormal; written. */
    double deviation;
} latent_walk_parts;

/**
 * Splits displacements Δ into their parts in the span of v_1 … v_r and orthogonal to it:
 *
 *     within = Σ_i ⟨v_i, Δ⟩ v_i        rest = Δ - within
 *
 * The coefficients are improved once by those of the rest, so that the rest is orthogonal to the
 * span to rounding, even if the v_i are orthonormal to their tolerance only.
 *
 * @param context       The context.
 * @param directions    r × n view, r <= n: orthonormal v_i, a row each. Any element type, any
 *                      stride.
 * @param displacements P × n view: a Δ in each row. Likewise.
 * @param options       NULL for the defaults.
 * @param parts         Receives the parts.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE (also r > n); ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_DOMAIN (the v_i are not orthonormal; the sentence names the worst pair and
 *         its product); ::LATENT_ERROR_OVERFLOW (a product or a norm is beyond float64);
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD;
 *         ::LATENT_ERROR_BUSY. On error nothing is written.
 * @par Cost
 *      r² n / 2 + 4 P r n multiply-adds. 8 r n bytes for the directions and 8 bytes for every
 *      number of the result, with the two parts held even if they are not asked for.
 * @since 0.1.0
 */
LATENT_API latent_status latent_walk_split(latent_context *context, const latent_matrix *directions,
                                           const latent_matrix *displacements,
                                           const latent_walk_split_options *options,
                                           latent_walk_parts *parts);

/** Options of latent_walk_along(). Zero means default. @since 0.1.0 */
typedef struct latent_walk_options {
    /** sizeof(latent_walk_options). */
    size_t size;
    /** By which part of t · slope the change of f may differ from t · slope on a linear piece. 0:
     * 0.1. */
    double linear_tolerance;
    /** Which part of ‖f(x)‖ the change of f may be while the representation counts as the same. 0:
     * 0.01. */
    double same_tolerance;
    /** Not 0: directions are scaled to length 1, and t is a distance. Default: directions are taken
     * as they are, and t = 1 is all of u. */
    int32_t unit;
    /** Must be 0. */
    int32_t reserved;
} latent_walk_options;

/** What P walks of T points each have recorded. Set `size`, and each pointer to as many entries as
 * it says or to NULL. Entry i of walk p is at p * T + i. @since 0.1.0 */
typedef struct latent_walk_result {
    /** sizeof(latent_walk_result). */
    size_t size;
    /** D(t) = ‖f(x + tu) - f(x)‖₂, T of each walk. */
    double *change;
    /** ‖f(x + tu) - f(x) - t J(x)u‖₂, T of each walk: what is not linear. */
    double *deviation;
    /** cos(f(x + tu), f(x)), T of each walk; 0 where one of them is zero. */
    double *cosine;
    /** s = ‖J(x)u‖₂ of each walk. */
    double *slope;
    /** How long the linear piece holds: the largest t of the list such that at it, and at all
     * smaller ones, |D(t) - s t| <= linear_tolerance · s t + ρ. 0 if the smallest fails. ρ is what
     * rounding may do where t is small: 32 r (‖f(x)‖ + s ‖x‖ / ‖u‖), r being half the distance from
     * 1 to the next number of the encoder's element type. */
    double *linear_until;
    /** How long the representation stays the same: likewise, with
     * D(t) <= same_tolerance · ‖f(x)‖. */
    double *same_until;
    /** 1 if central differences stood in for jvp, 0 if not; written. */
    int32_t differences;
    /** Not written. */
    int32_t reserved;
} latent_walk_result;

/**
 * Walks from inputs along directions and records how f changes.
 *
 * Two criteria say how far a walk got: `linear_until` is for directions that change f, such as v_1.
 * Along a direction that J maps to nothing, s t is 0 but for rounding, and `same_until` says what
 * one wants to know. Both are as fine as the list of t.
 *
 * Nothing is clipped: x + tu may leave the range that inputs come from.
 *
 * @param context    The context.
 * @param encoder    The encoder. Without jvp, central differences give J(x)u.
 * @param starts     P × n view: x of each walk. Any element type, any stride.
 * @param directions P × n view: u of each walk; none is zero. Likewise.
 * @param lengths    1 × T or P × T view: the t of all walks, or of each, in units of u: above 0 and
 *                   rising. Likewise.
 * @param options    NULL for the defaults.
 * @param result     Receives the result.
 * @param usage      NULL, or receives what was asked of the encoder, on errors too: T + 1 rows of
 *                   forward and 1 of jvp (or 2 more of forward) for each walk.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE (an entry of a view;
 *         what the encoder gave, with the call, the row and the output); ::LATENT_ERROR_DOMAIN (a
 *         direction that is zero); ::LATENT_ERROR_OVERFLOW (x + tu is beyond the encoder's element
 *         type; a norm is beyond float64); ::LATENT_ERROR_CALLBACK; ::LATENT_ERROR_LIMIT;
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD;
 *         ::LATENT_ERROR_BUSY. On error nothing but `usage` is written.
 * @par Cost
 *      Beside the encoder's own work 2 n + 5 m multiply-adds for a point. 8 bytes for every number
 *      of the result, and 24 (n + m) for each point under way, of which there are as many as fill
 *      four batches, at least 64, or fewer, as the budget allows.
 * @since 0.1.0
 */
LATENT_API latent_status latent_walk_along(latent_context *context, const latent_encoder *encoder,
                                           const latent_matrix *starts,
                                           const latent_matrix *directions,
                                           const latent_matrix *lengths,
                                           const latent_walk_options *options,
                                           latent_walk_result *result, latent_encoder_usage *usage);

LATENT_END

#endif
