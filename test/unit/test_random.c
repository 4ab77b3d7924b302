/* base/random.c: the generator's published outputs, ranges, evenness, independent streams. */
#include "base/random.h"

#include <math.h>
#include <stdlib.h>

#include "harness/testing.h"

/* The first outputs for the seed 1234567, as other implementations of SplitMix64 give them. */
static void test_known_outputs(void **state) {
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
        UINT64_C(4593380528125082431), UINT64_C(16408922859458223821)};
    latent__random random = {1234567};
    for (int i = 0; i < 5; i++)
        assert_true(latent__random_bits(&random) == expected[i]);
}

static void test_below(void **state) {
    (void)state;
    static const uint64_t bounds[] = {1, 2, 3, 10, 1000, UINT64_C(3) << 62, UINT64_MAX};
    latent__random random = latent__random_stream(1, 2);
    for (int b = 0; b < 7; b++)
        for (int i = 0; i < 1000; i++)
            assert_true(latent__random_below(&random, bounds[b]) < bounds[b]);
}

/* Chi-squared with 9 degrees of freedom over 100,000 draws: 27.9 is passed once in a thousand. */
static void test_even(void **state) {
    (void)state;
    int counts[10] = {0};
    latent__random random = latent__random_stream(3, 4);
    for (int i = 0; i < 100000; i++)
        counts[latent__random_below(&random, 10)]++;
    double chi = 0.0;
    for (int i = 0; i < 10; i++)
        chi += (counts[i] - 10000.0) * (counts[i] - 10000.0) / 10000.0;
    assert_true(chi < 27.9);
}

static void test_streams_differ(void **state) {
    (void)state;
    enum { STREAMS = 40 };
    uint64_t first[STREAMS * STREAMS];
    for (uint64_t seed = 0; seed < STREAMS; seed++)
        for (uint64_t stream = 0; stream < STREAMS; stream++) {
            latent__random random = latent__random_stream(seed, stream);
            first[seed * STREAMS + stream] = latent__random_bits(&random);
        }
    for (int a = 0; a < STREAMS * STREAMS; a++)
        for (int b = 0; b < a; b++)
            assert_true(first[a] != first[b]);
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The largest distance between the empirical distribution and the normal one, times √n: 1.95 is passed
 * once in a thousand (Kolmogorov). Odd counts leave half a pair. */
static void test_normals(void **state) {
    (void)state;
    enum { COUNT = 50001 };
    double *const x = malloc(COUNT * sizeof *x);
    latent__random random = latent__random_stream(5, 6);
    latent__random_normals(&random, x, COUNT);
    double fourth = 0, neighbours = 0, far = 0;
    for (int i = 0; i < COUNT; i++)
        fourth += x[i] * x[i] * x[i] * x[i] / COUNT;
    for (int i = 0; i + 1 < COUNT; i++)
        neighbours += x[i] * x[i + 1] / COUNT;
    qsort(x, COUNT, sizeof *x, ascending);
    for (int i = 0; i < COUNT; i++) {
        const double share = 0.5 * erfc(-x[i] / sqrt(2));
        far = fmax(far, fmax(fabs(share - (double)i / COUNT), fabs(share - (i + 1.0) / COUNT)));
    }
    assert_true(far * sqrt(COUNT) < 1.95);
    assert_true(fabs(fourth - 3) < 4 * sqrt(96.0 / COUNT));
    assert_true(fabs(neighbours) < 4 / sqrt(COUNT));
    free(x);
}

/* The definition, with the C library's logarithm, which may differ in the last bits. */
static void test_normals_by_definition(void **state) {
    (void)state;
    latent__random random = {99}, again = {99};
    for (int i = 0; i < 2000; i++) {
        double pair[2], a, b, square;
        latent__random_normals(&random, pair, 2);
        do {
            a = ldexp(2.0 * (double)(latent__random_bits(&again) >> 11) + 1, -53) - 1;
            b = ldexp(2.0 * (double)(latent__random_bits(&again) >> 11) + 1, -53) - 1;
            square = a * a + b * b;
        } while (square >= 1);
        const double factor = sqrt(-2 * log(square) / square);
        assert_true(fabs(pair[0] - a * factor) <= 4e-15 * fabs(pair[0]));
        assert_true(fabs(pair[1] - b * factor) <= 4e-15 * fabs(pair[1]));
    }
}

static void test_signs(void **state) {
    (void)state;
    enum { COUNT = 10001 };
    double signs[COUNT], sum = 0, neighbours = 0;
    latent__random random = latent__random_stream(7, 8);
    latent__random_signs(&random, signs, COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_true(fabs(signs[i]) == 1);
        sum += signs[i];
        neighbours += i > 0 ? signs[i] * signs[i - 1] : 0;
    }
    assert_true(fabs(sum) < 4 * sqrt(COUNT) && fabs(neighbours) < 4 * sqrt(COUNT));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_outputs), cmocka_unit_test(test_below),
        cmocka_unit_test(test_even),          cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_normals),       cmocka_unit_test(test_normals_by_definition),
        cmocka_unit_test(test_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
