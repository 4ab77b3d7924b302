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

typedef struct numbered {
    uint64_t number;
    int64_t place;
} numbered;

/* Bits low … high - 1 of numbers, and places where these agree. */
static int sort_low, sort_high;
static int by_bits(const void *a, const void *b) {
    const numbered *x = a, *y = b;
    const uint64_t mask = ((uint64_t)1 << (sort_high - sort_low)) - 1;
    const uint64_t p = x->number >> sort_low & mask, q = y->number >> sort_low & mask;
    return p != q ? (p > q) - (p < q) : (x->place > y->place) - (x->place < y->place);
}

/* Numbers few of whose bits vary, so that many agree in the bits that they are sorted by; enough of
 * them, once, for the narrow digits. */
static void test_some_bits(void **state) {
    (void)state;
    static const int range[][2] = {{32, 64}, {0, 11}, {5, 17}, {1, 33}, {63, 64}, {10, 10}};
    static const int64_t sizes[] = {0, 1, 2, 700, (1 << 18) + 3};
    prng g = {13};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (size_t r = 0; r < sizeof range / sizeof *range; r++) {
            const int64_t n = sizes[s];
            numbered *const expected = malloc((size_t)(n + 1) * sizeof *expected);
            uint64_t *const numbers = malloc((size_t)(2 * n + 1) * sizeof *numbers);
            for (int64_t i = 0; i < n; i++) {
                numbers[i] = prng_below(&g, 64) << prng_below(&g, 59);
                expected[i] = (numbered){numbers[i], i};
            }
            sort_low = range[r][0], sort_high = range[r][1];
            qsort(expected, (size_t)n, sizeof *expected, by_bits);
            const uint64_t *const sorted =
                latent__sort_bits(numbers, numbers + n, n, sort_low, sort_high, NULL, NULL);
            assert_true(sorted == numbers || sorted == numbers + n);
            for (int64_t i = 0; i < n; i++)
                assert_true(sorted[i] == expected[i].number);
            free(numbers);
            free(expected);
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
                                       cmocka_unit_test(test_some_bits),
                                       cmocka_unit_test(test_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
