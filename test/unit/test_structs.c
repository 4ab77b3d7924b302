/* Size-prefixed structs: shorter, longer, with a tail, with a size that was never filled in. */
#include <stdlib.h>
#include <string.h>

#include "harness/testing.h"

/* A call that takes one of them; everything else about it is right. */
typedef latent_status (*struct_call)(latent_context *context, void *given);

enum { N = 6, D = 2 };
static const float points_data[N * D] = {0, 0, 1, 0, 0, 2, 9, 9, 8, 9, 9, 7};
static const int32_t labels[N] = {1, 1, 1, 2, 2, 2};
static const int64_t ranks[N] = {1, 2, 3, 1, 2, 2};
static int64_t integers[N * N];

static latent_matrix points(void) {
    return latent_matrix_view(points_data, N, D, LATENT_F32);
}

static latent_status context_options(latent_context *context, void *given) {
    (void)context;
    latent_context *made = NULL;
    const latent_status status = latent_context_create(&made, given);
    latent_context_destroy(made);
    return status;
}

static latent_status kstar_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar(context, &view, labels, given, integers, NULL);
}

static latent_status kstar_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar(context, &view, labels, NULL, integers, given);
}

static latent_status subset_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    static const int64_t samples[] = {3, 1};
    return latent_kstar_subset(context, &view, labels, samples, 2, given, integers, NULL);
}

static latent_status subset_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    static const int64_t samples[] = {3, 1};
    return latent_kstar_subset(context, &view, labels, samples, 2, NULL, integers, given);
}

static latent_status queries_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_queries(context, &view, labels, &view, labels, given, integers, NULL);
}

static latent_status queries_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_queries(context, &view, labels, &view, labels, NULL, integers, given);
}

static latent_status summary_options(latent_context *context, void *given) {
    latent_kstar_overall overall = {.size = sizeof overall};
    return latent_kstar_summary(context, ranks, labels, N, given, NULL, &overall);
}

static latent_status summary_concepts(latent_context *context, void *given) {
    return latent_kstar_summary(context, ranks, labels, N, NULL, given, NULL);
}

static latent_status summary_overall(latent_context *context, void *given) {
    return latent_kstar_summary(context, ranks, labels, N, NULL, NULL, given);
}

static latent_status sampled_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_kstar_sampled_result result = {.size = sizeof result};
    return latent_kstar_sampled(context, &view, labels, given, &result);
}

static latent_status sampled_result(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_sampled(context, &view, labels, NULL, given);
}

static latent_status knn_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_knn(context, NULL, &view, 2, given, integers, NULL);
}

static latent_status compute_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_moments_overall overall = {.size = sizeof overall};
    return latent_moments_compute(context, &view, given, NULL, NULL, &overall);
}

static latent_status compute_samples(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, given, NULL, NULL);
}

static latent_status compute_features(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, NULL, given, NULL);
}

static latent_status compute_overall(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, NULL, NULL, given);
}

static latent_status create_options(latent_context *context, void *given) {
    latent_moments *made = NULL;
    const latent_status status = latent_moments_create(context, D, given, &made);
    latent_moments_destroy(made);
    return status;
}

/* An accumulator of all points, made apart from the context under test. */
static latent_moments *accumulated(void) {
    const latent_matrix view = points();
    const latent_moments_options options = {.size = sizeof options, .samples = 1, .outliers = 1};
    latent_context *const context = testing_context();
    latent_moments *made = NULL;
    expect_ok(context, latent_moments_create(context, D, &options, &made));
    expect_ok(context, latent_moments_update(context, made, &view, NULL));
    latent_context_destroy(context);
    return made;
}

static latent_status update_samples(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_update(context, moments, &view, given);
    latent_moments_destroy(moments);
    return status;
}

static latent_status finish_features(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_finish(context, moments, given, NULL);
    latent_moments_destroy(moments);
    return status;
}

static latent_status finish_overall(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_finish(context, moments, NULL, given);
    latent_moments_destroy(moments);
    return status;
}

static latent_status outliers_options(latent_context *context, void *given) {
    latent_outliers outliers = {.size = sizeof outliers};
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_outliers(context, moments, given, &outliers);
    latent_moments_destroy(moments);
    return status;
}

static latent_status outliers_result(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_outliers(context, moments, NULL, given);
    latent_moments_destroy(moments);
    return status;
}

static const double percents[4] = {60, 70, 50, 65}; /* two models: reference, then shifted */

static latent_matrix shifted(void) {
    return latent_matrix_view(percents + 2, 2, 1, LATENT_F64);
}

