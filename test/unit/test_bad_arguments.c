/* Wrong arguments other than views: status, sentence, nothing written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/testing.h"

enum { N = 8, D = 2, Q = 3 };

/* Everything that some call takes, all of it right; a case changes one thing. */
typedef struct arguments {
    latent_matrix points, queries;
    const int32_t *labels, *query_labels;
    int64_t samples[Q];
    int64_t sample_count, row, k, n;
    int64_t ranks[N], population[N], indices[Q * 2];
    int64_t capacity;
    latent_kstar_options kstar;
    latent_knn_options knn;
    latent_kstar_summary_options summary;
    latent_kstar_sampled_options sampled;
    latent_metric metric;
    const void *missing; /* the address of a field here whose argument is given as NULL */
    bool no_output;
} arguments;

static const float point_data[N * D] = {0, 1, 1, 1, 0, 2, 9, 9, 8, 9, 9, 7, 4, 4, 5, 4};
static const float query_data[Q * D] = {1, 0, 8, 8, 4, 5};
static const int32_t point_labels[N] = {7, 7, 7, 9, 9, 9, -2, -2};
static const int32_t query_labels[Q] = {7, 9, 50};
static const int32_t one_label[N] = {7, 7, 7, 7, 7, 7, 7, 7};
static const int32_t foreign_queries[Q] = {50, 7, 7};

static arguments right(void) {
    arguments a = {.points = latent_matrix_view(point_data, N, D, LATENT_F32),
                   .queries = latent_matrix_view(query_data, Q, D, LATENT_F32),
                   .labels = point_labels,
                   .query_labels = query_labels,
                   .samples = {7, 0, 7},
                   .sample_count = Q,
                   .k = 2,
                   .n = N,
                   .ranks = {1, 3, 2, 1, 1, 3, 2, 1},
                   .population = {3, 3, 3, 3, 3, 3, 2, 2},
                   .indices = {0, 1, 7, 3, 4, 5},
                   .capacity = 3};
    a.kstar.size = sizeof a.kstar;
    a.knn.size = sizeof a.knn;
    a.summary.size = sizeof a.summary;
    a.sampled.size = sizeof a.sampled;
    return a;
}

/* What calls write; all of it is poison before. */
typedef struct outputs {
    int64_t ranks[N * N], foreign[N];
    double numbers[N * N];
    int32_t small[N];
    int64_t one;
    double gamma;
} outputs;

typedef latent_status (*any_call)(latent_context *context, const arguments *a, outputs *out);

/* `pointer`, or NULL if the case wants this argument missing. */
static const void *given(const arguments *a, const void *field, const void *pointer) {
    return a->missing == field ? NULL : pointer;
}

static void *output(const arguments *a, void *pointer) {
    return a->no_output ? NULL : pointer;
}

static latent_status call_kstar(latent_context *context, const arguments *a, outputs *out) {
    return latent_kstar(context, &a->points, given(a, &a->labels, a->labels), &a->kstar,
                        output(a, out->ranks), NULL);
}

static latent_status call_subset(latent_context *context, const arguments *a, outputs *out) {
    return latent_kstar_subset(context, &a->points, given(a, &a->labels, a->labels),
                               given(a, a->samples, a->samples), a->sample_count, &a->kstar,
                               output(a, out->ranks), NULL);
}

static latent_status call_queries(latent_context *context, const arguments *a, outputs *out) {
    return latent_kstar_queries(context, &a->queries, given(a, &a->query_labels, a->query_labels),
                                &a->points, given(a, &a->labels, a->labels), &a->kstar,
                                output(a, out->ranks), NULL);
}

static latent_status call_sampled(latent_context *context, const arguments *a, outputs *out) {
    latent_kstar_sampled_result result = {.size = sizeof result, .gamma = -1.5};
    const latent_status status = latent_kstar_sampled(
        context, &a->points, given(a, &a->labels, a->labels), &a->sampled, output(a, &result));
    if (result.gamma != -1.5)
        out->gamma = result.gamma;
    return status;
}

static latent_status call_knn(latent_context *context, const arguments *a, outputs *out) {
    return latent_knn(context, &a->queries, &a->points, a->k, &a->knn, output(a, out->ranks),
                      out->numbers);
}

