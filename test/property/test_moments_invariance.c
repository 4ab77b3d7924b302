/* What moments promise whatever the numbers: units, signs, order, type, and their bounds. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/moments_data.h"
#include "harness/moments_results.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { N = 200, D = 150 };
static const double tolerance = 1e-12, smallest = 0x1p-1073; /* two roundings of the last place */

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

static moments_results all_of(const dataset *set) {
    moments_results r = moments_results_new(set->view.rows, set->view.columns);
    expect_ok(context, latent_moments_compute(context, &set->view, NULL, &r.samples, &r.features,
                                              &r.overall));
    return r;
}

static dataset some(moments_kind kind, uint64_t seed) {
    const moments_spec spec = {kind, LATENT_F64, N, D, 0, seed, 0.0};
    return moments_data(&spec);
}

static bool near(double a, double b) {
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return a == b || fabs(a - b) <= tolerance * fmax(1.0, fmax(fabs(a), fabs(b)));
}

/* Shapes of the features (or samples) of a and b: b's skewness has `sign`. `order` NULL: the same. */
static void expect_same_shape(const double *skewness, const double *kurtosis, const double *other,
                              const double *other_kurtosis, int64_t n, double sign,
                              const int64_t *order) {
    for (int64_t i = 0; i < n; i++) {
        const int64_t j = order ? order[i] : i;
        if (!near(sign * skewness[j], other[i]) || !near(kurtosis[j], other_kurtosis[i]))
            fail_msg("[%d]: skewness %.17g and %.17g, kurtosis %.17g and %.17g", (int)i,
                     skewness[j], other[i], kurtosis[j], other_kurtosis[i]);
    }
}

static void expect_shapes(const moments_results *a, const moments_results *b, double sign) {
    expect_same_shape(a->samples.skewness, a->samples.kurtosis, b->samples.skewness,
                      b->samples.kurtosis, N, sign, NULL);
    expect_same_shape(a->features.skewness, a->features.kurtosis, b->features.skewness,
                      b->features.kurtosis, D, sign, NULL);
}

/* values -> factor * values + shift, both exact. */
static void check_change(const dataset *base, double factor, double shift) {
    double *const values = malloc(N * D * sizeof *values);
    for (int i = 0; i < N * D; i++)
        values[i] = factor * base->values[i] + shift;
    dataset changed = dataset_from(LATENT_F64, values, NULL, N, D, 0);
    moments_results a = all_of(base), b = all_of(&changed);
    expect_shapes(&a, &b, factor < 0.0 ? -1.0 : 1.0);
    for (int i = 0; i < D; i++)
        assert_true(fabs(b.features.mean[i] - (factor * a.features.mean[i] + shift)) <=
                    tolerance * fabs(factor) * sqrt(a.features.variance[i]) +
                        0x1p-51 * fabs(shift));
    moments_results_free(&a);
    moments_results_free(&b);
    dataset_free(&changed);
    free(values);
}

/* Units whose fourth powers are no float64 numbers; whole numbers may be moved by any power of 2. */
static void test_units(void **state) {
    (void)state;
    static const double factors[] = {-1.0, 0x1p-1000, -0x1p-800, 0x1p-300, 0x1p300, 0x1p1000, 2.0};
    static const moments_kind kinds[] = {MOMENTS_NORMAL, MOMENTS_HEAVY, MOMENTS_OUTLIERS};
    for (size_t f = 0; f < sizeof factors / sizeof factors[0]; f++) {
        dataset set = some(kinds[f % 3], f + 1);
        check_change(&set, factors[f], 0.0);
        dataset_free(&set);
    }
    dataset whole = some(MOMENTS_INTEGERS, 21);
    static const double shifts[] = {1e3, -0x1p20, 0x1p49, 1e15};
    for (int s = 0; s < 4; s++) {
        check_change(&whole, 1.0, shifts[s]);
        check_change(&whole, -1.0, shifts[s]);
    }
    check_change(&whole, 0x1p-1074, 0.0);
    check_change(&whole, 0x1p1020, 0.0);
    dataset_free(&whole);
}

/* Samples in another order have the same bits each, features in another order too. */
static void test_order(void **state) {
    (void)state;
    dataset set = some(MOMENTS_HEAVY, 5);
    moments_results a = all_of(&set);
    prng g = {6};
    int64_t rows[N], columns[D];
    prng_permutation(&g, rows, N);
    prng_permutation(&g, columns, D);
    dataset moved = dataset_pick(&set, rows, N, LATENT_F64, 2);
    moments_results b = all_of(&moved);
    for (int n = 0; n < N; n++)
        assert_memory_equal(&b.samples.kurtosis[n], &a.samples.kurtosis[rows[n]], 8);
    expect_same_shape(a.features.skewness, a.features.kurtosis, b.features.skewness,
                      b.features.kurtosis, D, 1.0, NULL);
    assert_true(near(a.overall.kurtosis_mean, b.overall.kurtosis_mean) &&
                near(a.overall.kurtosis_std, b.overall.kurtosis_std));
    dataset_free(&moved);
    moments_results_free(&b);
    double *const values = malloc(N * D * sizeof *values);
    for (int i = 0; i < N * D; i++)
        values[i] = set.values[i / D * D + columns[i % D]];
    moved = dataset_from(LATENT_F64, values, NULL, N, D, 0);
    b = all_of(&moved);
    for (int i = 0; i < D; i++)
        assert_memory_equal(&b.features.kurtosis[i], &a.features.kurtosis[columns[i]], 8);
    expect_same_shape(a.samples.skewness, a.samples.kurtosis, b.samples.skewness,
                      b.samples.kurtosis, N, 1.0, NULL);
    dataset_free(&moved);
    moments_results_free(&a);
    moments_results_free(&b);
    free(values);
    dataset_free(&set);
}

