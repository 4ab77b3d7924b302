/* Wrong arguments of the moments calls: status, sentence, nothing written, and the right call after
 * it works. Views and structs of a wrong size are tried in test_bad_views.c and test_structs.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/moments_results.h"
#include "harness/testing.h"

enum { N = 6, D = 3, P = 3 };
static const double point_data[N * D] = {0, 1, 5, 2, 2, 7, -3, 1, 1, 4, 4, 4, 9, 8, 7, 0, 0, 1};

/* Everything that some call takes, all of it right; a case changes one thing. */
typedef struct arguments {
    latent_matrix points;
    latent_moments_options options;
    latent_outliers_options outliers;
    int64_t columns, count, quantile_count;
    double values[N], probabilities[P];
    bool no_options, no_samples, no_features, no_overall, no_outliers;
    bool no_moments, no_second, no_values, no_probabilities, no_output;
    bool empty, itself;
    latent_moments_options other; /* those of the accumulator that is merged */
    int64_t other_columns;
} arguments;

static arguments right(void) {
    arguments a = {.points = latent_matrix_view(point_data, N, D, LATENT_F64),
                   .columns = D,
                   .count = N,
                   .quantile_count = P,
                   .values = {1, 2, (double)NAN, -(double)INFINITY, 5, 6},
                   .probabilities = {0.0, 1.0, 0.25},
                   .other_columns = D};
    a.options = (latent_moments_options){.size = sizeof a.options, .samples = 1, .outliers = 1};
    a.other = a.options;
    a.outliers.size = sizeof a.outliers;
    return a;
}

typedef latent_status (*any_call)(latent_context *context, const arguments *a,
                                  moments_results *out);

static latent_status call_compute(latent_context *context, const arguments *a,
                                  moments_results *out) {
    return latent_moments_compute(context, &a->points, a->no_options ? NULL : &a->options,
                                  a->no_samples ? NULL : &out->samples,
                                  a->no_features ? NULL : &out->features,
                                  a->no_overall ? NULL : &out->overall);
}

static latent_status call_create(latent_context *context, const arguments *a,
                                 moments_results *out) {
    latent_moments *made = (latent_moments *)(void *)out;
    const latent_status status =
        latent_moments_create(context, a->columns, &a->options, a->no_output ? NULL : &made);
    if (status && !a->no_output && made) /* must be NULL on any error */
        out->features.degenerate = -1;
    if (!status) {
        *out->features.mean = (double)latent_moments_columns(made);
        latent_moments_destroy(made);
    }
    return status;
}

/* An accumulator made by another context, of all points unless it shall be empty. */
static latent_moments *accumulated(const arguments *a, const latent_moments_options *options,
                                   int64_t columns) {
    latent_context *const context = testing_context();
    latent_moments *made;
    expect_ok(context, latent_moments_create(context, columns, options, &made));
    const latent_matrix view = latent_matrix_view(point_data, N, columns, LATENT_F64);
    if (!a->empty)
        expect_ok(context, latent_moments_update(context, made, &view, NULL));
    latent_context_destroy(context);
    return made;
}

/* Bytes of an accumulator, to see that it has not changed. */
static unsigned char *frozen(const latent_moments *moments, int64_t *bytes) {
    latent_context *const context = testing_context();
    *bytes = latent_moments_saved_bytes(moments);
    unsigned char *const saved = malloc((size_t)*bytes);
    expect_ok(context, latent_moments_save(context, moments, saved, *bytes));
    latent_context_destroy(context);
    return saved;
}

/* What a call does with an accumulator; on an error that has to be as before. */
typedef latent_status (*moments_call)(latent_context *context, const arguments *a,
                                      latent_moments *moments, moments_results *out);

static latent_status with_accumulator(latent_context *context, const arguments *a,
                                      moments_results *out, moments_call call) {
    latent_moments *const moments = accumulated(a, &a->options, D);
    int64_t bytes;
    unsigned char *const before = frozen(moments, &bytes);
    const latent_status status = call(context, a, a->no_moments ? NULL : moments, out);
    unsigned char *const after = frozen(moments, &bytes);
    if (status)
        assert_memory_equal(before, after, (size_t)bytes);
    free(before);
    free(after);
    latent_moments_destroy(moments);
    return status;
}

static latent_status update(latent_context *context, const arguments *a, latent_moments *moments,
                            moments_results *out) {
    return latent_moments_update(context, moments, &a->points,
                                 a->no_samples ? NULL : &out->samples);
}

