/* Arguments of latent_walk_along() that cannot be: status, sentence, and nothing written. */
#include <math.h>
#include <string.h>

#include "harness/walk_run.h"

enum { N = 2, WALKS = 2, T = 3 };

typedef struct attempt {
    toy_encoder toy;
    latent_encoder encoder;
    double starts[WALKS * N], directions[WALKS * N], lengths[WALKS * T];
    latent_matrix start_view, direction_view, length_view;
    latent_walk_options options;
    walk_run run;
} attempt;

static const double matrix[] = {1, 0.5, -0.5, 1};

static void prepare(attempt *a) {
    *a = (attempt){.toy = {.kind = TOY_LINEAR, .n = N, .m = 2, .matrix = matrix},
                   .starts = {0, 1, 1, 0},
                   .directions = {1, 0, 0, 1},
                   .lengths = {0.5, 1, 2, 1, 2, 3},
                   .options = {.size = sizeof a->options}};
    a->encoder = toy_encoder_make(&a->toy, LATENT_F64);
    a->start_view = latent_matrix_view(a->starts, WALKS, N, LATENT_F64);
    a->direction_view = latent_matrix_view(a->directions, WALKS, N, LATENT_F64);
    a->length_view = latent_matrix_view(a->lengths, WALKS, T, LATENT_F64);
    a->run = walk_run_new(WALKS, T);
}

static void expect_bad(attempt *a, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    expect_status(context,
                  latent_walk_along(context, &a->encoder, &a->start_view, &a->direction_view,
                                    &a->length_view, &a->options, &a->run.result, &a->run.usage),
                  expected, pieces);
    assert_true(walk_run_untouched(&a->run));
    walk_run_free(&a->run);
    latent_context_destroy(context);
}

#define BAD(change, status, pieces)                                                                \
    do {                                                                                           \
        attempt a;                                                                                 \
        prepare(&a);                                                                               \
        change;                                                                                    \
        expect_bad(&a, status, pieces);                                                            \
    } while (0)

static void test_views(void **state) {
    (void)state;
    BAD(a.start_view.columns = 1, LATENT_ERROR_SHAPE, "starts has 1 columns|inputs|2");
    BAD(a.direction_view.columns = 1, LATENT_ERROR_SHAPE, "directions has 1 columns|inputs|2");
    BAD(a.direction_view.rows = 1, LATENT_ERROR_SHAPE, "directions has 1 rows|starts has 2");
    BAD(a.length_view.type = 0, LATENT_ERROR_TYPE, "lengths|0");
    BAD((a.start_view.rows = a.direction_view.rows = 1), LATENT_ERROR_SHAPE,
        "lengths has 2 rows|starts has 1");
    BAD(a.starts[1] = (double)NAN, LATENT_ERROR_NONFINITE, "starts[0][1] is NaN");
    BAD(a.directions[2] = (double)INFINITY, LATENT_ERROR_NONFINITE, "directions[1][0]");
    BAD(a.lengths[4] = (double)NAN, LATENT_ERROR_NONFINITE, "lengths[1][1] is NaN");
    BAD(a.directions[3] = 0, LATENT_ERROR_DOMAIN, "directions[1] is zero");
    BAD(a.lengths[0] = 0, LATENT_ERROR_ARGUMENT, "lengths[0][0] is 0|above 0");
    BAD(a.lengths[5] = 2, LATENT_ERROR_ARGUMENT, "lengths[1][2] is 2|the one before, 2");
    BAD((a.directions[0] = 1e308, a.starts[0] = 1e308), LATENT_ERROR_OVERFLOW,
        "walk 0|inf|entry 0");
    BAD((a.encoder.type = a.toy.type = LATENT_F32, a.directions[3] = 3e38), LATENT_ERROR_OVERFLOW,
        "walk 1|9e+38|entry 1");
}

static void test_options(void **state) {
    (void)state;
    BAD(a.options.linear_tolerance = -1, LATENT_ERROR_ARGUMENT, "options->linear_tolerance is -1");
    BAD(a.options.same_tolerance = (double)NAN, LATENT_ERROR_ARGUMENT,
        "options->same_tolerance is nan");
    BAD(a.encoder.forward = NULL, LATENT_ERROR_ARGUMENT, "encoder->forward is NULL");
    attempt a;
    prepare(&a);
    latent_context *const context = testing_context();
    expect_status(context,
                  latent_walk_along(context, &a.encoder, &a.start_view, &a.direction_view,
                                    &a.length_view, NULL, NULL, NULL),
                  LATENT_ERROR_ARGUMENT, "result is NULL");
    a.encoder.max_evaluations = 5;
    expect_status(context,
                  latent_walk_along(context, &a.encoder, &a.start_view, &a.direction_view,
                                    &a.length_view, NULL, &a.run.result, &a.run.usage),
                  LATENT_ERROR_LIMIT, "max_evaluations is 5|4 are done|6 more");
    assert_int_equal(a.run.usage.jvp_rows, 2);
    assert_true(walk_run_untouched(&a.run));
    walk_run_free(&a.run);
    latent_context_destroy(context);
    assert_int_equal(latent_walk_along(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     LATENT_ERROR_ARGUMENT);
}

/* An encoder whose change is beyond float64. */
static void test_overflow(void **state) {
    (void)state;
    static const double steep[] = {1e308, 1e308};
    const double x[] = {-0.5}, u[] = {1}, t[] = {0.5, 1.5};
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 1, .m = 2, .matrix = steep};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_context *const context = testing_context();
    walk_run run = walk_run_new(1, 2);
    expect_status(context, walk_run_along(context, &encoder, x, u, t, NULL, &run),
                  LATENT_ERROR_OVERFLOW, "walk 0");
    assert_true(walk_run_untouched(&run));
    walk_run_free(&run);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_views), cmocka_unit_test(test_options),
                                       cmocka_unit_test(test_overflow)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
