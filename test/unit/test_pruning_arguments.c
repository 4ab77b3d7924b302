/* Wrong arguments of the calls of pruning.h: status, sentence, nothing written, and the right call
 * after it works. Structs of a wrong size are tried in test_structs.c. */
#include <math.h>
#include <string.h>

#include "harness/wrong_directions.h"

enum { INPUTS = ARGUMENT_INPUTS, ROWS = ARGUMENT_ROWS, LEVELS = ARGUMENT_RANK + 1 };

#define CASE DIRECTIONS_CASE

static latent_status call_evaluate(latent_context *context, directions_arguments *a,
                                   directions_outputs *out) {
    latent_matrix points = a->points;
    points.data = GIVEN(a, a->values);
    return latent_pruning_evaluate(context, GIVEN(a, a->directions),
                                   a->missing == &a->points ? NULL : &points, GIVEN(a, a->labels),
                                   GIVEN(a, a->bias), GIVEN(a, a->order), &a->pruning_options,
                                   a->no_result ? NULL : &out->curve);
}

static latent_status call_gram(latent_context *context, directions_arguments *a,
                               directions_outputs *out) {
    latent_matrix points = a->points;
    double gram[INPUTS * INPUTS];
    memcpy(gram, a->gram, sizeof gram);
    points.data = GIVEN(a, a->values);
    (void)out;
    const latent_status status = latent_pruning_gram(
        context, a->missing == &a->points ? NULL : &points, a->no_result ? NULL : gram);
    if (status)
        assert_memory_equal(gram, a->gram, sizeof gram);
    return status;
}

static latent_status call_aware(latent_context *context, directions_arguments *a,
                                directions_outputs *out) {
    return latent_pruning_aware(context, GIVEN(a, a->directions), GIVEN(a, a->gram),
                                a->no_result ? NULL : &out->aware);
}

static void test_null_pointers(void **state) {
    (void)state;
    CASE(call_evaluate, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_evaluate, a.missing = &a.points, ARGUMENT, "points is NULL");
    CASE(call_evaluate, a.missing = a.values, ARGUMENT, "points->data is NULL");
    CASE(call_evaluate, a.no_result = true, ARGUMENT, "curve is NULL");
    CASE(call_evaluate, a.missing = a.labels, ARGUMENT, "labels is NULL");
    CASE(call_gram, a.missing = &a.points, ARGUMENT, "points is NULL");
    CASE(call_gram, a.missing = a.values, ARGUMENT, "points->data is NULL");
    CASE(call_gram, a.no_result = true, ARGUMENT, "gram is NULL");
    CASE(call_aware, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_aware, a.missing = a.gram, ARGUMENT, "gram is NULL");
    CASE(call_aware, a.no_result = true, ARGUMENT, "result is NULL");
}

static void test_null_contexts(void **state) {
    (void)state;
    directions_arguments a = directions_arguments_make();
    const latent_matrix view = latent_matrix_view(a.values, ROWS, INPUTS, LATENT_F64);
    latent_pruning_curve curve = {.size = sizeof curve};
    latent_pruning_aware_result aware = {.size = sizeof aware};
    assert_int_equal(
        latent_pruning_evaluate(NULL, a.directions, &view, a.labels, a.bias, a.order, NULL, &curve),
        LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_pruning_gram(NULL, &view, a.gram), LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_pruning_aware(NULL, a.directions, a.gram, &aware),
                     LATENT_ERROR_ARGUMENT);
    directions_arguments_free(&a);
}

/* Labels, bias and order may be left out, and each of the results. */
static void test_optional(void **state) {
    (void)state;
    directions_arguments a = directions_arguments_make();
    const latent_matrix view = latent_matrix_view(a.values, ROWS, INPUTS, LATENT_F64);
    int64_t changed[LEVELS], correct[LEVELS], top[LEVELS];
    double energy[LEVELS];
    latent_pruning_curve curve = {.size = sizeof curve, .changed = changed, .energy = energy};
    latent_context *const context = testing_context();
    expect_ok(context, latent_pruning_evaluate(context, a.directions, &view, NULL, NULL, NULL, NULL,
                                               &curve));
    assert_int_equal(changed[LEVELS - 1], 0);
    assert_true(energy[0] == 0 && energy[1] > 0 && energy[1] < 1 && energy[2] == 1);
    curve = (latent_pruning_curve){.size = sizeof curve, .correct_top = top, .correct = correct};
    expect_ok(context, latent_pruning_evaluate(context, a.directions, &view, a.labels, NULL, NULL,
                                               NULL, &curve));
    for (int k = 0; k < LEVELS; k++)
        assert_int_equal(top[k], ROWS); /* by default the 5 best, or all 4 */
    curve = (latent_pruning_curve){.size = sizeof curve};
    expect_ok(context, latent_pruning_evaluate(context, a.directions, &view, a.labels, NULL, NULL,
                                               NULL, &curve));
    latent_pruning_aware_result aware = {.size = sizeof aware};
    expect_ok(context, latent_pruning_aware(context, a.directions, a.gram, &aware));
    latent_context_destroy(context);
    directions_arguments_free(&a);
}

