/* Every matrix argument of every call, given every wrong view: status, sentence, nothing written. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/testing.h"

enum { N = 37, D = 11, GAP = 2 };

/* A right set of arguments; the view in question is given apart. */
static dataset good;
static int64_t samples[] = {36, 0, 5};
static unsigned char *outputs;
enum { OUTPUT_BYTES = 4 * N * 8 };

typedef latent_status (*view_call)(latent_context *context, const latent_matrix *view,
                                   latent_metric metric);

static latent_status kstar(latent_context *context, const latent_matrix *view,
                           latent_metric metric) {
    const latent_kstar_options options = {.size = sizeof options, .metric = metric};
    return latent_kstar(context, view, good.labels, &options, (int64_t *)(void *)outputs, NULL);
}

static latent_status subset(latent_context *context, const latent_matrix *view,
                            latent_metric metric) {
    const latent_kstar_options options = {.size = sizeof options, .metric = metric};
    return latent_kstar_subset(context, view, good.labels, samples, 3, &options,
                               (int64_t *)(void *)outputs, NULL);
}

static latent_status sampled(latent_context *context, const latent_matrix *view,
                             latent_metric metric) {
    const latent_kstar_sampled_options options = {.size = sizeof options, .metric = metric};
    latent_kstar_sampled_result *const result = (latent_kstar_sampled_result *)(void *)outputs;
    result->size = sizeof *result;
    const latent_status status = latent_kstar_sampled(context, view, good.labels, &options, result);
    poison_fill(&result->size, sizeof result->size);
    return status;
}

/* The other view of a call with two has the element type of the one in question. */
static latent_matrix partner(const latent_matrix *view) {
    static double zeros[N * D];
    for (int i = 0; i < N * D; i++)
        narrow_store(view ? view->type : LATENT_F32, zeros, i, 1.0);
    const int64_t columns = view && view->columns > 0 && view->columns <= D ? view->columns : D;
    const bool known = view && latent_type_size(view->type) != 0;
    return latent_matrix_view(zeros, N, columns, known ? view->type : LATENT_F32);
}

static latent_status queries(latent_context *context, const latent_matrix *view,
                             latent_metric metric) {
    const latent_kstar_options options = {.size = sizeof options, .metric = metric};
    const latent_matrix other = partner(view);
    return latent_kstar_queries(context, view, good.labels, &other, good.labels, &options,
                                (int64_t *)(void *)outputs, NULL);
}

static latent_status references(latent_context *context, const latent_matrix *view,
                                latent_metric metric) {
    const latent_kstar_options options = {.size = sizeof options, .metric = metric};
    const latent_matrix other = partner(view);
    return latent_kstar_queries(context, &other, good.labels, view, good.labels, &options,
                                (int64_t *)(void *)outputs, NULL);
}

static latent_status knn_queries(latent_context *context, const latent_matrix *view,
                                 latent_metric metric) {
    const latent_knn_options options = {.size = sizeof options, .metric = metric};
    const latent_matrix other = partner(view);
    return latent_knn(context, view, &other, 2, &options, (int64_t *)(void *)outputs, NULL);
}

static latent_status knn_references(latent_context *context, const latent_matrix *view,
                                    latent_metric metric) {
    const latent_knn_options options = {.size = sizeof options, .metric = metric};
    const latent_matrix other = partner(view);
    return latent_knn(context, &other, view, 2, &options, (int64_t *)(void *)outputs, NULL);
}

static latent_status knn_self(latent_context *context, const latent_matrix *view,
                              latent_metric metric) {
    const latent_knn_options options = {.size = sizeof options, .metric = metric};
    return latent_knn(context, NULL, view, 2, &options, (int64_t *)(void *)outputs, NULL);
}

static latent_status distance_a(latent_context *context, const latent_matrix *view,
                                latent_metric metric) {
    const latent_matrix other = partner(view);
    return latent_distance(context, view, 17, &other, 3, metric, (double *)(void *)outputs);
}

static latent_status distance_b(latent_context *context, const latent_matrix *view,
                                latent_metric metric) {
    const latent_matrix other = partner(view);
    return latent_distance(context, &other, 3, view, 17, metric, (double *)(void *)outputs);
}

static latent_status moments(latent_context *context, const latent_matrix *view,
                             latent_metric metric) {
    (void)metric;
    latent_moments_samples samples_out = {.size = sizeof samples_out,
                                          .mean = (double *)(void *)outputs};
    return latent_moments_compute(context, view, NULL, &samples_out, NULL, NULL);
}

