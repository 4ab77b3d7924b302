/* Allocation through the context's hooks, counted against its budget. */
#ifndef LATENT__MEMORY_H
#define LATENT__MEMORY_H

#include "core.h"

enum { LATENT__ALIGNMENT = 64 };

/* `count` elements of `size` bytes, aligned for vectors, not cleared; NULL and *status set when the
 * allocation fails or would exceed the budget. `what` goes into the sentence. `count` may be 0. */
void *latent__allocate(latent_context *context, int64_t count, size_t size, const char *what,
                       latent_status *status);

/* Gives back what latent__allocate() returned for the same count and size; NULL is fine. */
void latent__release(latent_context *context, void *pointer, int64_t count, size_t size);

/* Bytes of `count` entries of `bytes` each, for the budget, with room for a few allocations'
 * rounding. */
int64_t latent__linear(int64_t count, int64_t bytes);

/* The allocator among a context's options, for objects that outlive the context. */
latent_context_options latent__allocator_of(const latent_context *context);

/* Allocation for what outlives a call (the context's threads): not counted, no sentence. */
void *latent__allocate_lasting(const latent_context_options *options, size_t bytes);
void latent__release_lasting(const latent_context_options *options, void *pointer, size_t bytes);

#endif
