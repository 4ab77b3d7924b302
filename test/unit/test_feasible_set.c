/* The nearest point of a box and a ball around a point of the box: against bisection over the
 * multiplier of the ball, and the conditions that make it the nearest. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "geometry/feasible_set.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { N = 40 };

static double clip(double x, double lower, double upper) {
    return fmin(fmax(x, lower), upper);
}

static double distance(const double *a, const double *b) {
    double square = 0;
    for (int j = 0; j < N; j++)
        square += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(square);
}

/* x(s) = clip(x0 + s (z - x0)), with s by bisection. */
static void oracle(const latent__feasible_set *set, const double *x0, const double *z, double *x) {
    double low = 0, high = 1;
    for (int i = 0; i < 200; i++) {
        const double s = i == 0 ? 1 : (low + high) / 2;
        for (int j = 0; j < N; j++)
            x[j] = clip(x0[j] + s * (z[j] - x0[j]), set->lower, set->upper);
        if (set->radius == 0 || distance(x, x0) <= set->radius) {
            low = s;
            if (i == 0)
                return;
        } else {
            high = s;
        }
    }
}

static void test_against_bisection(void **state) {
    (void)state;
    prng g = {5};
    for (int round = 0; round < 200; round++) {
        const double radius = round % 4 == 0 ? 0 : pow(10, 2 * prng_uniform(&g) - 1.5);
        const latent__feasible_set set = {-0.5, 0.75, radius};
        double x0[N], z[N], expected[N], found[N];
        for (int j = 0; j < N; j++) {
            x0[j] = j % 7 == 0 ? set.lower : set.lower + 1.25 * prng_uniform(&g);
            z[j] = x0[j] + prng_normal(&g) * pow(10, 2 * prng_uniform(&g) - 1);
        }
        memcpy(found, z, sizeof z);
        latent__feasible_project(&set, x0, found, N);
        oracle(&set, x0, z, expected);
        assert_true(distance(found, expected) <= 1e-13);
        for (int j = 0; j < N; j++)
            assert_true(found[j] >= set.lower && found[j] <= set.upper);
        if (radius > 0)
            assert_true(distance(found, x0) <= radius * (1 + 1e-14));
        /* Nearest: <z - x, y - x> <= 0 for every allowed y. */
        for (int other = 0; other < 20; other++) {
            double y[N], product = 0;
            for (int j = 0; j < N; j++)
                y[j] = x0[j] + prng_normal(&g) * radius / N;
            latent__feasible_project(&set, x0, y, N);
            for (int j = 0; j < N; j++)
                product += (z[j] - found[j]) * (y[j] - found[j]);
            assert_true(product <= 1e-11);
        }
    }
}

/* What is allowed stays as it is, to the bit. */
static void test_allowed_points(void **state) {
    (void)state;
    const latent__feasible_set set = {-1, 1, 0.5};
    const double x0[] = {0.1, -1, 1}, point[] = {0.3, -0.9, 0.7};
    double z[3];
    memcpy(z, point, sizeof z);
    latent__feasible_project(&set, x0, z, 3);
    assert_memory_equal(z, point, sizeof z);
    memcpy(z, x0, sizeof z);
    latent__feasible_project(&set, x0, z, 3);
    assert_memory_equal(z, x0, sizeof z);
}

static void test_extremes(void **state) {
    (void)state;
    const double inf = (double)INFINITY;
    const latent__feasible_set box = {-DBL_MAX, DBL_MAX, 0}, ball = {-DBL_MAX, DBL_MAX, 2};
    const double x0[] = {1, 1};
    double z[] = {inf, -inf}, away[] = {inf, 1}, far[] = {-1e300, 1};
    latent__feasible_project(&box, x0, z, 2);
    assert_true(z[0] == DBL_MAX && z[1] == -DBL_MAX);
    latent__feasible_project(&ball, x0, away, 2);
    assert_true(away[0] == 3 && away[1] == 1);
    latent__feasible_project(&ball, x0, far, 2);
    assert_true(far[0] == -1 && far[1] == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_bisection),
                                       cmocka_unit_test(test_allowed_points),
                                       cmocka_unit_test(test_extremes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