static latent_status fit_options(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    latent_robustness_fits fits = {.size = sizeof fits};
    return latent_robustness_fit(context, percents, &view, given, &fits);
}

static latent_status fit_fits(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    return latent_robustness_fit(context, percents, &view, NULL, given);
}

static latent_status effective_options(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    double slope = 1, intercept = 0, mean[2];
    const latent_robustness_fits fits = {
        .size = sizeof fits, .slope = &slope, .intercept = &intercept};
    return latent_robustness_effective(context, &fits, percents, &view, given, NULL, mean);
}

static const struct {
    const char *name;
    struct_call call;
    size_t bytes;
    int64_t room; /* what the field after `size` must hold, if any */
} structs[] = {
    {"options", context_options, sizeof(latent_context_options), 0},
    {"options", kstar_options, sizeof(latent_kstar_options), 0},
    {"extra", kstar_extra, sizeof(latent_kstar_extra), 0},
    {"options", subset_options, sizeof(latent_kstar_options), 0},
    {"extra", subset_extra, sizeof(latent_kstar_extra), 0},
    {"options", queries_options, sizeof(latent_kstar_options), 0},
    {"extra", queries_extra, sizeof(latent_kstar_extra), 0},
    {"options", summary_options, sizeof(latent_kstar_summary_options), 0},
    {"concepts", summary_concepts, sizeof(latent_kstar_concepts), 2},
    {"overall", summary_overall, sizeof(latent_kstar_overall), 0},
    {"options", sampled_options, sizeof(latent_kstar_sampled_options), 0},
    {"result", sampled_result, sizeof(latent_kstar_sampled_result), 0},
    {"options", knn_options, sizeof(latent_knn_options), 0},
    {"options", compute_options, sizeof(latent_moments_options), 0},
    {"samples", compute_samples, sizeof(latent_moments_samples), 0},
    {"features", compute_features, sizeof(latent_moments_features), 0},
    {"overall", compute_overall, sizeof(latent_moments_overall), 0},
    {"options", create_options, sizeof(latent_moments_options), 0},
    {"samples", update_samples, sizeof(latent_moments_samples), 0},
    {"features", finish_features, sizeof(latent_moments_features), 0},
    {"overall", finish_overall, sizeof(latent_moments_overall), 0},
    {"options", outliers_options, sizeof(latent_outliers_options), 0},
    {"outliers", outliers_result, sizeof(latent_outliers), 0},
    {"options", fit_options, sizeof(latent_robustness_options), 0},
    {"fits", fit_fits, sizeof(latent_robustness_fits), 0},
    {"options", effective_options, sizeof(latent_robustness_options), 0},
};
enum { STRUCTS = sizeof structs / sizeof structs[0], EXTRA_BYTES = 40 };

/* A struct of `size` bytes, zero but for its head, in memory that ends with it. */
static unsigned char *make_struct(int s, size_t held, size_t said) {
    unsigned char *const bytes = calloc(1, held);
    memcpy(bytes, &said, held < sizeof said ? held : sizeof said);
    if (held >= 16 && structs[s].room)
        memcpy(bytes + 8, &structs[s].room, 8);
    return bytes;
}

static void expect_struct(int s, void *given, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    const latent_status status = structs[s].call(context, given);
    if (structs[s].call == context_options) {
        char text[300];
        assert_int_equal(status, expected);
        assert_int_equal(latent_context_options_check(given, text, sizeof text), expected);
        assert_true(testing_mentions(text, pieces));
    } else {
        expect_status(context, status, expected, pieces);
    }
    latent_context_destroy(context);
}

static void test_exact(void **state) {
    (void)state;
    for (int s = 0; s < STRUCTS; s++) {
        unsigned char *const bytes = make_struct(s, structs[s].bytes, structs[s].bytes);
        expect_struct(s, bytes, LATENT_OK, NULL);
        free(bytes);
    }
}

static void test_impossible_sizes(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 12, SIZE_MAX, (size_t)1 << 40};
    for (int s = 0; s < STRUCTS; s++)
        for (int i = 0; i < 6; i++) {
            unsigned char *const bytes = make_struct(s, structs[s].bytes, sizes[i]);
            expect_struct(s, bytes, LATENT_ERROR_OPTIONS, structs[s].name);
            free(bytes);
        }
}

static void test_longer_with_zero_tail(void **state) {
    (void)state;
    for (int s = 0; s < STRUCTS; s++) {
        const size_t size = structs[s].bytes + EXTRA_BYTES;
        unsigned char *const bytes = make_struct(s, size, size);
        expect_struct(s, bytes, LATENT_OK, NULL);
        for (size_t i = structs[s].bytes; i < size; i++)
            assert_int_equal(bytes[i], 0);
        free(bytes);
    }
}

