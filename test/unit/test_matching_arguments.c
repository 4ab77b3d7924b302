/* Arguments of latent_matching_run() that cannot be: status, sentence, and nothing written. */
#include <float.h>
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "harness/match_run.h"

enum { N = 2, M = 2, PAIRS = 2 };

typedef struct attempt {
    toy_encoder toy;
    latent_encoder encoder;
    double starts[PAIRS * N], inputs[PAIRS * N], targets[PAIRS * M];
    latent_matrix start_view, input_view, target_view;
    bool no_starts, no_inputs, no_targets, no_encoder, no_result; /* NULL is given */
    latent_matching_options options;
    match_run run;
} attempt;

static const double matrix[M * N] = {1, 0.5, -0.5, 1};

static void prepare(attempt *a) {
    static const double numbers[] = {0, 1, 1, 0};
    *a = (attempt){.toy = {.kind = TOY_LINEAR, .n = N, .m = M, .matrix = matrix},
                   .options = {.size = sizeof a->options, .max_steps = 5},
                   .no_inputs = true};
    a->encoder = toy_encoder_make(&a->toy, LATENT_F64);
    memcpy(a->starts, numbers, sizeof numbers);
    memcpy(a->inputs, numbers, sizeof numbers);
    memcpy(a->targets, numbers, sizeof numbers);
    a->start_view = latent_matrix_view(a->starts, PAIRS, N, LATENT_F64);
    a->input_view = latent_matrix_view(a->inputs, PAIRS, N, LATENT_F64);
    a->target_view = latent_matrix_view(a->targets, PAIRS, M, LATENT_F64);
    a->run = match_run_new(PAIRS, N, M, 6);
}

static latent_status make(latent_context *context, attempt *a) {
    return latent_matching_run(
        context, a->no_encoder ? NULL : &a->encoder, a->no_starts ? NULL : &a->start_view,
        a->no_inputs ? NULL : &a->input_view, a->no_targets ? NULL : &a->target_view, &a->options,
        a->no_result ? NULL : &a->run.result, &a->run.usage);
}

static void expect_bad(attempt *a, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    expect_status(context, make(context, a), expected, pieces);
    assert_true(match_run_untouched(&a->run));
    assert_int_equal(a->toy.calls[TOY_VJP], 0);
    match_run_free(&a->run);
    latent_context_destroy(context);
}

#define BAD(change, status, pieces)                                                                \
    do {                                                                                           \
        attempt a;                                                                                 \
        prepare(&a);                                                                               \
        change;                                                                                    \
        expect_bad(&a, status, pieces);                                                            \
    } while (0)

