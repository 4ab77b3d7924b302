/* latent_moments_outliers(): each criterion on its own, where it begins, and what it takes to be one. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/agrees_moments.h"
#include "harness/moments_data.h"
#include "harness/prng.h"
#include "harness/testing.h"

static latent_context *context;

static int set_up(void **state) {
    (void)state;
    context = testing_context();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    return 0;
}

static latent_moments *accumulated(const double *values, int64_t rows, int64_t columns,
                                   double magnitude, double sigma) {
    const latent_moments_options options = {.size = sizeof options,
                                            .nan_policy = LATENT_NAN_OMIT,
                                            .outliers = 1,
                                            .magnitude = magnitude,
                                            .sigma = sigma};
    const latent_matrix view = latent_matrix_view(values, rows, columns, LATENT_F64);
    latent_moments *moments;
    expect_ok(context, latent_moments_create(context, columns, &options, &moments));
    expect_ok(context, latent_moments_update(context, moments, &view, NULL));
    return moments;
}

static moments_results judge(const latent_moments *moments, double share, double ratio) {
    const latent_outliers_options options = {sizeof options, share, ratio};
    moments_results r = moments_results_new(0, latent_moments_columns(moments));
    expect_ok(context, latent_moments_outliers(context, moments, &options, &r.outliers));
    return r;
}

/* |h| = magnitude counts; 6 of 100 samples are enough by default, 5 are not. */
static void test_magnitude(void **state) {
    (void)state;
    enum { N = 100, D = 4 };
    double values[N * D] = {0.0};
    for (int n = 0; n < N; n++) {
        values[n * D] = n % 17 == 0 ? -6.0 : 1.0;                    /* 6 times */
        values[n * D + 1] = n % 20 == 0 ? 6.0 : 1.0;                 /* 5 times */
        values[n * D + 2] = n % 5 == 0 ? nextafter(6.0, 0.0) : -1.0; /* never */
        values[n * D + 3] = n % 2 ? 7.0 : -1.0;                      /* 50 times */
    }
    latent_moments *const moments = accumulated(values, N, D, 0.0, 0.0);
    moments_results r = judge(moments, 0.0, 1000.0);
    const int64_t over[] = {6, 5, 0, 50}, index[] = {0, 3};
    assert_memory_equal(r.outliers.over_magnitude, over, sizeof over);
    assert_int_equal(r.outliers.count, 2);
    assert_int_equal(r.outliers.by_magnitude, 2);
    assert_int_equal(r.outliers.by_sigma + r.outliers.by_ratio, 0);
    assert_memory_equal(r.outliers.index, index, sizeof index);
    assert_true(r.outliers.share_magnitude[0] == 0.06 && r.outliers.criteria[1] == 0);
    assert_int_equal(r.outliers.criteria[3], LATENT_BY_MAGNITUDE);
    moments_results_free(&r);
    r = judge(moments, 0.05, 1000.0);
    assert_int_equal(r.outliers.by_magnitude, 3);
    moments_results_free(&r);
    r = judge(moments, 0.500001, 1000.0);
    assert_int_equal(r.outliers.count, 0);
    moments_results_free(&r);
    latent_moments_destroy(moments);
}

/* A row of 15 zeros and a 1 has mean 1/16 and deviation sqrt(15)/16: the one is sqrt(15) = 3.87 of
 * its deviations away. */
