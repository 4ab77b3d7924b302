/* latent_moments_quantiles(): interpolation, NaN, infinities, equal and extreme values. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "harness/oracle_moments.h"
#include "harness/prng.h"
#include "harness/testing.h"

static const double nan_value = (double)NAN, infinite = (double)INFINITY;

static double one(const double *values, int64_t count, double p) {
    double found = -7.0;
    latent_context *const context = testing_context();
    expect_ok(context, latent_moments_quantiles(context, values, count, &p, 1, &found));
    latent_context_destroy(context);
    return found;
}

static void test_by_hand(void **state) {
    (void)state;
    const double values[] = {40.0, 10.0, 30.0, 20.0};
    assert_true(one(values, 4, 0.0) == 10.0);
    assert_true(one(values, 4, 1.0) == 40.0);
    assert_true(one(values, 4, 0.5) == 25.0);
    assert_true(one(values, 4, 0.25) == 17.5);
    assert_true(one(values, 3, 0.5) == 30.0);
    assert_true(one(values, 1, 0.3) == 40.0);
}

/* In any order, several at a time. */
static void test_several(void **state) {
    (void)state;
    const double values[] = {3.0, nan_value, 1.0, 2.0, -nan_value, 0.0};
    const double probabilities[] = {1.0, 0.0, 0.5, 0.5, 1.0 / 6.0};
    const double expected[] = {3.0, 0.0, 1.5, 1.5, 0.5};
    double found[5];
    latent_context *const context = testing_context();
    expect_ok(context, latent_moments_quantiles(context, values, 6, probabilities, 5, found));
    for (int q = 0; q < 5; q++)
        assert_true(found[q] == expected[q]);
    latent_context_destroy(context);
}

static void test_no_numbers(void **state) {
    (void)state;
    const double values[] = {nan_value, -nan_value, nan_value};
    for (int64_t count = 1; count <= 3; count++)
        assert_true(isnan(one(values, count, 0.5)));
}

/* Infinities are numbers: none spoils a quantile that is not beside it. */
static void test_infinities(void **state) {
    (void)state;
    const double values[] = {infinite, 1.0, -infinite, 2.0, infinite};
    assert_true(one(values, 5, 0.0) == -infinite);
    assert_true(one(values, 5, 0.25) == 1.0);
    assert_true(one(values, 5, 0.375) == 1.5);
    assert_true(one(values, 5, 0.5) == 2.0);
    assert_true(one(values, 5, 0.6) == infinite);
    assert_true(one(values, 5, 0.9) == infinite);
    assert_true(one(values, 5, 0.1) == -infinite);
    assert_true(one(values, 5, 1.0) == infinite);
}

/* The distance of two finite numbers need not be finite. */
static void test_extremes(void **state) {
    (void)state;
    const double values[] = {-DBL_MAX, DBL_MAX};
    assert_true(one(values, 2, 0.5) == 0.0);
    assert_true(fabs(one(values, 2, 0.25) / DBL_MAX + 0.5) < 1e-15);
    assert_true(fabs(one(values, 2, 0.75) / DBL_MAX - 0.5) < 1e-15);
    const double tiny[] = {0x1p-1074, 3 * 0x1p-1074};
    assert_true(one(tiny, 2, 0.5) == 2 * 0x1p-1074);
}

/* Random lists, ties and both zeros among them; never outside of their neighbours. */
static void test_against_the_oracle(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {81};
    for (int round = 0; round < 300; round++) {
        const int64_t n = 1 + prng_below(&g, round % 10 ? 40 : 3000);
        double *const values = malloc((size_t)n * sizeof *values);
        double probabilities[20], found[20];
        for (int64_t i = 0; i < n; i++) {
            const double x = prng_normal(&g);
            values[i] = round % 4 == 0   ? x
                        : round % 4 == 1 ? (double)(prng_below(&g, 5) - 2) * -0.5
                        : round % 4 == 2 ? ldexp(x, (int)prng_below(&g, 2000) - 1000)
                                         : 1e8 + x;
            if (prng_below(&g, 10) == 0)
                values[i] = nan_value;
        }
        for (int q = 0; q < 20; q++)
            probabilities[q] = q < 2 ? (double)q : prng_uniform(&g);
        expect_ok(context, latent_moments_quantiles(context, values, n, probabilities, 20, found));
        const double low = oracle_quantile(values, n, 0.0), high = oracle_quantile(values, n, 1.0);
        for (int q = 0; q < 20; q++) {
            const double expected = oracle_quantile(values, n, probabilities[q]);
            const double room = 4.0 * DBL_EPSILON * fmax(fabs(low), fabs(high));
            if (isnan(expected) ? !isnan(found[q])
                                : !(found[q] == expected || fabs(found[q] - expected) <= room) ||
                                      found[q] < low || found[q] > high)
                fail_msg("round %d: %.17g at %.17g, should be %.17g", round, found[q],
                         probabilities[q], expected);
        }
        free(values);
    }
    latent_context_destroy(context);
}

/* Order of the values and threads: the same bits. */
static void test_order(void **state) {
    (void)state;
    enum { N = 999 };
    double values[N], moved[N];
    int64_t order[N];
    prng g = {82};
    prng_permutation(&g, order, N);
    for (int i = 0; i < N; i++)
        values[i] = prng_normal(&g);
    for (int i = 0; i < N; i++)
        moved[i] = values[order[i]];
    for (double p = 0.0; p <= 1.0; p += 0.03125)
        assert_true(one(values, N, p) == one(moved, N, p));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),    cmocka_unit_test(test_several),
        cmocka_unit_test(test_no_numbers), cmocka_unit_test(test_infinities),
        cmocka_unit_test(test_extremes),   cmocka_unit_test(test_against_the_oracle),
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
