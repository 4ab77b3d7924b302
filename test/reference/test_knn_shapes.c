/* k-nearest neighbours against the oracle; agreement and hubness of any lists. */
#include <math.h>
#include <stdlib.h>

#include "harness/prng.h"
#include "harness/testing.h"

static int rounds(int usual) {
    return testing_small() ? usual / 10 : usual;
}

static data_spec some_spec(prng *g, int round) {
    const int64_t rows = 2 + prng_below(g, round % 4 || testing_small() ? 150 : 600);
    return (data_spec){.kind = (data_kind)(round % DATA_KINDS),
                       .type = (latent_type)(LATENT_F16 + round / DATA_KINDS % 4),
                       .rows = rows,
                       .columns = 1 + prng_below(g, 130),
                       .concepts = 1 + prng_below(g, rows),
                       .gap = prng_below(g, 3),
                       .seed = prng_next(g),
                       .metric = prng_below(g, 2) ? LATENT_COSINE : LATENT_EUCLIDEAN};
}

/* Mostly few, sometimes all. */
static int64_t some_k(prng *g, int64_t most) {
    const int64_t sort = prng_below(g, 4);
    if (sort == 0)
        return most;
    return 1 + prng_below(g, sort == 1 || most < 12 ? most : 12);
}

typedef struct knn_case {
    const dataset *set;
    int64_t k;
    latent_metric metric;
} knn_case;

static latent_status any_knn(latent_context *context, const void *argument) {
    const knn_case *const c = argument;
    const latent_knn_options options = {.size = sizeof options, .metric = c->metric};
    int64_t *const indices = malloc((size_t)(c->set->view.rows * c->k) * sizeof *indices);
    const latent_status status =
        latent_knn(context, &c->set->view, &c->set->view, c->k, &options, indices, NULL);
    free(indices);
    return status;
}

/* With hardly any memory, so that even small sets are many blocks, and with threads. */
static void test_blocks(void **state) {
    (void)state;
    prng g = {204};
    for (int round = 0; round < rounds(150); round++) {
        const data_spec spec = some_spec(&g, round);
        const int64_t k = some_k(&g, spec.rows - 1);
        dataset set = dataset_make(&spec);
        const knn_case needed = {&set, k, spec.metric};
        latent_context *const context = testing_tight_context(1 + round % 3, any_knn, &needed);
        if (!agrees_knn(context, NULL, &set, k, spec.metric) ||
            !agrees_knn(context, &set, &set, k, spec.metric))
            fail_msg("%s, k=%d", data_spec_text(&spec), (int)k);
        latent_context_destroy(context);
        dataset_free(&set);
    }
}

static void test_self(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {201};
    for (int round = 0; round < rounds(300); round++) {
        const data_spec spec = some_spec(&g, round);
        const int64_t k = some_k(&g, spec.rows - 1);
        dataset set = dataset_make(&spec);
        if (!agrees_knn(context, NULL, &set, k, spec.metric))
            fail_msg("%s, k=%d", data_spec_text(&spec), (int)k);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

static void test_queries(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {202};
    for (int round = 0; round < rounds(300); round++) {
        const data_spec spec = some_spec(&g, round);
        data_spec asked = spec;
        asked.rows = 1 + prng_below(&g, 200);
        asked.concepts = 1;
        asked.gap = prng_below(&g, 4);
        asked.seed = round % 5 ? prng_next(&g) : spec.seed;
        const int64_t k = some_k(&g, spec.rows);
        dataset set = dataset_make(&spec), queries = dataset_make(&asked);
        if (!agrees_knn(context, &queries, &set, k, spec.metric))
            fail_msg("%s, %d queries, k=%d", data_spec_text(&spec), (int)asked.rows, (int)k);
        dataset_free(&set);
        dataset_free(&queries);
    }
    latent_context_destroy(context);
}

/* Distances are optional, one reference is enough, and 3 is as far from 1 as from 5. */
static void test_without_distances(void **state) {
    (void)state;
    const float data[] = {5, 1, 1, 3};
    const int64_t expected[] = {3, 2, 1, 0};
    const latent_matrix all = latent_matrix_view(data, 4, 1, LATENT_F32);
    const latent_matrix one = latent_matrix_view(data, 1, 1, LATENT_F32);
    latent_context *const context = testing_context();
    int64_t nearest[4], only = -1;
    expect_ok(context, latent_knn(context, NULL, &all, 1, NULL, nearest, NULL));
    assert_memory_equal(nearest, expected, sizeof nearest);
    expect_ok(context, latent_knn(context, &one, &one, 1, NULL, &only, NULL));
    assert_int_equal(only, 0);
    latent_context_destroy(context);
}

static void test_agreement_and_hubness(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {203};
    for (int round = 0; round < 100; round++) {
        const int64_t q = 1 + prng_below(&g, 80), k = 1 + prng_below(&g, 9);
        const int64_t n = 1 + prng_below(&g, 60);
        int64_t indices[80 * 9], counts[60], expected[60] = {0};
        int32_t query_labels[80], labels[60];
        double agreement[80], as_numbers[60], skewness = -7.0;
        for (int64_t i = 0; i < q * k; i++)
            expected[indices[i] = prng_below(&g, n)]++;
        for (int64_t i = 0; i < q; i++)
            query_labels[i] = (int32_t)prng_below(&g, 3) - 1;
        for (int64_t i = 0; i < n; i++) {
            labels[i] = (int32_t)prng_below(&g, 3) - 1;
            as_numbers[i] = (double)expected[i];
        }
        expect_ok(context,
                  latent_knn_agreement(context, indices, q, k, query_labels, labels, n, agreement));
        for (int64_t i = 0; i < q; i++) {
            int64_t same = 0;
            for (int64_t r = 0; r < k; r++)
                same += labels[indices[i * k + r]] == query_labels[i];
            assert_true(agreement[i] == (double)same / (double)k);
        }
        expect_ok(context, latent_hubness(context, indices, q, k, n, counts, &skewness));
        assert_memory_equal(counts, expected, (size_t)n * sizeof counts[0]);
        assert_true(oracle_close(skewness, oracle_skewness(as_numbers, n), 1e-10));
        double alone = -7.0;
        expect_ok(context, latent_hubness(context, indices, q, k, n, NULL, &alone));
        assert_true(alone == skewness || isnan(skewness));
        expect_ok(context, latent_hubness(context, indices, q, k, n, counts, NULL));
    }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_self),
        cmocka_unit_test(test_queries),
        cmocka_unit_test(test_without_distances),
        cmocka_unit_test(test_agreement_and_hubness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
