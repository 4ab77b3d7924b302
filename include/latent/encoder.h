/** @file
 * An encoder f: R^n → R^m of the caller's own, as callbacks over batches: what jacobian.h, lipschitz.h
 * and matching.h measure.
 *
 * Any network that can be called from C will do: forward() alone, or also products with its
 * Jacobian J from the right (jvp, forward mode) and from the left (vjp, reverse mode). Without jvp,
 * central differences of forward() stand in, and results say so; what needs vjp is an error without
 * it.
 */
#ifndef LATENT_ENCODER_H
#define LATENT_ENCODER_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/** Outputs of a batch: inputs is batch × n, outputs receives batch × m, row after row, both of the
 * encoder's element type. Returns 0, or a code of the caller's own that ends the call. The buffers
 * are the library's and are valid during the callback only. @since 0.1.0 */
typedef int32_t (*latent_encoder_forward)(void *user, const void *inputs, int64_t batch,
                                          void *outputs);

/** J(x)·v for a batch: inputs and tangents are batch × n, products receives batch × m.
 * @since 0.1.0 */
typedef int32_t (*latent_encoder_jvp)(void *user, const void *inputs, const void *tangents,
                                      int64_t batch, void *products);

/** J(x)ᵀ·u for a batch: inputs is batch × n, cotangents batch × m, products receives batch × n.
 * @since 0.1.0 */
typedef int32_t (*latent_encoder_vjp)(void *user, const void *inputs, const void *cotangents,
                                      int64_t batch, void *products);

/** An encoder. Calls only read it. @since 0.1.0 */
typedef struct latent_encoder {
    /** sizeof(latent_encoder). */
    size_t size;
    /** n, at least 1. */
    int64_t inputs;
    /** m, at least 1. */
    int64_t outputs;
    /** Element type of all that the callbacks see: ::LATENT_F32 or ::LATENT_F64. */
    int32_t type;
    /** 1 if callbacks may be called from several threads at a time; 0: they are called from the
     * calling thread only. */
    int32_t concurrent;
    /** Required. */
    latent_encoder_forward forward;
    /** May be NULL. */
    latent_encoder_jvp jvp;
    /** May be NULL. */
    latent_encoder_vjp vjp;
    /** Passed to the callbacks. */
    void *user;
    /** The most rows of one batch; 0: what the library finds fitting. */
    int64_t max_batch;
    /** The most rows that one call may have evaluated, forward, jvp and vjp together; 0: no limit.
     * ::LATENT_ERROR_LIMIT where more are needed. */
    int64_t max_evaluations;
} latent_encoder;

/** What a call asked of the encoder. Set `size`; it is written on errors too. @since 0.1.0 */
typedef struct latent_encoder_usage {
    /** sizeof(latent_encoder_usage). */
    size_t size;
    /** Calls of forward. */
    int64_t forward_calls;
    /** Calls of jvp. */
    int64_t jvp_calls;
    /** Calls of vjp. */
    int64_t vjp_calls;
    /** Rows in the calls of forward. */
    int64_t forward_rows;
    /** Rows in those of jvp. */
    int64_t jvp_rows;
    /** Rows in those of vjp. */
    int64_t vjp_rows;
    /** The code that a callback returned, with ::LATENT_ERROR_CALLBACK; else 0. */
    int32_t code;
    /** Must be 0. */
    int32_t reserved;
} latent_encoder_usage;

/** Options of latent_encoder_check(). Zero means default. @since 0.1.0 */
typedef struct latent_encoder_check_options {
    /** sizeof(latent_encoder_check_options). */
    size_t size;
    /** Of the random vectors. Default: the context's. */
    uint64_t seed;
    /** Pairs of random vectors. Default: 8. */
    int64_t pairs;
} latent_encoder_check_options;

/** How far an encoder's callbacks are from each other. Set `size`; the rest is written. Rounding alone
 * gives about 1e-15 for ::LATENT_F64 and 1e-6 for ::LATENT_F32, and differences about 1e-9 and 1e-3; a
 * wrong derivative gives something near 1. 0/0 counts as 0. @since 0.1.0 */
typedef struct latent_encoder_check_result {
    /** sizeof(latent_encoder_check_result). */
    size_t size;
    /** jvp against vjp: the largest |⟨u, Jv⟩ - ⟨Jᵀu, v⟩| / max(‖Jv‖, ‖Jᵀu‖); NaN if one of them is
     * missing. */
    double transpose_error;
    /** jvp against central differences: the largest ‖Jv - difference‖ / ‖difference‖; NaN without jvp. */
    double jvp_error;
    /** vjp against central differences, like `transpose_error` with a difference for Jv; NaN without
     * vjp. */
    double vjp_error;
    /** The differences against themselves with the step doubled, like `jvp_error`: what they are good
     * for. */
    double difference_error;
} latent_encoder_check_result;

/**
 * Compares an encoder's callbacks: ⟨u, Jv⟩ with ⟨Jᵀu, v⟩, and both with central differences of
 * forward(), for seeded Gaussian u and v.
 *
 * @param context The context.
 * @param encoder f.
 * @param point   x: n numbers, rounded to the encoder's element type.
 * @param options NULL for the defaults.
 * @param result  Receives how far off they are.
 * @param usage   Receives what was asked of the encoder; may be NULL.
 * @return ::LATENT_OK, however far off they are; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT;
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE, of
 *         the point or from the encoder; ::LATENT_ERROR_OVERFLOW; ::LATENT_ERROR_CALLBACK;
 *         ::LATENT_ERROR_LIMIT; ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD;
 *         ::LATENT_ERROR_BUSY. Nothing but `usage` is written on error.
 * @par Cost
 *      For every pair one row of jvp, one of vjp, four of forward.
 * @par Source
 *      Ours.
 * @since 0.1.0
 */
LATENT_API latent_status latent_encoder_check(latent_context *context,
                                              const latent_encoder *encoder, const double *point,
                                              const latent_encoder_check_options *options,
                                              latent_encoder_check_result *result,
                                              latent_encoder_usage *usage);

LATENT_END

#endif
