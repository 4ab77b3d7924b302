/* Moments have the same bits on every instruction set, with any number of threads, any budget that is
 * enough, any stride; and a sample's do not depend on the rows around it. */
#include <stdlib.h>

#include "harness/moments_data.h"
#include "harness/moments_results.h"
#include "harness/testing.h"

static latent_context *context_of(int32_t threads, latent_isa isa) {
    latent_context_options options = testing_options();
    options.threads = threads;
    options.isa = isa;
    return testing_context_with(&options);
}

/* Everything about all rows of `points`, by way of an accumulator. */
static moments_results all_of(latent_context *context, const latent_matrix *points, int policy) {
    moments_results found = moments_results_new(points->rows, points->columns);
    const latent_moments_options options = {.size = sizeof options,
                                            .nan_policy = policy,
                                            .samples = 1,
                                            .outliers = 1,
                                            .magnitude = 1.5,
                                            .sigma = 2.0};
    latent_moments *moments;
    expect_ok(context, latent_moments_create(context, points->columns, &options, &moments));
    expect_ok(context, latent_moments_update(context, moments, points, &found.samples));
    expect_ok(context, latent_moments_finish(context, moments, &found.features, &found.overall));
    expect_ok(context, latent_moments_outliers(context, moments, NULL, &found.outliers));
    latent_moments_destroy(moments);
    return found;
}

static bool same_all(const moments_results *a, const moments_results *b) {
    return same_samples(a, b) && same_features(a, b) && same_overall(a, b) && same_outliers(a, b);
}

static moments_spec some_spec(int round) {
    moments_spec spec = {.kind = (moments_kind)(round % MOMENTS_KINDS),
                         .type = (latent_type)(LATENT_F16 + round / 3 % 4),
                         .gap = round % 2,
                         .seed = (uint64_t)(400 + round),
                         .holes = round % 5 == 4 ? 0.03 : 0.0};
    moments_shape(round * 7 % MOMENTS_SHAPES, &spec.rows, &spec.columns);
    return spec;
}

/* Against the reference kernels and one thread. */
static void check_spec(const moments_spec *spec) {
    dataset set = moments_data(spec);
    latent_context *const plain = context_of(1, LATENT_ISA_REFERENCE);
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int policy = spec->holes > 0.0 ? LATENT_NAN_OMIT : LATENT_NAN_RAISE;
         policy <= (spec->holes > 0.0 ? LATENT_NAN_PROPAGATE : LATENT_NAN_RAISE); policy++) {
        moments_results expected = all_of(plain, &set.view, policy);
        for (int i = 0; i < count; i++)
            for (int32_t threads = 1; threads <= 8; threads += i == count - 1 ? 1 : 3) {
                latent_context *const context = context_of(threads, isas[i]);
                moments_results found = all_of(context, &set.view, policy);
                if (!same_all(&expected, &found))
                    fail_msg("%s: policy %d, instruction set %d, %d threads",
                             moments_spec_text(spec), policy, (int)isas[i], (int)threads);
                moments_results_free(&found);
                latent_context_destroy(context);
            }
        moments_results_free(&expected);
    }
    latent_context_destroy(plain);
    dataset_free(&set);
}

static void test_threads_and_instruction_sets(void **state) {
    (void)state;
    for (int round = 0; round < (testing_small() ? 18 : 108); round++) {
        const moments_spec spec = some_spec(round);
        check_spec(&spec);
    }
}

/* Long enough for every thread to have work many times over. */
static void test_many_rows(void **state) {
    (void)state;
    moments_spec spec = {MOMENTS_HEAVY, LATENT_F32, testing_small() ? 3000 : 40000, 23, 0, 9, 0.0};
    check_spec(&spec);
    spec = (moments_spec){MOMENTS_COLUMN_SCALES, LATENT_F64, 5000, 50, 1, 10, 0.001};
    check_spec(&spec);
}

/* The least budget with which the call succeeds, and some above it. */
static void test_budgets(void **state) {
    (void)state;
    const moments_spec spec = {MOMENTS_ROW_SCALES, LATENT_F32, 3000, 90, 0, 11, 0.0};
    dataset set = moments_data(&spec);
    latent_context *const plain = context_of(1, LATENT_ISA_AUTO);
    moments_results expected = moments_results_new(spec.rows, spec.columns);
    expect_ok(plain, latent_moments_compute(plain, &set.view, NULL, &expected.samples,
                                            &expected.features, &expected.overall));
    latent_context_destroy(plain);
    int enough = 0;
    for (int64_t budget = 10000; enough < 8; budget += budget / 8) {
        latent_context_options options = testing_options();
        options.threads = 1 + enough % 3;
        options.memory_budget = budget;
        latent_context *const context = testing_context_with(&options);
        moments_results found = moments_results_new(spec.rows, spec.columns);
        const latent_status status = latent_moments_compute(
            context, &set.view, NULL, &found.samples, &found.features, &found.overall);
        if (status == LATENT_OK) {
            assert_true(same_samples(&expected, &found) && same_features(&expected, &found) &&
                        same_overall(&expected, &found));
            assert_true(latent_context_memory_peak(context) <= budget);
            enough++;
        } else {
            expect_status(context, status, LATENT_ERROR_BUDGET, "budget");
            assert_true(moments_results_untouched(&found));
        }
        moments_results_free(&found);
        latent_context_destroy(context);
    }
    moments_results_free(&expected);
    dataset_free(&set);
}

/* The rows of one set with gaps of several lengths: the same bits. */
static void test_strides(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int round = 0; round < 36; round++) {
        moments_spec spec = some_spec(round);
        spec.gap = 0;
        spec.holes = 0.0;
        dataset set = moments_data(&spec);
        moments_results expected = all_of(context, &set.view, LATENT_NAN_RAISE);
        for (int64_t gap = 1; gap <= 19; gap += 9) {
            dataset apart = dataset_from(spec.type, set.values, NULL, spec.rows, spec.columns, gap);
            moments_results found = all_of(context, &apart.view, LATENT_NAN_RAISE);
            if (!same_all(&expected, &found))
                fail_msg("%s: gap %d", moments_spec_text(&spec), (int)gap);
            moments_results_free(&found);
            dataset_free(&apart);
        }
        moments_results_free(&expected);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

/* Any part of the rows gives its samples the bits that all rows give them. */
static void test_rows_alone(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int round = 0; round < 54; round++) {
        const moments_spec spec = some_spec(round);
        dataset set = moments_data(&spec);
        moments_results whole = all_of(context, &set.view, LATENT_NAN_OMIT);
        const int64_t firsts[] = {0, spec.rows / 3, spec.rows - 1};
        for (int f = 0; f < 3; f++) {
            const int64_t count = f == 1 ? spec.rows - firsts[f] : 1;
            const latent_matrix some = view_rows(&set.view, firsts[f], count);
            moments_results part = all_of(context, &some, LATENT_NAN_OMIT);
            if (!same_part_of_samples(&whole, firsts[f], &part))
                fail_msg("%s: rows from %d", moments_spec_text(&spec), (int)firsts[f]);
            moments_results_free(&part);
        }
        moments_results_free(&whole);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_and_instruction_sets),
        cmocka_unit_test(test_many_rows),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_strides),
        cmocka_unit_test(test_rows_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
