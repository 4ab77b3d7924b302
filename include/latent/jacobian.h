/** @file
 * The Jacobian of an encoder at a point: all of it, its singular values, the leading ones of a Jacobian
 * too large to be written down, and its Frobenius norm.
 *
 *     J(x) = ∂f/∂x, m × n        J = Σ_i σ_i u_i v_iᵀ        σ_1 >= σ_2 >= … >= 0
 *
 * Near x, f stretches a small step along v_i by σ_i: along v_1 the output changes most, and along what is
 * orthogonal to all v_i it does not change at all. The stable rank ‖J‖_F²/σ_1² says how many directions
 * share the stretching.
 *
 * The encoder is called as encoder.h says. Without jvp, central differences stand in for J(x)·v:
 *
 *     (f(x + tv) - f(x - tv)) / 2t        t = 2^-18 min_j s_j/|v_j|,  s_j = max(|x_j|, mean of all |x_j|)
 *
 * (2^-8 for a float32 encoder), so that no coordinate moves by more than that part of its scale. Results
 * say so, and give an error that was measured.
 *
 * Sums are in the order of distance.h and random numbers are the library's own: with an encoder that
 * gives the same bits again, results are the same bits again, whatever the context's threads. Singular
 * values and vectors pass through LAPACK: from another build of it, or on another processor, they may
 * differ in their last bits. The sign of a pair u_i, v_i is arbitrary: here the entry of v_i of largest
 * magnitude (the first of them) is positive.
 *
 * Source: spectra of Jacobians of encoders at images: Salman, Shams, Liu (arXiv 2401.15568). The methods
 * are named at each call; steps and signs are ours.
 */
#ifndef LATENT_JACOBIAN_H
#define LATENT_JACOBIAN_H

#include "encoder.h"

LATENT_BEGIN

/** How a Jacobian is computed. @since 0.1.0 */
typedef enum latent_jacobian_method {
    LATENT_JACOBIAN_AUTO = 0, /**< The one that needs the fewest rows, in this order if equal. */
    LATENT_JACOBIAN_VJP = 1,  /**< Row i is Jᵀe_i: m rows of vjp. */
    LATENT_JACOBIAN_JVP = 2,  /**< Column j is J e_j: n rows of jvp. */
    LATENT_JACOBIAN_DIFFERENCES = 3 /**< Column j by central differences: 2n rows of forward. */
} latent_jacobian_method;

/** Options of latent_jacobian_explicit() and latent_jacobian_spectrum(). Zero means default.
 * @since 0.1.0 */
typedef struct latent_jacobian_options {
    /** sizeof(latent_jacobian_options). */
    size_t size;
    /** A ::latent_jacobian_method. */
    int32_t method;
    /** Must be 0. */
    int32_t reserved;
} latent_jacobian_options;

/** A Jacobian. Set `size`, and each pointer to as many numbers as it says or to NULL; the rest is
 * written. @since 0.1.0 */
typedef struct latent_jacobian {
    /** sizeof(latent_jacobian). */
    size_t size;
    /** J: m × n, row after row. */
    double *entries;
    /** ‖J‖_F. */
    double frobenius;
    /** Differences: the largest change of an entry when the step is doubled, over up to 16 columns spread
     * evenly; the error of the entries is about that or less. 0 with vjp or jvp. */
    double difference_error;
    /** The ::latent_jacobian_method that was used. */
    int32_t method;
    /** Not written. */
    int32_t reserved;
} latent_jacobian;

/**
 * The whole Jacobian.
 *
 * @param context The context.
 * @param encoder f.
 * @param point   x: n numbers, rounded to the encoder's element type.
 * @param options NULL for the defaults.
 * @param result  Receives the Jacobian.
 * @param usage   Receives what was asked of the encoder; may be NULL.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_UNSUPPORTED if the callback that the
 *         method needs is missing; ::LATENT_ERROR_NONFINITE, of the point or from the encoder;
 *         ::LATENT_ERROR_OVERFLOW; ::LATENT_ERROR_CALLBACK; ::LATENT_ERROR_LIMIT;
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY.
 *         Nothing but `usage` is written on error.
 * @par Cost
 *      min(m, n) rows of vjp or jvp, or 2n of forward and up to 32 more; 8 m n bytes of memory and some
 *      batches.
 * @since 0.1.0
 */
