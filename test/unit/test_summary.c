/* latent_kstar_summary(): degenerate concepts, thresholds, endpoints, room, populations. */
#include <math.h>
#include <stdlib.h>

#include "harness/prng.h"
#include "harness/testing.h"

enum { CONCEPTS = 6, N = 19 };

/* One concept of each sort, labels out of order. */
static const int32_t labels[N] = {5, 5, 5, 5, -3, -3, -3, 9, 9, 9, 9, 0, 2, 2, 2, 2, 7, 7, 7};
static const int64_t ranks[N] = {4, 4, 4, 4, 1, 1, 1, 1, 1, 1, 4, 1, 4, 4, 4, 1, 2, 2, 2};
/*                               perfect     constant  fractured   one clustered   constant */
static const int32_t in_order[CONCEPTS] = {-3, 0, 2, 5, 7, 9};
static const int32_t patterns[CONCEPTS] = {LATENT_UNDEFINED, LATENT_UNDEFINED, LATENT_CLUSTERED,
                                           LATENT_CLUSTERED, LATENT_UNDEFINED, LATENT_FRACTURED};

static void test_sorts_of_concepts(void **state) {
    (void)state;
    int32_t label[CONCEPTS], pattern[CONCEPTS];
    int64_t samples[CONCEPTS];
    double mean[CONCEPTS], std[CONCEPTS], skewness[CONCEPTS];
    latent_kstar_concepts rows = {sizeof rows, CONCEPTS, -1,       label,  samples,
                                  mean,        std,      skewness, pattern};
    latent_kstar_overall overall = {.size = sizeof overall};
    latent_context *const context = testing_context();
    expect_ok(context, latent_kstar_summary(context, ranks, labels, N, NULL, &rows, &overall));
    assert_int_equal(rows.count, CONCEPTS);
    for (int c = 0; c < CONCEPTS; c++) {
        assert_int_equal(label[c], in_order[c]);
        assert_int_equal(pattern[c], patterns[c]);
    }
    /* Three of four values equal: skewness 2/sqrt(3), whatever the values. */
    const double skew = 2.0 / sqrt(3.0);
    const double expected[CONCEPTS] = {(double)NAN,       (double)NAN, -skew,
                                       -(double)INFINITY, (double)NAN, skew};
    for (int c = 0; c < CONCEPTS; c++)
        assert_true(oracle_close(skewness[c], expected[c], 1e-14));
    assert_true(mean[2] == 0.8125 && mean[3] == 1.0 && mean[1] == 1.0 && mean[5] == 0.4375);
    assert_true(std[3] == 0.0 && std[1] == 0.0 && std[0] == 0.0 && std[4] == 0.0);
    assert_true(oracle_close(std[2], 0.75 * sqrt(3.0) / 4.0, 1e-15));
    assert_int_equal(samples[5], 4);
    assert_int_equal(samples[1], 1);
    assert_int_equal(overall.concepts, CONCEPTS);
    assert_int_equal(overall.perfect, 1);
    assert_int_equal(overall.undefined, 3);
    assert_true(fabs(overall.gamma) < 1e-14 && fabs(overall.gamma_weighted) < 1e-14);
    latent_context_destroy(context);
}

/* No concept has a skewness: the means do not exist. */
static void test_no_skewness(void **state) {
    (void)state;
    const int64_t perfect[] = {2, 2, 1};
    const int32_t two[] = {4, 4, 8};
    latent_kstar_overall overall = {.size = sizeof overall};
    latent_context *const context = testing_context();
    expect_ok(context, latent_kstar_summary(context, perfect, two, 3, NULL, NULL, &overall));
    assert_int_equal(overall.perfect, 1);
    assert_int_equal(overall.undefined, 1);
    assert_true(isnan(overall.gamma) && isnan(overall.gamma_weighted));
    latent_context_destroy(context);
}

