/* Lists far longer than memory holds, by merging an accumulator with copies of itself: what a short
 * list and two long ones come to, against the formulas for values of known weights. */
#include <math.h>
#include <stdlib.h>

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

/* An accumulator of the values, doubled so many times. */
static latent_moments *doubled(const double *values, int64_t count, int times) {
    latent_moments *moments, *copy;
    expect_ok(context, latent_moments_create(context, 1, NULL, &moments));
    const latent_matrix points = latent_matrix_view(values, count, 1, LATENT_F64);
    expect_ok(context, latent_moments_update(context, moments, &points, NULL));
    const int64_t bytes = latent_moments_saved_bytes(moments);
    unsigned char *const room = malloc((size_t)bytes);
    for (int i = 0; i < times; i++) {
        expect_ok(context, latent_moments_save(context, moments, room, bytes));
        expect_ok(context, latent_moments_load(context, room, bytes, &copy));
        expect_ok(context, latent_moments_merge(context, moments, copy));
        latent_moments_destroy(copy);
    }
    free(room);
    return moments;
}

/* Mean of (x - mu)^r over 1 value of -centre and `half` each of -1, 1, step - 1 and step + 1. */
static long double moment_of(int r, long double mu, long double centre, long double step,
                             long double half) {
    return (powl(-centre - mu, (long double)r) +
            half * (powl(-1 - mu, (long double)r) + powl(1 - mu, (long double)r) +
                    powl(step - 1 - mu, (long double)r) + powl(step + 1 - mu, (long double)r))) /
           (1 + 4 * half);
}

static void expect_near(const char *what, double actual, long double expected) {
    if (!(fabsl((long double)actual - expected) <= 64 * 0x1p-53L * fabsl(expected)))
        fail_msg("%s is %.17g, should be %.17g", what, actual, (double)expected);
}

/* A 0, 2^30 values at centre -1 and +1, and as many at centre + step -1 and +1, in units of 2^scale. A
 * mean rounded to a double is off by 2^-28, far more than the last place of the spread. */
static void check(int order, int scale) {
    enum { DOUBLED = 29 };
    const double centre = 33333333, step = 1017;
    const double none[] = {0};
    const double one[] = {ldexp(centre - 1, scale), ldexp(centre + 1, scale)};
    const double other[] = {ldexp(centre + step - 1, scale), ldexp(centre + step + 1, scale)};
    latent_moments *const a = doubled(none, 1, 0), *const b = doubled(one, 2, DOUBLED);
    latent_moments *const c = doubled(other, 2, DOUBLED);
    latent_moments *const all = order == 0 ? a : b;
    expect_ok(context, latent_moments_merge(context, all, order == 0 ? b : a));
    expect_ok(context, latent_moments_merge(context, all, c));
    int64_t count;
    double variance, skewness, kurtosis;
    latent_moments_features features = {.size = sizeof features,
                                        .count = &count,
                                        .variance = &variance,
                                        .skewness = &skewness,
                                        .kurtosis = &kurtosis};
    expect_ok(context, latent_moments_finish(context, all, &features, NULL));
    const long double half = 0x1p29L, mu = (-centre + 2 * half * step) / (1 + 4 * half);
    const long double second = moment_of(2, mu, centre, step, half);
    const long double third = moment_of(3, mu, centre, step, half);
    assert_int_equal(count, ((int64_t)1 << 31) + 1);
    expect_near("kurtosis", kurtosis, moment_of(4, mu, centre, step, half) / (second * second));
    expect_near("skewness", skewness, third / (second * sqrtl(second)));
    if (scale == 0)
        expect_near("variance", variance, second);
    latent_moments_destroy(a);
    latent_moments_destroy(b);
    latent_moments_destroy(c);
}

static void test_short_list_first(void **state) {
    (void)state;
    static const int scales[] = {0, 960, -1000};
    for (int s = 0; s < 3; s++)
        for (int order = 0; order < 2; order++)
            check(order, scales[s]);
}

/* The mean of |h| of a constant feature is that number, however many joins it goes through. */
static void test_mean_abs_of_constants(void **state) {
    (void)state;
    static const double numbers[] = {0.1, -1.0 / 3.0, 1e300, -0x1p-1074};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        enum { N = 3000 };
        double values[N], mean_abs;
        for (int n = 0; n < N; n++)
            values[n] = numbers[i];
        latent_moments *const moments = doubled(values, N, 20);
        latent_moments_features features = {.size = sizeof features, .mean_abs = &mean_abs};
        expect_ok(context, latent_moments_finish(context, moments, &features, NULL));
        assert_true(mean_abs == fabs(numbers[i]));
        latent_moments_destroy(moments);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_short_list_first),
        cmocka_unit_test(test_mean_abs_of_constants),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
