/* Norms and cosines where squares would leave float64. */
#include <math.h>

#include "geometry/vectors.h"
#include "harness/testing.h"

static void test_norm(void **state) {
    (void)state;
    const double scales[] = {1, 0x1p+1000, 0x1p-1000, 0x1p-1060, 0x1p+1020};
    for (int s = 0; s < 5; s++) {
        const double v[] = {3 * scales[s], 0, -4 * scales[s]};
        assert_true(latent__vector_norm(v, 3) == 5 * scales[s]);
    }
    const double zero[] = {0, -0.0}, largest[] = {0x1.fp+1023, 0x1.fp+1023};
    assert_true(latent__vector_norm(zero, 2) == 0);
    assert_true(isinf(latent__vector_norm(largest, 2)));
}

static void test_cosine(void **state) {
    (void)state;
    const double scales[] = {1, 0x1p+1000, 0x1p-1000, 0x1p-1060, 0x1p+1020};
    for (int s = 0; s < 5; s++)
        for (int t = 0; t < 5; t++) {
            const double a[] = {3 * scales[s], 4 * scales[s]};
            const double b[] = {4 * scales[t], 3 * scales[t]};
            assert_true(fabs(latent__vector_cosine(a, b, 2) - 0.96) <= 1e-15);
        }
    const double a[] = {0.1, 0.7, 0.3}, opposite[] = {-0.1, -0.7, -0.3}, zero[3] = {0};
    assert_true(latent__vector_cosine(a, a, 3) <= 1);
    assert_true(latent__vector_cosine(a, opposite, 3) >= -1);
    assert_true(latent__vector_cosine(a, a, 3) > 1 - 1e-15);
    assert_true(latent__vector_cosine(a, zero, 3) == 0);
    assert_true(latent__vector_cosine(zero, a, 3) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_norm), cmocka_unit_test(test_cosine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
