/* Leading singular triplets of matrices that end the search early or late: of lower rank, with equal
 * singular values, with one row or column, all of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/toy_encoder.h"

enum { MOST = 24 };

/* Givens rotations by the generator of all pairs of rows, so that rows stay orthonormal. */
static void rotate_rows(prng *g, double *a, int64_t rows, int64_t columns) {
    for (int64_t r = 0; r < 3 * rows; r++) {
        const int64_t p = prng_below(g, rows), q = prng_below(g, rows);
        const double angle = prng_normal(g);
        for (int64_t j = 0; j < columns && p != q; j++) {
            const double x = a[p * columns + j], y = a[q * columns + j];
            a[p * columns + j] = cos(angle) * x - sin(angle) * y;
            a[q * columns + j] = sin(angle) * x + cos(angle) * y;
        }
    }
}

static void transpose(const double *a, int64_t m, int64_t n, double *to) {
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < n; j++)
            to[j * m + i] = a[i * n + j];
}

/* An m × n matrix with the given singular values. */
static double *matrix_of(const double *values, int64_t m, int64_t n, uint64_t seed) {
    prng g = {seed};
    double *const a = calloc((size_t)(m * n), sizeof *a), *const b = calloc((size_t)(m * n), 8);
    for (int64_t i = 0; i < m && i < n; i++)
        a[i * n + i] = values[i];
    rotate_rows(&g, a, m, n);
    transpose(a, m, n, b);
    rotate_rows(&g, b, n, m);
    transpose(b, n, m, a);
    free(b);
    return a;
}

static double residual(const double *a, int64_t m, int64_t n, const double *v, const double *u,
                       int64_t stride, double value) {
    double square = 0;
    for (int64_t i = 0; i < m; i++) {
        double sum = -value * u[i * stride];
        for (int64_t j = 0; j < n; j++)
            sum += a[i * n + j] * v[j];
        square += sum * sum;
    }
    return sqrt(square);
}

static void check(const double *values, int64_t m, int64_t n, int64_t count,
                  const latent_jacobian_leading_options *options) {
    double *const a = matrix_of(values, m, n, (uint64_t)(m * 100 + n));
    double found[MOST], along[MOST], back[MOST];
    double *const right = malloc((size_t)(count * n) * 8), *const left =
                                                               malloc((size_t)(m * count) * 8);
    const double zeros[MOST] = {0};
    toy_encoder toy = {.kind = TOY_LINEAR, .n = n, .m = m, .matrix = a};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_jacobian_triplets result = {.size = sizeof result,
                                       .values = found,
                                       .right = right,
                                       .left = left,
                                       .residuals = along,
                                       .transposed_residuals = back};
    latent_context *const context = testing_context();
    expect_ok(context,
              latent_jacobian_leading(context, &encoder, zeros, count, options, &result, NULL));
    for (int64_t i = 0; i < count; i++) {
        assert_true(fabs(found[i] - values[i]) <= 1e-9);
        assert_true(residual(a, m, n, right + i * n, left + i, count, found[i]) <= 1e-9);
        assert_true(along[i] <= 1e-9 && back[i] <= 1e-9);
    }
    assert_int_equal(result.products, toy.rows[TOY_JVP] + toy.rows[TOY_VJP]);
    latent_context_destroy(context);
    free(left);
    free(right);
    free(a);
}

static void test_spectra(void **state) {
    (void)state;
    static const double spectra[][MOST] = {
        {9, 8, 7, 6, 5, 4, 3, 2, 1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.09, 0.08},
        {3, 2, 1},
        {5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1},
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1},
        {0},
        {1, 1e-14, 1e-15},
    };
    static const int64_t shapes[][2] = {{1, 1},   {1, 9},   {9, 1},   {2, 20},
                                        {20, 20}, {20, 23}, {23, 20}, {12, 20}};
    static const int64_t blocks[] = {0, 1, 2, 5, 100};
    for (int s = 0; s < 6; s++)
        for (int h = 0; h < 8; h++)
            for (int b = 0; b < 5; b++) {
                const int64_t m = shapes[h][0], n = shapes[h][1], k = m < n ? m : n;
                latent_jacobian_leading_options options = {.size = sizeof options,
                                                           .block = blocks[b]};
                check(spectra[s], m, n, k, &options);
                check(spectra[s], m, n, (k + 1) / 2, &options);
                options.basis = 1; /* as small as can be */
                check(spectra[s], m, n, 1, &options);
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_spectra)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
