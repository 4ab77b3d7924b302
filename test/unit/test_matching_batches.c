/* Pairs do not know of each other: any batches, any company, any threads give the same bits. And
 * what goes wrong with one is nobody else's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/match_run.h"
#include "harness/prng.h"

enum { N = 7, M = 4, PAIRS = 150, STEPS = 60 };

typedef struct scene {
    toy_encoder toy;
    double matrix[M * N], starts[PAIRS * N], inputs[PAIRS * N];
    double targets[PAIRS * M];
} scene;

/* Half of the targets can be reached, the others are anything. */
static scene scene_make(toy_kind kind) {
    scene s = {.toy = {.kind = kind, .n = N, .m = M}};
    prng g = {(uint64_t)kind + 3};
    for (int i = 0; i < M * N; i++)
        s.matrix[i] = prng_normal(&g) / 2;
    for (int i = 0; i < PAIRS * N; i++) {
        s.starts[i] = prng_uniform(&g);
        s.inputs[i] = prng_uniform(&g);
    }
    s.toy.matrix = s.matrix;
    const latent_encoder encoder = toy_encoder_make(&s.toy, LATENT_F64);
    assert_int_equal(encoder.forward(&s.toy, s.inputs, PAIRS, s.targets), 0);
    for (int i = PAIRS / 2 * M; i < PAIRS * M; i++)
        s.targets[i] = prng_normal(&g) / 2;
    s.toy = (toy_encoder){.kind = kind, .n = N, .m = M};
    return s;
}

static latent_matching_options options_of(bool adaptive) {
    return (latent_matching_options){.size = sizeof(latent_matching_options),
                                     .step = adaptive ? 0 : 0.3,
                                     .max_steps = STEPS,
                                     .radius = 0.9};
}

static latent_status run_scene(latent_context *context, scene *s, const latent_encoder *encoder,
                               bool adaptive, int64_t first, match_run *run) {
    const latent_matching_options options = options_of(adaptive);
    return match_run_targets(context, encoder, s->starts + first * N, s->targets + first * M,
                             &options, run);
}

/* One pair alone, and among the others. */
static void check_alone(scene *s, const latent_encoder *encoder, bool adaptive,
                        const match_run *all) {
    latent_context *const context = testing_context();
    for (int64_t p = 0; p < PAIRS; p += 7) {
        match_run one = match_run_new(1, N, M, STEPS + 1);
        expect_ok(context, run_scene(context, s, encoder, adaptive, p, &one));
        assert_memory_equal(one.result.x, all->result.x + p * N, N * sizeof(double));
        assert_memory_equal(one.result.trace_loss, all->result.trace_loss + p * (STEPS + 1),
                            (STEPS + 1) * sizeof(double));
        assert_int_equal(one.result.state[0], all->result.state[p]);
        match_run_free(&one);
    }
    latent_context_destroy(context);
}

static void check_batches(toy_kind kind, latent_type type, bool adaptive) {
    static const int64_t batches[] = {0, 1, 2, 5, 64};
    scene s = scene_make(kind);
    s.toy.matrix = s.matrix;
    latent_encoder encoder = toy_encoder_make(&s.toy, type);
    latent_context *const context = testing_context();
    match_run all = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(context, run_scene(context, &s, &encoder, adaptive, 0, &all));
    const latent_matching_result *r = &all.result;
    assert_int_equal(r->converged + r->capped + r->stalled + r->diverged, PAIRS);
    assert_true(r->converged > 0 && r->converged < PAIRS);
    for (int b = 0; b < 5; b++)
        for (int32_t threads = 1; threads <= 4; threads += 3)
            for (encoder.concurrent = 0; encoder.concurrent < 2; encoder.concurrent++) {
                latent_context_options options = testing_options();
                options.threads = threads;
                latent_context *const other = testing_context_with(&options);
                match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
                encoder.max_batch = batches[b];
                expect_ok(other, run_scene(other, &s, &encoder, adaptive, 0, &run));
                assert_true(match_run_same(&run, &all));
                assert_int_equal(run.usage.forward_rows, all.usage.forward_rows);
                assert_int_equal(run.usage.vjp_rows, all.usage.vjp_rows);
                assert_true(batches[b] == 0 ||
                            run.usage.forward_calls * batches[b] >= run.usage.forward_rows);
                match_run_free(&run);
                latent_context_destroy(other);
            }
    encoder.concurrent = 0;
    check_alone(&s, &encoder, adaptive, &all);
    match_run_free(&all);
    latent_context_destroy(context);
}

static void test_batches(void **state) {
    (void)state;
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        check_batches(TOY_TANH, LATENT_F64, adaptive);
        check_batches(TOY_SQUARES, LATENT_F32, adaptive);
    }
}

/* Rows are counted, and pairs that have ended ask for no more. */
static void test_usage(void **state) {
    (void)state;
    scene s = scene_make(TOY_TANH);
    s.toy.matrix = s.matrix;
    latent_encoder encoder = toy_encoder_make(&s.toy, LATENT_F64);
    latent_context *const context = testing_context();
    match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(context, run_scene(context, &s, &encoder, false, 0, &run));
    int64_t steps = 0;
    for (int64_t p = 0; p < PAIRS; p++)
        steps += run.result.steps[p];
    assert_int_equal(run.usage.forward_rows, steps + PAIRS);
    assert_int_equal(run.usage.forward_rows, s.toy.rows[TOY_FORWARD]);
    assert_int_equal(run.usage.vjp_rows, s.toy.rows[TOY_VJP]);
    assert_int_equal(run.usage.forward_calls, s.toy.calls[TOY_FORWARD]);
    /* Those that stalled asked for one gradient that led nowhere. */
    assert_int_equal(run.usage.vjp_rows, steps + run.result.stalled);
    match_run_free(&run);
    latent_context_destroy(context);
}

