/* latent_distance() to the last bit, and the element types, every value of the 16-bit ones. */
#include <math.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/testing.h"

static void expect_distance(latent_context *context, const dataset *a, int64_t i, const dataset *b,
                            int64_t j, latent_metric metric) {
    double actual = -1.0;
    const double expected = oracle_distance(
        a->values + i * a->view.columns, b->values + j * b->view.columns, a->view.columns, metric);
    expect_ok(context, latent_distance(context, &a->view, i, &b->view, j, metric, &actual));
    if (memcmp(&actual, &expected, sizeof actual) != 0)
        fail_msg("rows %d and %d: %a, should be %a", (int)i, (int)j, actual, expected);
}

static void test_against_the_formula(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int kind = 0; kind < DATA_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++)
            for (int64_t d = 1; d <= 100; d += d < 35 ? 1 : 13)
                for (int metric = 0; metric < 2; metric++) {
                    data_spec spec = {.kind = (data_kind)kind,
                                      .type = (latent_type)type,
                                      .rows = 5,
                                      .columns = d,
                                      .concepts = 2,
                                      .gap = d % 3,
                                      .seed = (uint64_t)d,
                                      .metric = (latent_metric)metric};
                    dataset a = dataset_make(&spec);
                    spec.seed += 1000;
                    dataset b = dataset_make(&spec);
                    for (int64_t i = 0; i < 5; i++) {
                        expect_distance(context, &a, i, &b, 4 - i, spec.metric);
                        expect_distance(context, &a, i, &a, 2, spec.metric);
                    }
                    dataset_free(&a);
                    dataset_free(&b);
                }
    latent_context_destroy(context);
}

/* Every finite 16-bit pattern, measured from 0 and from 1, which tells its sign. */
static void test_every_half(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    static uint16_t bits[65536];
    for (int i = 0; i < 65536; i++)
        bits[i] = (uint16_t)i;
    for (int type = LATENT_F16; type <= LATENT_BF16; type++) {
        uint16_t marks[2];
        narrow_store((latent_type)type, marks, 0, 0.0);
        narrow_store((latent_type)type, marks, 1, 1.0);
        const latent_matrix ends = latent_matrix_view(marks, 2, 1, (latent_type)type);
        const latent_matrix all = latent_matrix_view(bits, 65536, 1, (latent_type)type);
        for (int64_t i = 0; i < 65536; i++)
            for (int64_t j = 0; j < 2; j++) {
                const double x = narrow_load((latent_type)type, bits, i);
                double actual = -1.0;
                const latent_status status =
                    latent_distance(context, &all, i, &ends, j, LATENT_EUCLIDEAN, &actual);
                assert_int_equal(status, isfinite(x) ? LATENT_OK : LATENT_ERROR_NONFINITE);
                if (isfinite(x))
                    assert_true(actual == fabs(x - (double)j));
            }
    }
    latent_context_destroy(context);
}

/* Numbers that need no computer: 3-4-5, orthogonal, opposite. */
static void test_by_hand(void **state) {
    (void)state;
    const double data[] = {3, 4, 0, 0, 4, -3, -6, -8};
    const struct {
        int64_t i, j;
        latent_metric metric;
        double expected;
    } cases[] = {
        {0, 1, LATENT_EUCLIDEAN, 5.0},  {0, 0, LATENT_EUCLIDEAN, 0.0},
        {0, 3, LATENT_EUCLIDEAN, 15.0}, {0, 2, LATENT_COSINE, 1.0},
        {0, 3, LATENT_COSINE, 2.0},     {0, 0, LATENT_COSINE, 0.0},
    };
    const latent_matrix view = latent_matrix_view(data, 4, 2, LATENT_F64);
    latent_context *const context = testing_context();
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        double actual = -1.0;
        expect_ok(context, latent_distance(context, &view, cases[c].i, &view, cases[c].j,
                                           cases[c].metric, &actual));
        assert_true(actual == cases[c].expected);
    }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_formula),
        cmocka_unit_test(test_every_half),
        cmocka_unit_test(test_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