/* The accumulator has the right number of columns for a view that has any. */
static latent_status update(latent_context *context, const latent_matrix *view,
                            latent_metric metric) {
    (void)metric;
    const latent_moments_options options = {.size = sizeof options, .samples = 1};
    latent_moments_samples samples_out = {.size = sizeof samples_out,
                                          .mean = (double *)(void *)outputs};
    latent_moments *accumulator;
    expect_ok(context,
              latent_moments_create(context, partner(view).columns, &options, &accumulator));
    const latent_status status = latent_moments_update(context, accumulator, view, &samples_out);
    latent_moments_destroy(accumulator);
    return status;
}

static const struct {
    const char *argument;
    view_call call;
    bool null_is_fine; /* NULL queries mean the references */
    bool one_row;      /* looks at row 17 only */
    bool no_distances; /* takes zeros, and numbers of any size */
} calls[] = {
    {"points", kstar, false, false, false},
    {"points", subset, false, false, false},
    {"points", sampled, false, false, false},
    {"queries", queries, false, false, false},
    {"references", references, false, false, false},
    {"queries", knn_queries, true, false, false},
    {"references", knn_references, false, false, false},
    {"references", knn_self, false, false, false},
    {"a", distance_a, false, true, false},
    {"b", distance_b, false, true, false},
    {"points", moments, false, false, true},
    {"points", update, false, false, true},
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static int set_up(void **state) {
    const data_spec spec = {.kind = DATA_BLOBS,
                            .type = LATENT_F32,
                            .rows = N,
                            .columns = D,
                            .concepts = 3,
                            .gap = GAP,
                            .seed = 9};
    (void)state;
    good = dataset_make(&spec);
    outputs = malloc(OUTPUT_BYTES);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    dataset_free(&good);
    free(outputs);
    return 0;
}

static void expect_view(int c, const latent_matrix *view, latent_metric metric,
                        latent_status expected, const char *pieces) {
    char wanted[200];
    snprintf(wanted, sizeof wanted, "%s%s", calls[c].argument, pieces);
    latent_context *const context = testing_context();
    poison_fill(outputs, OUTPUT_BYTES);
    const latent_status status = calls[c].call(context, view, metric);
    expect_status(context, status, expected, expected == LATENT_OK ? NULL : wanted);
    assert_int_equal(poison_intact(outputs, OUTPUT_BYTES), expected != LATENT_OK);
    latent_context_destroy(context);
}

static void test_good_view(void **state) {
    (void)state;
    for (int c = 0; c < CALLS; c++) {
        expect_view(c, &good.view, LATENT_EUCLIDEAN, LATENT_OK, "");
        expect_view(c, &good.view, LATENT_COSINE, LATENT_OK, "");
    }
}

static void test_shapes(void **state) {
    (void)state;
    const void *const data = good.buffer;
    const struct {
        latent_matrix view;
        latent_status status;
        const char *pieces;
    } bad[] = {
        {{NULL, N, D, D, LATENT_F32}, LATENT_ERROR_ARGUMENT, "|data|NULL"},
        {{data, 0, D, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|0 rows"},
        {{data, -4, D, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|-4 rows"},
        {{data, N, 0, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|0 columns"},
        {{data, N, -1, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|-1 columns"},
        {{data, N, D, D - 1, LATENT_F32}, LATENT_ERROR_SHAPE, "|stride|10|11"},
        {{data, N, D, 0, LATENT_F32}, LATENT_ERROR_SHAPE, "|stride|0"},
        {{data, N, D, -D, LATENT_F32}, LATENT_ERROR_SHAPE, "|stride|-11"},
        {{data, N, D, D, (latent_type)0}, LATENT_ERROR_TYPE, "|type|0"},
        {{data, N, D, D, (latent_type)5}, LATENT_ERROR_TYPE, "|type|5"},
        {{data, N, D, D, (latent_type)-1}, LATENT_ERROR_TYPE, "|type|-1"},
        {{data, INT64_MAX, D, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|9223372036854775807"},
        {{data, INT64_MAX / 4, D, D, LATENT_F32}, LATENT_ERROR_SHAPE, "|2305843009213693951"},
        {{data, N, D, INT64_MAX, LATENT_F32}, LATENT_ERROR_SHAPE, "|9223372036854775807"},
        {{data, N, D, (int64_t)1 << 60, LATENT_F32}, LATENT_ERROR_SHAPE, "|1152921504606846976"},
        {{(const char *)data + 1, N - 1, D, D, LATENT_F32}, LATENT_ERROR_ARGUMENT, "|aligned"},
    };
    for (int c = 0; c < CALLS; c++)
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            expect_view(c, &bad[i].view, LATENT_EUCLIDEAN, bad[i].status, bad[i].pieces);
    for (int c = 0; c < CALLS; c++)
        if (!calls[c].null_is_fine)
            expect_view(c, NULL, LATENT_EUCLIDEAN, LATENT_ERROR_ARGUMENT, "|NULL");
}

/* A copy of the good set, with other values at some places, is given to every call. */
typedef struct place {
    int64_t row, column;
    double value;
} place;

static void expect_values(latent_type type, const place *places, int count, latent_metric metric,
                          latent_status expected, const char *pieces) {
    double *const values = malloc(N * D * sizeof *values);
    memcpy(values, good.values, N * D * sizeof *values);
    for (int p = 0; p < count; p++)
        values[places[p].row * D + places[p].column] = places[p].value;
    dataset set = dataset_from(type, values, good.labels, N, D, GAP);
    const bool of_distances = expected == LATENT_ERROR_DOMAIN || expected == LATENT_ERROR_OVERFLOW;
    for (int c = 0; c < CALLS; c++)
        if (!calls[c].one_row || places[0].row == 17)
            expect_view(c, &set.view, metric,
                        of_distances && calls[c].no_distances ? LATENT_OK : expected, pieces);
    dataset_free(&set);
    free(values);
}

static const latent_type types[] = {LATENT_F16, LATENT_BF16, LATENT_F32, LATENT_F64};

/* The first place in row order is named, in every type, in corners and among others. */
static void test_nonfinite(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    const struct {
        place places[3];
        int count;
        const char *pieces;
    } bad[] = {
        {{{17, 3, nan}}, 1, "[17][3]|NaN"},
        {{{17, 10, inf}}, 1, "[17][10]|inf"},
        {{{17, 0, -inf}}, 1, "[17][0]|-inf"},
        {{{0, 0, nan}}, 1, "[0][0]|NaN"},
        {{{36, 10, inf}}, 1, "[36][10]|inf"},
        {{{5, 9, nan}, {17, 3, inf}, {5, 10, inf}}, 3, "[5][9]|NaN"},
        {{{17, 7, inf}, {17, 8, nan}, {18, 0, nan}}, 3, "[17][7]|inf"},
    };
    for (int t = 0; t < 4; t++)
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            for (int metric = 0; metric < 2; metric++)
                expect_values(types[t], bad[i].places, bad[i].count, (latent_metric)metric,
                              LATENT_ERROR_NONFINITE, bad[i].pieces);
}

static void fill_row(place places[D], int64_t row, double value) {
    for (int i = 0; i < D; i++)
        places[i] = (place){row, i, value};
}

static void test_zero_rows(void **state) {
    (void)state;
    place places[D];
    for (int t = 0; t < 4; t++)
        for (int64_t row = 0; row < N; row += row == 0 ? 17 : 19) {
            char pieces[40];
            snprintf(pieces, sizeof pieces, "[%lld]|zero", (long long)row);
            fill_row(places, row, 0.0);
            places[4].value = -0.0;
            expect_values(types[t], places, D, LATENT_COSINE, LATENT_ERROR_DOMAIN, pieces);
            expect_values(types[t], places, D, LATENT_EUCLIDEAN, LATENT_OK, NULL);
        }
}

/* The least norm that has a cosine is 2^-450. */
static void test_least_norm(void **state) {
    (void)state;
    place places[D];
    fill_row(places, 17, 0.0);
    places[6].value = ldexp(1.0, -450);
    expect_values(LATENT_F64, places, D, LATENT_COSINE, LATENT_OK, NULL);
    places[6].value = ldexp(1.0, -451);
    expect_values(LATENT_F64, places, D, LATENT_COSINE, LATENT_ERROR_DOMAIN, "[17]");
    expect_values(LATENT_F64, places, D, LATENT_EUCLIDEAN, LATENT_OK, NULL);
}

/* The largest element is sqrt(2^1021 / columns): 2^510 for two columns. */
static void test_largest_element(void **state) {
    (void)state;
    const double limit = ldexp(1.0, 510);
    double values[N * 2];
    for (int i = 0; i < N * 2; i++)
        values[i] = i % 3 == 0 ? limit : i;
    for (int over = 0; over < 2; over++) {
        values[17 * 2 + 1] = over ? -nextafter(limit, 2.0 * limit) : -limit;
        dataset set = dataset_from(LATENT_F64, values, good.labels, N, 2, GAP);
        for (int c = 0; c < CALLS; c++)
            for (int metric = 0; metric < 2; metric++)
                expect_view(c, &set.view, (latent_metric)metric,
                            over && !calls[c].no_distances ? LATENT_ERROR_OVERFLOW : LATENT_OK,
                            "[17][1]");
        dataset_free(&set);
    }
    const place huge[] = {{17, 5, 1e200}};
    expect_values(LATENT_F64, huge, 1, LATENT_EUCLIDEAN, LATENT_ERROR_OVERFLOW, "[17][5]|1e+200");
    expect_values(LATENT_F64, huge, 1, LATENT_COSINE, LATENT_ERROR_OVERFLOW, "[17][5]|1e+200");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_view),  cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_nonfinite),  cmocka_unit_test(test_zero_rows),
        cmocka_unit_test(test_least_norm), cmocka_unit_test(test_largest_element),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