static latent_status call_knn_self(latent_context *context, const arguments *a, outputs *out) {
    return latent_knn(context, NULL, &a->points, a->k, &a->knn, output(a, out->ranks), NULL);
}

static latent_status call_distance(latent_context *context, const arguments *a, outputs *out) {
    return latent_distance(context, &a->points, a->row, &a->queries, 1, a->metric,
                           output(a, out->numbers));
}

static latent_status call_distance_b(latent_context *context, const arguments *a, outputs *out) {
    return latent_distance(context, &a->queries, 1, &a->points, a->row, a->metric,
                           output(a, out->numbers));
}

/* The capacity's error alone writes something: the count. */
static latent_status call_summary(latent_context *context, const arguments *a, outputs *out) {
    latent_kstar_concepts concepts = {.size = sizeof concepts,
                                      .capacity = a->capacity,
                                      .count = -7,
                                      .label = out->small,
                                      .mean = out->numbers};
    latent_kstar_overall overall = {.size = sizeof overall, .gamma = -1.5};
    const latent_status status =
        latent_kstar_summary(context, given(a, a->ranks, a->ranks), given(a, &a->labels, a->labels),
                             a->n, &a->summary, &concepts, &overall);
    if (status != LATENT_OK && concepts.count != (status == LATENT_ERROR_SHAPE ? 3 : -7))
        out->one = concepts.count;
    if (overall.gamma != -1.5)
        out->gamma = overall.gamma;
    return status;
}

static latent_status call_agreement(latent_context *context, const arguments *a, outputs *out) {
    return latent_knn_agreement(context, given(a, a->indices, a->indices), a->sample_count, a->k,
                                given(a, &a->query_labels, a->query_labels),
                                given(a, &a->labels, a->labels), a->n, output(a, out->numbers));
}

static latent_status call_hubness(latent_context *context, const arguments *a, outputs *out) {
    return latent_hubness(context, given(a, a->indices, a->indices), a->sample_count, a->k, a->n,
                          out->ranks, &out->gamma);
}

static latent_status call_distinct(latent_context *context, const arguments *a, outputs *out) {
    return latent_labels_distinct(context, given(a, &a->labels, a->labels), a->n,
                                  output(a, &out->one));
}

/* Runs the call on `a` and checks all that an error promises; then again with right arguments. */
static void expect_call(any_call call, const arguments *a, latent_status expected,
                        const char *pieces) {
    latent_context *const context = testing_context();
    outputs *const out = poison_new(sizeof *out);
    expect_status(context, call(context, a, out), expected, pieces);
    assert_true(poison_intact(out, sizeof *out));
    const arguments good = right();
    expect_ok(context, call(context, &good, out));
    assert_false(poison_intact(out, sizeof *out));
    free(out);
    latent_context_destroy(context);
}