/* Both comparisons with the threshold are strict. */
static void test_threshold_is_strict(void **state) {
    (void)state;
    const int64_t high[] = {1, 1, 1, 4}, low[] = {4, 4, 4, 1};
    const int32_t one[] = {3, 3, 3, 3};
    latent_context *const context = testing_context();
    for (int sign = 0; sign < 2; sign++) {
        double skewness;
        int32_t pattern;
        latent_kstar_concepts rows = {
            .size = sizeof rows, .capacity = 1, .skewness = &skewness, .pattern = &pattern};
        const int64_t *const values = sign ? low : high;
        expect_ok(context, latent_kstar_summary(context, values, one, 4, NULL, &rows, NULL));
        const double exact = fabs(skewness);
        const double thresholds[] = {nextafter(exact, 0.0), exact, nextafter(exact, 9.0)};
        for (int t = 0; t < 3; t++) {
            const latent_kstar_summary_options options = {.size = sizeof options,
                                                          .threshold = thresholds[t]};
            expect_ok(context,
                      latent_kstar_summary(context, values, one, 4, &options, &rows, NULL));
            assert_int_equal(pattern, t > 0  ? LATENT_OVERLAPPED
                                      : sign ? LATENT_CLUSTERED
                                             : LATENT_FRACTURED);
        }
    }
    latent_context_destroy(context);
}

/* Too little room: the count is told, and nothing else is touched. */
static void test_room(void **state) {
    (void)state;
    int32_t label[CONCEPTS];
    double mean[CONCEPTS];
    poison_fill(label, sizeof label);
    poison_fill(mean, sizeof mean);
    latent_context *const context = testing_context();
    latent_kstar_overall overall;
    poison_fill(&overall, sizeof overall);
    overall.size = sizeof overall;
    for (int64_t capacity = 0; capacity < CONCEPTS; capacity++) {
        latent_kstar_concepts rows = {
            .size = sizeof rows, .capacity = capacity, .label = label, .mean = mean};
        expect_status(context,
                      latent_kstar_summary(context, ranks, labels, N, NULL, &rows, &overall),
                      LATENT_ERROR_SHAPE, "capacity|6");
        assert_int_equal(rows.count, CONCEPTS);
        assert_int_equal(rows.capacity, capacity);
        assert_true(poison_intact(label, sizeof label) && poison_intact(mean, sizeof mean));
        assert_true(poison_intact(&overall.concepts, sizeof overall - sizeof overall.size));
    }
    /* More room than concepts: the rest stays. */
    int32_t many[CONCEPTS + 2];
    poison_fill(many, sizeof many);
    latent_kstar_concepts rows = {.size = sizeof rows, .capacity = CONCEPTS + 2, .label = many};
    expect_ok(context, latent_kstar_summary(context, ranks, labels, N, NULL, &rows, NULL));
    assert_true(poison_intact(many + CONCEPTS, 2 * sizeof many[0]));
    latent_context_destroy(context);
}

/* Random ranks against the oracle: with and without population, endpoints, thresholds. */
static void test_against_the_oracle(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {77};
    for (int round = 0; round < 200; round++) {
        const int64_t n = 1 + prng_below(&g, 300), concepts = 1 + prng_below(&g, 12);
        int64_t *const kstar = malloc((size_t)n * 8), *const population = malloc((size_t)n * 8);
        int32_t *const label = malloc((size_t)n * 4);
        for (int64_t i = 0; i < n; i++)
            label[i] = (int32_t)(prng_below(&g, concepts) * 1000003 - 5000000);
        for (int64_t i = 0; i < n; i++) {
            int64_t same = 0;
            for (int64_t j = 0; j < n; j++)
                same += label[j] == label[i];
            kstar[i] = 1 + (int64_t)((double)same * pow(prng_uniform(&g), 1 + round % 4));
            population[i] = same + 1 + round % 50;
        }
        for (int variant = 0; variant < 4; variant++)
            if (!agrees_summary(context, kstar, label, n, variant & 1 ? population : NULL,
                                variant & 2, round % 3 ? 0.0 : 0.125))
                fail_msg("round %d, variant %d", round, variant);
        free(kstar);
        free(population);
        free(label);
    }
    latent_context_destroy(context);
}

static void test_distinct(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    const int32_t ends[] = {INT32_MIN, INT32_MAX, 0, INT32_MIN, -1, INT32_MAX};
    const int64_t expected[] = {1, 2, 3, 3, 4, 4};
    for (int64_t n = 1; n <= 6; n++) {
        int64_t distinct = -1;
        expect_ok(context, latent_labels_distinct(context, ends, n, &distinct));
        assert_int_equal(distinct, expected[n - 1]);
    }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorts_of_concepts),   cmocka_unit_test(test_no_skewness),
        cmocka_unit_test(test_threshold_is_strict), cmocka_unit_test(test_room),
        cmocka_unit_test(test_against_the_oracle),  cmocka_unit_test(test_distinct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