static void test_pointers(void **state) {
    (void)state;
    BAD(a.no_encoder = true, LATENT_ERROR_ARGUMENT, "encoder is NULL");
    BAD(a.encoder.forward = NULL, LATENT_ERROR_ARGUMENT, "encoder->forward is NULL");
    BAD(a.encoder.vjp = NULL, LATENT_ERROR_UNSUPPORTED, "encoder->vjp is NULL|matching");
    BAD(a.no_starts = true, LATENT_ERROR_ARGUMENT, "starts is NULL");
    BAD(a.no_targets = true, LATENT_ERROR_ARGUMENT, "target_inputs|targets|NULL");
    BAD(a.no_inputs = false, LATENT_ERROR_ARGUMENT, "target_inputs|targets|both given");
    BAD(a.no_result = true, LATENT_ERROR_ARGUMENT, "result is NULL");
    assert_int_equal(latent_matching_run(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
                     LATENT_ERROR_ARGUMENT);
}

static void test_views(void **state) {
    (void)state;
    BAD(a.start_view.columns = 1, LATENT_ERROR_SHAPE, "starts has 1 columns|encoder's inputs|2");
    BAD(a.target_view.columns = 1, LATENT_ERROR_SHAPE, "targets has 1 columns|outputs|2");
    BAD(a.target_view.rows = 1, LATENT_ERROR_SHAPE, "targets has 1 rows|starts has 2");
    BAD(a.start_view.type = 9, LATENT_ERROR_TYPE, "starts|9");
    BAD((a.no_inputs = false, a.no_targets = true, a.input_view.rows = 1), LATENT_ERROR_SHAPE,
        "target_inputs has 1 rows");
    BAD(a.starts[3] = (double)NAN, LATENT_ERROR_NONFINITE, "starts[1][1] is NaN");
    BAD(a.targets[2] = (double)INFINITY, LATENT_ERROR_NONFINITE, "targets[1][0] is infinity");
    BAD((a.encoder.type = LATENT_F32, a.starts[2] = 1e39), LATENT_ERROR_OVERFLOW,
        "starts[1][0] is 1e+39|float32");
    BAD((a.encoder.type = LATENT_F32, a.targets[1] = -1e39), LATENT_ERROR_OVERFLOW,
        "targets[0][1] is -1e+39|float32");
    BAD(a.targets[1] = 0, LATENT_ERROR_DOMAIN, "targets[0] is zero|cosine|-1");
    BAD((a.no_inputs = false, a.no_targets = true, a.inputs[2] = 0), LATENT_ERROR_DOMAIN,
        "target_inputs[1] to zero|cosine|-1");
}

static void test_options(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    BAD(a.options.step = -0.1, LATENT_ERROR_ARGUMENT, "options->step is -0.1");
    BAD(a.options.step = nan, LATENT_ERROR_ARGUMENT, "options->step is nan");
    BAD(a.options.step = inf, LATENT_ERROR_ARGUMENT, "options->step is inf");
    BAD(a.options.tolerance = nan, LATENT_ERROR_ARGUMENT, "options->tolerance is nan");
    BAD(a.options.cosine = 1, LATENT_ERROR_ARGUMENT, "options->cosine is 1");
    BAD(a.options.cosine = -1.01, LATENT_ERROR_ARGUMENT, "options->cosine is -1.01");
    BAD(a.options.cosine = nan, LATENT_ERROR_ARGUMENT, "options->cosine is nan");
    BAD(a.options.max_steps = -1, LATENT_ERROR_ARGUMENT, "options->max_steps is -1");
    BAD(a.options.radius = -1, LATENT_ERROR_ARGUMENT, "options->radius is -1");
    BAD(a.options.radius = inf, LATENT_ERROR_ARGUMENT, "options->radius is inf");
    BAD(a.options.divergence = 1, LATENT_ERROR_ARGUMENT, "options->divergence is 1");
    BAD(a.options.divergence = nan, LATENT_ERROR_ARGUMENT, "options->divergence is nan");
    BAD(a.options.bounds = 3, LATENT_ERROR_ARGUMENT, "options->bounds is 3");
    BAD(a.options.upper = 1, LATENT_ERROR_ARGUMENT, "options->upper is 1|options->bounds");
    BAD((a.options.bounds = LATENT_BOUNDS_NONE, a.options.lower = -1), LATENT_ERROR_ARGUMENT,
        "options->lower is -1|options->bounds");
    BAD(a.options.bounds = LATENT_BOUNDS_GIVEN, LATENT_ERROR_ARGUMENT,
        "options->lower is 0|options->upper, 0");
    BAD((a.options.bounds = LATENT_BOUNDS_GIVEN, a.options.upper = nan), LATENT_ERROR_ARGUMENT,
        "options->upper is nan");
    BAD((a.options.bounds = LATENT_BOUNDS_GIVEN, a.options.upper = 0.5), LATENT_ERROR_ARGUMENT,
        "starts[0][1] is 1|options->upper|0.5");
    BAD(a.run.result.trace_rows = 0, LATENT_ERROR_ARGUMENT, "result->trace_rows is 0");
    BAD(a.run.result.trace_rows = -1, LATENT_ERROR_ARGUMENT, "result->trace_rows is -1");
    BAD(a.run.result.trace_rows = INT64_MAX, LATENT_ERROR_SHAPE, "result->trace_rows is");
    BAD(a.run.result.trace_loss = a.run.result.trace_cosine = a.run.result.trace_change =
            a.run.result.trace_step = NULL,
        LATENT_ERROR_ARGUMENT, "result->trace_rows is 6|no place");
}

/* What is not an error: no results, no options, no usage; a target of zero without a cosine. */
static void test_little(void **state) {
    (void)state;
    attempt a;
    prepare(&a);
    latent_context *const context = testing_context();
    latent_matching_result counts = {.size = sizeof counts};
    expect_ok(context, latent_matching_run(context, &a.encoder, &a.start_view, NULL, &a.target_view,
                                           NULL, &counts, NULL));
    assert_int_equal(counts.converged + counts.capped + counts.stalled, PAIRS);
    latent_matching_result none = {.size = sizeof none.size, .converged = -5};
    expect_ok(context, latent_matching_run(context, &a.encoder, &a.start_view, NULL, &a.target_view,
                                           NULL, &none, NULL));
    assert_int_equal(none.converged, -5);
    a.targets[1] = 0;
    a.options.cosine = -1;
    expect_ok(context, make(context, &a));
    assert_true(a.run.result.cosine[0] == 0);
    match_run_free(&a.run);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pointers),
                                       cmocka_unit_test(test_views), cmocka_unit_test(test_options),
                                       cmocka_unit_test(test_little)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