#define CASE(call, change, expected, pieces)                                                       \
    do {                                                                                           \
        arguments a = right();                                                                     \
        change;                                                                                    \
        expect_call(call, &a, LATENT_ERROR_##expected, pieces);                                    \
    } while (0)

static void test_null_pointers(void **state) {
    (void)state;
    CASE(call_kstar, a.missing = &a.labels, ARGUMENT, "labels|NULL");
    CASE(call_kstar, a.no_output = true, ARGUMENT, "kstar|NULL");
    CASE(call_subset, a.missing = &a.labels, ARGUMENT, "labels|NULL");
    CASE(call_subset, a.missing = a.samples, ARGUMENT, "samples|NULL");
    CASE(call_subset, a.no_output = true, ARGUMENT, "kstar|NULL");
    CASE(call_queries, a.missing = &a.query_labels, ARGUMENT, "query_labels|NULL");
    CASE(call_queries, a.missing = &a.labels, ARGUMENT, "reference_labels|NULL");
    CASE(call_queries, a.no_output = true, ARGUMENT, "kstar|NULL");
    CASE(call_sampled, a.missing = &a.labels, ARGUMENT, "labels|NULL");
    CASE(call_sampled, a.no_output = true, ARGUMENT, "result|NULL");
    CASE(call_knn, a.no_output = true, ARGUMENT, "indices|NULL");
    CASE(call_distance, a.no_output = true, ARGUMENT, "distance|NULL");
    CASE(call_summary, a.missing = a.ranks, ARGUMENT, "kstar|NULL");
    CASE(call_summary, a.missing = &a.labels, ARGUMENT, "labels|NULL");
    CASE(call_agreement, a.missing = a.indices, ARGUMENT, "indices|NULL");
    CASE(call_agreement, a.missing = &a.query_labels, ARGUMENT, "query_labels|NULL");
    CASE(call_agreement, a.missing = &a.labels, ARGUMENT, "reference_labels|NULL");
    CASE(call_agreement, a.no_output = true, ARGUMENT, "agreement|NULL");
    CASE(call_hubness, a.missing = a.indices, ARGUMENT, "indices|NULL");
    CASE(call_distinct, a.missing = &a.labels, ARGUMENT, "labels|NULL");
    CASE(call_distinct, a.no_output = true, ARGUMENT, "distinct|NULL");
}

static void test_labels(void **state) {
    (void)state;
    const char *const one = "labels has one distinct value (7)";
    CASE(call_kstar, a.labels = one_label, DOMAIN, one);
    CASE(call_subset, a.labels = one_label, DOMAIN, one);
    CASE(call_sampled, a.labels = one_label, DOMAIN, one);
    CASE(call_queries, a.labels = one_label, DOMAIN, "query_labels[0]|7");
    CASE(call_queries, (a.labels = one_label, a.query_labels = foreign_queries), DOMAIN,
         "query_labels[1]|7");
    /* One reference with another label than the queries is enough; none of the query's is fine. */
    arguments fine = right();
    fine.points.rows = 1;
    fine.query_labels = foreign_queries;
    fine.queries.rows = 1;
    latent_context *const context = testing_context();
    outputs out;
    expect_ok(context, call_queries(context, &fine, &out));
    assert_int_equal(out.ranks[0], 1);
    latent_context_destroy(context);
}

static void test_single_sample(void **state) {
    (void)state;
    CASE(call_kstar, a.points.rows = 1, SHAPE, "points|1");
    CASE(call_subset, (a.points.rows = 1, a.samples[0] = 0, a.sample_count = 1), SHAPE, "points|1");
    CASE(call_sampled, a.points.rows = 1, SHAPE, "points|1");
    CASE(call_knn_self, (a.points.rows = 1, a.k = 1), ARGUMENT, "k|1");
}

static void test_shapes_and_types_that_differ(void **state) {
    (void)state;
    const any_call calls[] = {call_queries, call_knn, call_distance, call_distance_b};
    for (int c = 0; c < 4; c++) {
        CASE(calls[c], (a.queries.columns = 1), SHAPE, "columns|1|2");
        CASE(calls[c], (a.queries.type = LATENT_F16), TYPE, "type|1|3");
    }
}

static void test_enums(void **state) {
    (void)state;
    CASE(call_kstar, a.kstar.metric = (latent_metric)2, ARGUMENT, "metric|2");
    CASE(call_kstar, a.kstar.metric = (latent_metric)-1, ARGUMENT, "metric|-1");
    CASE(call_kstar, a.kstar.ties = (latent_ties)2, ARGUMENT, "ties|2");
    CASE(call_subset, a.kstar.metric = (latent_metric)99, ARGUMENT, "metric|99");
    CASE(call_subset, a.kstar.ties = (latent_ties)-1, ARGUMENT, "ties|-1");
    CASE(call_queries, a.kstar.metric = (latent_metric)99, ARGUMENT, "metric|99");
    CASE(call_queries, a.kstar.ties = (latent_ties)2, ARGUMENT, "ties|2");
    CASE(call_sampled, a.sampled.metric = (latent_metric)99, ARGUMENT, "metric|99");
    CASE(call_sampled, a.sampled.ties = (latent_ties)2, ARGUMENT, "ties|2");
    CASE(call_knn, a.knn.metric = (latent_metric)99, ARGUMENT, "metric|99");
    CASE(call_distance, a.metric = (latent_metric)99, ARGUMENT, "metric|99");
}

static void test_ranges(void **state) {
    (void)state;
    CASE(call_subset, a.sample_count = 0, ARGUMENT, "sample_count|0");
    CASE(call_subset, a.sample_count = -1, ARGUMENT, "sample_count|-1");
    CASE(call_subset, a.samples[1] = -1, ARGUMENT, "samples[1]|-1");
    CASE(call_subset, a.samples[2] = N, ARGUMENT, "samples[2]|8");
    CASE(call_subset, a.samples[0] = INT64_MIN, ARGUMENT, "samples[0]|-9223372036854775808");
    CASE(call_sampled, a.sampled.per_concept = 2, ARGUMENT, "per_concept|2");
    CASE(call_sampled, a.sampled.per_concept = -1, ARGUMENT, "per_concept|-1");
    CASE(call_knn, a.k = 0, ARGUMENT, "k|0");
    CASE(call_knn, a.k = -1, ARGUMENT, "k|-1");
    CASE(call_knn, a.k = N + 1, ARGUMENT, "k|9|8");
    CASE(call_knn, a.k = INT64_MAX, ARGUMENT, "k|9223372036854775807");
    CASE(call_knn_self, a.k = N, ARGUMENT, "k|8|7");
    CASE(call_distance, a.row = N, ARGUMENT, "row 8 of a");
    CASE(call_distance, a.row = -1, ARGUMENT, "row -1 of a");
    CASE(call_distance_b, a.row = N, ARGUMENT, "row 8 of b");
    CASE(call_distance_b, a.row = INT64_MAX, ARGUMENT, "row 9223372036854775807 of b");
    CASE(call_distinct, a.n = 0, ARGUMENT, "n|0");
    CASE(call_distinct, a.n = -5, ARGUMENT, "n|-5");
}

static void test_summary(void **state) {
    (void)state;
    CASE(call_summary, a.n = 0, ARGUMENT, "n|0");
    CASE(call_summary, a.n = -1, ARGUMENT, "n|-1");
    CASE(call_summary, a.ranks[3] = 0, ARGUMENT, "kstar[3]|0");
    CASE(call_summary, a.ranks[3] = -4, ARGUMENT, "kstar[3]|-4");
    CASE(call_summary, a.ranks[6] = 3, ARGUMENT, "kstar[6]|3|2");
    CASE(call_summary, (a.ranks[6] = 3, a.ranks[7] = 9), ARGUMENT, "kstar[6]|3");
    CASE(call_summary, (a.summary.population = a.population, a.population[5] = 2), ARGUMENT,
         "kstar[5]|3|2");
    CASE(call_summary, (a.summary.population = a.population, a.population[2] = 0), ARGUMENT,
         "[2]|0");
    CASE(call_summary, a.summary.threshold = -0.5, ARGUMENT, "threshold|-0.5");
    CASE(call_summary, a.summary.threshold = (double)NAN, ARGUMENT, "threshold");
    CASE(call_summary, a.capacity = 2, SHAPE, "capacity|2|3");
    CASE(call_summary, a.capacity = 0, SHAPE, "capacity|0|3");
}

static void test_neighbor_lists(void **state) {
    (void)state;
    const any_call calls[] = {call_agreement, call_hubness};
    for (int c = 0; c < 2; c++) {
        CASE(calls[c], a.indices[3] = N, ARGUMENT, "indices[1][1]|8");
        CASE(calls[c], a.indices[5] = -1, ARGUMENT, "indices[2][1]|-1");
        CASE(calls[c], (a.indices[0] = -1, a.indices[4] = 99), ARGUMENT, "indices[0][0]|-1");
        CASE(calls[c], a.k = 0, ARGUMENT, "k|0");
        CASE(calls[c], a.k = -2, ARGUMENT, "k|-2");
        CASE(calls[c], a.sample_count = 0, ARGUMENT, "query_count|0");
        CASE(calls[c], a.n = 0, ARGUMENT, "reference_count|0");
        CASE(calls[c], (a.sample_count = INT64_MAX / 2, a.k = 4), SHAPE, "query_count");
        CASE(calls[c], (a.sample_count = (int64_t)1 << 32, a.k = (int64_t)1 << 32), SHAPE,
             "query_count");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers), cmocka_unit_test(test_labels),
        cmocka_unit_test(test_single_sample), cmocka_unit_test(test_shapes_and_types_that_differ),
        cmocka_unit_test(test_enums),         cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_summary),       cmocka_unit_test(test_neighbor_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
