/* Embedding matching where mathematics says what comes out. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/match_run.h"

static const double sigma[] = {1, 2, 0.5};
static const double diagonal[9] = {1, 0, 0, 0, 2, 0, 0, 0, 0.5};

static toy_encoder diagonal_toy(void) {
    return (toy_encoder){.kind = TOY_LINEAR, .n = 3, .m = 3, .matrix = diagonal};
}

static latent_matching_options unbounded(double step, int64_t max_steps) {
    return (latent_matching_options){.size = sizeof(latent_matching_options),
                                     .step = step,
                                     .max_steps = max_steps,
                                     .bounds = LATENT_BOUNDS_NONE};
}

static void expect_near(double found, double expected, double room) {
    if (!(fabs(found - expected) <= room))
        fail_msg("%.17g instead of %.17g", found, expected);
}

/* Gradient descent on ½‖Ax - t‖² with diagonal A: the residuals shrink by (1 - ησ²) each step. */
static void test_linear_closed_form(void **state) {
    (void)state;
    enum { STEPS = 60 };
    const double x0[] = {0.3, -1, 2}, target[] = {1, 0.5, -0.25}, eta = 0.2;
    latent_context *const context = testing_context();
    toy_encoder toy = diagonal_toy();
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_matching_options options = unbounded(eta, STEPS);
    options.tolerance = -1;
    match_run run = match_run_new(1, 3, 3, STEPS + 1);
    expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
    for (int k = 0; k <= STEPS; k++) {
        double loss = 0, product = 0, square = 0, target_square = 0, change = 0;
        for (int i = 0; i < 3; i++) {
            const double left = pow(1 - eta * sigma[i] * sigma[i], k);
            const double r = left * (sigma[i] * x0[i] - target[i]), f = target[i] + r;
            loss += r * r;
            product += f * target[i];
            square += f * f;
            target_square += target[i] * target[i];
            change += fabs((1 - left) * (target[i] / sigma[i] - x0[i])) / 3;
        }
        expect_near(MATCH_TRACE(&run, trace_loss, 0, k), loss, 1e-14);
        expect_near(MATCH_TRACE(&run, trace_cosine, 0, k), product / sqrt(square * target_square),
                    1e-14);
        expect_near(MATCH_TRACE(&run, trace_change, 0, k), change, 1e-14);
        assert_true(MATCH_TRACE(&run, trace_step, 0, k) == (k ? eta : 0));
    }
    for (int i = 0; i < 3; i++) {
        const double left = pow(1 - eta * sigma[i] * sigma[i], STEPS);
        expect_near(run.result.x[i], target[i] / sigma[i] + left * (x0[i] - target[i] / sigma[i]),
                    1e-14);
    }
    assert_int_equal(run.result.state[0], LATENT_MATCHING_CAPPED);
    assert_int_equal(run.result.capped, 1);
    assert_int_equal(run.result.steps[0], STEPS);
    assert_int_equal(run.result.iterate[0], STEPS);
    assert_int_equal(run.usage.forward_rows, STEPS + 1);
    assert_int_equal(run.usage.vjp_rows, STEPS);
    assert_int_equal(run.usage.jvp_rows, 0);
    match_run_free(&run);
    latent_context_destroy(context);
}

/* One coordinate, σ = 1, η = 1/2: residuals are 2^-k, losses 4^-k. The pair stops at the first k
 * with 4^-k < T, or later, where the cosine asks for more. */
static void test_stops(void **state) {
    (void)state;
    const double matrix[] = {1, 0, 0, 1}, x0[] = {1, 1}, target[] = {1, 0};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 2, .m = 2, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    const struct {
        double tolerance, cosine;
        int64_t steps; /* cos = (1 + 4^-k)^(-1/2) */
    } cases[] = {{0, 0, 7},  {0x1p-10, 0, 6}, {0x1.8p-10, 0, 5}, {2, 0.97, 2},    {2, 0.99999, 8},
                 {2, -1, 0}, {2, 0.5, 0},     {1e-20, -1, 34},   {0.25, 0.001, 2}};
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        latent_matching_options options = unbounded(0.5, 0);
        options.tolerance = cases[c].tolerance;
        options.cosine = cases[c].cosine;
        match_run run = match_run_new(1, 2, 2, 40);
        expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
        assert_int_equal(run.result.state[0], LATENT_MATCHING_CONVERGED);
        assert_int_equal(run.result.steps[0], cases[c].steps);
        assert_int_equal(run.result.iterate[0], cases[c].steps);
        assert_true(run.result.loss[0] == pow(4, -(double)cases[c].steps));
        assert_true(run.result.x[1] == pow(2, -(double)cases[c].steps));
        assert_true(run.result.outputs[1] == run.result.x[1]);
        assert_true(run.result.distance[0] == 1 - run.result.x[1]);
        assert_true(run.result.change[0] == run.result.distance[0] / 2);
        assert_int_equal(run.result.converged, 1);
        for (int64_t k = 0; k < 40; k++)
            assert_true(isnan(MATCH_TRACE(&run, trace_loss, 0, k)) == (k > cases[c].steps));
        match_run_free(&run);
    }
    latent_context_destroy(context);
}

