#include "calls_moments.h"

#include <stdlib.h>
#include <string.h>

/* The start of this family's place in the block; the arrays and a saved accumulator follow. */
typedef struct outputs {
    latent_moments_samples samples;
    latent_moments_features features;
    latent_moments_overall overall;
    latent_outliers outliers;
    double quantiles[3];
    int64_t columns;
} outputs;

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)call_set_moments(set);
}

static size_t array_bytes(const call_set *set) {
    return moments_results_bytes(set->points.view.rows, set->points.view.columns);
}

static unsigned char *saved_output(const call_set *set) {
    return call_set_moments(set) + sizeof(outputs) + array_bytes(set);
}

size_t calls_moments_bytes(const call_set *set) {
    return sizeof(outputs) + array_bytes(set) + (size_t)set->saved_bytes;
}

void calls_moments_prepare(const call_set *set, unsigned char *place) {
    outputs *const out = (outputs *)(void *)place;
    const moments_results results = moments_results_in(
        call_set_moments(set) + sizeof(outputs), set->points.view.rows, set->points.view.columns);
    out->samples = results.samples;
    out->features = results.features;
    out->overall = results.overall;
    out->outliers = results.outliers;
}

/* Narrow limits, so that they are passed. */
static latent_moments_options accumulating(void) {
    return (latent_moments_options){.size = sizeof(latent_moments_options),
                                    .samples = 1,
                                    .outliers = 1,
                                    .magnitude = 0.75,
                                    .sigma = 1.25};
}

static void need(latent_context *context, latent_status status) {
    expect_ok(context, status);
}

static unsigned char *saved_from(latent_context *context, const latent_moments *moments,
                                 int64_t *bytes) {
    *bytes = latent_moments_saved_bytes(moments);
    unsigned char *const saved = malloc((size_t)*bytes);
    need(context, latent_moments_save(context, moments, saved, *bytes));
    return saved;
}

static unsigned char *saved_rows(const latent_matrix *points, int64_t rows, int64_t *bytes) {
    latent_context *const context = testing_context_with(NULL);
    const latent_moments_options options = accumulating();
    latent_matrix some = *points;
    some.rows = rows;
    latent_moments *moments;
    need(context, latent_moments_create(context, some.columns, &options, &moments));
    need(context, latent_moments_update(context, moments, &some, NULL));
    unsigned char *const saved = saved_from(context, moments, bytes);
    latent_moments_destroy(moments);
    latent_context_destroy(context);
    return saved;
}

void calls_moments_inputs(call_set *set) {
    const int64_t n = set->points.view.rows;
    set->numbers = malloc((size_t)n * sizeof *set->numbers);
    for (int64_t i = 0; i < n; i++)
        set->numbers[i] = (double)set->ranks[n - 1 - i] / 3.0;
    set->saved = saved_rows(&set->points.view, (n + 1) / 2, &set->saved_bytes);
    int64_t bytes;
    set->saved_too = saved_rows(&set->queries.view, set->queries.view.rows, &bytes);
    assert_int_equal(bytes, set->saved_bytes);
}

/* An accumulator made by a context of its own, so that the one under test sees only its call. */
static latent_moments *thawed(const call_set *set, const unsigned char *saved) {
    latent_context *const context = testing_context_with(NULL);
    latent_moments *moments;
    need(context, latent_moments_load(context, saved, set->saved_bytes, &moments));
    latent_context_destroy(context);
    return moments;
}

/* Releases an accumulator that a call was given. What it then held is an output if the call
 * succeeded; else it has to be what it was, and only shows in the outputs if it is not. */
static latent_status settle(call_set *set, latent_moments *moments, const unsigned char *before,
                            latent_status status) {
    latent_context *const context = testing_context_with(NULL);
    int64_t bytes;
    unsigned char *const now = saved_from(context, moments, &bytes);
    assert_int_equal(bytes, set->saved_bytes);
    if (status == LATENT_OK || memcmp(now, before, (size_t)bytes) != 0)
        memcpy(saved_output(set), now, (size_t)bytes);
    free(now);
    latent_moments_destroy(moments);
    latent_context_destroy(context);
    return status;
}

latent_status run_moments_compute(latent_context *context, call_set *set) {
    const latent_moments_options options = {
        .size = sizeof options, .bias = LATENT_UNBIASED, .fisher = 1};
    outputs *const out = outputs_of(set);
    return latent_moments_compute(context, &set->points.view, &options, &out->samples,
                                  &out->features, &out->overall);
}

latent_status run_moments_features(latent_context *context, call_set *set) {
    return latent_moments_compute(context, &set->points.view, NULL, NULL,
                                  &outputs_of(set)->features, NULL);
}

latent_status run_moments_quantiles(latent_context *context, call_set *set) {
    static const double probabilities[] = {0.9, 0.0, 1.0 / 3.0};
    return latent_moments_quantiles(context, set->numbers, set->points.view.rows, probabilities, 3,
                                    outputs_of(set)->quantiles);
}

/* What a call that makes an accumulator must not leave in place if it fails. */
static latent_moments *nowhere(call_set *set) {
    return (latent_moments *)(void *)set;
}

/* Settles such a call: an error has to set NULL, and shows in the outputs if it does not. */
static latent_status made(call_set *set, latent_moments *moments, latent_status status) {
    if (status == LATENT_OK) {
        outputs_of(set)->columns = latent_moments_columns(moments);
        return settle(set, moments, set->saved, status);
    }
    if (moments)
        outputs_of(set)->columns = -1;
    return status;
}

latent_status run_moments_create(latent_context *context, call_set *set) {
    const latent_moments_options options = accumulating();
    latent_moments *moments = nowhere(set);
    const latent_status status =
        latent_moments_create(context, set->points.view.columns, &options, &moments);
    return made(set, moments, status);
}

latent_status run_moments_load(latent_context *context, call_set *set) {
    latent_moments *moments = nowhere(set);
    const latent_status status =
        latent_moments_load(context, set->saved, set->saved_bytes, &moments);
    return made(set, moments, status);
}

latent_status run_moments_update(latent_context *context, call_set *set) {
    latent_moments *const moments = thawed(set, set->saved);
    const latent_status status =
        latent_moments_update(context, moments, &set->points.view, &outputs_of(set)->samples);
    return settle(set, moments, set->saved, status);
}

latent_status run_moments_merge(latent_context *context, call_set *set) {
    latent_moments *const into = thawed(set, set->saved);
    latent_moments *const from = thawed(set, set->saved_too);
    const latent_status status = latent_moments_merge(context, into, from);
    latent_moments_destroy(from);
    return settle(set, into, set->saved, status);
}

latent_status run_moments_finish(latent_context *context, call_set *set) {
    latent_moments *const moments = thawed(set, set->saved);
    const latent_status status = latent_moments_finish(context, moments, &outputs_of(set)->features,
                                                       &outputs_of(set)->overall);
    return settle(set, moments, set->saved, status);
}

latent_status run_moments_outliers(latent_context *context, call_set *set) {
    const latent_outliers_options options = {.size = sizeof options, .share = 0.25, .ratio = 1.5};
    latent_moments *const moments = thawed(set, set->saved);
    const latent_status status =
        latent_moments_outliers(context, moments, &options, &outputs_of(set)->outliers);
    return settle(set, moments, set->saved, status);
}

latent_status run_moments_save(latent_context *context, call_set *set) {
    latent_moments *const moments = thawed(set, set->saved);
    const latent_status status =
        latent_moments_save(context, moments, saved_output(set), set->saved_bytes);
    latent_moments_destroy(moments);
    return status;
}