LATENT_API latent_status latent_jacobian_explicit(
    latent_context *context, const latent_encoder *encoder, const double *point,
    const latent_jacobian_options *options, latent_jacobian *result, latent_encoder_usage *usage);

/** All singular values. Set `size`, and each pointer to as many numbers as it says or to NULL; k is min(m,
 * n). @since 0.1.0 */
typedef struct latent_jacobian_spectrum_result {
    /** sizeof(latent_jacobian_spectrum_result). */
    size_t size;
    /** σ_i: k numbers, descending. */
    double *values;
    /** The v_i: k × n, row i being v_i (what NumPy calls vh). */
    double *right;
    /** The u_i: m × k, column i being u_i (what NumPy calls u). */
    double *left;
    /** ‖J‖_F. */
    double frobenius;
    /** ‖J‖_F²/σ_1²; 0 if J is 0. */
    double stable_rank;
    /** As in ::latent_jacobian. */
    double difference_error;
    /** As in ::latent_jacobian. */
    int32_t method;
    /** Not written. */
    int32_t reserved;
} latent_jacobian_spectrum_result;

/**
 * All singular values and vectors, from the explicit Jacobian.
 *
 * @return Like latent_jacobian_explicit(), and ::LATENT_ERROR_CONVERGENCE; ::LATENT_ERROR_SHAPE also
 *         beyond LAPACK's 32-bit integers.
 * @par Cost
 *      That of latent_jacobian_explicit() and LAPACK's dgesdd of m × n, which cannot be cancelled; some
 *      8 (4 m n + 5 k²) bytes of memory.
 * @par Source
 *      arXiv 2401.15568.
 * @since 0.1.0
 */
LATENT_API latent_status latent_jacobian_spectrum(latent_context *context,
                                                  const latent_encoder *encoder,
                                                  const double *point,
                                                  const latent_jacobian_options *options,
                                                  latent_jacobian_spectrum_result *result,
                                                  latent_encoder_usage *usage);

/** Options of latent_jacobian_leading(). Zero means default. @since 0.1.0 */
typedef struct latent_jacobian_leading_options {
    /** sizeof(latent_jacobian_leading_options). */
    size_t size;
    /** Of the random start. Default: the context's. */
    uint64_t seed;
    /** A triplet has converged when what further steps can mend of its residuals is at most
     * tolerance · σ_1; below 1. Default: 1e-10, or 1e-5 for a float32 encoder or without jvp. */
    double tolerance;
    /** Vectors that are multiplied at a time. More make fuller batches and find singular values that
     * are equal more surely, but need more products in all. Default: 1. */
    int64_t block;
    /** Vectors of each side that are kept at a time. Default: the larger of 3 r and r + 20. In any case
     * at least r + 8 · block, and at most min(m, n). */
    int64_t basis;
    /** The most restarts. Default: 300. */
    int64_t restarts;
} latent_jacobian_leading_options;

/** The r leading singular triplets. Set `size`, and each pointer to as many numbers as it says or to NULL;
 * the rest is written. @since 0.1.0 */
typedef struct latent_jacobian_triplets {
    /** sizeof(latent_jacobian_triplets). */
    size_t size;
    /** σ_1 … σ_r, descending. */
    double *values;
    /** The v_i: r × n, row i being v_i. */
    double *right;
    /** The u_i: m × r, column i being u_i. */
    double *left;
    /** ‖J v_i - σ_i u_i‖: r numbers. */
    double *residuals;
    /** ‖Jᵀu_i - σ_i v_i‖: r numbers. */
    double *transposed_residuals;
    /** Products with J and with Jᵀ, differences counted as one each. */
    int64_t products;
    /** Restarts. */
    int64_t restarts;
    /** Without jvp: the largest ‖change of J v_i‖ when the step of its difference is doubled, for the first
     * 4 of the v_i. Else 0. */
    double difference_error;
    /** 1 if central differences stood in for jvp. */
    int32_t differences;
    /** Not written. */
    int32_t reserved;
} latent_jacobian_triplets;

