/* Against the oracle where many blocks meet: some thousand samples, and 100,000 concepts. */
#include <stdlib.h>

#include "harness/prng.h"
#include "harness/testing.h"

static latent_context *two_threads(void) {
    latent_context_options options = testing_options();
    options.threads = 2;
    return testing_context_with(&options);
}

static void test_kstar(void **state) {
    (void)state;
    const data_spec specs[] = {
        {DATA_BLOBS, LATENT_F32, 3001, 61, 10, 0, 301, LATENT_EUCLIDEAN},
        {DATA_DUPLICATES, LATENT_F16, 2603, 37, 57, 3, 302, LATENT_COSINE},
        {DATA_INTEGERS, LATENT_BF16, 2999, 11, 5, 0, 303, LATENT_EUCLIDEAN},
        {DATA_NEAR, LATENT_F64, 2501, 19, 8, 1, 304, LATENT_EUCLIDEAN},
        {DATA_OFFSET, LATENT_F32, 2503, 29, 20, 0, 305, LATENT_EUCLIDEAN},
        {DATA_OUTLIERS, LATENT_F64, 2207, 130, 900, 0, 306, LATENT_COSINE},
        {DATA_BLOBS, LATENT_F32, 1501, 1023, 4, 1, 307, LATENT_EUCLIDEAN},
    };
    latent_context *const context = two_threads();
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        dataset set = dataset_make(&specs[s]);
        if (!agrees_kstar(context, &set, specs[s].metric, (latent_ties)(s % 2)))
            fail_msg("%s", data_spec_text(&specs[s]));
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

static void test_knn(void **state) {
    (void)state;
    const data_spec specs[] = {
        {DATA_BLOBS, LATENT_F32, 3001, 61, 10, 0, 311, LATENT_EUCLIDEAN},
        {DATA_DUPLICATES, LATENT_BF16, 2603, 37, 57, 3, 312, LATENT_COSINE},
        {DATA_NEAR, LATENT_F64, 2105, 19, 8, 1, 313, LATENT_EUCLIDEAN},
    };
    latent_context *const context = two_threads();
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        dataset set = dataset_make(&specs[s]);
        if (!agrees_knn(context, NULL, &set, 10, specs[s].metric))
            fail_msg("%s", data_spec_text(&specs[s]));
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

/* Every sample its own concept: k* is 1 everywhere, and the nearest other one is the neighbour. */
static void test_many_concepts(void **state) {
    (void)state;
    enum { N = 100000, D = 2, CHECKED = 100 };
    const data_spec spec = {DATA_BLOBS, LATENT_F32, N, D, N, 0, 321, LATENT_EUCLIDEAN};
    dataset set = dataset_make(&spec);
    int64_t *const kstar = malloc(N * sizeof *kstar), *const foreign = malloc(N * sizeof *foreign);
    latent_kstar_extra extra = {.size = sizeof extra, .foreign_index = foreign};
    latent_context *const context = two_threads();
    int64_t distinct = 0;
    expect_ok(context, latent_labels_distinct(context, set.labels, N, &distinct));
    assert_int_equal(distinct, N);
    expect_ok(context, latent_kstar(context, &set.view, set.labels, NULL, kstar, &extra));
    for (int64_t i = 0; i < N; i++)
        assert_int_equal(kstar[i], 1);
    int64_t checked[CHECKED];
    for (int64_t i = 0; i < CHECKED; i++)
        checked[i] = i * 997;
    dataset some = dataset_pick(&set, checked, CHECKED, LATENT_F64, 0);
    const oracle_points few = dataset_points(&some), all = dataset_points(&set);
    oracle_neighborhoods expected =
        oracle_kstar(&few, &all, checked, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE);
    for (int64_t i = 0; i < CHECKED; i++)
        assert_int_equal(foreign[checked[i]], expected.foreign_index[i]);
    latent_kstar_overall overall = {.size = sizeof overall};
    expect_ok(context, latent_kstar_summary(context, kstar, set.labels, N, NULL, NULL, &overall));
    assert_int_equal(overall.concepts, N);
    assert_int_equal(overall.undefined, N);
    oracle_kstar_free(&expected);
    dataset_free(&some);
    dataset_free(&set);
    latent_context_destroy(context);
    free(kstar);
    free(foreign);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kstar),
        cmocka_unit_test(test_knn),
        cmocka_unit_test(test_many_concepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