/* Targets as inputs, of any type and stride, are targets as outputs. */
static void test_target_inputs(void **state) {
    (void)state;
    scene s = scene_make(TOY_TANH);
    s.toy.matrix = s.matrix;
    latent_encoder encoder = toy_encoder_make(&s.toy, LATENT_F64);
    latent_context *const context = testing_context();
    const latent_matching_options options = options_of(true);
    float wide[2 * PAIRS * (N + 2)];
    double starts[PAIRS * N], inputs[PAIRS * N];
    for (int64_t p = 0; p < PAIRS; p++)
        for (int64_t j = 0; j < N; j++) {
            starts[p * N + j] = (double)(wide[2 * p * (N + 2) + j] = (float)s.starts[p * N + j]);
            inputs[p * N + j] =
                (double)(wide[(2 * p + 1) * (N + 2) + j] = (float)s.inputs[p * N + j]);
        }
    double targets[PAIRS * M];
    assert_int_equal(encoder.forward(&s.toy, inputs, PAIRS, targets), 0);
    match_run by_outputs = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(context,
              match_run_targets(context, &encoder, starts, targets, &options, &by_outputs));
    latent_matrix x0 = latent_matrix_view(wide, PAIRS, N, LATENT_F32);
    latent_matrix ends = latent_matrix_view(wide + N + 2, PAIRS, N, LATENT_F32);
    x0.stride = ends.stride = 2 * (N + 2);
    match_run by_inputs = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(context, latent_matching_run(context, &encoder, &x0, &ends, NULL, &options,
                                           &by_inputs.result, &by_inputs.usage));
    assert_true(match_run_same(&by_inputs, &by_outputs));
    assert_int_equal(by_inputs.usage.forward_rows, by_outputs.usage.forward_rows + PAIRS);
    match_run_free(&by_inputs);
    match_run_free(&by_outputs);
    latent_context_destroy(context);
}

/* NaN and infinity beyond x₀ end that pair alone (where λ can be made smaller, not even that). */
static void check_spoilt(toy_call call, bool adaptive, double value) {
    enum { FEW = 5, SPOILT = 2 };
    scene s = scene_make(TOY_TANH);
    s.toy.matrix = s.matrix;
    latent_encoder encoder = toy_encoder_make(&s.toy, LATENT_F64);
    latent_context *const context = testing_context();
    match_run whole = match_run_new(FEW, N, M, STEPS + 1);
    match_run spoilt = match_run_new(FEW, N, M, STEPS + 1);
    expect_ok(context, run_scene(context, &s, &encoder, adaptive, 0, &whole));
    for (int64_t p = 0; p < FEW; p++) /* all are under way in the third call */
        assert_true(whole.result.steps[p] > 2);
    s.toy.fail_in = call;
    s.toy.fail_row = SPOILT;
    s.toy.fail_entry = 1;
    s.toy.value = value;
    s.toy.fail_at = s.toy.calls[call] + (call == TOY_FORWARD ? 3 : 2);
    expect_ok(context, run_scene(context, &s, &encoder, adaptive, 0, &spoilt));
    const bool ends = call == TOY_VJP || !adaptive;
    for (int64_t p = 0; p < FEW; p++) {
        if (p == SPOILT)
            assert_int_equal(spoilt.result.state[p] == LATENT_MATCHING_DIVERGED, ends);
        else
            assert_memory_equal(spoilt.result.x + p * N, whole.result.x + p * N, N * 8);
    }
    assert_int_equal(spoilt.result.diverged, ends);
    if (ends) {
        assert_true(spoilt.result.steps[SPOILT] == (call == TOY_FORWARD ? 2 : 1));
        assert_true(spoilt.result.iterate[SPOILT] <= 1);
        assert_true(isfinite(spoilt.result.loss[SPOILT]));
    }
    match_run_free(&whole);
    match_run_free(&spoilt);
    latent_context_destroy(context);
}

static void test_spoilt_pairs(void **state) {
    (void)state;
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        check_spoilt(TOY_FORWARD, adaptive, (double)NAN);
        check_spoilt(TOY_FORWARD, adaptive, -(double)INFINITY);
        check_spoilt(TOY_VJP, adaptive, (double)NAN);
        check_spoilt(TOY_VJP, adaptive, (double)INFINITY);
    }
}

/* Fewer pairs at a time under a small budget, the same bits. */
static void test_budget(void **state) {
    (void)state;
    scene s = scene_make(TOY_TANH);
    s.toy.matrix = s.matrix;
    latent_encoder encoder = toy_encoder_make(&s.toy, LATENT_F64);
    latent_context *const context = testing_context();
    match_run all = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(context, run_scene(context, &s, &encoder, true, 0, &all));
    const int64_t freely = latent_context_memory_peak(context);
    const int64_t held = (int64_t)all.bytes; /* results are kept until the call has succeeded */
    latent_context_options options = testing_options();
    options.memory_budget = held + (freely - held) / 4;
    latent_context *const tight = testing_context_with(&options);
    match_run run = match_run_new(PAIRS, N, M, STEPS + 1);
    expect_ok(tight, run_scene(tight, &s, &encoder, true, 0, &run));
    assert_true(match_run_same(&run, &all));
    assert_true(run.usage.forward_calls > all.usage.forward_calls);
    match_run_free(&run);
    match_run_free(&all);
    latent_context_destroy(tight);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches),       cmocka_unit_test(test_usage),
        cmocka_unit_test(test_target_inputs), cmocka_unit_test(test_spoilt_pairs),
        cmocka_unit_test(test_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