/* Numbers that every type holds. */
static void test_types(void **state) {
    (void)state;
    dataset set = some(MOMENTS_INTEGERS, 7);
    moments_results a = all_of(&set);
    for (int type = LATENT_F16; type <= LATENT_F32; type++) {
        dataset other = dataset_from((latent_type)type, set.values, NULL, N, D, 0);
        moments_results b = all_of(&other);
        assert_true(same_samples(&a, &b) && same_features(&a, &b) && same_overall(&a, &b));
        moments_results_free(&b);
        dataset_free(&other);
    }
    moments_results_free(&a);
    dataset_free(&set);
}

/* The features of a matrix are the samples of its transpose. */
static void test_transpose(void **state) {
    (void)state;
    for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
        dataset set = some((moments_kind)kind, 8);
        double *const values = malloc(N * D * sizeof *values);
        for (int i = 0; i < N * D; i++)
            values[i % D * N + i / D] = set.values[i];
        dataset turned = dataset_from(LATENT_F64, values, NULL, D, N, 0);
        moments_results a = all_of(&set), b = all_of(&turned);
        expect_same_shape(a.samples.skewness, a.samples.kurtosis, b.features.skewness,
                          b.features.kurtosis, N, 1.0, NULL);
        expect_same_shape(b.samples.skewness, b.samples.kurtosis, a.features.skewness,
                          a.features.kurtosis, D, 1.0, NULL);
        assert_memory_equal(a.samples.count, b.features.count, N * 8);
        assert_int_equal(a.overall.degenerate, b.features.degenerate);
        moments_results_free(&a);
        moments_results_free(&b);
        dataset_free(&turned);
        dataset_free(&set);
        free(values);
    }
}

/* 1 <= skewness² + 1 <= kurtosis <= (d² - 3d + 3) / (d - 1); range and mean |h| bound the mean. */
static void test_bounds(void **state) {
    (void)state;
    const double most = (D * D - 3.0 * D + 3.0) / (D - 1.0);
    for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
        dataset set = some((moments_kind)kind, 9);
        moments_results r = all_of(&set);
        for (int n = 0; n < N; n++) {
            const double g = r.samples.skewness[n], k = r.samples.kurtosis[n];
            assert_true(isnan(k) ||
                        (k <= most * (1.0 + tolerance) && k >= (g * g + 1.0) * (1.0 - tolerance)));
        }
        for (int i = 0; i < D; i++) {
            const latent_moments_features *const f = &r.features;
            assert_true(f->min[i] <= f->mean[i] && f->mean[i] <= f->max[i]);
            assert_true(fabs(f->mean[i]) <= f->mean_abs[i] * (1.0 + tolerance) + smallest);
            const double largest = fmax(fabs(f->min[i]), fabs(f->max[i]));
            assert_true(f->mean_abs[i] <= largest * (1.0 + tolerance) + smallest);
            assert_true(f->variance[i] >= 0.0);
        }
        moments_results_free(&r);
        dataset_free(&set);
    }
}

/* Rows given twice: the features' moments stay. */
static void test_everything_twice(void **state) {
    (void)state;
    dataset set = some(MOMENTS_OUTLIERS, 10);
    int64_t rows[2 * N];
    for (int i = 0; i < 2 * N; i++)
        rows[i] = i % N;
    dataset twice = dataset_pick(&set, rows, 2 * N, LATENT_F64, 0);
    moments_results a = all_of(&set), b = all_of(&twice);
    expect_same_shape(a.features.skewness, a.features.kurtosis, b.features.skewness,
                      b.features.kurtosis, D, 1.0, NULL);
    for (int i = 0; i < D; i++) {
        assert_int_equal(b.features.count[i], 2 * N);
        assert_true(near(a.features.variance[i], b.features.variance[i]));
    }
    assert_true(near(a.overall.kurtosis_mean, b.overall.kurtosis_mean));
    moments_results_free(&a);
    moments_results_free(&b);
    dataset_free(&twice);
    dataset_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_units),  cmocka_unit_test(test_order),
        cmocka_unit_test(test_types),  cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_bounds), cmocka_unit_test(test_everything_twice),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
