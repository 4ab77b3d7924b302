/* The context's inside, and how every public call begins, fails and ends. */
#ifndef LATENT__CORE_H
#define LATENT__CORE_H

#include <fenv.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "latent/context.h"

struct latent__kernels;
struct latent__screens;
struct latent__pool;

enum { LATENT__MESSAGE_BYTES = 512 };

/* What the caller is told while a call runs; touched by the calling thread alone. */
typedef struct latent__progress {
    const char *phase;
    double from, to; /* the phase's part of the whole call, in 0 … 1 */
    double shown;    /* what the caller was told last */
    double next;     /* monotonic time before which the callback is left alone */
} latent__progress;

struct latent_context {
    latent_context_options options; /* defaults filled in; cpus is the context's own copy */
    const struct latent__kernels *kernels;
    const struct latent__screens *screens;
    struct latent__pool *pool;
    atomic_int busy;
    atomic_int cancelled;
    latent__progress progress;
    int64_t in_use, peak, limit; /* bytes beside inputs and outputs */
    latent_screen screen;        /* of the present or last call, if it compares pairs */
    int64_t rescored_pairs;
    fenv_t caller_environment;
    char message[LATENT__MESSAGE_BYTES];
};

/* Takes the context for one public call: default floating-point environment, no error. */
latent_status latent__enter(latent_context *context);

/* Gives it back and returns `status`. */
latent_status latent__leave(latent_context *context, latent_status status);

/* Stores the sentence for latent_context_error() and returns `status`. */
latent_status latent__fail(latent_context *context, latent_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* LATENT_ERROR_ARGUMENT with "<name> is NULL" if `pointer` is; else LATENT_OK. */
latent_status latent__need(latent_context *context, const void *pointer, const char *name);

/* Fixes the memory that this call may use. By default it goes by the input; `linear_bytes`, what
 * grows with the number of rows or results alone, come on top. */
void latent__set_budget(latent_context *context, int64_t input_bytes, int64_t linear_bytes);

/* Bytes that may still be allocated in this call. */
int64_t latent__memory_left(const latent_context *context);

#endif
