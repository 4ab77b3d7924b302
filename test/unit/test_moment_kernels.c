/* kernels/, those of moments: every instruction set gives the reference's bits, and the reference is
 * within a few roundings of long double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"

enum { MOST = 100, ROWS = 7, COLUMNS = 48 };
static const latent_type types[] = {LATENT_F16, LATENT_BF16, LATENT_F32, LATENT_F64};
static const latent__kernels *const reference = &latent__kernels_reference;

typedef void (*table_check)(const latent__kernels *table, prng *g);

static void with_every_table(table_check check) {
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        prng g = {77};
        check(latent__kernels_choose(isas[i]), &g);
    }
}

/* In exactly as much memory as it needs. Some sorts of data leave columns open. */
static void *make_values(prng *g, latent_type type, int64_t n) {
    void *const values = malloc((size_t)(n * narrow_size(type)));
    const int sort = (int)prng_below(g, 4);
    for (int64_t i = 0; i < n; i++) {
        const double x = prng_normal(g);
        const bool rare = prng_below(g, 60) == 0;
        narrow_store(type, values, i,
                     sort == 0   ? x
                     : sort == 1 ? 300 + x
                     : sort == 2 ? (rare ? NAN : x)
                                 : (type == LATENT_F64 && rare ? 1e300 * x : 0.25));
    }
    return values;
}

static void check_widen(const latent__kernels *table, prng *g) {
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n++) {
            void *const row = make_values(g, types[t], n);
            const int64_t padded = (n + 15) / 16 * 16;
            double *const out = malloc((size_t)padded * sizeof *out);
            double ones[MOST];
            const double sum = table->widen[types[t] - 1](row, n, out);
            long double exact = 0, size = 0;
            for (int64_t i = 0; i < n; i++) {
                const double value = narrow_load(types[t], row, i);
                assert_true(out[i] == value || (isnan(out[i]) && isnan(value)));
                exact += value;
                size += fabsl(value);
                ones[i] = 1;
            }
            for (int64_t i = n; i < padded; i++)
                assert_true(out[i] == 0 && !signbit(out[i]));
            if (isfinite((double)size))
                assert_true(fabsl(sum - exact) <= 30 * 0x1p-53L * size);
            else
                assert_false(isfinite(sum));
            assert_true(table->dot[LATENT_F64 - 1](out, ones, n) == sum || isnan(sum));
            free(out);
            free(row);
        }
}

static void check_powers_of(const latent__kernels *table, latent_type type, prng *g, int64_t n) {
    void *const row = make_values(g, type, n);
    const double centre = 0.1 * prng_normal(g);
    const latent__powers sum = table->powers[type - 1](row, n, centre);
    const latent__powers expected = reference->powers[type - 1](row, n, centre);
    if (!isnan(expected.first))
        assert_memory_equal(&sum, &expected, sizeof sum);
    else
        assert_true(isnan(sum.first) && isnan(sum.fourth));
    long double exact[4] = {0}, size[4] = {0};
    for (int64_t k = 0; k < n; k++)
        for (int r = 0; r < 4; r++) {
            const long double t = (long double)narrow_load(type, row, k) - centre;
            const long double power = powl(t, r + 1);
            exact[r] += power;
            size[r] += fabsl(power);
        }
    const double got[4] = {sum.first, sum.second, sum.third, sum.fourth};
    for (int r = 0; r < 4 && size[3] < 1e300L; r++)
        assert_true(fabsl(got[r] - exact[r]) <= 40 * 0x1p-53L * size[r]);
    free(row);
}

static void check_powers(const latent__kernels *table, prng *g) {
    for (int t = 0; t < 4; t++)
        for (int64_t n = 1; n < MOST; n++)
            check_powers_of(table, types[t], g, n);
}

typedef struct result {
    double moments[LATENT__MOMENT_FIELDS * COLUMNS];
    int32_t open[COLUMNS];
    int64_t found;
} result;

/* Two blocks of rows, one after the other. */
static result two_blocks(const latent__kernels *table, latent_type type, const void *values) {
    result out;
    const latent__moments into = {out.moments, COLUMNS};
    latent__patch patch = {values, COLUMNS, ROWS, COLUMNS, NULL};
    patch.ahead = (const char *)values + ROWS * COLUMNS * narrow_size(type);
    memset(&out, 0, sizeof out);
    table->columns[type - 1](&patch, into, true, out.open);
    memset(out.open, 0, sizeof out.open);
    patch.start = patch.ahead;
    patch.ahead = NULL;
    out.found = table->columns[type - 1](&patch, into, false, out.open);
    return out;
}

