/* Walks of encoders with known answers, and what goes wrong on them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/walk_run.h"

/* f(x) = (2 x_0, x_1) of three inputs: singular values 2 and 1, and a null direction. */
static const double matrix[] = {2, 0, 0, 0, 1, 0};
static const double lengths[] = {0.25, 0.5, 1, 8, 1024};
enum { T = 5 };

static toy_encoder linear_toy(void) {
    return (toy_encoder){.kind = TOY_LINEAR, .n = 3, .m = 2, .matrix = matrix};
}

/* Along v_i: σ_i t, exactly; along the null direction: 0, and the same for ever. */
static void test_linear(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 1, 2, 3, 1, 2, 3}, u[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const double sigma[] = {2, 1, 0};
    latent_context *const context = testing_context();
    toy_encoder toy = linear_toy();
    latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (int with_jvp = 0; with_jvp < 2; with_jvp++) {
        if (!with_jvp)
            encoder.jvp = NULL;
        walk_run run = walk_run_new(3, T);
        expect_ok(context, walk_run_along(context, &encoder, x, u, lengths, NULL, &run));
        for (int w = 0; w < 3; w++) {
            assert_true(fabs(run.result.slope[w] - sigma[w]) <= (encoder.jvp ? 0 : 1e-9));
            for (int i = 0; i < T; i++) {
                assert_true(run.result.change[w * T + i] == sigma[w] * lengths[i]);
                assert_true(run.result.deviation[w * T + i] <=
                            (encoder.jvp ? 0 : 1e-9 * lengths[i]));
            }
        }
        /* ‖f(x)‖ = 8^(1/2), a hundredth of which no first step is below. */
        assert_true(run.result.linear_until[0] == 1024 && run.result.same_until[0] == 0);
        assert_true(run.result.linear_until[1] == 1024 && run.result.same_until[1] == 0);
        assert_true(run.result.linear_until[2] == 1024 && run.result.same_until[2] == 1024);
        assert_true(fabs(run.result.cosine[2 * T] - 1) <= 1e-15);
        assert_true(fabs(run.result.cosine[2] - 12 / sqrt(160)) <= 1e-15); /* (4, 2), (2, 2) */
        assert_int_equal(run.result.differences, encoder.jvp == NULL);
        assert_int_equal(run.usage.forward_rows, 3 * (T + 1) + (encoder.jvp ? 0 : 6));
        assert_int_equal(run.usage.jvp_rows, encoder.jvp ? 3 : 0);
        walk_run_free(&run);
        encoder = toy_encoder_make(&toy, LATENT_F64);
    }
    latent_context_destroy(context);
}

/* f(x) = x²/2 at 1 along 1: D(t) = t + t²/2, the slope is 1, and so the linear piece with tolerance
 * p holds up to t = 2p. */
static void test_quadratic(void **state) {
    (void)state;
    const double one[] = {1}, steps[] = {0.125, 0.25, 0.5, 1, 2};
    const double tolerances[] = {0.05, 0.0625, 0.2, 0.25, 0.5, 1, 3};
    const double until[] = {0, 0.125, 0.25, 0.5, 1, 2, 2};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_SQUARES, .n = 1, .m = 1, .matrix = one};
    latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (int c = 0; c < 7; c++) {
        const latent_walk_options options = {
            .size = sizeof options, .linear_tolerance = tolerances[c], .same_tolerance = 1.25};
        walk_run run = walk_run_new(1, 5);
        expect_ok(context, walk_run_along(context, &encoder, one, one, steps, &options, &run));
        for (int i = 0; i < 5; i++) {
            assert_true(run.result.change[i] == steps[i] + steps[i] * steps[i] / 2);
            assert_true(run.result.deviation[i] == steps[i] * steps[i] / 2);
            assert_true(run.result.cosine[i] == 1);
        }
        assert_true(run.result.slope[0] == 1);
        assert_true(run.result.linear_until[0] == until[c]);
        assert_true(run.result.same_until[0] == 0.5); /* D <= 1.25 · 1/2 = 0.5 + 0.125 */
        walk_run_free(&run);
    }
    latent_context_destroy(context);
}

/* At steps so small that float32 sees little more than rounding, a linear encoder stays linear. */
static void test_rounding(void **state) {
    (void)state;
    const double x[] = {1.1, 2.3, 3.7}, u[] = {1, 1, 1}, steps[] = {1e-7, 1e-6, 1e-5, 1e-3, 1};
    latent_context *const context = testing_context();
    toy_encoder toy = linear_toy();
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F32);
    walk_run run = walk_run_new(1, 5);
    expect_ok(context, walk_run_along(context, &encoder, x, u, steps, NULL, &run));
    assert_true(fabs(run.result.change[0] - 1e-7 * sqrt(5)) > 0.1e-7 * sqrt(5));
    assert_true(run.result.linear_until[0] == 1);
    walk_run_free(&run);
    latent_context_destroy(context);
}

