/* kernels/: every instruction set gives the same bits, and those are the definition's. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"

enum { MOST = 150 };
static const latent_type types[] = {LATENT_F16, LATENT_BF16, LATENT_F32, LATENT_F64};

typedef void (*table_check)(const latent__kernels *table, prng *g);

static void with_every_table(table_check check) {
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        const latent__kernels *const table = latent__kernels_choose(isas[i]);
        if (table->isa != isas[i])
            continue; /* another one's */
        prng g = {31};
        check(table, &g);
    }
}

static bool same_bits(double a, double b) {
    return memcmp(&a, &b, sizeof a) == 0;
}

/* One row in exactly as much memory as it needs, and its values. */
static void *make_row(prng *g, latent_type type, int64_t n, double *values) {
    void *const row = malloc((size_t)(n * narrow_size(type)));
    const int sort = (int)prng_below(g, 4);
    for (int64_t i = 0; i < n; i++) {
        const double x = prng_normal(g);
        narrow_store(type, row, i,
                     sort == 0   ? x
                     : sort == 1 ? 1000.0 + x
                     : sort == 2
                         ? narrow_min(type) * (double)(prng_below(g, 50) - 25)
                         : 0.01 * narrow_max(type) * tanh(x) * (type == LATENT_F64 ? 1e-160 : 1));
        values[i] = narrow_load(type, row, i);
    }
    return row;
}

static void check_sums(const latent__kernels *table, prng *g) {
    double a[MOST], b[MOST];
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n++) {
            void *const first = make_row(g, types[t], n, a);
            void *const second = make_row(g, types[t], n, b);
            const double squared = table->squared_distance[types[t] - 1](first, second, n);
            const double dot = table->dot[types[t] - 1](first, first, n);
            assert_true(same_bits(sqrt(squared), oracle_distance(a, b, n, LATENT_EUCLIDEAN)));
            assert_true(same_bits(sqrt(dot), oracle_norm(a, n)));
            free(first);
            free(second);
        }
}

static void test_sums(void **state) {
    (void)state;
    with_every_table(check_sums);
}

/* dot() of two rows equals the reference's, signs included. */
static void check_dot(const latent__kernels *table, prng *g) {
    double a[MOST];
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n++) {
            void *const first = make_row(g, types[t], n, a);
            void *const second = make_row(g, types[t], n, a);
            assert_true(same_bits(table->dot[types[t] - 1](first, second, n),
                                  latent__kernels_reference.dot[types[t] - 1](first, second, n)));
            free(first);
            free(second);
        }
}

static void test_dot(void **state) {
    (void)state;
    with_every_table(check_dot);
}

static void check_inspect(const latent__kernels *table, prng *g) {
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    double values[MOST];
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n += n < 40 ? 1 : 13) {
            void *const row = make_row(g, types[t], n, values);
            double expected = 0.0, largest = 0.0;
            for (int64_t i = 0; i < n; i++)
                expected = fmax(expected, fabs(values[i]));
            assert_true(table->inspect[types[t] - 1](row, n, &largest));
            assert_true(largest == expected);
            largest = 2.0 * expected + 1.0;
            assert_true(table->inspect[types[t] - 1](row, n, &largest));
            assert_true(largest == 2.0 * expected + 1.0);
            for (int64_t i = 0; i < n; i++) {
                narrow_store(types[t], row, i, bad[i % 3]);
                assert_false(table->inspect[types[t] - 1](row, n, &largest));
                narrow_store(types[t], row, i, values[i]);
            }
            free(row);
        }
}

static void test_inspect(void **state) {
    (void)state;
    with_every_table(check_inspect);
}

/* What is stored is rounded to float32; both sums may be in any order. */
static void check_pack(const latent__kernels *table, prng *g) {
    double values[MOST], shift[MOST];
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n++) {
            void *const row = make_row(g, types[t], n, values);
            float *const out = malloc((size_t)n * sizeof *out);
            double largest = 0.0, stored = 0.0, lost = 0.0;
            for (int64_t i = 0; i < n; i++)
                largest = fmax(largest, fabs(values[i]));
            const double factor = largest > 1e-290 ? ldexp(1.0, 3 - ilogb(largest)) : 1.0;
            for (int64_t i = 0; i < n; i++)
                shift[i] = prng_normal(g);
            const latent__packed packed = table->pack[types[t] - 1](row, n, factor, shift, out);
            for (int64_t i = 0; i < n; i++) {
                const double exact = values[i] * factor - shift[i];
                assert_true(out[i] == (float)exact);
                stored += (double)out[i] * (double)out[i];
                lost += (exact - (double)out[i]) * (exact - (double)out[i]);
            }
            assert_true(fabs(packed.stored - stored) <= 1e-13 * stored);
            assert_true(fabs(packed.lost - lost) <= 1e-13 * lost);
            free(row);
            free(out);
        }
}

