/** @file
 * How far an encoder's output moves when its input moves a little, by direction.
 *
 *     L_ε(x; u) = ‖f(x + ε û) - f(x)‖ / ε        û = u/‖u‖
 *
 * For small ε it is ‖J(x) û‖: σ_i along the right singular vector v_i (jacobian.h), at most σ_1, 0 in the
 * null space, and its mean square over random directions is ‖J‖_F²/n. For larger ε it says how far the
 * linear picture holds. Any value is a lower bound of the Lipschitz constant of f within ε of x, and
 * latent_lipschitz_ascend() looks for a large one.
 *
 * The encoder is called as encoder.h says. x and x + εû are rounded to its element type first, and norms
 * are sums in the order of distance.h in float64: with an encoder that gives the same bits again, results
 * are the same bits again, whatever the context's threads.
 *
 * Where ε is too small, rounding is measured instead. `rounding` says how much of a constant may be due to
 * it: (2 r max ‖f‖ + L d)/ε, r being half the distance from 1 to the next number of the encoder's element
 * type, L the largest constant at this ε, and d the largest distance of a rounded x + εû from the exact
 * one. What an encoder loses inside is not in it.
 *
 * Source: constants along directions, right singular vectors against random directions and their
 * complement: Salman, Shams, Liu (arXiv 2401.15568); the form with ε and the estimate of rounding are
 * ours.
 */
#ifndef LATENT_LIPSCHITZ_H
#define LATENT_LIPSCHITZ_H

#include "encoder.h"

LATENT_BEGIN

/** What to evaluate. Set `size`, `epsilons` and `epsilon_count`. @since 0.1.0 */
typedef struct latent_lipschitz_options {
    /** sizeof(latent_lipschitz_options). */
    size_t size;
    /** The ε: positive numbers, E of them, at least one. */
    const double *epsilons;
    /** E. */
    int64_t epsilon_count;
    /** Probabilities, 0 to 1; NULL: none. */
    const double *probabilities;
    /** How many. */
    int64_t quantile_count;
} latent_lipschitz_options;

/** Constants of a family of directions and their distribution. Set `size`, and each pointer to as many
 * numbers as it says or to NULL. @since 0.1.0 */
typedef struct latent_lipschitz_result {
    /** sizeof(latent_lipschitz_result). */
    size_t size;
    /** Directions × E: the constants. */
    double *constants;
    /** E numbers: the mean over the directions. */
    double *mean;
    /** E: the root of the mean squared deviation from it. */
    double *std;
    /** E: the smallest. */
    double *min;
    /** E: the largest. */
    double *max;
    /** E × quantiles: at (count - 1) p of the constants in order, interpolated linearly. */
    double *quantiles;
    /** E: how much of a constant may be rounding. */
    double *rounding;
    /** E: constants that are below ten times that. */
    int64_t *dominated;
} latent_lipschitz_result;

/**
 * Constants along given directions, such as right singular vectors or the displacement to another input.
 *
 * @param context    The context.
 * @param encoder    f.
 * @param point      x: n numbers.
 * @param directions One or more rows of n numbers, of any length but 0, and any element type.
 * @param options    What to evaluate.
 * @param result     Receives the constants.
 * @param usage      Receives what was asked of the encoder; may be NULL.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_DOMAIN for a direction of zeros;
 *         ::LATENT_ERROR_NONFINITE, of an input or from the encoder; ::LATENT_ERROR_OVERFLOW;
 *         ::LATENT_ERROR_CALLBACK; ::LATENT_ERROR_LIMIT; ::LATENT_ERROR_MEMORY;
 *         ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY. Nothing but `usage` is
 *         written on error.
 * @par Cost
 *      directions · E + 1 rows of forward, in batches; some batches of memory, and the constants.
 * @par Source
 *      arXiv 2401.15568.
 * @since 0.1.0
 */
LATENT_API latent_status latent_lipschitz_along(latent_context *context,
                                                const latent_encoder *encoder, const double *point,
                                                const latent_matrix *directions,
                                                const latent_lipschitz_options *options,
                                                latent_lipschitz_result *result,
                                                latent_encoder_usage *usage);

