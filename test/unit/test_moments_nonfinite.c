/* NaN and infinities: refused by their place, left out, or passed on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/moments_data.h"
#include "harness/moments_results.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

static const double nan_value = (double)NAN, infinite = (double)INFINITY;

static latent_context *threaded(int32_t threads) {
    latent_context_options options = testing_options();
    options.threads = threads;
    return testing_context_with(&options);
}

static unsigned char *saved(const latent_moments *moments, int64_t *bytes) {
    latent_context *const context = testing_context();
    *bytes = latent_moments_saved_bytes(moments);
    unsigned char *const copy = malloc((size_t)*bytes);
    expect_ok(context, latent_moments_save(context, moments, copy, *bytes));
    latent_context_destroy(context);
    return copy;
}

/* compute() and update() name the place, and leave outputs and accumulator as they were. */
static void expect_named(latent_context *context, const latent_matrix *points,
                         latent_moments *moments, const char *pieces) {
    moments_results out = moments_results_new(points->rows, points->columns);
    expect_status(
        context,
        latent_moments_compute(context, points, NULL, &out.samples, &out.features, &out.overall),
        LATENT_ERROR_NONFINITE, pieces);
    expect_status(context, latent_moments_compute(context, points, NULL, NULL, &out.features, NULL),
                  LATENT_ERROR_NONFINITE, pieces);
    expect_status(context, latent_moments_compute(context, points, NULL, NULL, NULL, &out.overall),
                  LATENT_ERROR_NONFINITE, pieces);
    int64_t bytes;
    unsigned char *const before = saved(moments, &bytes);
    expect_status(context, latent_moments_update(context, moments, points, &out.samples),
                  LATENT_ERROR_NONFINITE, pieces);
    unsigned char *const after = saved(moments, &bytes);
    assert_memory_equal(before, after, (size_t)bytes);
    assert_true(moments_results_untouched(&out));
    free(before);
    free(after);
    moments_results_free(&out);
}

/* Several bad elements: the first in the order of rows is named, whoever comes upon which. */
static void test_first_place(void **state) {
    (void)state;
    static const struct {
        int64_t rows, columns;
    } shapes[] = {{700, 40}, {1, 2500}, {66, 1100}, {3, 1}, {2000, 3}};
    prng g = {77};
    for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++)
        for (int round = 0; round < 16; round++) {
            const int64_t n = shapes[s].rows, d = shapes[s].columns;
            const latent_type type = (latent_type)(LATENT_F16 + round % 4);
            const moments_spec spec = {MOMENTS_NORMAL, type, n, d, round % 2, 3, 0.0};
            dataset set = moments_data(&spec);
            latent_context *const context = threaded(1 + round % 8);
            const latent_moments_options options = {.size = sizeof options, .samples = 1};
            latent_moments *moments;
            expect_ok(context, latent_moments_create(context, d, &options, &moments));
            expect_ok(context, latent_moments_update(context, moments, &set.view, NULL));
            int64_t first = n * d;
            for (int bad = 0; bad <= round % 5; bad++) { /* the last element first, then others */
                const int64_t at = bad == 0 ? n * d - 1 : prng_below(&g, n * d);
                narrow_store(type, set.buffer, at / d * set.view.stride + at % d,
                             bad % 2 ? infinite : nan_value);
                first = at < first ? at : first;
            }
            char place[60];
            snprintf(place, sizeof place, "points[%lld][%lld] is", (long long)(first / d),
                     (long long)(first % d));
            expect_named(context, &set.view, moments, place);
            latent_moments_destroy(moments);
            latent_context_destroy(context);
            dataset_free(&set);
        }
}

static void test_words(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    const double bad[] = {nan_value, infinite, -infinite};
    static const char *const words[] = {"points[1][0] is NaN", "points[1][0] is infinity",
                                        "points[1][0] is -infinity"};
    for (int i = 0; i < 3; i++) {
        const double values[] = {1.0, 2.0, bad[i], 3.0};
        const latent_matrix view = latent_matrix_view(values, 2, 2, LATENT_F64);
        latent_moments *moments;
        const latent_moments_options options = {.size = sizeof options, .samples = 1};
        expect_ok(context, latent_moments_create(context, 2, &options, &moments));
        expect_named(context, &view, moments, words[i]);
        latent_moments_destroy(moments);
    }
    latent_context_destroy(context);
}

