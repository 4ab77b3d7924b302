/* context.h: making, asking and ending contexts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/features.h"
#include "base/memory.h"
#include "base/structs.h"
#include "kernels/kernels.h"
#include "parallel/pool.h"

enum { MOST_THREADS = 4096 };

static latent_status wrong(char *message, latent_status status, const char *sentence,
                           long long value) {
    snprintf(message, LATENT__MESSAGE_BYTES, sentence, value);
    return status;
}

static latent_status check_cpus(const latent_context_options *options, char *message) {
    if (options->cpu_count < 0)
        return wrong(message, LATENT_ERROR_ARGUMENT, "options->cpu_count is %lld",
                     options->cpu_count);
    if ((options->cpus != NULL) != (options->cpu_count > 0))
        return wrong(message, LATENT_ERROR_ARGUMENT,
                     options->cpus ? "options->cpus is given, but options->cpu_count is %lld"
                                   : "options->cpus is NULL, but options->cpu_count is %lld",
                     options->cpu_count);
    for (int64_t i = 0; i < options->cpu_count; i++)
        if (options->cpus[i] < 0 || options->cpus[i] >= LATENT__MOST_CPUS) {
            snprintf(message, LATENT__MESSAGE_BYTES, "options->cpus[%lld] is %d, outside 0 to %d",
                     (long long)i, (int)options->cpus[i], LATENT__MOST_CPUS - 1);
            return LATENT_ERROR_ARGUMENT;
        }
    return LATENT_OK;
}

/* Reads the caller's options into `known`. */
static latent_status read_options(const latent_context_options *given,
                                  latent_context_options *known, char *message) {
    latent_status status = latent__struct_read(known, sizeof *known, given, "options", message);
    if (status)
        return status;
    if (known->threads < -1 || known->threads > MOST_THREADS)
        return wrong(message, LATENT_ERROR_ARGUMENT,
                     "options->threads is %lld; it must be -1 (all CPUs) to 4096", known->threads);
    if (known->isa < 0 || known->isa > LATENT_ISA_NEON_BF16)
        return wrong(message, LATENT_ERROR_ARGUMENT, "options->isa is %lld, no instruction set",
                     known->isa);
    if (known->screen < 0 || known->screen > LATENT_SCREEN_INT8)
        return wrong(message, LATENT_ERROR_ARGUMENT, "options->screen is %lld, no screen",
                     known->screen);
    if (known->memory_budget < 0)
        return wrong(message, LATENT_ERROR_ARGUMENT, "options->memory_budget is %lld bytes",
                     known->memory_budget);
    if ((known->allocate != NULL) != (known->release != NULL))
        return wrong(message, LATENT_ERROR_ARGUMENT,
                     known->allocate ? "options->release is NULL, but options->allocate is not"
                                     : "options->allocate is NULL, but options->release is not",
                     0);
    if (!isfinite(known->progress_interval))
        return wrong(message, LATENT_ERROR_ARGUMENT, "options->progress_interval is not finite", 0);
    status = check_cpus(known, message);
    if (!status && !latent__has_isa((latent_isa)known->isa))
        return wrong(message, LATENT_ERROR_UNSUPPORTED,
                     "options->isa is %lld, an instruction set that this machine lacks",
                     known->isa);
    return status;
}

latent_status latent_context_options_check(const latent_context_options *options, char *message,
                                           size_t message_bytes) {
    char sentence[LATENT__MESSAGE_BYTES] = "";
    latent_context_options known;
    const latent_status status = read_options(options, &known, sentence);
    if (message && message_bytes > 0)
        snprintf(message, message_bytes, "%s", sentence);
    return status;
}

/* The context's own copy of the CPU list. */
static latent_status copy_cpus(latent_context *context) {
    latent_context_options *options = &context->options;
    if (!options->cpus)
        return LATENT_OK;
    const size_t bytes = (size_t)options->cpu_count * sizeof *options->cpus;
    int32_t *copy = latent__allocate_lasting(options, bytes);
    if (!copy)
        return LATENT_ERROR_MEMORY;
    memcpy(copy, options->cpus, bytes);
    options->cpus = copy;
    return LATENT_OK;
}

static void free_cpus(latent_context *context) {
    union {
        const int32_t *kept;
        void *freed;
    } cpus = {.kept = context->options.cpus};
    latent__release_lasting(&context->options, cpus.freed,
                            (size_t)context->options.cpu_count * sizeof(int32_t));
}

latent_status latent_context_create(latent_context **context,
                                    const latent_context_options *options) {
    if (!context)
        return LATENT_ERROR_ARGUMENT;
    *context = NULL;
    char message[LATENT__MESSAGE_BYTES];
    latent_context_options known;
    latent_status status = read_options(options, &known, message);
    if (status)
        return status;
    latent_context *made = latent__allocate_lasting(&known, sizeof *made);
    if (!made)
        return LATENT_ERROR_MEMORY;
    memset(made, 0, sizeof *made);
    made->options = known;
    if (made->options.threads == 0)
        made->options.threads = 1;
    else if (made->options.threads < 0)
        made->options.threads = latent__usable_cpus();
    made->kernels = latent__kernels_choose((latent_isa)known.isa);
    made->screens = latent__screens_choose((latent_isa)known.isa);
    status = copy_cpus(made);
    if (!status) {
        made->pool = latent__pool_create(&made->options, made->options.threads);
        if (made->pool) {
            *context = made;
            return LATENT_OK;
        }
        free_cpus(made);
    }
    latent__release_lasting(&known, made, sizeof *made);
    return LATENT_ERROR_MEMORY;
}

void latent_context_destroy(latent_context *context) {
    if (!context)
        return;
    const latent_context_options options = context->options;
    latent__pool_destroy(&options, context->pool);
    free_cpus(context);
    latent__release_lasting(&options, context, sizeof *context);
}

const char *latent_context_error(const latent_context *context) {
    return context ? context->message : "";
}

latent_status latent_context_set_progress(latent_context *context,
                                          latent_progress_callback progress, void *user,
                                          double interval) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    if (!isfinite(interval)) {
        status = latent__fail(context, LATENT_ERROR_ARGUMENT, "interval is not finite");
    } else {
        context->options.progress = progress;
        context->options.progress_user = user;
        context->options.progress_interval = interval;
    }
    return latent__leave(context, status);
}

int32_t latent_context_threads(const latent_context *context) {
    return context ? context->options.threads : 0;
}

latent_isa latent_context_isa(const latent_context *context) {
    return context ? context->screens->isa : LATENT_ISA_AUTO;
}

int64_t latent_context_memory_peak(const latent_context *context) {
    return context ? context->peak : 0;
}

latent_screen latent_context_screen(const latent_context *context) {
    return context ? context->screen : LATENT_SCREEN_AUTO;
}

int64_t latent_context_rescored_pairs(const latent_context *context) {
    return context ? context->rescored_pairs : 0;
}
