/* The sampled coefficient: exact where it must be, and an estimate with an honest error elsewhere. */
#include <math.h>
#include <stdlib.h>

#include "harness/testing.h"

static const data_spec spec = {DATA_BLOBS, LATENT_F32, 1200, 12, 5, 0, 401, LATENT_EUCLIDEAN};

static latent_kstar_sampled_result sampled(latent_context *context, const dataset *set,
                                           int64_t per_concept, uint64_t seed, bool endpoints) {
    const latent_kstar_sampled_options options = {
        .size = sizeof options, .per_concept = per_concept, .seed = seed, .endpoints = endpoints};
    latent_kstar_sampled_result result = {.size = sizeof result};
    expect_ok(context, latent_kstar_sampled(context, &set->view, set->labels, &options, &result));
    return result;
}

/* gamma of the whole set, by the oracle from first principles. */
static oracle_space whole(const dataset *set, bool endpoints) {
    const oracle_points all = dataset_points(set);
    int64_t *const self = malloc((size_t)all.rows * sizeof *self);
    for (int64_t i = 0; i < all.rows; i++)
        self[i] = i;
    oracle_neighborhoods exact =
        oracle_kstar(&all, &all, self, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE);
    const oracle_space space = oracle_summary(exact.kstar, set->labels, all.rows, NULL, endpoints);
    oracle_kstar_free(&exact);
    free(self);
    return space;
}

/* With every sample drawn it is the overall coefficient, and its error is 0. */
static void test_all_drawn(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    dataset set = dataset_make(&spec);
    for (int endpoints = 0; endpoints < 2; endpoints++) {
        oracle_space space = whole(&set, endpoints);
        const latent_kstar_sampled_result result = sampled(context, &set, spec.rows, 1, endpoints);
        assert_true(oracle_close(result.gamma, space.gamma, 1e-10));
        assert_true(result.standard_error == 0.0);
        assert_int_equal(result.samples, spec.rows);
        assert_int_equal(result.concepts, space.concepts);
        assert_int_equal(result.perfect, space.perfect);
        assert_int_equal(result.undefined, space.undefined);
        oracle_summary_free(&space);
    }
    dataset_free(&set);
    latent_context_destroy(context);
}

/* min(per_concept, n_c) samples of each concept; 100 by default. */
static void test_counts(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    dataset set = dataset_make(&spec);
    oracle_space space = whole(&set, false);
    const int64_t asked[] = {0, 3, 50, 100, 333};
    for (int a = 0; a < 5; a++) {
        const int64_t per_concept = asked[a] ? asked[a] : 100;
        int64_t samples = 0;
        for (int64_t c = 0; c < space.concepts; c++)
        samples += space.concept[c].samples < per_concept ? space.concept[c].samples : per_concept;
        const latent_kstar_sampled_result result = sampled(context, &set, asked[a], 1, false);
        assert_int_equal(result.samples, samples);
        assert_int_equal(result.concepts, space.concepts);
    }
    oracle_summary_free(&space);
    dataset_free(&set);
    latent_context_destroy(context);
}

/* The same seed, the same bits; another seed, another draw; no seed, the context's. */
static void test_seeds(void **state) {
    (void)state;
    latent_context_options options = testing_options();
    options.seed = 5;
    latent_context *const context = testing_context_with(&options);
    dataset set = dataset_make(&spec);
    const double five = sampled(context, &set, 20, 5, false).gamma;
    assert_true(sampled(context, &set, 20, 5, false).gamma == five);
    assert_true(sampled(context, &set, 20, 0, false).gamma == five);
    assert_true(sampled(context, &set, 20, 6, false).gamma != five);
    dataset_free(&set);
    latent_context_destroy(context);
}

/* Over many seeds: the mean estimate is near the truth, and the squared errors are as large as the
 * standard errors say, within a factor of two. 300 of each concept's 500 are drawn. */
static void test_standard_error(void **state) {
    (void)state;
    enum { SEEDS = 60, DRAWN = 300 };
    latent_context *const context = testing_context();
    data_spec even = spec;
    even.concepts = 1;
    even.columns = 4;
    even.rows = 2000;
    dataset set = dataset_make(&even);
    for (int64_t i = 0; i < even.rows; i++) {
        set.labels[i] = (int32_t)(i % 4);
        float *const row = (float *)set.buffer + i * even.columns;
        row[0] += 1.5f * (float)(i % 4);
        set.values[i * even.columns] = (double)row[0];
    }
    oracle_space space = whole(&set, false);
    double sum = 0.0, squares = 0.0, predicted = 0.0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const latent_kstar_sampled_result result = sampled(context, &set, DRAWN, seed, false);
        const double error = result.gamma - space.gamma;
        assert_true(result.standard_error > 0.0);
        sum += error;
        squares += error * error;
        predicted += result.standard_error * result.standard_error;
    }
    assert_true(fabs(sum / SEEDS) < 0.5 * sqrt(predicted / SEEDS));
    assert_true(squares < 2.0 * predicted && squares > 0.5 * predicted);
    oracle_summary_free(&space);
    dataset_free(&set);
    latent_context_destroy(context);
}

/* Far clusters are perfect, single samples undefined: no mean, no error. */
static void test_degenerate(void **state) {
    (void)state;
    const double values[] = {0, 1, 2, 100, 101, 102, 103, 500};
    const int32_t labels[] = {1, 1, 1, 2, 2, 2, 2, 3};
    dataset set = dataset_from(LATENT_F64, values, labels, 8, 1, 0);
    latent_context *const context = testing_context();
    const latent_kstar_sampled_result result = sampled(context, &set, 3, 1, false);
    assert_int_equal(result.samples, 7);
    assert_int_equal(result.concepts, 3);
    assert_int_equal(result.perfect, 2);
    assert_int_equal(result.undefined, 1);
    assert_true(isnan(result.gamma));
    latent_context_destroy(context);
    dataset_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_drawn),  cmocka_unit_test(test_counts),
        cmocka_unit_test(test_seeds),      cmocka_unit_test(test_standard_error),
        cmocka_unit_test(test_degenerate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
