/* Encoders and points whose squares leave float64: what scales with them still does. */
#include <math.h>

#include "harness/toy_encoder.h"

enum { N = 3, M = 2 };

static const double matrix[M * N] = {1, -2, 0.5, 3, 0.25, -1};

static latent_encoder scaled_encoder(toy_encoder *toy, double *entries, double scale) {
    for (int e = 0; e < M * N; e++)
        entries[e] = scale * matrix[e];
    *toy = (toy_encoder){.kind = TOY_LINEAR, .n = N, .m = M, .matrix = entries};
    return toy_encoder_make(toy, LATENT_F64);
}

/* L along e_0 is the norm of the first column, and so is ‖J‖_F; signs change nothing if n is 1. */
static void expect_scaled(latent_context *context, double scale) {
    static const double point[N] = {0.5, -1, 2}, epsilon = 0.5, direction[N] = {1};
    double entries[M * N], constant = 0;
    toy_encoder toy;
    latent_encoder encoder = scaled_encoder(&toy, entries, scale);
    const double expected = scale * sqrt(10);
    const latent_matrix along = latent_matrix_view(direction, 1, N, LATENT_F64);
    const latent_lipschitz_options options = {
        .size = sizeof options, .epsilons = &epsilon, .epsilon_count = 1};
    latent_lipschitz_result result = {.size = sizeof result, .constants = &constant};
    expect_ok(context,
              latent_lipschitz_along(context, &encoder, point, &along, &options, &result, NULL));
    assert_true(fabs(constant / expected - 1) < 1e-14);

    latent_encoder_check_result found = {.size = sizeof found};
    expect_ok(context, latent_encoder_check(context, &encoder, point, NULL, &found, NULL));
    assert_true(found.transpose_error < 1e-14);
    assert_true(found.jvp_error > 0 && found.jvp_error < 1e-8);

    const double column[M] = {scale * matrix[0], scale * matrix[3]};
    toy.n = encoder.inputs = 1;
    toy.matrix = column;
    latent_jacobian_norm_result norm = {.size = sizeof norm};
    expect_ok(context, latent_jacobian_norm(context, &encoder, point, NULL, &norm, NULL));
    assert_true(fabs(norm.norm / expected - 1) < 1e-14);
}

static void test_scales_of_outputs(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    static const double scales[] = {1, 1e-150, 1e-163, 1e-200, 1e-290, 1e150, 1e200, 1e300};
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++)
        expect_scaled(context, scales[s]);
    latent_context_destroy(context);
}

/* Differences are over what is left of a step after rounding, a quotient of squares. */
static void test_scales_of_points(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    static const double scales[] = {1, 1e-153, 1e-155, 1e-157, 1e-300, 1e150, 1e300};
    static const latent_jacobian_options options = {.size = sizeof options,
                                                    .method = LATENT_JACOBIAN_DIFFERENCES};
    double entries[M * N];
    toy_encoder toy;
    const latent_encoder encoder = scaled_encoder(&toy, entries, 1);
    for (size_t s = 0; s < sizeof scales / sizeof *scales; s++) {
        const double point[N] = {0.5 * scales[s], -1 * scales[s], 2 * scales[s]};
        double found[M * N];
        latent_jacobian result = {.size = sizeof result, .entries = found};
        expect_ok(context,
                  latent_jacobian_explicit(context, &encoder, point, &options, &result, NULL));
        for (int e = 0; e < M * N; e++)
            assert_true(fabs(found[e] - matrix[e]) < 1e-9);
    }
    latent_context_destroy(context);
}

/* What leaves float64 on its way to the encoder is said to, and never becomes a result. */
static void test_beyond_float64(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    double entries[M * N];
    toy_encoder toy;
    const latent_encoder encoder = scaled_encoder(&toy, entries, 1e-300);
    static const double point[N] = {0, 1e308}, epsilon = 1.7e308, up[N] = {0, 1};
    static const double huge[N] = {1.5e308, 1.5e308, 1.5e308}, length = 1, zero[N];
    const latent_matrix along = latent_matrix_view(up, 1, N, LATENT_F64);
    const latent_lipschitz_options options = {
        .size = sizeof options, .epsilons = &epsilon, .epsilon_count = 1};
    latent_lipschitz_result result = {.size = sizeof result};
    assert_int_equal(
        latent_lipschitz_along(context, &encoder, point, &along, &options, &result, NULL),
        LATENT_ERROR_OVERFLOW);
    assert_string_equal(latent_context_error(context),
                        "call 2 of the encoder's forward needs inf at row 0, entry 1, beyond its "
                        "float64");
    const latent_matrix start = latent_matrix_view(zero, 1, N, LATENT_F64);
    const latent_matrix direction = latent_matrix_view(huge, 1, N, LATENT_F64);
    const latent_matrix lengths = latent_matrix_view(&length, 1, 1, LATENT_F64);
    const latent_walk_options unit = {.size = sizeof unit, .unit = 1};
    latent_walk_result walked = {.size = sizeof walked};
    assert_int_equal(
        latent_walk_along(context, &encoder, &start, &direction, &lengths, &unit, &walked, NULL),
        LATENT_ERROR_OVERFLOW);
    assert_string_equal(latent_context_error(context),
                        "the norm of directions[0] is beyond float64");
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales_of_outputs),
        cmocka_unit_test(test_scales_of_points),
        cmocka_unit_test(test_beyond_float64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