static void test_longer_with_a_tail(void **state) {
    (void)state;
    for (int s = 0; s < STRUCTS; s++)
        for (size_t at = 0; at < EXTRA_BYTES; at += EXTRA_BYTES - 1) {
            const size_t size = structs[s].bytes + EXTRA_BYTES;
            unsigned char *const bytes = make_struct(s, size, size);
            bytes[structs[s].bytes + at] = 1;
            unsigned char *const before = malloc(size);
            memcpy(before, bytes, size);
            expect_struct(s, bytes, LATENT_ERROR_OPTIONS, structs[s].name);
            assert_memory_equal(before, bytes, size);
            free(before);
            free(bytes);
        }
}

/* The shortest struct is its size alone; concepts also need their capacity. */
static void test_shorter(void **state) {
    (void)state;
    for (int s = 0; s < STRUCTS; s++)
        for (size_t size = structs[s].room ? 16 : 8; size < structs[s].bytes; size += 8) {
            unsigned char *const bytes = make_struct(s, size, size);
            expect_struct(s, bytes, LATENT_OK, NULL);
            assert_memory_equal(bytes, &size, sizeof size);
            free(bytes);
        }
}

/* Padding has a name, so that a later version may give it a meaning. */
static void test_reserved(void **state) {
    (void)state;
    const latent_matrix view = points();
    latent_context *const context = testing_context();
    const latent_knn_options knn = {.size = sizeof knn, .reserved = 7};
    expect_status(context, latent_knn(context, NULL, &view, 2, &knn, integers, NULL),
                  LATENT_ERROR_OPTIONS, "reserved|7");
    const latent_kstar_summary_options summary = {.size = sizeof summary, .reserved = -1};
    latent_kstar_overall overall = {.size = sizeof overall};
    expect_status(context,
                  latent_kstar_summary(context, ranks, labels, N, &summary, NULL, &overall),
                  LATENT_ERROR_OPTIONS, "reserved|-1");
    const latent_kstar_sampled_options sampled = {.size = sizeof sampled, .reserved = 1};
    latent_kstar_sampled_result result = {.size = sizeof result};
    expect_status(context, latent_kstar_sampled(context, &view, labels, &sampled, &result),
                  LATENT_ERROR_OPTIONS, "reserved|1");
    latent_moments_options moments = {.size = sizeof moments, .reserved = -3};
    assert_int_equal(create_options(context, &moments), LATENT_ERROR_OPTIONS);
    expect_status(context, compute_options(context, &moments), LATENT_ERROR_OPTIONS, "reserved|-3");
    latent_robustness_options robustness = {.size = sizeof robustness, .reserved = 5};
    expect_status(context, fit_options(context, &robustness), LATENT_ERROR_OPTIONS, "reserved|5");
    expect_status(context, effective_options(context, &robustness), LATENT_ERROR_OPTIONS,
                  "reserved|5");
    latent_context_destroy(context);
}

/* What a short result does have room for is written. */
static void test_short_results_are_written(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    latent_kstar_overall overall;
    memset(&overall, 0xa5, sizeof overall);
    overall.size = offsetof(latent_kstar_overall, undefined);
    expect_ok(context, latent_kstar_summary(context, ranks, labels, N, NULL, NULL, &overall));
    assert_int_equal(overall.concepts, 2);
    assert_int_equal(overall.perfect, 0);
    assert_true(poison_intact(&overall.undefined,
                              sizeof overall - offsetof(latent_kstar_overall, undefined)));
    const latent_matrix view = points();
    latent_moments_overall moments;
    poison_fill(&moments, sizeof moments);
    moments.size = offsetof(latent_moments_overall, nonfinite);
    expect_ok(context, latent_moments_compute(context, &view, NULL, NULL, NULL, &moments));
    assert_int_equal(moments.samples, N);
    assert_int_equal(moments.degenerate, 2); /* (0, 0) and (9, 9) */
    assert_int_equal(moments.undefined, 0);
    assert_true(poison_intact(&moments.nonfinite,
                              sizeof moments - offsetof(latent_moments_overall, nonfinite)));
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_impossible_sizes),
        cmocka_unit_test(test_longer_with_zero_tail),
        cmocka_unit_test(test_longer_with_a_tail),
        cmocka_unit_test(test_shorter),
        cmocka_unit_test(test_reserved),
        cmocka_unit_test(test_short_results_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