static void test_sigma(void **state) {
    (void)state;
    enum { N = 50, D = 16 };
    double values[N * D] = {0.0};
    for (int n = 0; n < N; n++)
        values[n * D + (n < 3 ? 2 : n < 5 ? 7 : 11)] = n % 2 ? 1e-200 : 1e200;
    const double sigmas[] = {3.87, 3.88};
    for (int s = 0; s < 2; s++) {
        latent_moments *const moments = accumulated(values, N, D, 1e300, sigmas[s]);
        moments_results r = judge(moments, 0.06, 1e300);
        assert_int_equal(r.outliers.over_sigma[2], s ? 0 : 3);
        assert_int_equal(r.outliers.over_sigma[7], s ? 0 : 2);
        assert_int_equal(r.outliers.over_sigma[11], s ? 0 : 45);
        assert_int_equal(r.outliers.by_sigma, s ? 0 : 2);
        assert_int_equal(r.outliers.by_magnitude, 0);
        assert_int_equal(r.outliers.criteria[2] & LATENT_BY_SIGMA, s ? 0 : LATENT_BY_SIGMA);
        moments_results_free(&r);
        latent_moments_destroy(moments);
    }
}

/* From one end of the range to the other: neither distance nor limit may overflow. */
static void test_sigma_at_the_ends(void **state) {
    (void)state;
    double values[16];
    for (int i = 0; i < 16; i++)
        values[i] = i == 5 ? DBL_MAX : -DBL_MAX;
    latent_moments *const moments = accumulated(values, 1, 16, 0.0, 3.87);
    moments_results r = judge(moments, 0.0, 0.0);
    for (int i = 0; i < 16; i++)
        assert_int_equal(r.outliers.over_sigma[i], i == 5);
    moments_results_free(&r);
    latent_moments_destroy(moments);
}

/* ±1 are exactly one deviation away: not more. Rows without spread have nothing far. */
static void test_sigma_is_strict(void **state) {
    (void)state;
    double values[40 * 8];
    for (int i = 0; i < 40 * 8; i++)
        values[i] = i < 20 * 8 ? (i % 2 ? 1.0 : -1.0) : 0.1;
    latent_moments *const moments = accumulated(values, 40, 8, 0.0, 1.0);
    moments_results r = judge(moments, 0.0, 0.0);
    for (int i = 0; i < 8; i++)
        assert_int_equal(r.outliers.over_sigma[i], 0);
    moments_results_free(&r);
    latent_moments_destroy(moments);
}

/* Ten times the median counts. With half of the features silent, the median is 0: the others are
 * infinitely above it, and silence never is an outlier. */
static void test_ratio(void **state) {
    (void)state;
    const double five[2][5] = {{1.0, -2.0, 20.0, 19.9, 2.0}, {-3.0, 2.0, -20.0, 20.0, 2.0}};
    latent_moments *moments = accumulated(five[0], 2, 5, 1e9, 0.0);
    moments_results r = judge(moments, 0.0, 0.0);
    assert_true(r.outliers.median == 2.0 && r.outliers.ratio[2] == 10.0);
    assert_int_equal(r.outliers.by_ratio, 1);
    assert_int_equal(r.outliers.criteria[2], LATENT_BY_RATIO);
    assert_int_equal(r.outliers.index[0], 2);
    assert_true(r.outliers.mean_abs[0] == 2.0);
    moments_results_free(&r);
    latent_moments_destroy(moments);
    const double silent[2][6] = {{0.0, 0.0, 1e-300, -0.0, 5.0, 0.0},
                                 {0.0, 0.0, 0.0, 0.0, 5.0, 0.0}};
    moments = accumulated(silent[0], 2, 6, 1e9, 1e9);
    r = judge(moments, 0.0, 1e308);
    assert_true(r.outliers.median == 0.0);
    assert_true(isinf(r.outliers.ratio[2]) && isinf(r.outliers.ratio[4]));
    assert_true(r.outliers.ratio[0] == 0.0 && r.outliers.ratio[3] == 0.0);
    assert_int_equal(r.outliers.by_ratio, 2);
    assert_int_equal(r.outliers.count, 2);
    moments_results_free(&r);
    latent_moments_destroy(moments);
}