static void test_pack(void **state) {
    (void)state;
    with_every_table(check_pack);
}

/* Whole numbers around the thresholds, so that equality happens, and infinities. */
static float some_number(prng *g) {
    const int64_t sort = prng_below(g, 20);
    if (sort == 0)
        return -INFINITY;
    return sort == 1 ? INFINITY : (float)(prng_below(g, 21) - 10);
}

static float *some_numbers(prng *g, int64_t n) {
    float *const numbers = malloc((size_t)n * sizeof *numbers);
    for (int64_t i = 0; i < n; i++)
        numbers[i] = some_number(g);
    return numbers;
}

static float *whole_numbers(prng *g, int64_t n) {
    float *const numbers = malloc((size_t)n * sizeof *numbers);
    for (int64_t i = 0; i < n; i++)
        numbers[i] = (float)(prng_below(g, 21) - 10);
    return numbers;
}

static void check_screen(const latent__kernels *table, prng *g) {
    int32_t hits[MOST + 1];
    for (int64_t n = 1; n < MOST; n++)
        for (int round = 0; round < 3; round++) {
            float *const product = whole_numbers(g, n), *const lower = whole_numbers(g, n);
            float *const limit = some_numbers(g, n);
            const latent__row_bounds row = {.lower = 3.0f, .limit = some_number(g)};
            hits[n] = -7;
            const int64_t found = table->screen(product, row, lower, limit, n, hits);
            int64_t expected = 0;
            for (int32_t j = 0; j < n; j++) {
                const float estimate = (row.lower + lower[j]) - product[j];
                if (estimate <= row.limit || estimate <= limit[j])
                    assert_true(expected < found && hits[expected++] == j);
            }
            assert_int_equal(found, expected);
            assert_int_equal(hits[n], -7);
            free(product);
            free(lower);
            free(limit);
        }
}

static void test_screen(void **state) {
    (void)state;
    with_every_table(check_screen);
}

static void check_one_count(const latent__kernels *table, prng *g, int64_t n) {
    float *const product = whole_numbers(g, n), *const lower = whole_numbers(g, n);
    float *const upper = whole_numbers(g, n), *const limit = some_numbers(g, n);
    float *const sure = some_numbers(g, n);
    int32_t *const below = calloc((size_t)n, sizeof *below);
    const latent__column_bounds columns = {lower, upper, limit, sure, below};
    const latent__row_bounds row = {-1.0f, 2.0f, some_number(g), some_number(g)};
    int32_t hits[MOST];
    int64_t sure_of_row = 100, expected_sure = 100, expected = 0;
    const int64_t found = table->count(product, row, &columns, n, &sure_of_row, hits);
    for (int32_t j = 0; j < n; j++) {
        const float low = (row.lower + lower[j]) - product[j];
        const float high = (row.upper + upper[j]) - product[j];
        expected_sure += high <= row.sure;
        assert_int_equal(below[j], high <= sure[j]);
        if ((high > row.sure && low <= row.limit) || (high > sure[j] && low <= limit[j]))
            assert_true(expected < found && hits[expected++] == j);
    }
    assert_int_equal(found, expected);
    assert_int_equal(sure_of_row, expected_sure);
    free(product);
    free(lower);
    free(upper);
    free(limit);
    free(sure);
    free(below);
}

static void check_count(const latent__kernels *table, prng *g) {
    for (int64_t n = 1; n < MOST; n++)
        for (int round = 0; round < 3; round++)
            check_one_count(table, g, n);
}

static void test_count(void **state) {
    (void)state;
    with_every_table(check_count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums), cmocka_unit_test(test_dot),    cmocka_unit_test(test_inspect),
        cmocka_unit_test(test_pack), cmocka_unit_test(test_screen), cmocka_unit_test(test_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
