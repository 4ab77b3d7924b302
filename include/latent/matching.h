/** @file
 * Embedding matching: from an input x₀, find one whose representation is a given one.
 *
 * For an encoder f: R^n → R^m (encoder.h) and a target t, in R^m, the loss ½‖f(x) - t‖² is lowered
 * from x₀ on by projected gradient descent:
 *
 *     x_(k+1) = P(x_k - η g_k)        g_k = J(x_k)ᵀ (f(x_k) - t)
 *
 * P is the projection onto the inputs that are allowed: entries from `lower` to `upper`, and, if a
 * radius is given, ‖x - x₀‖₂ <= radius. t is f of a target input, or any vector. A pair has
 * converged at the first x_k with
 *
 *     ‖f(x_k) - t‖² < T   and   cos(f(x_k), t) > C.
 *
 * That an image can be matched with another one, though it looks like x₀ still, is the finding that
 * this repeats: representations are shared by inputs that differ, along the directions that J maps
 * to nothing (walk.h).
 *
 * Pairs are independent of each other: they only share the encoder's batches, and a pair that has
 * ended makes room for the next. Numbers are float64 but for what the encoder sees, which is
 * rounded to its element type. With an encoder whose rows do not depend on the batch that they are
 * in, results have the same bits with any number of threads, any batches and any budget.
 *
 * Source: Salman, Shams, Liu, "Intriguing Equivalence Structures of the Embedding Space of Vision
 * Transformers" (arXiv 2401.15568), for the loss and the descent; update with clipping, stop and
 * defaults as the same authors use them. Ours: adaptive steps, the ball, and what becomes of pairs
 * that do not converge.
 */
#ifndef LATENT_MATCHING_H
#define LATENT_MATCHING_H

#include "encoder.h"
#include "matrix.h"

LATENT_BEGIN

/** Where the bounds of the inputs come from. @since 0.1.0 */
typedef enum latent_matching_bounds {
    LATENT_BOUNDS_START = 0, /**< Smallest and largest entry of each pair's x₀. */
    LATENT_BOUNDS_GIVEN = 1, /**< Options `lower` and `upper`. */
    LATENT_BOUNDS_NONE = 2   /**< All numbers that the encoder's element type has. */
} latent_matching_bounds;

/** How a pair ended. @since 0.1.0 */
typedef enum latent_matching_state {
    LATENT_MATCHING_CONVERGED = 1, /**< Loss and cosine are what was asked for. */
    LATENT_MATCHING_CAPPED = 2,    /**< `max_steps` steps were not enough. */
    /** No step changes x any more: the projected gradient is 0 (f is constant around x, say, or x
     * is held by its bounds), or no step lowers the loss by more than rounding. */
    LATENT_MATCHING_STALLED = 3,
    /** The loss rose above `divergence` times that of x₀ or is not finite, or the encoder gave NaN
     * or infinity beyond x₀: the step is too large. With adaptive steps only what vjp gives can
     * make a pair diverge: where f is not finite, a shorter step is tried. */
    LATENT_MATCHING_DIVERGED = 4
} latent_matching_state;

/**
 * Options of latent_matching_run(). Zero means default.
 * @since 0.1.0
 */
typedef struct latent_matching_options {
    /** sizeof(latent_matching_options). */
    size_t size;
    /** η of every step, as published. A step "lr" on the mean squared error, ‖f(x) - t‖² / m, is
     * the same as η = 2 lr / m. 0: adaptive steps, see latent_matching_run(). */
    double step;
    /** T. 0: 1e-4. Negative: nothing converges, and pairs that do not stall run to the cap. */
    double tolerance;
    /** C, at least -1, below 1. 0: 0.97. -1: the loss alone decides. */
    double cosine;
    /** The most steps of a pair. 0: 15,000. */
    int64_t max_steps;
    /** Smallest entry of x with ::LATENT_BOUNDS_GIVEN; 0 otherwise. */
    double lower;
    /** Largest entry, above `lower`. */
    double upper;
    /** The most that x may be away from x₀, in the Euclidean norm. 0: no such limit. */
    double radius;
    /** How many times the loss of x₀ is divergence; above 1. 0: 1000. */
    double divergence;
    /** A ::latent_matching_bounds. */
    int32_t bounds;
    /** Must be 0. */
    int32_t reserved;
} latent_matching_options;

/**
 * What came of P pairs. Set `size`, and each pointer to as many entries as it says or to NULL.
 *
 * The iterate that is returned is the one at which a pair converged, or else the best: the first of
 * smallest loss among x_0 to x_`steps`.
 * @since 0.1.0
 */
