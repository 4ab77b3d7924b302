/* base/random.c: the generator's published outputs, ranges, evenness, independent streams. */
#include "base/random.h"
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_outputs),
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_even),
        cmocka_unit_test(test_streams_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
