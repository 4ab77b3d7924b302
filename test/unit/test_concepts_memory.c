/* What average precisions need: more memory than enough is enough, and the default is. */
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"

enum { CONCEPTS = 3, MOST_DIRECTIONS = 6 };

typedef struct task {
    latent_matrix activations, basis;
    int8_t *values;
    double ap[MOST_DIRECTIONS * CONCEPTS];
} task;

/* Some concepts are present nearly everywhere or ignored, so that samples' lists are long. */
static int8_t *marks_new(prng *g, int64_t samples) {
    int8_t *const values = malloc((size_t)(samples * CONCEPTS));
    for (int64_t i = 0; i < samples * CONCEPTS; i++)
        values[i] = (int8_t)(prng_below(g, 20) == 0 ? 0 : i % 2 ? 1 : -1);
    return values;
}

static latent_status probe_in(task *work, const latent_context_options *options) {
    latent_context *const context = testing_context_with(options);
    const latent_concept_labels labels = {.size = sizeof labels,
                                          .samples = work->activations.rows,
                                          .concepts = CONCEPTS,
                                          .values = work->values};
    const latent_concepts_result result = {.size = sizeof result, .ap = work->ap};
    const latent_status status =
        latent_concepts_ap(context, &work->activations, work->basis.data ? &work->basis : NULL,
                           &labels, NULL, &result);
    if (status == LATENT_OK && options->memory_budget)
        assert_true(latent_context_memory_peak(context) <= options->memory_budget);
    latent_context_destroy(context);
    return status;
}

/* Scores of more directions at once never take what samples' lists need. */
static void test_more_is_enough(void **state) {
    (void)state;
    enum { SAMPLES = 20000, STEP = 20000 };
    prng g = {41};
    double *const scores = malloc(sizeof(double[SAMPLES][MOST_DIRECTIONS]));
    for (int64_t i = 0; i < SAMPLES * MOST_DIRECTIONS; i++)
        scores[i] = (double)prng_below(&g, 1000000);
    task work = {.activations = latent_matrix_view(scores, SAMPLES, MOST_DIRECTIONS, LATENT_F64),
                 .values = marks_new(&g, SAMPLES)};
    latent_context_options options = testing_options();
    options.threads = 1;
    assert_int_equal(probe_in(&work, &options), LATENT_OK);
    task found = work;
    int enough = 0;
    for (int64_t budget = STEP; budget <= 80 * STEP; budget += STEP) {
        options.memory_budget = budget;
        memset(found.ap, 0, sizeof found.ap);
        const latent_status status = probe_in(&found, &options);
        if (enough == 0 && status == LATENT_ERROR_BUDGET)
            continue;
        assert_int_equal(status, LATENT_OK);
        assert_memory_equal(found.ap, work.ap, sizeof work.ap);
        enough++;
    }
    assert_true(enough > 20);
    free(work.values);
    free(scores);
}

/* Rows on their way to products, of many threads, are within the default budget. */
static void test_wide_activations(void **state) {
    (void)state;
    enum { SAMPLES = 9, FEATURES = 65536, THREADS = 9 };
    prng g = {43};
    float *const points = calloc(SAMPLES * FEATURES, sizeof *points);
    for (int64_t n = 0; n < SAMPLES; n++)
        points[n * FEATURES + n] = (float)n;
    task work = {.activations = latent_matrix_view(points, SAMPLES, FEATURES, LATENT_F32),
                 .basis = latent_matrix_view(points, 1, FEATURES, LATENT_F32),
                 .values = marks_new(&g, SAMPLES)};
    latent_context_options options = testing_options();
    options.threads = THREADS;
    assert_int_equal(probe_in(&work, &options), LATENT_OK);
    free(work.values);
    free(points);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_more_is_enough),
                                       cmocka_unit_test(test_wide_activations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
