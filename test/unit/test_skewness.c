/* base/skewness.c: closed forms, the oracle, lists whose mean is large. */
#include <math.h>

#include "base/skewness.h"
#include "harness/prng.h"
#include "harness/testing.h"

/* n - 1 zeros and a one: p = 1/n, skewness (1 - 2p) / sqrt(p (1 - p)). */
static void test_one_of_many(void **state) {
    (void)state;
    double values[400] = {0.0};
    values[17] = 1.0;
    for (int64_t n = 18; n <= 400; n += 19) {
        const double p = 1.0 / (double)n;
        const latent__shape shape = latent__shape_of(values, n);
        assert_false(shape.constant);
        assert_true(oracle_close(shape.mean, p, 1e-15));
        assert_true(oracle_close(shape.std, sqrt(p * (1.0 - p)), 1e-14));
        assert_true(oracle_close(shape.skewness, (1.0 - 2.0 * p) / sqrt(p * (1.0 - p)), 1e-13));
    }
}

static void test_constant(void **state) {
    (void)state;
    double values[100];
    for (int64_t i = 0; i < 100; i++)
        values[i] = 1.0 / 3.0;
    for (int64_t n = 1; n <= 100; n++) {
        const latent__shape shape = latent__shape_of(values, n);
        assert_true(shape.constant && shape.mean == 1.0 / 3.0 && shape.std == 0.0);
        assert_true(isnan(shape.skewness));
    }
}

/* A mean 10^6 times the deviation costs few digits. */
static void test_large_mean(void **state) {
    (void)state;
    double values[1000];
    prng g = {5};
    for (int64_t i = 0; i < 1000; i++) {
        const double x = prng_uniform(&g);
        values[i] = 1e6 + x * x * x;
    }
    const latent__shape shape = latent__shape_of(values, 1000);
    assert_true(oracle_close(shape.skewness, oracle_skewness(values, 1000), 1e-11));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_of_many),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_large_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
