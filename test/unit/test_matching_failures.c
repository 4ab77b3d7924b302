/* Matching: callbacks that fail, each in turn; what the encoder may not give; limits. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/match_run.h"

enum { N = 3, M = 2, PAIRS = 4, STEPS = 6 };
static const double matrix[M * N] = {0.5, -0.25, 1, 0.75, 0.5, -0.5};
static const double starts[PAIRS * N] = {0, 0.5, 1, 0.25, 1, 0, 0.5, 0.75, 0, 1, 1, 0.5};
static const double inputs[PAIRS * N] = {1, 0, 0.5, 0.5, 0.5, 0, 1, 0.25, 1, 0, 0, 0};

static toy_encoder toy_make(void) {
    return (toy_encoder){.kind = TOY_TANH, .n = N, .m = M, .matrix = matrix};
}

static latent_status run_with(latent_context *context, const latent_encoder *encoder, double step,
                              match_run *run) {
    const latent_matching_options options = {
        .size = sizeof options, .step = step, .tolerance = -1, .max_steps = STEPS, .cosine = -1};
    const latent_matrix x0 = latent_matrix_view(starts, PAIRS, N, LATENT_F64);
    const latent_matrix ends = latent_matrix_view(inputs, PAIRS, N, LATENT_F64);
    return latent_matching_run(context, encoder, &x0, &ends, NULL, &options, &run->result,
                               &run->usage);
}

/* Each call of each callback returns a code once: it comes back, and nothing else does. */
static void test_codes(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int adaptive = 0; adaptive < 2; adaptive++)
        for (int call = TOY_FORWARD; call <= TOY_VJP; call += TOY_VJP) {
            int64_t at = 1;
            for (;; at++) {
                toy_encoder toy = toy_make();
                latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
                encoder.max_batch = 3;
                toy.fail_in = (toy_call)call;
                toy.fail_at = at;
                toy.code = -77;
                match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
                const latent_status status = run_with(context, &encoder, adaptive ? 0 : 0.25, &run);
                char pieces[80];
                snprintf(pieces, sizeof pieces, "call %d |%s|-77", (int)at,
                         call == TOY_VJP ? "vjp" : "forward");
                if (toy.calls[call] < at) {
                    expect_ok(context, status);
                    assert_int_equal(run.usage.code, 0);
                } else {
                    expect_status(context, status, LATENT_ERROR_CALLBACK, pieces);
                    assert_true(match_run_untouched(&run));
                    assert_int_equal(run.usage.code, -77);
                    assert_int_equal(run.usage.forward_calls, toy.calls[TOY_FORWARD]);
                    assert_int_equal(run.usage.vjp_rows, toy.rows[TOY_VJP]);
                }
                match_run_free(&run);
                if (status == LATENT_OK)
                    break;
            }
            assert_true(at > 2 * STEPS);
        }
    latent_context_destroy(context);
}

/* NaN for a target input or at x₀: the sentence says which call, row and entry. */
static void test_not_finite(void **state) {
    (void)state;
    const struct {
        toy_call in;
        int64_t at, row, entry;
        double value;
        const char *pieces;
    } cases[] = {
        {TOY_FORWARD, 1, 2, 1, (double)NAN, "call 1 |forward|NaN|row 2|output 1"},
        {TOY_FORWARD, 2, 0, 1, (double)INFINITY, "call 2 |forward|infinity|row 0|output 1"},
        {TOY_FORWARD, 3, 1, 0, (double)NAN, "call 3 |forward|NaN|row 1|output 0"},
        {TOY_FORWARD, 4, 1, 0, -(double)INFINITY, "call 4 |forward|-infinity|row 1|output 0"},
        {TOY_VJP, 1, 1, 2, (double)NAN, "call 1 |vjp|NaN|row 1|input 2"},
        {TOY_VJP, 2, 0, 0, (double)NAN, "call 2 |vjp|NaN|row 0|input 0"},
    };
    latent_context *const context = testing_context();
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        for (int adaptive = 0; adaptive < 2; adaptive++) {
            toy_encoder toy = toy_make();
            latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
            encoder.max_batch = cases[c].row == 2 ? 4 : 2;
            toy.fail_in = cases[c].in;
            toy.fail_at = cases[c].at;
            toy.fail_row = cases[c].row;
            toy.fail_entry = cases[c].entry;
            toy.value = cases[c].value;
            match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
            expect_status(context, run_with(context, &encoder, adaptive ? 0 : 0.25, &run),
                          LATENT_ERROR_NONFINITE, cases[c].pieces);
            assert_true(match_run_untouched(&run));
            assert_int_equal(run.usage.forward_calls, toy.calls[TOY_FORWARD]);
            match_run_free(&run);
        }
    latent_context_destroy(context);
}

/* From one row too few to the last: too few is said, and what was done is counted. */
static void test_limits(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    const int64_t needed = PAIRS * (2 + 2 * STEPS);
    for (int64_t most = 1; most <= needed + 1; most++) {
        toy_encoder toy = toy_make();
        latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
        encoder.max_evaluations = most;
        match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
        const latent_status status = run_with(context, &encoder, 0.25, &run);
        if (most < needed) {
            expect_status(context, status, LATENT_ERROR_LIMIT, "max_evaluations");
            assert_true(match_run_untouched(&run));
        } else {
            expect_ok(context, status);
        }
        assert_true(run.usage.forward_rows + run.usage.vjp_rows <= most);
        assert_int_equal(run.usage.forward_rows, toy.rows[TOY_FORWARD]);
        match_run_free(&run);
    }
    latent_context_destroy(context);
}

/* Losses at x₀ that numbers cannot hold, in float64 and in what float32 can be given. */
static void test_first_loss(void **state) {
    (void)state;
    const double huge[] = {1e200}, large[] = {1e38}, x0[] = {1, 2}, target[] = {1, 4e38};
    latent_context *const context = testing_context();
    toy_encoder wide = {.kind = TOY_LINEAR, .n = 1, .m = 1, .matrix = huge};
    latent_encoder encoder = toy_encoder_make(&wide, LATENT_F64);
    const latent_matching_options options = {.size = sizeof options, .bounds = LATENT_BOUNDS_NONE};
    match_run run = match_run_new(2, 1, 1, 0);
    run.result.trace_loss = run.result.trace_cosine = NULL;
    run.result.trace_change = run.result.trace_step = NULL;
    expect_status(context, match_run_targets(context, &encoder, x0, target, &options, &run),
                  LATENT_ERROR_OVERFLOW, "loss of pair 0|inf");
    toy_encoder narrow = {.kind = TOY_LINEAR, .n = 1, .m = 1, .matrix = large};
    encoder = toy_encoder_make(&narrow, LATENT_F32);
    const double far[] = {1, -3e38};
    expect_status(context, match_run_targets(context, &encoder, x0, far, &options, &run),
                  LATENT_ERROR_OVERFLOW, "loss of pair 1");
    assert_true(match_run_untouched(&run));
    match_run_free(&run);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes), cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_first_loss)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
