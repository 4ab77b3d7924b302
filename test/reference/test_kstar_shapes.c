/* k* against the oracle over many shapes, kinds of data, element types, metrics and tie rules. */
#include <stdlib.h>

#include "harness/prng.h"
#include "harness/testing.h"

static int rounds(int usual) {
    return testing_small() ? usual / 10 : usual;
}

/* Sizes around what blocks and vectors have: mostly small, sometimes some hundreds. */
static int64_t some_rows(prng *g) {
    static const int64_t edges[] = {2, 3, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257};
    const int64_t sort = prng_below(g, 4);
    if (sort == 0)
        return edges[prng_below(g, 14)];
    return 2 + prng_below(g, sort == 1 && !testing_small() ? 700 : 150);
}

static int64_t some_columns(prng *g) {
    static const int64_t edges[] = {1,  2,  7,  8,  9,  15,  16,  17, 31,
                                    32, 33, 63, 64, 65, 127, 128, 129};
    return prng_below(g, 2) ? edges[prng_below(g, 17)] : 1 + prng_below(g, 130);
}

static data_spec some_spec(prng *g, int round) {
    data_spec spec = {.kind = (data_kind)(round % DATA_KINDS),
                      .type = (latent_type)(LATENT_F16 + round / DATA_KINDS % 4),
                      .rows = some_rows(g),
                      .columns = some_columns(g),
                      .gap = prng_below(g, 2) ? prng_below(g, 20) : 0,
                      .seed = prng_next(g),
                      .metric = prng_below(g, 2) ? LATENT_COSINE : LATENT_EUCLIDEAN};
    const int64_t most = prng_below(g, 3) ? (spec.rows < 12 ? spec.rows : 12) : spec.rows;
    spec.concepts = 2 + prng_below(g, most - 1);
    return spec;
}

typedef struct kstar_case {
    const dataset *set;
    latent_metric metric;
} kstar_case;

/* The form that needs most: both sides apart. */
static latent_status any_kstar(latent_context *context, const void *argument) {
    const kstar_case *const c = argument;
    const dataset *const set = c->set;
    const latent_kstar_options options = {.size = sizeof options, .metric = c->metric};
    int64_t *const kstar = malloc((size_t)set->view.rows * sizeof *kstar);
    const latent_status status = latent_kstar_queries(context, &set->view, set->labels, &set->view,
                                                      set->labels, &options, kstar, NULL);
    free(kstar);
    return status;
}

/* With hardly any memory, so that even small sets are many blocks, and with threads. */
static void test_blocks(void **state) {
    (void)state;
    prng g = {104};
    for (int round = 0; round < rounds(200); round++) {
        const data_spec spec = some_spec(&g, round);
        const latent_ties ties = (latent_ties)prng_below(&g, 2);
        dataset set = dataset_make(&spec);
        int64_t samples[20];
        for (int i = 0; i < 20; i++)
            samples[i] = prng_below(&g, spec.rows);
        const kstar_case needed = {&set, spec.metric};
        latent_context *const context = testing_tight_context(1 + round % 3, any_kstar, &needed);
        if (!agrees_kstar(context, &set, spec.metric, ties) ||
            !agrees_kstar_subset(context, &set, samples, 20, spec.metric, ties) ||
            !agrees_kstar_queries(context, &set, &set, spec.metric, ties))
            fail_msg("%s, ties %d", data_spec_text(&spec), (int)ties);
        latent_context_destroy(context);
        dataset_free(&set);
    }
}

static void test_full(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {101};
    for (int round = 0; round < rounds(700); round++) {
        const data_spec spec = some_spec(&g, round);
        const latent_ties ties = (latent_ties)prng_below(&g, 2);
        dataset set = dataset_make(&spec);
        if (!agrees_kstar(context, &set, spec.metric, ties))
            fail_msg("%s, ties %d", data_spec_text(&spec), (int)ties);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

static void test_subset(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {102};
    for (int round = 0; round < rounds(300); round++) {
        const data_spec spec = some_spec(&g, round);
        const latent_ties ties = (latent_ties)prng_below(&g, 2);
        const int64_t count = 1 + prng_below(&g, round % 3 ? 20 : 2 * spec.rows);
        int64_t *const samples = malloc((size_t)count * sizeof *samples);
        for (int64_t i = 0; i < count; i++)
            samples[i] = prng_below(&g, spec.rows);
        dataset set = dataset_make(&spec);
        if (!agrees_kstar_subset(context, &set, samples, count, spec.metric, ties))
            fail_msg("%s, %d samples, ties %d", data_spec_text(&spec), (int)count, (int)ties);
        dataset_free(&set);
        free(samples);
    }
    latent_context_destroy(context);
}

/* Queries of other numbers and, in part, of labels that no reference has. */
static void test_queries(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {103};
    for (int round = 0; round < rounds(300); round++) {
        const data_spec spec = some_spec(&g, round);
        const latent_ties ties = (latent_ties)prng_below(&g, 2);
        data_spec asked = spec;
        asked.rows = 1 + prng_below(&g, round % 2 ? 20 : 400);
        asked.concepts = 1 + prng_below(&g, asked.rows);
        asked.gap = prng_below(&g, 4);
        asked.seed = round % 5 ? prng_next(&g) : spec.seed;
        dataset set = dataset_make(&spec), queries = dataset_make(&asked);
        if (!agrees_kstar_queries(context, &queries, &set, spec.metric, ties))
            fail_msg("%s, %d queries, ties %d", data_spec_text(&spec), (int)asked.rows, (int)ties);
        dataset_free(&set);
        dataset_free(&queries);
    }
    latent_context_destroy(context);
}

/* As many concepts as samples: every k* is 1; as few as two, one of them a single sample. */
static void test_extreme_concepts(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int64_t rows = 2; rows < (testing_small() ? 100 : 300); rows = rows * 3 / 2 + 1)
        for (int every = 0; every < 2; every++) {
            const data_spec spec = {.kind = DATA_BLOBS,
                                    .type = LATENT_F32,
                                    .rows = rows,
                                    .columns = 9,
                                    .concepts = every ? rows : 1,
                                    .seed = (uint64_t)rows};
            dataset set = dataset_make(&spec);
            set.labels[rows / 2] = 123;
            if (!agrees_kstar(context, &set, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE))
                fail_msg("%s", data_spec_text(&spec));
            dataset_free(&set);
        }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),           cmocka_unit_test(test_full),
        cmocka_unit_test(test_subset),           cmocka_unit_test(test_queries),
        cmocka_unit_test(test_extreme_concepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
