/* Displacements apart: along orthonormal directions, and the rest. */
#include <math.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"

static latent_status split(latent_context *context, const double *directions, int64_t r,
                           const double *displacements, int64_t rows, int64_t n, double tolerance,
                           latent_walk_parts *parts) {
    const latent_matrix v = latent_matrix_view(directions, r, n, LATENT_F64);
    const latent_matrix d = latent_matrix_view(displacements, rows, n, LATENT_F64);
    const latent_walk_split_options options = {.size = sizeof options, .tolerance = tolerance};
    return latent_walk_split(context, &v, &d, &options, parts);
}

/* Along axes the two parts are entries of the displacement, to the bit. */
static void test_axes(void **state) {
    (void)state;
    const double axes[] = {0, 1, 0, 0, 0, 0, 0, -1}, d[] = {3, 4, 12, 5, 0, 0, 0, 0};
    const double in_span[] = {0, 4, 0, 5, 0, 0, 0, 0}, beside[] = {3, 0, 12, 0, 0, 0, 0, 0};
    double within[8], rest[8], within_norm[2], rest_norm[2];
    latent_walk_parts parts = {.size = sizeof parts,
                               .within = within,
                               .rest = rest,
                               .within_norm = within_norm,
                               .rest_norm = rest_norm,
                               .deviation = -1};
    latent_context *const context = testing_context();
    expect_ok(context, split(context, axes, 2, d, 2, 4, 0, &parts));
    for (int j = 0; j < 8; j++)
        assert_true(within[j] == in_span[j] && rest[j] == beside[j]);
    assert_true(within_norm[0] == sqrt(41) && rest_norm[0] == sqrt(153));
    assert_true(within_norm[1] == 0 && rest_norm[1] == 0 && parts.deviation == 0);
    latent_context_destroy(context);
}

/* r = n: the rest is nothing but rounding. */
static void test_whole_space(void **state) {
    (void)state;
    const double c = 0.6, s = 0.8, rotation[] = {c, s, -s, c}, d[] = {1, 2};
    double rest_norm, within[2];
    latent_walk_parts parts = {.size = sizeof parts, .within = within, .rest_norm = &rest_norm};
    latent_context *const context = testing_context();
    expect_ok(context, split(context, rotation, 2, d, 1, 2, 0, &parts));
    assert_true(rest_norm <= 1e-30);
    assert_true(fabs(within[0] - 1) <= 1e-15 && fabs(within[1] - 2) <= 1e-15);
    assert_true(parts.deviation <= 1e-16);
    latent_context_destroy(context);
}

/* How far off directions are, what is tolerated, and that the rest is orthogonal to them all the
 * same. */
static void test_not_quite_orthonormal(void **state) {
    (void)state;
    enum { N = 50 };
    double v[2 * N] = {0}, d[N], rest[N];
    prng g = {7};
    for (int j = 0; j < N; j++)
        d[j] = prng_normal(&g);
    v[0] = 1;
    v[N + 1] = 1;
    v[N] = 3e-6; /* <v_0, v_1> */
    latent_walk_parts parts = {.size = sizeof parts, .rest = rest};
    latent_context *const context = testing_context();
    expect_ok(context, split(context, v, 2, d, 1, N, 0, &parts));
    assert_true(parts.deviation == 3e-6);
    assert_true(fabs(rest[0]) <= 1e-15 && fabs(3e-6 * rest[0] + rest[1]) <= 1e-15);
    memset(rest, 0, sizeof rest);
    expect_status(context, split(context, v, 2, d, 1, N, 1e-6, &parts), LATENT_ERROR_DOMAIN,
                  "not orthonormal|directions[0] and directions[1]|3e-06|1e-06 is tolerated");
    v[N] = 0;
    v[0] = 1.25;
    expect_status(context, split(context, v, 2, d, 1, N, 0, &parts), LATENT_ERROR_DOMAIN,
                  "directions[0] and directions[0]|1.5625|0.562|1e-05");
    v[0] = 1e200;
    expect_status(context, split(context, v, 2, d, 1, N, 0, &parts), LATENT_ERROR_DOMAIN,
                  "directions[0] and directions[0]|inf");
    for (int j = 0; j < N; j++)
        assert_true(rest[j] == 0);
    latent_context_destroy(context);
}

static void test_arguments(void **state) {
    (void)state;
    const double v[] = {1, 0, 0, 1, 0, 0}, huge[] = {1.5e308, 1.5e308, 1, 1};
    double bad[] = {1, (double)NAN, 0, 1};
    latent_walk_parts parts = {.size = sizeof parts, .deviation = -1};
    latent_context *const context = testing_context();
    expect_status(context, split(context, v, 3, v, 1, 2, 0, &parts), LATENT_ERROR_SHAPE,
                  "directions has 3 rows of 2 columns");
    expect_status(context, split(context, bad, 2, v, 1, 2, 0, &parts), LATENT_ERROR_NONFINITE,
                  "directions[0][1] is NaN");
    expect_status(context, split(context, v, 2, bad, 2, 2, 0, &parts), LATENT_ERROR_NONFINITE,
                  "displacements[0][1] is NaN");
    expect_status(context, split(context, v, 2, v, 1, 2, -1, &parts), LATENT_ERROR_ARGUMENT,
                  "options->tolerance is -1");
    expect_status(context, split(context, v, 2, huge, 1, 2, 0, &parts), LATENT_ERROR_OVERFLOW,
                  "displacements[0]");
    expect_status(context, split(context, v, 2, v, 1, 2, 0, NULL), LATENT_ERROR_ARGUMENT,
                  "parts is NULL");
    const latent_matrix two = latent_matrix_view(v, 1, 2, LATENT_F64);
    const latent_matrix three = latent_matrix_view(v, 1, 3, LATENT_F64);
    expect_status(context, latent_walk_split(context, &two, &three, NULL, &parts),
                  LATENT_ERROR_SHAPE, "displacements has 3 columns|directions|2");
    expect_status(context, latent_walk_split(context, NULL, &three, NULL, &parts),
                  LATENT_ERROR_ARGUMENT, "directions is NULL");
    expect_status(context, latent_walk_split(context, &two, NULL, NULL, &parts),
                  LATENT_ERROR_ARGUMENT, "displacements is NULL");
    assert_true(parts.deviation == -1);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_axes), cmocka_unit_test(test_whole_space),
        cmocka_unit_test(test_not_quite_orthonormal), cmocka_unit_test(test_arguments)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
