/* kernels/: products, chains and sums of projections have the same bits on every instruction
 * set, and those are the definition's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"
#include "linalg/product.h"

enum { ROWS = LATENT__TILE_ROWS, COLUMNS = LATENT__TILE_COLUMNS, TILE = ROWS * COLUMNS };

typedef void (*table_check)(const latent__kernels *table, prng *g);

static void with_every_table(table_check check) {
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        prng g = {91};
        check(latent__kernels_choose(isas[i]), &g);
    }
}

/* Numbers of one size, or of very different ones; some zeros. */
static void fill(double *numbers, int64_t count, int sort, prng *g) {
    for (int64_t i = 0; i < count; i++) {
        const double x = prng_normal(g);
        numbers[i] = sort == 0   ? x
                     : sort == 1 ? ldexp(x, (int)prng_below(g, 600) - 300)
                     : sort == 2 ? 1e-310 * x
                                 : (double)(prng_below(g, 3) - 1);
    }
}

/* In exactly as much memory as it needs, aligned for vectors. */
static double *new_numbers(int64_t count, int sort, prng *g) {
    const size_t bytes = ((size_t)count * sizeof(double) + 63) / 64 * 64;
    double *const numbers = aligned_alloc(64, bytes ? bytes : 64);
    fill(numbers, count, sort, g);
    return numbers;
}

static void check_multiply(const latent__kernels *table, prng *g) {
    for (int64_t depth = 0; depth < 70; depth++)
        for (int sort = 0; sort < 4; sort++) {
            double *const a = new_numbers(depth * ROWS, sort, g);
            double *const b = new_numbers(depth * COLUMNS, sort, g);
            double *const c = new_numbers(TILE, 0, g);
            double expected[TILE];
            for (int e = 0; e < TILE; e++) {
                expected[e] = c[e];
                for (int64_t k = 0; k < depth; k++)
                    expected[e] =
                        fma(a[k * ROWS + e / COLUMNS], b[k * COLUMNS + e % COLUMNS], expected[e]);
            }
            table->multiply(a, b, depth, c);
            assert_memory_equal(c, expected, sizeof expected);
            free(a);
            free(b);
            free(c);
        }
}

static void test_multiply(void **state) {
    (void)state;
    with_every_table(check_multiply);
}

static void check_chain(const latent__kernels *table, prng *g) {
    for (int64_t n = 0; n < 70; n++)
        for (int sort = 0; sort < 4; sort++) {
            double *const a = new_numbers(n + 1, sort, g), *const b = new_numbers(n + 1, sort, g);
            double *const sums = malloc((size_t)(n + 1) * sizeof *sums);
            double expected = prng_normal(g);
            table->chain(a, b, n, expected, sums);
            assert_memory_equal(&sums[0], &expected, sizeof expected);
            for (int64_t k = 1; k <= n; k++) {
                expected = fma(a[k], b[k], expected);
                assert_memory_equal(&sums[k], &expected, sizeof expected);
            }
            free(a);
            free(b);
            free(sums);
        }
}

static void test_chain(void **state) {
    (void)state;
    with_every_table(check_chain);
}

/* Column by column, in the order of the rows, no multiply-add anywhere. */
static void expect_projections(const double *p, int64_t stride, int64_t rows,
                               const double *inverse_norm, const double *unit,
                               const latent__projections *found) {
    for (int l = 0; l < COLUMNS; l++) {
        double cosine = 0, absolute = 0, mean = 0, away = 0;
        for (int64_t r = 0; r < rows; r++) {
            const volatile double part = fabs(p[r * stride + l]) * inverse_norm[r];
            const volatile double size = fabs(p[r * stride + l]) * unit[r];
            const volatile double value = p[r * stride + l] * unit[r];
            cosine += part;
            absolute += size;
            mean += value;
        }
        mean /= (double)rows;
        for (int64_t r = 0; r < rows; r++) {
            const volatile double value = p[r * stride + l] * unit[r];
            const volatile double squared = (value - mean) * (value - mean);
            away += squared;
        }
        assert_memory_equal(&found->cosine[l], &cosine, sizeof cosine);
        assert_memory_equal(&found->absolute[l], &absolute, sizeof absolute);
        assert_memory_equal(&found->mean[l], &mean, sizeof mean);
        assert_memory_equal(&found->away[l], &away, sizeof away);
    }
}

static void check_project(const latent__kernels *table, prng *g) {
    for (int64_t rows = 1; rows <= LATENT__STRIP_ROWS; rows++)
        for (int64_t stride = COLUMNS; stride <= 3 * COLUMNS; stride += COLUMNS) {
            double *const p = new_numbers(rows * stride, (int)(rows % 3), g);
            double unit[LATENT__STRIP_ROWS], inverse_norm[LATENT__STRIP_ROWS];
            for (int64_t r = 0; r < rows; r++) {
                unit[r] = prng_below(g, 3) ? 1 : ldexp(1, (int)prng_below(g, 800) - 400);
                inverse_norm[r] = prng_below(g, 9) ? prng_uniform(g) : 0;
            }
            latent__projections found;
            poison_fill(&found, sizeof found);
            table->project(p, stride, rows, inverse_norm, unit, &found);
            expect_projections(p, stride, rows, inverse_norm, unit, &found);
            free(p);
        }
}

static void test_project(void **state) {
    (void)state;
    with_every_table(check_project);
}

/* Panels of any number of vectors, and whole strips of products by way of them. */
static void check_strip(const latent__kernels *table, prng *g) {
    static const int64_t depths[] = {1, 5, 127, 128, 129, 300};
    for (int64_t rows = 1; rows <= LATENT__STRIP_ROWS; rows += 1 + rows / 4)
        for (int i = 0; i < 6; i++) {
            const int64_t depth = depths[i], columns = 1 + prng_below(g, COLUMNS);
            const int64_t stride = COLUMNS + prng_below(g, 3), whole = (rows + 7) / 8 * 8;
            double *const a = new_numbers(rows * (depth + 3), 0, g);
            double *const b = new_numbers(columns * depth, 0, g);
            double *const rows_packed = new_numbers(latent__row_panels(rows, depth), 0, g);
            double *const packed = new_numbers(latent__column_panels(columns, depth), 0, g);
            double *const out = malloc((size_t)(whole * stride) * sizeof *out);
            latent__pack_panels(a, depth + 3, rows, depth, ROWS, rows_packed);
            latent__pack_panels(b, depth, columns, depth, COLUMNS, packed);
            latent__product_strip(table, rows_packed, rows, packed, depth, out, stride);
            for (int64_t r = 0; r < rows; r++)
                for (int64_t l = 0; l < columns; l++) {
                    double expected = 0;
                    for (int64_t k = 0; k < depth; k++)
                        expected = fma(a[r * (depth + 3) + k], b[l * depth + k], expected);
                    assert_true(out[r * stride + l] == expected);
                }
            free(a);
            free(b);
            free(rows_packed);
            free(packed);
            free(out);
        }
}

static void test_strips(void **state) {
    (void)state;
    with_every_table(check_strip);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_multiply),
                                       cmocka_unit_test(test_chain), cmocka_unit_test(test_project),
                                       cmocka_unit_test(test_strips)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
