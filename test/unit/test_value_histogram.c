/* Histograms, and the order of numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/rank_order.h"
#include "common/value_histogram.h"

static const double infinity = (double)INFINITY, nan_value = (double)NAN;

static void cells_are_closed_below_and_the_last_above(void **state) {
    (void)state;
    const double values[] = {3, 0, 1, 1, 2.999, 4, 2, 0.5};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, values, 8, 4, 0);
    assert_int_equal(histogram.cells, 4);
    assert_false(histogram.logarithmic);
    for (int c = 0; c <= 4; c++)
        assert_true(histogram.edge[c] == c);
    const int64_t expected[4] = {2, 2, 2, 2};
    assert_memory_equal(histogram.count, expected, sizeof expected);
    assert_int_equal(histogram.most, 2);
}

static void a_wide_spread_is_logarithmic(void **state) {
    (void)state;
    const double values[] = {1, 9.99, 10.01, 99, 101, 1000};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, values, 6, 3, 0);
    assert_true(histogram.logarithmic);
    const int64_t expected[3] = {2, 2, 2};
    assert_memory_equal(histogram.count, expected, sizeof expected);
    assert_true(histogram.edge[0] == 1 && histogram.edge[3] == 1000);
    assert_true(fabs(histogram.edge[1] - 10) < 1e-12 && fabs(histogram.edge[2] - 100) < 1e-11);
}

/* The same distribution counted from -3. */
static void the_base_moves_a_logarithmic_axis(void **state) {
    (void)state;
    const double values[] = {-2, 6.99, 7.01, 96, 98, 997};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, values, 6, 3, -3);
    assert_true(histogram.logarithmic);
    const int64_t expected[3] = {2, 2, 2};
    assert_memory_equal(histogram.count, expected, sizeof expected);
    assert_true(fabs(histogram.edge[1] - 7) < 1e-12 && fabs(histogram.edge[2] - 97) < 1e-11);
}

static void twenty_times_is_the_limit(void **state) {
    (void)state;
    const double at[] = {1, 20}, over[] = {1, 20.5}, below_base[] = {-0.5, 1000};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, at, 2, 5, 0);
    assert_false(histogram.logarithmic);
    value_histogram_fill(&histogram, over, 2, 5, 0);
    assert_true(histogram.logarithmic);
    value_histogram_fill(&histogram, below_base, 2, 5, 0);
    assert_false(histogram.logarithmic);
}

static void what_is_not_finite_is_left_out(void **state) {
    (void)state;
    const double values[] = {nan_value, 1, infinity, 2, -infinity, nan_value};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, values, 6, 2, 0);
    const int64_t expected[2] = {1, 1};
    assert_memory_equal(histogram.count, expected, sizeof expected);
    value_histogram_fill(&histogram, values + 4, 2, 2, 0);
    assert_int_equal(histogram.cells, 0);
    value_histogram_fill(&histogram, values, 0, 2, 0);
    assert_int_equal(histogram.cells, 0);
}

static void one_value_makes_one_cell(void **state) {
    (void)state;
    const double values[] = {7, 7, 7};
    struct value_histogram histogram;
    value_histogram_fill(&histogram, values, 3, HISTOGRAM_MOST_CELLS, 0);
    assert_int_equal(histogram.cells, 1);
    assert_true(histogram.edge[0] == 7 && histogram.edge[1] == 7);
    assert_int_equal(histogram.count[0], 3);
}

static void order_puts_nan_last_and_ties_by_index(void **state) {
    (void)state;
    const double values[] = {2, nan_value, -infinity, 2, infinity, nan_value, -1};
    const int64_t up[] = {2, 6, 0, 3, 4, 1, 5}, down[] = {4, 0, 3, 6, 2, 1, 5};
    int64_t order[7];
    assert_true(rank_order(values, 7, false, order));
    assert_memory_equal(order, up, sizeof up);
    assert_true(rank_order(values, 7, true, order));
    assert_memory_equal(order, down, sizeof down);
    assert_true(rank_order(values, 0, true, order));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_closed_below_and_the_last_above),
        cmocka_unit_test(a_wide_spread_is_logarithmic),
        cmocka_unit_test(the_base_moves_a_logarithmic_axis),
        cmocka_unit_test(twenty_times_is_the_limit),
        cmocka_unit_test(what_is_not_finite_is_left_out),
        cmocka_unit_test(one_value_makes_one_cell),
        cmocka_unit_test(order_puts_nan_last_and_ties_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
