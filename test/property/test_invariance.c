/* What must not change k*: order of rows and of features, exact translation and scaling, strides,
 * element types; and what follows from the definition alone. */
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"

enum { N = 260, D = 23 };

/* Whole numbers of small size: every type holds them, and every sum of squares is exact. */
static const data_spec whole = {.kind = DATA_INTEGERS,
                                .type = LATENT_F64,
                                .rows = N,
                                .columns = D,
                                .concepts = 7,
                                .seed = 42,
                                .metric = LATENT_EUCLIDEAN};

static latent_context *context;
static dataset base;

static int set_up(void **state) {
    (void)state;
    context = testing_context();
    base = dataset_make(&whole);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    dataset_free(&base);
    return 0;
}

typedef struct answer {
    int64_t kstar[N], foreign[N];
    double distance[N];
    int64_t tied;
} answer;

static void ask(const dataset *set, latent_metric metric, latent_ties ties, answer *a) {
    const latent_kstar_options options = {sizeof options, metric, ties};
    latent_kstar_extra extra = {
        .size = sizeof extra, .foreign_index = a->foreign, .foreign_distance = a->distance};
    expect_ok(context, latent_kstar(context, &set->view, set->labels, &options, a->kstar, &extra));
    a->tied = extra.tied_pairs;
}

/* `a` and `b` describe the same space, b's distances being `scale` times as large. */
static void expect_same(const answer *a, const answer *b, double scale) {
    assert_memory_equal(a->kstar, b->kstar, sizeof a->kstar);
    assert_memory_equal(a->foreign, b->foreign, sizeof a->foreign);
    for (int i = 0; i < N; i++)
        assert_true(b->distance[i] == scale * a->distance[i]);
    assert_int_equal(a->tied, b->tied);
}

static void test_row_order(void **state) {
    (void)state;
    int64_t order[N];
    for (int metric = 0; metric < 2; metric++)
        for (uint64_t seed = 1; seed <= 5; seed++) {
            prng g = {seed};
            prng_permutation(&g, order, N);
            dataset moved = dataset_pick(&base, order, N, LATENT_F64, 0);
            answer *const a = malloc(sizeof *a), *const b = malloc(sizeof *b);
            ask(&base, (latent_metric)metric, LATENT_TIES_EXCLUDE, a);
            ask(&moved, (latent_metric)metric, LATENT_TIES_EXCLUDE, b);
            for (int i = 0; i < N; i++) {
                assert_int_equal(b->kstar[i], a->kstar[order[i]]);
                assert_true(b->distance[i] == a->distance[order[i]]);
            }
            assert_int_equal(a->tied, b->tied);
            free(a);
            free(b);
            dataset_free(&moved);
        }
}

/* values[i] -> f(values[i]) with its features in `order`, in `type` and with `gap`. */
typedef struct change {
    latent_type type;
    int64_t gap;
    double shift, scale;
    const int64_t *order;
} change;

static void expect_unchanged(const change *c) {
    double *const values = malloc(N * D * sizeof *values);
    for (int n = 0; n < N; n++)
        for (int i = 0; i < D; i++)
            values[n * D + i] =
                (base.values[n * D + (c->order ? c->order[i] : i)] + c->shift) * c->scale;
    dataset moved = dataset_from(c->type, values, base.labels, N, D, c->gap);
    assert_memory_equal(moved.values, values, N * D * sizeof *values);
    answer *const a = malloc(sizeof *a), *const b = malloc(sizeof *b);
    for (int ties = 0; ties < 2; ties++) {
        ask(&base, LATENT_EUCLIDEAN, (latent_ties)ties, a);
        ask(&moved, LATENT_EUCLIDEAN, (latent_ties)ties, b);
        expect_same(a, b, c->scale);
    }
    free(a);
    free(b);
    free(values);
    dataset_free(&moved);
}

static void test_feature_order(void **state) {
    (void)state;
    int64_t order[D];
    for (uint64_t seed = 1; seed <= 5; seed++) {
        prng g = {seed};
        prng_permutation(&g, order, D);
        expect_unchanged(&(change){LATENT_F64, 0, 0.0, 1.0, order});
        expect_unchanged(&(change){LATENT_F16, 3, 0.0, 1.0, order});
    }
}

/* 1000 needs 11 bits with the numbers on top: all types but bfloat16 hold that. */
static void test_translation(void **state) {
    (void)state;
    const double shifts[] = {1000.0, -1000.0, 1021.0};
    const latent_type types[] = {LATENT_F16, LATENT_F32, LATENT_F64};
    for (int t = 0; t < 3; t++)
        for (int s = 0; s < 3; s++)
            expect_unchanged(&(change){types[t], 0, shifts[s], 1.0, NULL});
    expect_unchanged(&(change){LATENT_BF16, 0, 64.0, 1.0, NULL});
    expect_unchanged(&(change){LATENT_F32, 0, 8388608.0, 1.0, NULL});
    expect_unchanged(&(change){LATENT_F64, 0, 1099511627776.0, 1.0, NULL});
}