/* Nothing converges below 0: the default cap. */
static void test_default_cap(void **state) {
    (void)state;
    const double matrix[] = {1}, x0[] = {1}, target[] = {2};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 1, .m = 1, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_matching_options options = unbounded(1e-5, 0);
    options.tolerance = -1;
    match_run run = match_run_new(1, 1, 1, 2);
    expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
    assert_int_equal(run.result.state[0], LATENT_MATCHING_CAPPED);
    assert_int_equal(run.result.steps[0], 15000);
    expect_near(run.result.x[0], 2 - pow(1 - 1e-5, 15000), 1e-12);
    match_run_free(&run);
    latent_context_destroy(context);
}

/* By default entries stay between the smallest and the largest of x₀; given bounds may be wider.
 * The nearest allowed point of a diagonal encoder is the target's, clipped. */
static void test_bounds(void **state) {
    (void)state;
    const double x0[] = {0, 1, 0.5}, target[] = {3, -4, 0.3};
    const struct {
        int32_t bounds;
        double lower, upper, x[3];
    } cases[] = {{LATENT_BOUNDS_START, 0, 0, {1, 0, 0.6}},
                 {LATENT_BOUNDS_GIVEN, -1.5, 1, {1, -1.5, 0.6}},
                 {LATENT_BOUNDS_NONE, 0, 0, {3, -2, 0.6}}};
    latent_context *const context = testing_context();
    toy_encoder toy = diagonal_toy();
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (int c = 0; c < 3; c++)
        for (int adaptive = 0; adaptive < 2; adaptive++) {
            latent_matching_options options = unbounded(adaptive ? 0 : 0.2, 2000);
            options.tolerance = -1;
            options.bounds = cases[c].bounds;
            options.lower = cases[c].lower;
            options.upper = cases[c].upper;
            match_run run = match_run_new(1, 3, 3, 0);
            run.result.trace_loss = run.result.trace_cosine = NULL;
            run.result.trace_change = run.result.trace_step = NULL;
            expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
            for (int j = 0; j < 3; j++) {
                expect_near(run.result.x[j], cases[c].x[j], 1e-7);
                if (cases[c].bounds == LATENT_BOUNDS_START)
                    assert_true(run.result.x[j] >= 0 && run.result.x[j] <= 1);
            }
            match_run_free(&run);
        }
    latent_context_destroy(context);
}

/* In a ball around x₀ the nearest to the target of f(x) = x lies on the line to it. */
static void test_ball(void **state) {
    (void)state;
    const double matrix[] = {1, 0, 0, 1}, x0[] = {0.25, 0.5}, target[] = {3.25, 4.5};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 2, .m = 2, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        latent_matching_options options = unbounded(adaptive ? 0 : 0.3, 500);
        options.radius = 2;
        match_run run = match_run_new(1, 2, 2, 501);
        expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
        expect_near(run.result.x[0], 0.25 + 2 * 0.6, 1e-12);
        expect_near(run.result.x[1], 0.5 + 2 * 0.8, 1e-12);
        expect_near(run.result.distance[0], 2, 1e-12);
        assert_int_equal(run.result.state[0], LATENT_MATCHING_STALLED);
        assert_int_equal(run.result.stalled, 1);
        match_run_free(&run);
    }
    latent_context_destroy(context);
}

