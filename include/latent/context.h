/** @file
 * The context: everything that is not mathematics.
 *
 * A context holds the number of threads, the memory budget, the allocator, the progress callback,
 * the seed and the text of the last error. Results never depend on it: the same arguments give the
 * same bits with any number of threads, any budget and any instruction set. Creating one is cheap;
 * worker threads start at the first call that wants them and are joined by
 * latent_context_destroy().
 *
 * One call at a time may use a context (a second one returns ::LATENT_ERROR_BUSY and touches
 * nothing); any number of contexts may be used by any number of threads. After fork() a child may
 * create its own, or go on with one that was idle when the process forked.
 *
 * The library prints nothing, reads no environment variable and installs no signal handler. While a
 * call runs, the floating-point environment of the calling thread is the default one (round to
 * nearest, no flush to zero), and the caller's is restored before the call returns.
 */
#ifndef LATENT_CONTEXT_H
#define LATENT_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "status.h"

LATENT_BEGIN

/** The opaque context. */
typedef struct latent_context latent_context;

/**
 * Instruction sets that inner loops exist for; they change speed, never a result.
 *
 * Linux lends AMX's tiles to a process that asks, which creating a context does where the processor
 * has them; from then on it refuses signal stacks (sigaltstack) that are too small for them.
 */
typedef enum latent_isa {
    LATENT_ISA_AUTO = 0,      /**< The best that this machine has. */
    LATENT_ISA_REFERENCE = 1, /**< Plain C, one operation after the other. */
    LATENT_ISA_AVX2 = 2,      /**< x86-64 with AVX2, FMA and F16C. */
    LATENT_ISA_AVX512 = 3,    /**< x86-64 with AVX-512 F, BW, DQ and VL. */
    LATENT_ISA_VNNI = 4,      /**< The same with AVX-512 VNNI: products of int8 and int16. */
    LATENT_ISA_AMX = 5,       /**< The same with AMX tiles of int8 and bfloat16. */
    LATENT_ISA_NEON = 6,      /**< 64-bit ARM. */
    LATENT_ISA_NEON_DOT = 7,  /**< The same with dot products of int8 (ARMv8.2 DotProd). */
    LATENT_ISA_NEON_BF16 = 8  /**< The same with matrix products (I8MM and BF16). */
} latent_isa;

/**
 * Number formats in which pairs of samples are screened before the few that remain are evaluated in
 * float64. They change speed and work, never a result: docs/numerics.md has the proof.
 * @since 0.1.0
 */
typedef enum latent_screen {
    LATENT_SCREEN_AUTO = 0,     /**< The one that a sample of the data says is fastest. */
    LATENT_SCREEN_FLOAT32 = 1,  /**< Single-precision matrix products by OpenBLAS. */
    LATENT_SCREEN_BFLOAT16 = 2, /**< bfloat16, added up in single precision. */
    LATENT_SCREEN_INT16 = 3,    /**< 16-bit integers, of which rows use some 12 bits. */
    LATENT_SCREEN_INT8 = 4      /**< 8-bit integers. */
} latent_screen;

/**
 * Called while a long call runs, always from the thread that made the call.
 *
 * @param user     The pointer given with the callback.
 * @param phase    What is being done, such as "nearest neighbours"; valid during the callback.
 * @param fraction Share of the whole call that is done, 0 to 1, never falling within one call.
 * @return 0 to go on; anything else stops the call, which returns ::LATENT_CANCELLED.
 */
typedef int (*latent_progress_callback)(void *user, const char *phase, double fraction);

/**
 * Returns `bytes` bytes aligned to `alignment` (a power of two, at least 64), or NULL. Called only
 * from the thread that made the call.
 */
typedef void *(*latent_allocate_callback)(void *user, size_t alignment, size_t bytes);

/** Takes back what the allocate callback returned; `bytes` is what was asked for. */
typedef void (*latent_release_callback)(void *user, void *pointer, size_t bytes);

/**
 * Options of a context. Set `size` to `sizeof(latent_context_options)` and everything else to zero
 * for the defaults. New fields are only ever appended.
 * @since 0.1.0
 */