/* Sums that overflow are no fault of the data: of the largest numbers, none is refused. */
static void test_large_is_finite(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_F64; type++) {
        const moments_spec spec = {MOMENTS_EXTREMES, (latent_type)type, 300, 70, 0, 8, 0.0};
        dataset set = moments_data(&spec);
        moments_results out = moments_results_new(300, 70);
        expect_ok(context, latent_moments_compute(context, &set.view, NULL, &out.samples,
                                                  &out.features, &out.overall));
        for (int64_t i = 0; i < 70; i++)
            assert_true(isfinite(out.features.mean[i]) && isfinite(out.features.kurtosis[i]) &&
                        isfinite(out.features.mean_abs[i]));
        moments_results_free(&out);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

/* Three samples of four features; the second feature is bad in two samples, the last is all bad. */
static const double some[3][4] = {{1.0, (double)NAN, 3.0, (double)INFINITY},
                                  {2.0, 5.0, 2.0, (double)NAN},
                                  {4.0, -(double)INFINITY, 2.0, -(double)INFINITY}};

static moments_results ask(int policy) {
    latent_context *const context = testing_context();
    const latent_matrix view = latent_matrix_view(some, 3, 4, LATENT_F64);
    const latent_moments_options options = {.size = sizeof options, .nan_policy = policy};
    moments_results r = moments_results_new(3, 4);
    expect_ok(context, latent_moments_compute(context, &view, &options, &r.samples, &r.features,
                                              &r.overall));
    latent_context_destroy(context);
    return r;
}

static void test_omit(void **state) {
    (void)state;
    moments_results r = ask(LATENT_NAN_OMIT);
    const int64_t rows[] = {2, 3, 2}, columns[] = {3, 1, 3, 0};
    assert_memory_equal(r.samples.count, rows, sizeof rows);
    assert_memory_equal(r.features.count, columns, sizeof columns);
    assert_true(r.samples.mean[0] == 2.0 && r.samples.mean[1] == 3.0 && r.samples.mean[2] == 3.0);
    assert_true(r.samples.variance[0] == 1.0 && r.samples.variance[1] == 2.0);
    /* Two values: kurtosis 1. 2 5 2: one of three, 1 / (2/9) - 3 = 1.5. */
    assert_true(fabs(r.samples.kurtosis[0] - 1.0) < 1e-14);
    assert_true(fabs(r.samples.kurtosis[1] - 1.5) < 1e-14);
    assert_true(fabs(r.features.mean[0] - 7.0 / 3.0) < 1e-14 && r.features.mean[1] == 5.0);
    assert_true(r.features.min[1] == 5.0 && r.features.max[1] == 5.0 &&
                r.features.mean_abs[1] == 5.0 && r.features.variance[1] == 0.0);
    const latent_moments_features *const f = &r.features;
    const double *const figures[] = {f->mean, f->variance, f->skewness, f->kurtosis,
                                     f->min,  f->max,      f->mean_abs};
    for (int i = 0; i < 7; i++)
        assert_true(isnan(figures[i][3]));
    assert_true(isnan(f->skewness[1]) && isnan(f->kurtosis[1]) && !isnan(f->kurtosis[0]));
    assert_int_equal(f->degenerate, 2);
    assert_int_equal(r.overall.samples, 3);
    assert_int_equal(r.overall.degenerate, 0);
    assert_int_equal(r.overall.undefined, 0);
    assert_int_equal(r.overall.nonfinite, 5);
    assert_true(fabs(r.overall.kurtosis_mean - 3.5 / 3.0) < 1e-14);
    moments_results_free(&r);
}

static void test_propagate(void **state) {
    (void)state;
    moments_results r = ask(LATENT_NAN_PROPAGATE);
    const latent_moments_samples *const s = &r.samples;
    for (int n = 0; n < 3; n++)
        assert_true(isnan(s->mean[n]) && isnan(s->variance[n]) && isnan(s->skewness[n]) &&
                    isnan(s->kurtosis[n]));
    const latent_moments_features *const f = &r.features;
    const double *const figures[] = {f->mean, f->variance, f->skewness, f->kurtosis,
                                     f->min,  f->max,      f->mean_abs};
    for (int i = 0; i < 7; i++)
        assert_true(isnan(figures[i][1]) && isnan(figures[i][3]) && !isnan(figures[i][0]));
    assert_true(f->max[2] == 3.0 && f->count[2] == 3);
    assert_int_equal(f->degenerate, 0);
    assert_int_equal(r.overall.degenerate, 0);
    assert_int_equal(r.overall.undefined, 3);
    assert_int_equal(r.overall.nonfinite, 5);
    assert_true(isnan(r.overall.kurtosis_mean) && isnan(r.overall.kurtosis_std) &&
                isnan(r.overall.skewness_mean) && isnan(r.overall.skewness_std));
    moments_results_free(&r);
}

/* A NaN that came in one chunk stays known in all that follows. */
static void test_propagates_through_chunks(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    const latent_moments_options options = {
        .size = sizeof options, .nan_policy = LATENT_NAN_PROPAGATE, .samples = 1};
    for (int bad = 0; bad < 4; bad++) {
        latent_moments *moments, *other;
        expect_ok(context, latent_moments_create(context, 2, &options, &moments));
        expect_ok(context, latent_moments_create(context, 2, &options, &other));
        for (int chunk = 0; chunk < 4; chunk++) {
            const double values[] = {1.0 + chunk, chunk == bad ? nan_value : 2.0, 3.0, 5.0};
            const latent_matrix view = latent_matrix_view(values, 2, 2, LATENT_F64);
            expect_ok(context,
                      latent_moments_update(context, chunk < 2 ? moments : other, &view, NULL));
        }
        expect_ok(context, latent_moments_merge(context, moments, other));
        double mean[2];
        latent_moments_features features = {.size = sizeof features, .mean = mean};
        latent_moments_overall overall = {.size = sizeof overall};
        expect_ok(context, latent_moments_finish(context, moments, &features, &overall));
        assert_true(mean[0] == 2.75 && isnan(mean[1]));
        assert_int_equal(overall.nonfinite, 1);
        assert_int_equal(overall.undefined, 1);
        latent_moments_destroy(moments);
        latent_moments_destroy(other);
    }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_place),     cmocka_unit_test(test_words),
        cmocka_unit_test(test_large_is_finite), cmocka_unit_test(test_omit),
        cmocka_unit_test(test_propagate),       cmocka_unit_test(test_propagates_through_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