/* σ = 2 and η = 1.5: the residual is multiplied by -5 and the loss by 25 at every step. */
static void test_divergence(void **state) {
    (void)state;
    const double matrix[] = {2}, x0[] = {1}, target[] = {1};
    const struct {
        double divergence;
        int64_t steps; /* the first with 25^steps above it */
    } cases[] = {{0, 3}, {20, 1}, {26, 2}, {1e6, 5}, {1e300, 215}, {DBL_MAX, 221}};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 1, .m = 1, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
        latent_matching_options options = unbounded(1.5, 0);
        options.divergence = cases[c].divergence;
        match_run run = match_run_new(1, 1, 1, 4);
        expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
        assert_int_equal(run.result.state[0], LATENT_MATCHING_DIVERGED);
        assert_int_equal(run.result.diverged, 1);
        assert_int_equal(run.result.steps[0], cases[c].steps);
        assert_int_equal(run.result.iterate[0], 0);
        assert_true(run.result.x[0] == 1 && run.result.loss[0] == 1 && run.result.change[0] == 0);
        assert_true(MATCH_TRACE(&run, trace_loss, 0, 1) == 25);
        match_run_free(&run);
    }
    /* What is too large a step at fixed steps is not taken by adaptive ones. */
    latent_matching_options options = unbounded(0, 0);
    match_run run = match_run_new(1, 1, 1, 4);
    expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
    assert_int_equal(run.result.state[0], LATENT_MATCHING_CONVERGED);
    assert_int_equal(run.result.steps[0], 1); /* p_0 is 1/σ², the exact step */
    assert_true(MATCH_TRACE(&run, trace_step, 0, 1) == 0.25);
    match_run_free(&run);
    latent_context_destroy(context);
}

/* Nothing to go by: J = 0; and nothing to do: f(x₀) = t. */
static void test_constant_and_matched(void **state) {
    (void)state;
    const double zeros[6] = {0}, offset[] = {1, 2}, x0[] = {0.5, 1, -1}, other[] = {1, 3};
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_LINEAR, .n = 3, .m = 2, .matrix = zeros, .offset = offset};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    for (int adaptive = 0; adaptive < 2; adaptive++)
        for (int matched = 0; matched < 2; matched++) {
            const latent_matching_options options = {.size = sizeof options,
                                                     .step = adaptive ? 0 : 0.1};
            match_run run = match_run_new(1, 3, 2, 3);
            expect_ok(context, match_run_targets(context, &encoder, x0, matched ? offset : other,
                                                 &options, &run));
            assert_int_equal(run.result.state[0],
                             matched ? LATENT_MATCHING_CONVERGED : LATENT_MATCHING_STALLED);
            assert_int_equal(run.result.steps[0], 0);
            assert_memory_equal(run.result.x, x0, sizeof x0);
            assert_true(run.result.loss[0] == !matched);
            assert_true(run.result.distance[0] == 0 && run.result.change[0] == 0);
            assert_true(isnan(MATCH_TRACE(&run, trace_loss, 0, 1)));
            match_run_free(&run);
        }
    latent_context_destroy(context);
}

/* f_i = ½ Σ_j A_ij x_j²: the plain loop, written out. */
static void test_quadratic(void **state) {
    (void)state;
    enum { STEPS = 200 };
    const double a[] = {1, 0.5, 0.25, -0.5, 1, 0.75}, x0[] = {0.9, 0.2, 0.6};
    const double target[] = {0.3, 0.2}, eta = 0.4;
    latent_context *const context = testing_context();
    toy_encoder toy = {.kind = TOY_SQUARES, .n = 3, .m = 2, .matrix = a};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_matching_options options = {
        .size = sizeof options, .step = eta, .tolerance = -1, .max_steps = STEPS};
    match_run run = match_run_new(1, 3, 2, STEPS + 1);
    expect_ok(context, match_run_targets(context, &encoder, x0, target, &options, &run));
    double x[3];
    memcpy(x, x0, sizeof x);
    for (int k = 0; k <= run.result.steps[0]; k++) {
        double r[2], loss = 0;
        for (int i = 0; i < 2; i++) {
            r[i] = -target[i];
            for (int j = 0; j < 3; j++)
                r[i] += a[3 * i + j] * x[j] * x[j] / 2;
            loss += r[i] * r[i];
        }
        expect_near(MATCH_TRACE(&run, trace_loss, 0, k), loss, 1e-13);
        for (int j = 0; j < 3; j++)
            x[j] = fmin(fmax(x[j] - eta * x[j] * (a[j] * r[0] + a[3 + j] * r[1]), 0.2), 0.9);
    }
    assert_true(run.result.loss[0] < 1e-6);
    match_run_free(&run);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear_closed_form),
        cmocka_unit_test(test_stops),
        cmocka_unit_test(test_default_cap),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_ball),
        cmocka_unit_test(test_divergence),
        cmocka_unit_test(test_constant_and_matched),
        cmocka_unit_test(test_quadratic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
