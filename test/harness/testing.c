#include "testing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { POISON = 0xa5 };

static const char *const isa_names[] = {"auto", "reference", "avx2",     "avx512",   "vnni",
                                        "amx",  "neon",      "neon_dot", "neon_bf16"};
static const char *const screen_names[] = {"auto", "float32", "bfloat16", "int16", "int8"};

/* The number of the name that an environment variable has, 0 if it is not set. */
static int32_t testing_choice(const char *variable, const char *const *names, int last) {
    const char *const given = getenv(variable);
    for (int i = 0; given && i <= last; i++)
        if (strcmp(given, names[i]) == 0)
            return i;
    if (given) {
        fprintf(stderr, "%s=%s is none of the choices\n", variable, given);
        abort();
    }
    return 0;
}

latent_isa testing_isa_named(const char *variable) {
    return (latent_isa)testing_choice(variable, isa_names, LATENT_ISA_NEON_BF16);
}

latent_context_options testing_options(void) {
    const char *const threads = getenv("LATENT_TEST_THREADS");
    latent_context_options options = {.size = sizeof options};
    options.threads = threads ? atoi(threads) : 1;
    options.isa = testing_isa_named("LATENT_TEST_ISA");
    options.screen = testing_choice("LATENT_TEST_SCREEN", screen_names, LATENT_SCREEN_INT8);
    return options;
}

latent_context_options testing_threaded_options(int32_t threads) {
    latent_context_options options = testing_options();
    options.threads = threads;
    options.memory_budget = threads > 1 ? 500000 + 400000 * (int64_t)threads : 0;
    return options;
}

latent_context *testing_context_with(const latent_context_options *options) {
    latent_context *context = NULL;
    if (latent_context_create(&context, options) != LATENT_OK) {
        char why[200];
        latent_context_options_check(options, why, sizeof why);
        fprintf(stderr, "no context: %s\n", why);
        abort();
    }
    return context;
}

latent_context *testing_context(void) {
    const latent_context_options options = testing_options();
    return testing_context_with(&options);
}

latent_context *testing_tight_context(int32_t threads, testing_call call, const void *argument) {
    latent_context_options options = testing_options();
    options.threads = threads;
    return testing_tight_context_with(options, call, argument);
}

latent_context *testing_tight_context_with(latent_context_options options, testing_call call,
                                           const void *argument) {
    options.memory_budget += 16384;
    for (;; options.memory_budget += options.memory_budget / 8) {
        latent_context *const context = testing_context_with(&options);
        const latent_status status = call(context, argument);
        latent_context_destroy(context);
        if (status != LATENT_ERROR_BUDGET)
            break;
    }
    options.memory_budget += options.memory_budget / 8;
    return testing_context_with(&options);
}

bool testing_small(void) {
    return getenv("LATENT_TEST_SMALL") != NULL;
}

int testing_isas(latent_isa isas[TESTING_ISAS]) {
    int count = 0;
    for (int isa = LATENT_ISA_REFERENCE; isa <= LATENT_ISA_NEON_BF16; isa++) {
        const latent_context_options options = {.size = sizeof options, .isa = (latent_isa)isa};
        if (latent_context_options_check(&options, NULL, 0) == LATENT_OK)
            isas[count++] = (latent_isa)isa;
    }
    return count;
}

bool testing_mentions(const char *text, const char *pieces) {
    while (pieces && *pieces) {
        const size_t length = strcspn(pieces, "|");
        char piece[128];
        snprintf(piece, sizeof piece, "%.*s", (int)length, pieces);
        if (!strstr(text, piece))
            return false;
        pieces += length + (pieces[length] == '|');
    }
    return true;
}

void testing_expect(latent_context *context, latent_status status, latent_status expected,
                    const char *pieces, const char *call, const char *file, int line) {
    const char *const text = latent_context_error(context);
    const bool right_text = status == LATENT_OK ? text[0] == '\0' : text[0] != '\0';
    if (status == expected && (!context || right_text) && testing_mentions(text, pieces))
        return;
    fprintf(stderr, "%s\n  gave %d (%s), expected %d (%s)\n  sentence \"%s\", wanted \"%s\"\n",
            call, (int)status, latent_status_string(status), (int)expected,
            latent_status_string(expected), text, pieces ? pieces : "");
    _fail(file, line);
}

void poison_fill(void *memory, size_t bytes) {
    memset(memory, POISON, bytes);
}

void *poison_new(size_t bytes) {
    void *memory = malloc(bytes);
    poison_fill(memory, bytes);
    return memory;
}

bool poison_intact(const void *memory, size_t bytes) {
    const unsigned char *const byte = memory;
    for (size_t i = 0; i < bytes; i++)
        if (byte[i] != POISON)
            return false;
    return true;
}