typedef struct latent_matching_result {
    /** sizeof(latent_matching_result). */
    size_t size;
    /** The iterate, n numbers of each pair. */
    double *x;
    /** f of it, m numbers of each pair. */
    double *outputs;
    /** How each pair ended, a ::latent_matching_state. */
    int32_t *state;
    /** Steps that each pair took. */
    int64_t *steps;
    /** The iterate's number, 0 … steps. */
    int64_t *iterate;
    /** Its ‖f(x) - t‖². */
    double *loss;
    /** Its cos(f(x), t); 0 where f(x) is zero. */
    double *cosine;
    /** Its mean |x - x₀| over the entries. */
    double *change;
    /** Its ‖x - x₀‖₂. */
    double *distance;
    /** Rows of the trace of each pair: steps 0 … trace_rows - 1. Row k of pair p is at p *
     * trace_rows + k; those beyond the pair's last step are NaN. max_steps + 1 rows hold all.
     * Needed if and only if there are pointers to a trace. */
    int64_t trace_rows;
    /** ‖f(x_k) - t‖². */
    double *trace_loss;
    /** cos(f(x_k), t). */
    double *trace_cosine;
    /** Mean |x_k - x₀|. */
    double *trace_change;
    /** The step that led to x_k: η, or what the search chose; 0 for x₀. */
    double *trace_step;
    /** How many pairs converged; written, as are the next three. */
    int64_t converged;
    /** How many were capped. */
    int64_t capped;
    /** How many stalled. */
    int64_t stalled;
    /** How many diverged. */
    int64_t diverged;
} latent_matching_result;

/**
 * Matches P pairs.
 *
 * Adaptive steps (`step` = 0) are those of the spectral projected gradient method. With
 * φ = ½‖f - t‖² and the direction d_k = P(x_k - α_k g_k) - x_k, x_(k+1) = x_k + λ d_k for the first
 * λ of 1, λ', λ'', … with
 *
 *     φ(x_k + λ d_k) <= max(φ(x_k), …, φ(x_(k-9))) + 1e-4 λ ⟨g_k, d_k⟩;
 *
 * each λ is the minimum of the parabola through what is known of φ along d_k, but 0.1 to 0.5 times
 * the λ before (0.5 times where the loss is not finite), and after 40 of them the pair has stalled.
 * α_k is that of Barzilai and Borwein, ⟨s, s⟩ / ⟨s, y⟩ with s = x_k - x_(k-1) and y = g_k -
 * g_(k-1), between 1e-6 and 1e6 times p_k = ‖f(x_k) - t‖² / ‖g_k‖²; it is p_k for k = 0 and where
 * ⟨s, y⟩ <= 0. (For linear f, p_k is at least the step that lowers the loss most along g_k.) The
 * loss may rise from a step to the next; the best iterate is kept.
 *
 * P is exact: the nearest allowed x, of box and ball together.
 *
 * @param context       The context.
 * @param encoder       The encoder; it needs forward and vjp.
 * @param starts        P × n view: x₀ of each pair. Any element type, any stride.
 * @param target_inputs P × n view: inputs whose f are the targets; or NULL.
 * @param targets       P × m view: the targets themselves; or NULL. Exactly one of the two is
 *                      given.
 * @param options       NULL for the defaults.
 * @param result        Receives the result.
 * @param usage         NULL, or receives what was asked of the encoder, on errors too. A step takes
 *                      one row of vjp and one of forward, with adaptive steps as many of forward as
 *                      λ were tried; x₀ and the target input take a row of forward each.
 * @return ::LATENT_OK, whatever the states of the pairs; ::LATENT_CANCELLED;
 *         ::LATENT_ERROR_ARGUMENT (also an x₀ outside the given bounds); ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_UNSUPPORTED (no vjp);
 *         ::LATENT_ERROR_DOMAIN (a target that is zero has no cosine: set options->cosine to -1);
 *         ::LATENT_ERROR_NONFINITE (an entry of a view; what the encoder gave for a target input or
 *         at x₀, with the call, the row and the output); ::LATENT_ERROR_OVERFLOW (a number beyond
 *         the encoder's element type; the loss at x₀); ::LATENT_ERROR_CALLBACK;
 *         ::LATENT_ERROR_LIMIT; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET;
 *         ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. On error nothing but `usage` is written.
 * @par Cost
 *      Beside the encoder's own work some 8 n multiply-adds for a step, with a radius about 30 n. 8
 *      bytes for every number of the result (those of `x` even if it is not asked for), 8 m for
 *      each target, and 8 (5 n + 2 m) bytes for each pair under way, of which there are as
 *      many as fill four batches, at least 64, or fewer, as the budget allows.
 * @par Source
 *      arXiv 2401.15568. Adaptive steps: Birgin, Martínez, Raydan, "Nonmonotone spectral projected
 *      gradient methods on convex sets", SIAM Journal on Optimization 10, 2000, with a first step,
 *      safeguards and an end of ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_matching_run(latent_context *context, const latent_encoder *encoder,
                                             const latent_matrix *starts,
                                             const latent_matrix *target_inputs,
                                             const latent_matrix *targets,
                                             const latent_matching_options *options,
                                             latent_matching_result *result,
                                             latent_encoder_usage *usage);

LATENT_END

#endif
