#include "core.h"

#include <stdarg.h>
#include <stdio.h>

latent_status latent__enter(latent_context *context) {
    if (!context)
        return LATENT_ERROR_ARGUMENT;
    if (atomic_exchange_explicit(&context->busy, 1, memory_order_acquire))
        return LATENT_ERROR_BUSY;
    fegetenv(&context->caller_environment);
    fesetenv(FE_DFL_ENV);
    context->message[0] = '\0';
    atomic_store(&context->cancelled, 0);
    context->progress = (latent__progress){.phase = "starting"};
    context->peak = context->in_use;
    context->screen = LATENT_SCREEN_AUTO;
    context->rescored_pairs = 0;
    latent__set_budget(context, 0, 0);
    return LATENT_OK;
}

latent_status latent__leave(latent_context *context, latent_status status) {
    fesetenv(&context->caller_environment);
    atomic_store_explicit(&context->busy, 0, memory_order_release);
    return status;
}

latent_status latent__fail(latent_context *context, latent_status status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context->message, sizeof context->message, format, arguments);
    va_end(arguments);
    return status;
}

latent_status latent__need(latent_context *context, const void *pointer, const char *name) {
    if (pointer)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is NULL", name);
}

void latent__set_budget(latent_context *context, int64_t input_bytes, int64_t linear_bytes) {
    const int64_t least = (int64_t)256 << 20;
    if (context->options.memory_budget > 0) {
        context->limit = context->options.memory_budget;
        return;
    }
    /* What exists in memory is far below 2^63 bytes: nothing here overflows. */
    const int64_t share = input_bytes + input_bytes / 5;
    context->limit = (share > least ? share : least) + linear_bytes;
}

int64_t latent__memory_left(const latent_context *context) {
    return context->limit > context->in_use ? context->limit - context->in_use : 0;
}
