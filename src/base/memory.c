#include "memory.h"

#include <inttypes.h>
#include <stdlib.h>

/* aligned_alloc wants a multiple of the alignment. */
static size_t rounded(size_t bytes) {
    const size_t mask = LATENT__ALIGNMENT - 1;
    return bytes == 0 ? LATENT__ALIGNMENT : (bytes + mask) & ~mask;
}

int64_t latent__linear(int64_t count, int64_t bytes) {
    const int64_t most = INT64_MAX / 8;
    return count < most / bytes ? count * bytes + 4096 : most;
}

latent_context_options latent__allocator_of(const latent_context *context) {
    const latent_context_options *given = &context->options;
    return (latent_context_options){.allocate = given->allocate,
                                    .release = given->release,
                                    .allocator_user = given->allocator_user};
}

void *latent__allocate_lasting(const latent_context_options *options, size_t bytes) {
    if (options->allocate)
        return options->allocate(options->allocator_user, LATENT__ALIGNMENT, rounded(bytes));
    return aligned_alloc(LATENT__ALIGNMENT, rounded(bytes));
}

void latent__release_lasting(const latent_context_options *options, void *pointer, size_t bytes) {
    if (!pointer)
        return;
    if (options->release)
        options->release(options->allocator_user, pointer, rounded(bytes));
    else
        free(pointer);
}

void *latent__allocate(latent_context *context, int64_t count, size_t size, const char *what,
                       latent_status *status) {
    const int64_t most = INT64_MAX / 2 / (int64_t)size;
    if (count > most) {
        *status = latent__fail(context, LATENT_ERROR_MEMORY,
                               "%s needs %" PRId64 " elements, more than memory can address", what,
                               count);
        return NULL;
    }
    const int64_t bytes = (int64_t)rounded((size_t)count * size);
    if (bytes > latent__memory_left(context)) {
        *status = latent__fail(context, LATENT_ERROR_BUDGET,
                               "the memory budget is %" PRId64 " bytes; with %s at least %" PRId64
                               " are needed",
                               context->limit, what, context->in_use + bytes);
        return NULL;
    }
    void *pointer = latent__allocate_lasting(&context->options, (size_t)bytes);
    if (!pointer) {
        *status = latent__fail(context, LATENT_ERROR_MEMORY,
                               "cannot allocate %" PRId64 " bytes for %s", bytes, what);
        return NULL;
    }
    context->in_use += bytes;
    if (context->in_use > context->peak)
        context->peak = context->in_use;
    return pointer;
}

void latent__release(latent_context *context, void *pointer, int64_t count, size_t size) {
    if (!pointer)
        return;
    const size_t bytes = rounded((size_t)count * size);
    context->in_use -= (int64_t)bytes;
    latent__release_lasting(&context->options, pointer, bytes);
}
