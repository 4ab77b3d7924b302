/* Wrong arguments of the calls of directions.h and importance.h: status, sentence, nothing written,
 * and the right call after it works. Structs of a wrong size are tried in test_structs.c. */
#include <math.h>
#include <string.h>

#include "harness/wrong_directions.h"

enum { OUTPUTS = ARGUMENT_OUTPUTS, INPUTS = ARGUMENT_INPUTS, ROWS = ARGUMENT_ROWS };

#define CASE DIRECTIONS_CASE

static latent_status call_create(latent_context *context, directions_arguments *a,
                                 directions_outputs *out) {
    latent_matrix head = a->head;
    latent_directions *made = (latent_directions *)(void *)out; /* it must not stay */
    head.data = GIVEN(a, a->weights);
    const latent_status status =
        latent_directions_create(context, a->missing == &a->head ? NULL : &head,
                                 &a->directions_options, a->no_result ? NULL : &made);
    if (status && !a->no_result)
        assert_null(made);
    if (!status)
        latent_directions_destroy(made);
    return status;
}

static latent_status call_head(latent_context *context, directions_arguments *a,
                               directions_outputs *out) {
    return latent_directions_head(context, GIVEN(a, a->directions), GIVEN(a, a->kept), a->count,
                                  a->no_result ? NULL : out->head);
}

static latent_status call_importance_create(latent_context *context, directions_arguments *a,
                                            directions_outputs *out) {
    latent_importance *made = (latent_importance *)(void *)out;
    const latent_status status =
        latent_importance_create(context, GIVEN(a, a->directions), a->no_result ? NULL : &made);
    if (status && !a->no_result)
        assert_null(made);
    if (!status)
        latent_importance_destroy(made);
    return status;
}

/* What the accumulator holds, for comparing; zeros if nothing. */
typedef struct held {
    double numbers[4][INPUTS];
    int64_t samples, zeros;
} held;

static held held_by(latent_context *context, const directions_arguments *a) {
    held now = {.samples = 0};
    latent_importance_result result = {.size = sizeof result,
                                       .importance = now.numbers[0],
                                       .cosine = now.numbers[1],
                                       .projection = now.numbers[2],
                                       .variance = now.numbers[3]};
    latent_context *const own = testing_context_with(NULL);
    (void)context;
    expect_ok(own, latent_importance_finish(own, a->importance, a->directions,
                                            LATENT_IMPORTANCE_COSINE, &result));
    latent_context_destroy(own);
    now.samples = result.samples;
    now.zeros = result.zeros;
    return now;
}

static latent_status call_update(latent_context *context, directions_arguments *a,
                                 directions_outputs *out) {
    latent_matrix points = a->points;
    const held before = held_by(context, a);
    points.data = GIVEN(a, a->values);
    (void)out;
    const latent_status status = latent_importance_update(
        context, GIVEN(a, a->importance), a->wrong_directions ? a->other : GIVEN(a, a->directions),
        a->missing == &a->points ? NULL : &points);
    const held after = held_by(context, a);
    if (status)
        assert_memory_equal(&before, &after, sizeof before);
    else
        assert_int_equal(after.samples, before.samples + ROWS);
    return status;
}

static latent_status call_merge(latent_context *context, directions_arguments *a,
                                directions_outputs *out) {
    latent_importance *other = NULL;
    latent_context *const own = testing_context_with(NULL);
    const held before = held_by(context, a);
    expect_ok(
        own, latent_importance_create(own, a->wrong_directions ? a->other : a->directions, &other));
    (void)out;
    const latent_status status = latent_importance_merge(context, GIVEN(a, a->importance),
                                                         a->no_result              ? a->importance
                                                         : a->missing == &a->other ? NULL
                                                                                   : other);
    const held after = held_by(context, a);
    assert_memory_equal(&before, &after, sizeof before); /* the other one is empty */
    latent_importance_destroy(other);
    latent_context_destroy(own);
    return status;
}

static latent_status call_finish(latent_context *context, directions_arguments *a,
                                 directions_outputs *out) {
    latent_importance *empty = NULL;
    latent_context *const own = testing_context_with(NULL);
    expect_ok(own, latent_importance_create(own, a->directions, &empty));
    const latent_status status =
        latent_importance_finish(context, a->empty_importance ? empty : GIVEN(a, a->importance),
                                 a->wrong_directions ? a->other : GIVEN(a, a->directions), a->kind,
                                 a->no_result ? NULL : &out->importance);
    latent_importance_destroy(empty);
    latent_context_destroy(own);
    return status;
}

static void test_null_pointers(void **state) {
    (void)state;
    CASE(call_create, a.missing = &a.head, ARGUMENT, "head is NULL");
    CASE(call_create, a.missing = a.weights, ARGUMENT, "head->data is NULL");
    CASE(call_create, a.no_result = true, ARGUMENT, "directions is NULL");
    CASE(call_head, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_head, a.missing = a.kept, ARGUMENT, "kept is NULL");
    CASE(call_head, a.no_result = true, ARGUMENT, "head is NULL");
    CASE(call_importance_create, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_importance_create, a.no_result = true, ARGUMENT, "importance is NULL");
    CASE(call_update, a.missing = a.importance, ARGUMENT, "importance is NULL");
    CASE(call_update, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_update, a.missing = &a.points, ARGUMENT, "points is NULL");
    CASE(call_update, a.missing = a.values, ARGUMENT, "points->data is NULL");
    CASE(call_merge, a.missing = a.importance, ARGUMENT, "into is NULL");
    CASE(call_merge, a.missing = &a.other, ARGUMENT, "from is NULL");
    CASE(call_finish, a.missing = a.importance, ARGUMENT, "importance is NULL");
    CASE(call_finish, a.missing = a.directions, ARGUMENT, "directions is NULL");
    CASE(call_finish, a.no_result = true, ARGUMENT, "result is NULL");
}