static latent_status merge(latent_context *context, const arguments *a, latent_moments *moments,
                           moments_results *out) {
    latent_moments *const other = accumulated(a, &a->other, a->other_columns);
    const latent_moments *const from = a->no_second ? NULL : a->itself ? moments : other;
    const latent_status status = latent_moments_merge(context, moments, from);
    latent_moments_destroy(other);
    if (!status)
        *out->features.mean = 1.0; /* the outputs show that something happened */
    return status;
}

static latent_status finish(latent_context *context, const arguments *a, latent_moments *moments,
                            moments_results *out) {
    return latent_moments_finish(context, moments, a->no_features ? NULL : &out->features,
                                 a->no_overall ? NULL : &out->overall);
}

static latent_status outliers(latent_context *context, const arguments *a, latent_moments *moments,
                              moments_results *out) {
    return latent_moments_outliers(context, moments, &a->outliers,
                                   a->no_outliers ? NULL : &out->outliers);
}

static latent_status call_update(latent_context *context, const arguments *a,
                                 moments_results *out) {
    return with_accumulator(context, a, out, update);
}

static latent_status call_merge(latent_context *context, const arguments *a, moments_results *out) {
    return with_accumulator(context, a, out, merge);
}

static latent_status call_finish(latent_context *context, const arguments *a,
                                 moments_results *out) {
    return with_accumulator(context, a, out, finish);
}

static latent_status call_outliers(latent_context *context, const arguments *a,
                                   moments_results *out) {
    return with_accumulator(context, a, out, outliers);
}

static latent_status call_quantiles(latent_context *context, const arguments *a,
                                    moments_results *out) {
    return latent_moments_quantiles(context, a->no_values ? NULL : a->values, a->count,
                                    a->no_probabilities ? NULL : a->probabilities,
                                    a->quantile_count, a->no_output ? NULL : out->features.mean);
}

/* Runs the call on `a` and checks all that an error promises; then again with right arguments. */
static void expect_call(any_call call, const arguments *a, latent_status expected,
                        const char *pieces) {
    latent_context *const context = testing_context();
    moments_results out = moments_results_new(N, D);
    expect_status(context, call(context, a, &out), expected, pieces);
    assert_true(moments_results_untouched(&out));
    const arguments good = right();
    expect_ok(context, call(context, &good, &out));
    assert_false(moments_results_untouched(&out));
    moments_results_free(&out);
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
    CASE(call_create, a.no_output = true, ARGUMENT, "moments|NULL");
    CASE(call_update, a.no_moments = true, ARGUMENT, "moments|NULL");
    CASE(call_merge, a.no_moments = true, ARGUMENT, "into|NULL");
    CASE(call_merge, a.no_second = true, ARGUMENT, "from|NULL");
    CASE(call_finish, a.no_moments = true, ARGUMENT, "moments|NULL");
    CASE(call_outliers, a.no_moments = true, ARGUMENT, "moments|NULL");
    CASE(call_outliers, a.no_outliers = true, ARGUMENT, "outliers|NULL");
    CASE(call_quantiles, a.no_values = true, ARGUMENT, "values|NULL");
    CASE(call_quantiles, a.no_probabilities = true, ARGUMENT, "probabilities|NULL");
    CASE(call_quantiles, a.no_output = true, ARGUMENT, "quantiles|NULL");
    assert_int_equal(latent_moments_columns(NULL), 0);
    assert_int_equal(latent_moments_saved_bytes(NULL), 0);
    latent_moments_destroy(NULL);
}

/* Something has to be asked for. */
static void test_no_output(void **state) {
    (void)state;
    CASE(call_compute, a.no_samples = a.no_features = a.no_overall = true, ARGUMENT,
         "samples|features|overall");
    CASE(call_finish, a.no_features = a.no_overall = true, ARGUMENT, "features|overall");
}

static void expect_options(any_call call) {
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call, a.options.bias = 2, ARGUMENT, "bias|2");
    CASE(call, a.options.bias = -1, ARGUMENT, "bias|-1");
    CASE(call, a.options.nan_policy = 3, ARGUMENT, "nan_policy|3");
    CASE(call, a.options.nan_policy = -1, ARGUMENT, "nan_policy|-1");
    CASE(call, a.options.reserved = 9, OPTIONS, "reserved|9");
    CASE(call, a.options.magnitude = -0.5, ARGUMENT, "magnitude|-0.5");
    CASE(call, a.options.magnitude = nan, ARGUMENT, "magnitude");
    CASE(call, a.options.magnitude = -inf, ARGUMENT, "magnitude");
    CASE(call, a.options.sigma = -2, ARGUMENT, "sigma|-2");
    CASE(call, a.options.sigma = nan, ARGUMENT, "sigma");
    CASE(call, a.options.sigma = -inf, ARGUMENT, "sigma");
}