/** A family of random directions. Set `size` and `count`. @since 0.1.0 */
typedef struct latent_lipschitz_sampling {
    /** sizeof(latent_lipschitz_sampling). */
    size_t size;
    /** Directions, at least one. */
    int64_t count;
    /** Default: the context's. */
    uint64_t seed;
    /** Rows of n numbers, such as v_1 … v_r: directions are g - V Vᵀ g, V spanning the same as the rows.
     * They need be neither orthogonal nor of length 1. NULL: directions are g. g is Gaussian. */
    const double *complement_of;
    /** r, below n. */
    int64_t complement_count;
} latent_lipschitz_sampling;

/**
 * Constants along Gaussian directions, or along what is left of them in the orthogonal complement of
 * given vectors. A seed gives the same directions on every machine.
 *
 * @param context  The context.
 * @param encoder  f.
 * @param point    x: n numbers.
 * @param sampling The family.
 * @param options  What to evaluate.
 * @param result   Receives the constants.
 * @param usage    Receives what was asked of the encoder; may be NULL.
 * @return Like latent_lipschitz_along(); ::LATENT_ERROR_DOMAIN if the complement is empty.
 * @par Cost
 *      Like latent_lipschitz_along(), and 8 (r + 1) n bytes.
 * @par Source
 *      arXiv 2401.15568.
 * @since 0.1.0
 */
LATENT_API latent_status latent_lipschitz_sample(latent_context *context,
                                                 const latent_encoder *encoder, const double *point,
                                                 const latent_lipschitz_sampling *sampling,
                                                 const latent_lipschitz_options *options,
                                                 latent_lipschitz_result *result,
                                                 latent_encoder_usage *usage);

/** Options of latent_lipschitz_ascend(). Set `size` and `epsilon`; else zero means default.
 * @since 0.1.0 */
typedef struct latent_lipschitz_ascent_options {
    /** sizeof(latent_lipschitz_ascent_options). */
    size_t size;
    /** ε, positive. */
    double epsilon;
    /** Of the random starts. Default: the context's. */
    uint64_t seed;
    /** Starts. Default: 8, or `start_count` if that is more. */
    int64_t restarts;
    /** The most steps of each. Default: 100. */
    int64_t iterations;
    /** An ascent has converged when a step adds at most this part of the constant. Default: 1e-6. */
    double tolerance;
    /** The first starts, rows of n numbers, such as v_1. The others are Gaussian. NULL: all are. */
    const double *starts;
    /** Rows of it. */
    int64_t start_count;
} latent_lipschitz_ascent_options;

/** The largest constant found. Set `size`, and each pointer to as many numbers as it says or to NULL; the
 * rest is written. @since 0.1.0 */
typedef struct latent_lipschitz_ascent {
    /** sizeof(latent_lipschitz_ascent). */
    size_t size;
    /** û of the largest: n numbers. */
    double *direction;
    /** One number for every start: where it ended. */
    double *constants;
    /** The largest of them: a lower bound of the Lipschitz constant within ε of x. */
    double constant;
    /** The start that led there. */
    int64_t best;
    /** Starts that converged. */
    int64_t converged;
    /** Steps of the longest ascent. */
    int64_t iterations;
    /** How much of a constant may be rounding. */
    double rounding;
} latent_lipschitz_ascent;

/**
 * Gradient ascent on L_ε over the unit sphere, from several starts together.
 *
 *     û ← normalised û + s (ĝ - û)        g = J(x + εû)ᵀ (f(x + εû) - f(x)),  ĝ = g/‖g‖
 *
 * s is the first of 1, ½, ¼, … 2^-10 with which the constant grows; if none, the ascent has converged.
 * With s = 1 and a linear f this is power iteration on JᵀJ.
 *
 * @param context The context.
 * @param encoder f; needs vjp.
 * @param point   x: n numbers.
 * @param options What to look for.
 * @param result  Receives the largest constant.
 * @param usage   Receives what was asked of the encoder; may be NULL.
 * @return Like latent_lipschitz_along(); ::LATENT_ERROR_UNSUPPORTED if vjp is missing.
 * @par Cost
 *      For every start and step one row of vjp and one of forward, seldom more, in batches of all starts;
 *      8 restarts (3 n + 2 m) bytes and some batches of memory.
 * @par Source
 *      Ascent: arXiv 2401.15568; the step: Journée, Nesterov, Richtárik, Sepulchre, J. Mach. Learn. Res.
 *      11, 2010 (for convex functions); its halving is ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_lipschitz_ascend(latent_context *context,
                                                 const latent_encoder *encoder, const double *point,
                                                 const latent_lipschitz_ascent_options *options,
                                                 latent_lipschitz_ascent *result,
                                                 latent_encoder_usage *usage);

LATENT_END

#endif