static void test_shapes(void **state) {
    (void)state;
    CASE(call_evaluate, a.points.rows = 0, SHAPE, "points has 0 rows");
    CASE(call_evaluate, a.points.columns = 2, SHAPE, "points has 2 columns|3 inputs");
    CASE(call_evaluate, a.points.stride = 1, SHAPE, "points has stride 1");
    CASE(call_evaluate, a.points.type = 7, TYPE, "points|7");
    CASE(call_gram, a.points.rows = -4, SHAPE, "points has -4 rows");
    CASE(call_gram, a.points.columns = 0, SHAPE, "points has 0 columns");
    CASE(call_gram, a.points.type = -1, TYPE, "points|-1");
}

static void test_numbers(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call_evaluate, a.values[7] = nan, NONFINITE, "points[2][1] is NaN");
    CASE(call_evaluate, a.values[12] = -inf, NONFINITE, "points[4][0] is -infinity");
    CASE(call_evaluate, a.bias[3] = nan, NONFINITE, "bias[3] is NaN");
    CASE(call_evaluate, a.bias[1] = inf, NONFINITE, "bias[1] is infinity");
    CASE(call_evaluate, (a.values[9] = 1e306, a.values[10] = 1e307), OVERFLOW, "points[3]|float64");
    CASE(call_evaluate, a.bias[0] = -1e305, OVERFLOW, "points[0]|float64");
    /* What is no number comes before what is too large, and the first row before later ones. */
    CASE(call_evaluate, (a.values[1] = 1e307, a.values[14] = nan), NONFINITE, "points[4][2]");
    CASE(call_evaluate, a.values[3] = a.values[6] = 1e307, OVERFLOW, "points[1]");
    CASE(call_gram, a.values[8] = inf, NONFINITE, "points[2][2] is infinity");
    CASE(call_gram, a.gram[7] = nan, NONFINITE, "gram[2][1] is NaN");
    CASE(call_gram, a.gram[4] = -inf, NONFINITE, "gram[1][1] is -infinity");
    CASE(call_gram, a.values[13] = -1e170, OVERFLOW, "gram[1][1]|float64");
    CASE(call_aware, a.gram[3] = nan, NONFINITE, "gram[1][0] is NaN");
    CASE(call_aware, a.gram[8] = inf, NONFINITE, "gram[2][2] is infinity");
    CASE(call_aware, a.gram[4] = -3, DOMAIN, "gram has the negative eigenvalue -3");
    CASE(call_aware, a.gram[6] = 100, DOMAIN, "gram has the negative eigenvalue -9");
    CASE(call_aware, a.gram[0] = a.gram[4] = a.gram[8] = 1e308, OVERFLOW, "error|float64");
}

/* The upper triangle is not read; an eigenvalue may be negative by rounding. */
static void test_what_gram_may_hold(void **state) {
    (void)state;
    directions_arguments a = directions_arguments_make();
    latent_context *const context = testing_context();
    latent_pruning_aware_result aware = {.size = sizeof aware};
    a.gram[1] = a.gram[2] = a.gram[5] = (double)NAN;
    expect_ok(context, latent_pruning_aware(context, a.directions, a.gram, &aware));
    memset(a.gram, 0, sizeof a.gram);
    a.gram[0] = 1;
    a.gram[8] = -1e-13;
    expect_ok(context, latent_pruning_aware(context, a.directions, a.gram, &aware));
    a.gram[8] = -1e-9;
    expect_status(context, latent_pruning_aware(context, a.directions, a.gram, &aware),
                  LATENT_ERROR_DOMAIN, "negative eigenvalue -1e-09");
    latent_context_destroy(context);
    directions_arguments_free(&a);
}

static void test_labels(void **state) {
    (void)state;
    CASE(call_evaluate, a.labels[2] = 4, ARGUMENT, "labels[2] is 4|4 outputs");
    CASE(call_evaluate, a.labels[4] = -1, ARGUMENT, "labels[4] is -1|4 outputs");
    CASE(call_evaluate, a.labels[0] = INT32_MIN, ARGUMENT, "labels[0] is -2147483648");
}

static void test_order(void **state) {
    (void)state;
    CASE(call_evaluate, a.order[1] = 2, ARGUMENT, "order[1] is 2|rank is 2");
    CASE(call_evaluate, a.order[0] = -1, ARGUMENT, "order[0] is -1|rank is 2");
    CASE(call_evaluate, a.order[1] = 1, ARGUMENT, "order[1] is 1, which came before");
    directions_arguments a = directions_arguments_make();
    const latent_matrix view = latent_matrix_view(a.values, ROWS, INPUTS, LATENT_F64);
    latent_pruning_curve curve = {.size = sizeof curve};
    latent_context *const context = testing_context();
    a.order[2] = -77; /* beyond the rank: not read */
    expect_ok(context, latent_pruning_evaluate(context, a.directions, &view, NULL, NULL, a.order,
                                               NULL, &curve));
    latent_context_destroy(context);
    directions_arguments_free(&a);
}

static void test_options(void **state) {
    (void)state;
    CASE(call_evaluate, a.pruning_options.top = 5, ARGUMENT, "options->top is 5|4 outputs");
    CASE(call_evaluate, a.pruning_options.top = -1, ARGUMENT, "options->top is -1");
    CASE(call_evaluate, a.pruning_options.reserved = 9, OPTIONS, "options->reserved is 9");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers), cmocka_unit_test(test_null_contexts),
        cmocka_unit_test(test_optional),      cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_numbers),       cmocka_unit_test(test_what_gram_may_hold),
        cmocka_unit_test(test_labels),        cmocka_unit_test(test_order),
        cmocka_unit_test(test_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