static void test_options(void **state) {
    (void)state;
    expect_options(call_compute);
    expect_options(call_create);
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call_outliers, a.outliers.share = -0.1, ARGUMENT, "share|-0.1");
    CASE(call_outliers, a.outliers.share = 1.5, ARGUMENT, "share|1.5");
    CASE(call_outliers, a.outliers.share = nan, ARGUMENT, "share");
    CASE(call_outliers, a.outliers.share = inf, ARGUMENT, "share");
    CASE(call_outliers, a.outliers.ratio = -1, ARGUMENT, "ratio|-1");
    CASE(call_outliers, a.outliers.ratio = nan, ARGUMENT, "ratio");
}

/* What an accumulator was not told to take, it has not. */
static void test_not_taken(void **state) {
    (void)state;
    CASE(call_update, (a.options.samples = 0, a.other = a.options), ARGUMENT, "samples");
    CASE(call_finish, (a.options.samples = 0, a.other = a.options), ARGUMENT, "overall|samples");
    CASE(call_outliers, (a.options.outliers = 0, a.other = a.options), ARGUMENT, "outliers");
    arguments fine = right();
    fine.options.samples = 0;
    fine.options.outliers = 0;
    fine.no_samples = fine.no_overall = true;
    latent_context *const context = testing_context();
    moments_results out = moments_results_new(N, D);
    expect_ok(context, call_update(context, &fine, &out));
    expect_ok(context, call_finish(context, &fine, &out));
    moments_results_free(&out);
    latent_context_destroy(context);
}

static void test_empty(void **state) {
    (void)state;
    CASE(call_finish, a.empty = true, DOMAIN, "moments");
    CASE(call_outliers, a.empty = true, DOMAIN, "moments");
}

static void test_shapes(void **state) {
    (void)state;
    CASE(call_create, a.columns = 0, ARGUMENT, "columns|0");
    CASE(call_create, a.columns = -3, ARGUMENT, "columns|-3");
    CASE(call_create, a.columns = INT64_MAX, MEMORY, "columns|9223372036854775807");
    CASE(call_update, a.points.columns = D - 1, SHAPE, "points|2|3");
    CASE(call_update, (a.points.columns = D + 1, a.points.stride = D + 1, a.points.rows = 2), SHAPE,
         "points|4|3");
    CASE(call_update, a.points.rows = 0, SHAPE, "points|0 rows");
    CASE(call_merge, (a.other_columns = D - 1), SHAPE, "2|3");
}

static void test_merge_of_unlike(void **state) {
    (void)state;
    CASE(call_merge, a.itself = true, ARGUMENT, "into|from");
    CASE(call_merge, a.other.bias = LATENT_UNBIASED, ARGUMENT, "from|bias");
    CASE(call_merge, a.other.fisher = 1, ARGUMENT, "from|fisher");
    CASE(call_merge, a.other.nan_policy = LATENT_NAN_OMIT, ARGUMENT, "from|nan_policy");
    CASE(call_merge, a.other.samples = 0, ARGUMENT, "from|samples");
    CASE(call_merge, a.other.outliers = 0, ARGUMENT, "from|outliers");
    CASE(call_merge, a.other.magnitude = 5.0, ARGUMENT, "from|magnitude|5");
    CASE(call_merge, a.other.sigma = 7.0, ARGUMENT, "from|sigma|7");
    /* A default that is spelt out is the same option; so is any number that is not 0. */
    arguments fine = right();
    fine.other.magnitude = fine.other.sigma = 6.0;
    fine.other.samples = 77;
    fine.other.outliers = -1;
    latent_context *const context = testing_context();
    moments_results out = moments_results_new(N, D);
    expect_ok(context, call_merge(context, &fine, &out));
    moments_results_free(&out);
    latent_context_destroy(context);
}

static void test_quantiles(void **state) {
    (void)state;
    CASE(call_quantiles, a.count = 0, ARGUMENT, "count|0");
    CASE(call_quantiles, a.count = -1, ARGUMENT, "count|-1");
    CASE(call_quantiles, a.quantile_count = 0, ARGUMENT, "quantile_count|0");
    CASE(call_quantiles, a.quantile_count = -7, ARGUMENT, "quantile_count|-7");
    CASE(call_quantiles, a.probabilities[1] = 1.125, ARGUMENT, "probabilities[1]|1.125");
    CASE(call_quantiles, a.probabilities[2] = -0.25, ARGUMENT, "probabilities[2]|-0.25");
    CASE(call_quantiles, a.probabilities[0] = (double)NAN, ARGUMENT, "probabilities[0]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers),   cmocka_unit_test(test_no_output),
        cmocka_unit_test(test_options),         cmocka_unit_test(test_not_taken),
        cmocka_unit_test(test_empty),           cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_merge_of_unlike), cmocka_unit_test(test_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