/* The share is of the samples that have the feature; a feature that none has is no outlier. */
static void test_missing_values(void **state) {
    (void)state;
    const double nan_value = (double)NAN;
    double values[10][3];
    for (int n = 0; n < 10; n++) {
        values[n][0] = n < 8 ? nan_value : n == 8 ? 9.0 : 1.0;
        values[n][1] = nan_value;
        values[n][2] = n == 0 ? 9.0 : 1.0;
    }
    latent_moments *const moments = accumulated(values[0], 10, 3, 0.0, 0.0);
    moments_results r = judge(moments, 0.5, 100.0);
    assert_true(r.outliers.share_magnitude[0] == 0.5 && r.outliers.share_magnitude[2] == 0.1);
    assert_true(isnan(r.outliers.mean_abs[1]) && isnan(r.outliers.ratio[1]));
    assert_int_equal(r.outliers.criteria[0], LATENT_BY_MAGNITUDE);
    assert_int_equal(r.outliers.criteria[1], 0);
    assert_true(r.outliers.median == (5.0 + 1.8) / 2.0);
    moments_results_free(&r);
    latent_moments_destroy(moments);
}

/* NULL arrays are left out; what is not asked for is not written. */
static void test_only_numbers(void **state) {
    (void)state;
    const double values[] = {1.0, 2.0, 100.0};
    latent_moments *const moments = accumulated(values, 1, 3, 0.0, 0.0);
    latent_outliers outliers = {.size = sizeof outliers};
    expect_ok(context, latent_moments_outliers(context, moments, NULL, &outliers));
    assert_int_equal(outliers.count, 1);
    assert_int_equal(outliers.by_magnitude, 1);
    assert_int_equal(outliers.by_ratio, 1);
    assert_true(outliers.median == 2.0);
    int64_t index[3];
    poison_fill(index, sizeof index);
    outliers.index = index;
    expect_ok(context, latent_moments_outliers(context, moments, NULL, &outliers));
    assert_int_equal(index[0], 2);
    assert_true(poison_intact(index + 1, 2 * sizeof index[0]));
    latent_moments_destroy(moments);
}

/* Data of all kinds against the oracle, with other limits than the defaults. */
static void test_against_the_oracle(void **state) {
    (void)state;
    prng g = {61};
    for (int round = 0; round < 6 * MOMENTS_KINDS; round++) {
        const moments_spec spec = {.kind = (moments_kind)(round % MOMENTS_KINDS),
                                   .type = (latent_type)(LATENT_F16 + round % 4),
                                   .rows = 1 + prng_below(&g, 150),
                                   .columns = 1 + prng_below(&g, 90),
                                   .seed = prng_next(&g),
                                   .holes = round % 4 == 3 ? 0.05 : 0.0};
        dataset set = moments_data(&spec);
        const latent_moments_options options = {.size = sizeof options,
                                                .nan_policy = 1 + round % 2,
                                                .outliers = 1,
                                                .magnitude = 0.1 + prng_uniform(&g),
                                                .sigma = 1.0 + prng_uniform(&g)};
        const latent_outliers_options given = {sizeof given, 0.3 * prng_uniform(&g) + 0.001,
                                               1.0 + prng_uniform(&g)};
        oracle_matrix expected = oracle_matrix_make(set.values, spec.rows, spec.columns, &options);
        latent_moments *moments;
        expect_ok(context, latent_moments_create(context, spec.columns, &options, &moments));
        expect_ok(context, latent_moments_update(context, moments, &set.view, NULL));
        moments_results found = moments_results_new(0, spec.columns);
        expect_ok(context, latent_moments_outliers(context, moments, &given, &found.outliers));
        if (!agrees_outliers(&found, &expected, &given, 0))
            fail_msg("%s", moments_spec_text(&spec));
        moments_results_free(&found);
        latent_moments_destroy(moments);
        oracle_matrix_free(&expected);
        dataset_free(&set);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_magnitude),
        cmocka_unit_test(test_sigma),
        cmocka_unit_test(test_sigma_at_the_ends),
        cmocka_unit_test(test_sigma_is_strict),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_missing_values),
        cmocka_unit_test(test_only_numbers),
        cmocka_unit_test(test_against_the_oracle),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
