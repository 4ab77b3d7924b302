/* base/sort.c against the C library's sort. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sort.h"
#include "harness/prng.h"
#include "harness/testing.h"

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    if (x == 0 && y == 0)
        return (signbit(y) != 0) - (signbit(x) != 0);
    return (x > y) - (x < y);
}

static double draw(prng *g, int kind) {
    static const double special[] = {0.0,     -0.0,    INFINITY, -INFINITY, 5e-324,
                                     -5e-324, 1.7e308, -1.7e308, 1.0,       -1.0};
    if (kind == 0)
        return special[prng_below(g, 10)];
    if (kind == 1)
        return (double)prng_below(g, 5);
    return ldexp(prng_normal(g), (int)prng_below(g, 2000) - 1000);
}

static void test_against_qsort(void **state) {
    (void)state;
    enum { MOST = 600 };
    double values[MOST], room[MOST], expected[MOST];
    prng g = {11};
    for (int64_t n = 0; n < MOST; n += 1 + n / 7)
        for (int kind = 0; kind < 3; kind++) {
            for (int64_t i = 0; i < n; i++)
                expected[i] = values[i] = draw(&g, kind);
            qsort(expected, (size_t)n, sizeof *expected, ascending);
            assert_true(latent__sort(values, room, n, NULL, NULL));
            assert_memory_equal(values, expected, (size_t)n * sizeof *values);
        }
}

/* Says stop when it is asked for the last time that it may be. */
static bool count_down(void *argument) {
    int *left = argument;
    return (*left)-- == 0;
}

/* Stopped at every question in turn, until there are no more. */
static void test_stops(void **state) {
    (void)state;
    enum { N = 1 << 19 };
    double *const values = malloc(N * sizeof *values), *const room = malloc(N * sizeof *room);
    bool sorted = false;
    int asked = 0;
    for (; !sorted; asked++) {
        int left = asked;
        for (int64_t i = 0; i < N; i++)
            values[i] = (double)(i * 40503 % N);
        sorted = latent__sort(values, room, N, count_down, &left);
        assert_int_equal(left, sorted ? 0 : -1);
    }
    assert_true(asked > 8);
    for (int64_t i = 0; i < N; i++)
        assert_true(values[i] == (double)i);
    free(room);
    free(values);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_against_qsort),
                                       cmocka_unit_test(test_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
