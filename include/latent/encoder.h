/** @file
 * An encoder f: R^n → R^m of the caller's own, as callbacks over batches: what geometry.h and
 * matching.h measure.
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
    /** Callback calls. */
    int64_t forward_calls, jvp_calls, vjp_calls;
    /** Rows in them. */
    int64_t forward_rows, jvp_rows, vjp_rows;
    /** The code that a callback returned, with ::LATENT_ERROR_CALLBACK; else 0. */
    int32_t code;
    /** Must be 0. */
    int32_t reserved;
} latent_encoder_usage;

LATENT_END

#endif