static bool is_open(const result *of, int64_t column) {
    for (int64_t e = 0; e < of->found; e++)
        if (of->open[e] == column)
            return true;
    return false;
}

/* Mean and fourth moment of a column that is not left open. */
static void check_column(const result *of, latent_type type, const void *values, int64_t j) {
    long double mean = 0, fourth = 0;
    for (int64_t r = 0; r < 2 * ROWS; r++)
        mean += narrow_load(type, values, r * COLUMNS + j);
    mean /= 2 * ROWS;
    for (int64_t r = 0; r < 2 * ROWS; r++)
        fourth += powl(narrow_load(type, values, r * COLUMNS + j) - mean, 4) / (2.0L * ROWS);
    const double *const x = of->moments + j;
    assert_true(x[0] == 2 * ROWS);
    assert_true(fabsl((long double)x[COLUMNS] + x[2 * COLUMNS] - mean) <=
                1e-14L * (1 + fabsl(mean)));
    assert_true(fabsl(x[5 * COLUMNS] - fourth) <= 1e-12L * fourth);
}

static void check_columns(const latent__kernels *table, prng *g) {
    int64_t sure = 0, open = 0;
    for (int t = 0; t < 4; t++)
        for (int round = 0; round < 20; round++) {
            void *const values = make_values(g, types[t], 2 * ROWS * COLUMNS);
            const result got = two_blocks(table, types[t], values);
            const result expected = two_blocks(reference, types[t], values);
            assert_int_equal(got.found, expected.found);
            assert_memory_equal(got.open, expected.open, sizeof got.open);
            for (int64_t j = 0; j < COLUMNS; j++) {
                if (is_open(&got, j)) {
                    open++;
                    continue;
                }
                sure++;
                for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
                    assert_memory_equal(&got.moments[f * COLUMNS + j],
                                        &expected.moments[f * COLUMNS + j], sizeof(double));
                check_column(&got, types[t], values, j);
            }
            free(values);
        }
    assert_true(sure > 100 && open > 20); /* both ways were met */
}

static void check_merge(const latent__kernels *table, prng *g) {
    for (int64_t n = 1; n <= COLUMNS; n++) {
        void *const a = make_values(g, LATENT_F64, 2 * ROWS * COLUMNS);
        void *const b = make_values(g, LATENT_F64, 2 * ROWS * COLUMNS);
        result into = two_blocks(reference, LATENT_F64, a),
               from = two_blocks(reference, LATENT_F64, b);
        result expected = into;
        const latent__moments x = {into.moments, COLUMNS}, y = {expected.moments, COLUMNS};
        const latent__moments with = {from.moments, COLUMNS};
        memset(into.open, 0, sizeof into.open);
        memset(expected.open, 0, sizeof expected.open);
        into.found = table->merge(x, with, n, into.open);
        expected.found = reference->merge(y, with, n, expected.open);
        assert_int_equal(into.found, expected.found);
        assert_memory_equal(into.open, expected.open, sizeof into.open);
        for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
            for (int64_t j = 0; j < n; j++)
                assert_memory_equal(&into.moments[f * COLUMNS + j],
                                    &expected.moments[f * COLUMNS + j], sizeof(double));
        free(a);
        free(b);
    }
}

static void check_exceed(const latent__kernels *table, prng *g) {
    for (int64_t n = 1; n < MOST; n++) {
        double *const row = make_values(g, LATENT_F64, n);
        int64_t large[MOST], far[MOST];
        for (int64_t j = 0; j < n; j++)
            large[j] = far[j] = j;
        if (n > 3) {
            row[0] = 1.5;
            row[1] = -INFINITY;
            row[2] = -1.75;
        }
        const latent__exceeding exceeding = {1.5, -0.25, 1.5, large, far};
        table->exceed(row, n, &exceeding);
        for (int64_t j = 0; j < n; j++) {
            const bool finite = isfinite(row[j]);
            assert_int_equal(large[j] - j, finite && fabs(row[j]) >= 1.5);
            assert_int_equal(far[j] - j, finite && fabs(row[j] + 0.25) > 1.5);
        }
        free(row);
    }
}

static void test_widen(void **state) {
    (void)state;
    with_every_table(check_widen);
}
static void test_powers(void **state) {
    (void)state;
    with_every_table(check_powers);
}
static void test_columns(void **state) {
    (void)state;
    with_every_table(check_columns);
}
static void test_merge(void **state) {
    (void)state;
    with_every_table(check_merge);
}
static void test_exceed(void **state) {
    (void)state;
    with_every_table(check_exceed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_widen), cmocka_unit_test(test_powers), cmocka_unit_test(test_columns),
        cmocka_unit_test(test_merge), cmocka_unit_test(test_exceed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