typedef struct latent_context_options {
    /** sizeof(latent_context_options). */
    size_t size;
    /** Threads of a call, the caller's among them. 0 means 1: the caller's own. -1: as many as
     * the CPUs that this process may use (its affinity and its cgroup's quota counted). At most
     * 4096. */
    int32_t threads;
    /** Inner loops to use, a ::latent_isa; one that the machine lacks is an error. */
    int32_t isa;
    /** Bytes that a call may allocate beside inputs and outputs. 0: the larger of 256 MiB and 1.2
     * times the input, and on top what grows with the number of rows or results alone (labels in
     * order, results kept until the call has succeeded). Below what a call needs at the least, the
     * call fails with ::LATENT_ERROR_BUDGET and says what that is. */
    int64_t memory_budget;
    /** Seed of everything random, where a call's options give none. */
    uint64_t seed;
    /** NULL: the C library's aligned_alloc. */
    latent_allocate_callback allocate;
    /** Needed if and only if `allocate` is given. */
    latent_release_callback release;
    /** First argument of both. */
    void *allocator_user;
    /** NULL: none. */
    latent_progress_callback progress;
    /** First argument of `progress`. */
    void *progress_user;
    /** Least seconds between two callbacks. 0: 0.05. Negative: at every opportunity (for tests). */
    double progress_interval;
    /** CPU numbers to pin worker threads to, worker i to cpus[i % cpu_count]; copied. NULL: the
     * workers inherit the caller's affinity. The calling thread is never pinned. */
    const int32_t *cpus;
    /** Entries of `cpus`. */
    int64_t cpu_count;
    /** How pairs are screened, a ::latent_screen. One that the instruction set has no fast products
     * for is done in plain C: right, and slow. */
    int32_t screen;
} latent_context_options;

/**
 * Creates a context.
 *
 * @param context Receives the new context; set to NULL on any error.
 * @param options NULL for all defaults.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT (`context` is NULL, or an option is out of range),
 *         ::LATENT_ERROR_OPTIONS, ::LATENT_ERROR_UNSUPPORTED (the machine lacks `isa`) or
 *         ::LATENT_ERROR_MEMORY. latent_context_options_check() says which option it was.
 * @since 0.1.0
 */
LATENT_API latent_status latent_context_create(latent_context **context,
                                               const latent_context_options *options);

/**
 * Says in a sentence what is wrong with options, since there is no context yet to keep it.
 *
 * @param options       What would be given to latent_context_create(); NULL is fine.
 * @param message       Receives the sentence, cut to fit and always terminated; empty if nothing is
 *                      wrong. May be NULL.
 * @param message_bytes Room in `message`.
 * @return What latent_context_create() would return, but for ::LATENT_ERROR_MEMORY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_context_options_check(const latent_context_options *options,
                                                      char *message, size_t message_bytes);

/**
 * Joins the context's threads and releases all that it holds.
 *
 * @param context A context that no call is using, or NULL.
 * @since 0.1.0
 */
LATENT_API void latent_context_destroy(latent_context *context);

/**
 * The sentence about the last call that used this context, such as "points[17][3] is NaN".
 *
 * @param context A context; NULL gives an empty string.
 * @return Text owned by the context, empty after a call that succeeded, valid until the next call.
 * @since 0.1.0
 */
LATENT_API const char *latent_context_error(const latent_context *context);

/**
 * Replaces the progress callback.
 *
 * @param context  A context that no call is using.
 * @param progress The callback, or NULL for none.
 * @param user     Its first argument.
 * @param interval As latent_context_options::progress_interval.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT (`context` is NULL or `interval` is not finite) or
 *         ::LATENT_ERROR_BUSY.
 * @since 0.1.0
 */
LATENT_API latent_status latent_context_set_progress(latent_context *context,
                                                     latent_progress_callback progress, void *user,
                                                     double interval);

/**
 * Threads that a call on this context uses, the caller's among them.
 *
 * @param context A context; NULL gives 0.
 * @return At least 1.
 * @since 0.1.0
 */
LATENT_API int32_t latent_context_threads(const latent_context *context);

/**
 * The instruction set whose inner loops this context uses, never ::LATENT_ISA_AUTO.
 *
 * @param context A context; NULL gives ::LATENT_ISA_AUTO.
 * @since 0.1.0
 */
LATENT_API latent_isa latent_context_isa(const latent_context *context);

/**
 * The most bytes that the last call held at one time beside its inputs and outputs. Memory that
 * OpenBLAS keeps for itself and the stacks of threads are not in it.
 *
 * @param context A context; NULL gives 0.
 * @since 0.1.0
 */
LATENT_API int64_t latent_context_memory_peak(const latent_context *context);

/**
 * How the last call screened pairs of samples, when it looked for nearest ones. For diagnosis: what a
 * call takes depends on its data, the instruction set and the context's options.
 *
 * @param context A context; NULL gives ::LATENT_SCREEN_AUTO.
 * @return ::LATENT_SCREEN_AUTO if the last call compared no pairs.
 * @since 0.1.0
 */
LATENT_API latent_screen latent_context_screen(const latent_context *context);

/**
 * Pairs of samples that the last call evaluated in float64 because the screen could not tell. A
 * measure of work: it may change with threads, BLAS and instruction set, when no result does.
 *
 * @param context A context; NULL gives 0.
 * @since 0.1.0
 */
LATENT_API int64_t latent_context_rescored_pairs(const latent_context *context);

LATENT_END

#endif