/**
 * The leading singular values and vectors of a Jacobian that is never written down: from products with J
 * and with Jᵀ alone, so that n may be 150,528.
 *
 * Golub-Kahan-Lanczos bidiagonalisation in blocks, started on the shorter side, every vector
 * orthogonalised twice against all before it, restarted with the best approximations so far. A vector
 * that depends on those before it (J has lower rank, or equal singular values) is replaced by a random
 * one. When all have converged, a few steps from a random vector in the complement look whether a larger
 * singular value was missed, which is likely to be noticed, not certain.
 *
 * @param context The context.
 * @param encoder f; needs vjp.
 * @param point   x: n numbers, rounded to the encoder's element type.
 * @param count   r: 1 … min(m, n).
 * @param options NULL for the defaults.
 * @param result  Receives the triplets. `residuals` are from products that were made, those that the
 *                iteration does not drive to 0 from r products made for it at the end.
 * @param usage   Receives what was asked of the encoder; may be NULL.
 * @return Like latent_jacobian_explicit(); ::LATENT_ERROR_UNSUPPORTED if vjp is missing;
 *         ::LATENT_ERROR_CONVERGENCE if the restarts do not suffice.
 * @par Cost
 *      Products: about as many as ARPACK needs on JᵀJ or JJᵀ, such as 100 to 400 for 20 triplets.
 *      Each costs 8 · basis · (m + n) multiply-adds at the most besides. 8 · basis · (m + n) bytes of
 *      memory and some batches.
 * @par Source
 *      Golub, Kahan 1965; restarts: Baglama, Reichel, SIAM J. Sci. Comput. 27, 2005. The look into the
 *      complement is ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_jacobian_leading(latent_context *context,
                                                 const latent_encoder *encoder, const double *point,
                                                 int64_t count,
                                                 const latent_jacobian_leading_options *options,
                                                 latent_jacobian_triplets *result,
                                                 latent_encoder_usage *usage);

/** Options of latent_jacobian_norm(). Zero means default. @since 0.1.0 */
typedef struct latent_jacobian_norm_options {
    /** sizeof(latent_jacobian_norm_options). */
    size_t size;
    /** Of the random vectors. Default: the context's. */
    uint64_t seed;
    /** Random vectors, at least 2. Default: 32. */
    int64_t probes;
    /** σ_1, for the stable rank. Default: unknown. */
    double largest;
} latent_jacobian_norm_options;

/** An estimated norm. Set `size`; the rest is written. @since 0.1.0 */
typedef struct latent_jacobian_norm_result {
    /** sizeof(latent_jacobian_norm_result). */
    size_t size;
    /** ‖J‖_F, the root of the mean of ‖J z‖². */
    double norm;
    /** Its standard error. */
    double standard_error;
    /** ‖J‖_F²/σ_1², with the σ_1 of the options; NaN if none was given. */
    double stable_rank;
    /** Its standard error. */
    double stable_rank_error;
    /** The ::latent_jacobian_method whose products were used: ::LATENT_JACOBIAN_JVP, else
     * ::LATENT_JACOBIAN_VJP, else ::LATENT_JACOBIAN_DIFFERENCES. */
    int32_t method;
    /** Not written. */
    int32_t reserved;
} latent_jacobian_norm_result;

/**
 * The Frobenius norm without the matrix: E‖J z‖² = ‖J‖_F² for a vector z of random signs.
 *
 * @param context The context.
 * @param encoder f.
 * @param point   x: n numbers, rounded to the encoder's element type.
 * @param options NULL for the defaults.
 * @param result  Receives the estimate.
 * @param usage   Receives what was asked of the encoder; may be NULL.
 * @return Like latent_jacobian_explicit().
 * @par Cost
 *      One row of jvp or vjp for every probe, or two of forward.
 * @par Source
 *      Hutchinson, Commun. Statist. Simula. 19, 1990.
 * @since 0.1.0
 */
LATENT_API latent_status latent_jacobian_norm(latent_context *context,
                                              const latent_encoder *encoder, const double *point,
                                              const latent_jacobian_norm_options *options,
                                              latent_jacobian_norm_result *result,
                                              latent_encoder_usage *usage);

LATENT_END

#endif