static void test_scaling_by_powers_of_two(void **state) {
    (void)state;
    const struct {
        latent_type type;
        double scale;
    } cases[] = {
        {LATENT_F16, 0x1p-12},  {LATENT_F16, 0x1p13},    {LATENT_BF16, 0x1p-40},
        {LATENT_BF16, 0x1p125}, {LATENT_F32, 0x1p-149},  {LATENT_F32, 0x1p-70},
        {LATENT_F32, 0x1p60},   {LATENT_F32, 0x1p125},   {LATENT_F64, 0x1p-500},
        {LATENT_F64, 0x1p-200}, {LATENT_F64, 0x1p-1000}, {LATENT_F64, 0x1p200},
        {LATENT_F64, 0x1p500},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (cases[i].scale >= 0x1p-520)
            expect_unchanged(&(change){cases[i].type, 0, 0.0, cases[i].scale, NULL});
}

static void test_types_and_strides(void **state) {
    (void)state;
    for (int type = LATENT_F16; type <= LATENT_F64; type++)
        for (int64_t gap = 0; gap <= 40; gap += gap < 3 ? 1 : 18)
            expect_unchanged(&(change){(latent_type)type, gap, 0.0, 1.0, NULL});
}

/* Labels are names: other names, the same k*. */
static void test_label_names(void **state) {
    (void)state;
    int32_t names[N];
    for (int i = 0; i < N; i++)
        names[i] = (int32_t)((uint32_t)base.labels[i] * 2654435761u + 12345u);
    dataset renamed = dataset_from(LATENT_F64, base.values, names, N, D, 0);
    answer *const a = malloc(sizeof *a), *const b = malloc(sizeof *b);
    ask(&base, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE, a);
    ask(&renamed, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE, b);
    expect_same(a, b, 1.0);
    free(a);
    free(b);
    dataset_free(&renamed);
}

/* A second copy of everything: nearest distances stay; counts of what is nearer double, but for the
 * sample itself, whose copy is at distance 0. */
static void test_everything_twice(void **state) {
    (void)state;
    enum { TWICE = 2 * N };
    int64_t rows[TWICE];
    for (int i = 0; i < TWICE; i++)
        rows[i] = i % N;
    dataset twice = dataset_pick(&base, rows, TWICE, LATENT_F32, 1);
    int64_t *const kstar = malloc(TWICE * sizeof *kstar);
    answer *const a = malloc(sizeof *a);
    ask(&base, LATENT_EUCLIDEAN, LATENT_TIES_EXCLUDE, a);
    expect_ok(context, latent_kstar(context, &twice.view, twice.labels, NULL, kstar, NULL));
    for (int i = 0; i < TWICE; i++) {
        const int64_t itself = a->distance[i % N] > 0.0;
        assert_int_equal(kstar[i], 1 + 2 * (a->kstar[i % N] - 1) + itself);
    }
    free(a);
    free(kstar);
    dataset_free(&twice);
}

/* Including ties adds the tied samples and no others. */
static void test_ties(void **state) {
    (void)state;
    answer *const strict = malloc(sizeof *strict), *const wide = malloc(sizeof *wide);
    for (int metric = 0; metric < 2; metric++) {
        ask(&base, (latent_metric)metric, LATENT_TIES_EXCLUDE, strict);
        ask(&base, (latent_metric)metric, LATENT_TIES_INCLUDE, wide);
        int64_t more = 0;
        for (int i = 0; i < N; i++) {
            assert_true(wide->kstar[i] >= strict->kstar[i]);
            more += wide->kstar[i] - strict->kstar[i];
        }
        assert_int_equal(more, strict->tied);
        assert_int_equal(wide->tied, strict->tied);
        assert_true(metric == LATENT_COSINE || more > 0);
    }
    free(strict);
    free(wide);
}

/* The subset of all samples, and samples as queries one row apart from themselves. */
static void test_subset_is_full(void **state) {
    (void)state;
    int64_t all[N];
    for (int i = 0; i < N; i++)
        all[i] = N - 1 - i;
    answer *const a = malloc(sizeof *a), *const b = malloc(sizeof *b);
    for (int metric = 0; metric < 2; metric++) {
        ask(&base, (latent_metric)metric, LATENT_TIES_EXCLUDE, a);
        const latent_kstar_options options = {sizeof options, (latent_metric)metric,
                                              LATENT_TIES_EXCLUDE};
        latent_kstar_extra extra = {
            .size = sizeof extra, .foreign_index = b->foreign, .foreign_distance = b->distance};
        expect_ok(context, latent_kstar_subset(context, &base.view, base.labels, all, N, &options,
                                               b->kstar, &extra));
        for (int i = 0; i < N; i++) {
            assert_int_equal(b->kstar[i], a->kstar[N - 1 - i]);
            assert_int_equal(b->foreign[i], a->foreign[N - 1 - i]);
            assert_true(b->distance[i] == a->distance[N - 1 - i]);
        }
        assert_int_equal(extra.tied_pairs, a->tied);
    }
    free(a);
    free(b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_row_order),         cmocka_unit_test(test_feature_order),
        cmocka_unit_test(test_translation),       cmocka_unit_test(test_scaling_by_powers_of_two),
        cmocka_unit_test(test_types_and_strides), cmocka_unit_test(test_label_names),
        cmocka_unit_test(test_everything_twice),  cmocka_unit_test(test_ties),
        cmocka_unit_test(test_subset_is_full),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