static void test_null_contexts(void **state) {
    (void)state;
    directions_arguments a = directions_arguments_make();
    const latent_matrix view = latent_matrix_view(a.weights, OUTPUTS, INPUTS, LATENT_F64);
    latent_directions *made = a.directions;
    latent_importance *importance = a.importance;
    double head[OUTPUTS * INPUTS];
    latent_importance_result result = {.size = sizeof result};
    assert_int_equal(latent_directions_create(NULL, &view, NULL, &made), LATENT_ERROR_ARGUMENT);
    assert_null(made);
    assert_int_equal(latent_importance_create(NULL, a.directions, &importance),
                     LATENT_ERROR_ARGUMENT);
    assert_null(importance);
    assert_int_equal(latent_directions_head(NULL, a.directions, a.kept, 1, head),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_importance_update(NULL, a.importance, a.directions, &view),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_importance_merge(NULL, a.importance, a.importance),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_importance_finish(NULL, a.importance, a.directions, 0, &result),
                     LATENT_ERROR_ARGUMENT);
    directions_arguments_free(&a);
}

static void test_shapes(void **state) {
    (void)state;
    CASE(call_create, a.head.rows = 0, SHAPE, "head has 0 rows");
    CASE(call_create, a.head.columns = 0, SHAPE, "head has 0 columns");
    CASE(call_create, a.head.stride = 2, SHAPE, "head has stride 2|3 columns");
    CASE(call_create, a.head.type = 5, TYPE, "head|5");
    CASE(call_update, a.points.rows = 0, SHAPE, "points has 0 rows");
    CASE(call_update, a.points.columns = 2, SHAPE, "points has 2 columns|3 inputs");
    CASE(call_update, a.points.stride = -1, SHAPE, "points has stride -1");
    CASE(call_update, a.points.type = 0, TYPE, "points|0");
    CASE(call_update, a.wrong_directions = true, SHAPE,
         "importance is for 3 directions of 3 inputs|directions has 2 of 2");
    CASE(call_merge, a.wrong_directions = true, SHAPE,
         "from is for 2 directions of 2 inputs|into for 3 of 3");
    CASE(call_finish, a.wrong_directions = true, SHAPE,
         "importance is for 3 directions of 3 inputs|directions has 2 of 2");
}

static void test_numbers(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call_create, a.weights[5] = nan, NONFINITE, "head[1][2] is NaN");
    CASE(call_create, (a.weights[11] = nan, a.weights[10] = inf), NONFINITE,
         "head[3][1] is infinity");
    CASE(call_create, a.weights[0] = -inf, NONFINITE, "head[0][0] is -infinity");
    CASE(call_update, a.values[7] = nan, NONFINITE, "points[2][1] is NaN");
    CASE(call_update, a.values[14] = -inf, NONFINITE, "points[4][2] is -infinity");
    CASE(call_update, a.values[3] = 1e300, OVERFLOW, "direction|float64");
}

static void test_options(void **state) {
    (void)state;
    CASE(call_create, a.directions_options.tolerance = -1e-9, ARGUMENT,
         "options->tolerance is -1e-09");
    CASE(call_create, a.directions_options.tolerance = 1, ARGUMENT,
         "options->tolerance is 1;|below 1");
    CASE(call_create, a.directions_options.tolerance = (double)NAN, ARGUMENT,
         "options->tolerance is nan");
    CASE(call_create, a.directions_options.tolerance = (double)INFINITY, ARGUMENT,
         "options->tolerance is inf");
    CASE(call_finish, a.kind = -1, ARGUMENT, "kind is -1");
    CASE(call_finish, a.kind = 4, ARGUMENT, "kind is 4");
}

static void test_kept(void **state) {
    (void)state;
    CASE(call_head, a.kept[1] = -1, ARGUMENT, "kept[1] is -1|rank is 2");
    CASE(call_head, a.kept[0] = 2, ARGUMENT, "kept[0] is 2|rank is 2");
    CASE(call_head, a.kept[1] = INT64_MAX, ARGUMENT, "kept[1] is 9223372036854775807");
    CASE(call_head, a.kept[1] = 1, ARGUMENT, "kept[1] is 1, which came before");
    CASE(call_head, a.count = -1, ARGUMENT, "count is -1");
}

static void test_accumulators(void **state) {
    (void)state;
    CASE(call_merge, a.no_result = true, ARGUMENT, "into and from are the same");
    CASE(call_finish, a.empty_importance = true, DOMAIN, "importance|no activations");
    CASE(call_finish, (a.empty_importance = true, a.kind = LATENT_IMPORTANCE_SINGULAR), DOMAIN,
         "importance|no activations");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers), cmocka_unit_test(test_null_contexts),
        cmocka_unit_test(test_shapes),        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_options),       cmocka_unit_test(test_kept),
        cmocka_unit_test(test_accumulators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