/* t in units of u, or as a distance; lengths of each walk's own. */
static void test_units(void **state) {
    (void)state;
    const double x[] = {0, 0, 0, 0, 0, 0}, u[] = {3, 4, 0, 0, 0, 5};
    const double own[] = {1, 2, 4, 0.5, 1, 1.5};
    latent_context *const context = testing_context();
    toy_encoder toy = linear_toy();
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    const latent_matrix starts = latent_matrix_view(x, 2, 3, LATENT_F64);
    const latent_matrix directions = latent_matrix_view(u, 2, 3, LATENT_F64);
    const latent_matrix times = latent_matrix_view(own, 2, 3, LATENT_F64);
    for (int unit = 0; unit < 2; unit++) {
        const latent_walk_options options = {.size = sizeof options, .unit = unit};
        walk_run run = walk_run_new(2, 3);
        expect_ok(context, latent_walk_along(context, &encoder, &starts, &directions, &times,
                                             &options, &run.result, NULL));
        const double slope = sqrt(36 + 16) / (unit ? 5 : 1);
        for (int i = 0; i < 3; i++) {
            assert_true(fabs(run.result.change[i] - slope * own[i]) <= 1e-14 * slope * own[i]);
            assert_true(run.result.change[3 + i] == 0);
        }
        assert_true(run.result.linear_until[0] == 4 && run.result.same_until[1] == 1.5);
        assert_true(run.result.cosine[0] == 0); /* f(0) = 0 */
        walk_run_free(&run);
    }
    latent_context_destroy(context);
}

/* Any batches, threads and company, the same bits. */
static void test_batches(void **state) {
    (void)state;
    enum { WALKS = 40, STEPS = 9, N = 6, M = 5 };
    double a[M * N], x[WALKS * N], u[WALKS * N], t[STEPS];
    for (int i = 0; i < M * N; i++)
        a[i] = sin(i + 1.0);
    for (int i = 0; i < WALKS * N; i++) {
        x[i] = cos(3.0 * i);
        u[i] = sin(7.0 * i + 1);
    }
    for (int i = 0; i < STEPS; i++)
        t[i] = 0.01 * (i + 1) * (i + 1);
    toy_encoder toy = {.kind = TOY_TANH, .n = N, .m = M, .matrix = a};
    latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_context *const context = testing_context();
    walk_run all = walk_run_new(WALKS, STEPS);
    expect_ok(context, walk_run_along(context, &encoder, x, u, t, NULL, &all));
    static const int64_t batches[] = {1, 3, 16};
    for (int b = 0; b < 3; b++)
        for (int32_t threads = 1; threads <= 4; threads += 3) {
            latent_context_options options = testing_options();
            options.threads = threads;
            latent_context *const other = testing_context_with(&options);
            walk_run run = walk_run_new(WALKS, STEPS);
            encoder.max_batch = batches[b];
            encoder.concurrent = threads > 1;
            expect_ok(other, walk_run_along(other, &encoder, x, u, t, NULL, &run));
            assert_memory_equal(run.block, all.block, all.bytes);
            assert_int_equal(run.usage.forward_rows, WALKS * (STEPS + 1));
            walk_run_free(&run);
            latent_context_destroy(other);
        }
    walk_run one = walk_run_new(1, STEPS);
    expect_ok(context, walk_run_along(context, &encoder, x + 17 * N, u + 17 * N, t, NULL, &one));
    assert_memory_equal(one.result.change, all.result.change + 17 * STEPS, STEPS * 8);
    assert_memory_equal(one.result.deviation, all.result.deviation + 17 * STEPS, STEPS * 8);
    walk_run_free(&one);
    walk_run_free(&all);
    latent_context_destroy(context);
}

/* Each call of each callback fails once, by a code and by NaN. */
static void test_failing_calls(void **state) {
    (void)state;
    const double x[] = {1, 2, 3, 3, 2, 1}, u[] = {1, 1, 1, 0, 1, 2};
    latent_context *const context = testing_context();
    for (int call = TOY_FORWARD; call <= TOY_JVP; call++)
        for (int code = 0; code < 2; code++)
            for (int64_t at = 1;; at++) {
                toy_encoder toy = linear_toy();
                latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
                encoder.max_batch = 2;
                toy.fail_in = (toy_call)call;
                toy.fail_at = at;
                toy.fail_entry = 1;
                toy.code = code ? 12 : 0;
                toy.value = (double)NAN;
                walk_run run = walk_run_new(2, T);
                const latent_status status =
                    walk_run_along(context, &encoder, x, u, lengths, NULL, &run);
                if (toy.calls[call] < at) {
                    expect_ok(context, status);
                    assert_int_equal(at, call == TOY_JVP ? 2 : 7); /* 1 + 5 batches of points */
                    walk_run_free(&run);
                    break;
                }
                char pieces[60];
                snprintf(pieces, sizeof pieces, "call %d |%s|%s", (int)at,
                         call == TOY_JVP ? "jvp" : "forward", code ? "12" : "NaN|output 1");
                expect_status(context, status,
                              code ? LATENT_ERROR_CALLBACK : LATENT_ERROR_NONFINITE, pieces);
                assert_true(walk_run_untouched(&run));
                assert_int_equal(run.usage.code, code ? 12 : 0);
                walk_run_free(&run);
            }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear),   cmocka_unit_test(test_quadratic),
        cmocka_unit_test(test_rounding), cmocka_unit_test(test_units),
        cmocka_unit_test(test_batches),  cmocka_unit_test(test_failing_calls)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
