/* Six points on a line whose k* and skewness are known by hand, in every form the library offers. */
#include <math.h>
#include <stdlib.h>

#include "harness/testing.h"

enum { N = 6 };
static const double line[N] = {0, 1, 2.1, 3.3, 4.6, 6};
static const int32_t labels[N] = {0, 0, 1, 0, 1, 1};
static const int64_t expected_kstar[N] = {2, 2, 1, 1, 1, 2};
static const int64_t expected_foreign[N] = {2, 2, 1, 2, 3, 3};

static void test_kstar(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_F64; type++) {
        dataset set = dataset_from((latent_type)type, line, labels, N, 1, 2);
        for (int ties = 0; ties < 2; ties++) {
            int64_t kstar[N], foreign[N];
            double distance[N];
            const latent_kstar_options options = {sizeof options, LATENT_EUCLIDEAN,
                                                  (latent_ties)ties};
            latent_kstar_extra extra = {
                .size = sizeof extra, .foreign_index = foreign, .foreign_distance = distance};
            expect_ok(context,
                      latent_kstar(context, &set.view, set.labels, &options, kstar, &extra));
            assert_memory_equal(kstar, expected_kstar, sizeof kstar);
            assert_memory_equal(foreign, expected_foreign, sizeof foreign);
            for (int i = 0; i < N; i++)
                assert_true(distance[i] == fabs(set.values[i] - set.values[foreign[i]]));
            assert_int_equal(extra.tied_pairs, 0);
        }
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

static void test_skewness(void **state) {
    (void)state;
    /* 2/3 2/3 1/3 for label 0; with 0 and 1 the moments are m2 = 130/1125, m3 = -180/16875. */
    const double plain = sqrt(0.5), with_ends = 180.0 / 16875.0 / pow(130.0 / 1125.0, 1.5);
    assert_true(fabs(with_ends - 0.2715453) < 2e-7);
    latent_context *const context = testing_context();
    for (int endpoints = 0; endpoints < 2; endpoints++) {
        int32_t label[2], pattern[2];
        double skewness[2];
        latent_kstar_concepts rows = {.size = sizeof rows,
                                      .capacity = 2,
                                      .label = label,
                                      .skewness = skewness,
                                      .pattern = pattern};
        latent_kstar_overall overall = {.size = sizeof overall};
        const latent_kstar_summary_options options = {.size = sizeof options,
                                                      .endpoints = endpoints};
        expect_ok(context, latent_kstar_summary(context, expected_kstar, labels, N, &options, &rows,
                                                &overall));
        for (int c = 0; c < 2; c++) {
            assert_int_equal(label[c], c);
            const double expected = endpoints ? with_ends : plain;
            assert_true(fabs(skewness[c] - (c ? expected : -expected)) < 1e-14);
            assert_int_equal(pattern[c], endpoints ? LATENT_OVERLAPPED
                                         : c       ? LATENT_FRACTURED
                                                   : LATENT_CLUSTERED);
        }
        assert_int_equal(overall.concepts, 2);
        assert_int_equal(overall.perfect + overall.undefined, 0);
        assert_true(fabs(overall.gamma) < 1e-15 && fabs(overall.gamma_weighted) < 1e-15);
    }
    latent_context_destroy(context);
}

/* Points of a circle: cosine sees their angles as the line sees its numbers. */
static void test_circle(void **state) {
    (void)state;
    double values[N * 2];
    for (int i = 0; i < N; i++) {
        const double radius = 1.0 + (i * 7 % 5);
        values[2 * i] = radius * cos(line[i] / 8.0);
        values[2 * i + 1] = radius * sin(line[i] / 8.0);
    }
    latent_context *const context = testing_context();
    for (int type = LATENT_F32; type <= LATENT_F64; type++) {
        dataset set = dataset_from((latent_type)type, values, labels, N, 2, 0);
        int64_t kstar[N];
        const latent_kstar_options options = {.size = sizeof options, .metric = LATENT_COSINE};
        expect_ok(context, latent_kstar(context, &set.view, set.labels, &options, kstar, NULL));
        assert_memory_equal(kstar, expected_kstar, sizeof kstar);
        dataset_free(&set);
    }
    latent_context_destroy(context);
}

/* A tie that only the option decides: 1 is as far from 0 (its own) as from 2 (foreign). */
static void test_tie(void **state) {
    (void)state;
    const float values[] = {0, 1, 2, 9};
    const int32_t names[] = {3, 3, 8, 8};
    const int64_t strict[] = {2, 1, 1, 2}, wide[] = {2, 2, 1, 2};
    const latent_matrix view = latent_matrix_view(values, 4, 1, LATENT_F32);
    latent_context *const context = testing_context();
    for (int ties = 0; ties < 2; ties++) {
        int64_t kstar[4];
        const latent_kstar_options options = {.size = sizeof options, .ties = (latent_ties)ties};
        latent_kstar_extra extra = {.size = sizeof extra};
        expect_ok(context, latent_kstar(context, &view, names, &options, kstar, &extra));
        assert_memory_equal(kstar, ties ? wide : strict, sizeof kstar);
        assert_int_equal(extra.tied_pairs, 1);
    }
    latent_context_destroy(context);
}

/* Queries see every reference: 0.9 of label 0 has 0 and 1 of its own before 2.1. */
static void test_queries(void **state) {
    (void)state;
    const double queries[] = {0.9, 0.9, 0.9, 5.0};
    const int32_t names[] = {0, 1, 77, 1};
    const int64_t expected[] = {3, 1, 1, 3};
    const latent_matrix view = latent_matrix_view(queries, 4, 1, LATENT_F64);
    const latent_matrix references = latent_matrix_view(line, N, 1, LATENT_F64);
    latent_context *const context = testing_context();
    int64_t kstar[4];
    expect_ok(context,
              latent_kstar_queries(context, &view, names, &references, labels, NULL, kstar, NULL));
    assert_memory_equal(kstar, expected, sizeof kstar);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kstar),   cmocka_unit_test(test_skewness),
        cmocka_unit_test(test_circle),  cmocka_unit_test(test_tie),
        cmocka_unit_test(test_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
