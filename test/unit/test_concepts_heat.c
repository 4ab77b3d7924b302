/* Which rows and columns a heat map has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/concepts_heat.h"

enum { MANY = 60 };

/* A report of which the map reads the AP, the best directions and the order of concepts. */
static struct concepts_report report_of(double *ap, int64_t directions, int64_t concepts,
                                        int64_t degenerate, int64_t *best, int64_t *order) {
    return (struct concepts_report){
        .directions = directions,
        .concepts = concepts,
        .ap = ap,
        .found = {.best_direction = best, .degenerate_concepts = degenerate},
        .order = order};
}

static void expect_order(const int64_t *order, const int64_t *wanted, int count) {
    for (int i = 0; i < count; i++)
        assert_int_equal(order[i], wanted[i]);
}

static void best_directions_make_a_staircase(void **state) {
    (void)state;
    /* Rows are directions. */
    double ap[4 * 5] = {.1, .9, .1, .1, 0, /**/
                        .8, .1, .1, .5, 0, /**/
                        .1, .1, .7, .2, 0, /**/
                        .1, .2, .3, .1, 0};
    int64_t best[5] = {1, 0, 2, 1, -1}, order[5] = {1, 0, 2, 3, 4};
    const struct concepts_report report = report_of(ap, 4, 5, 1, best, order);
    struct concepts_heat heat;
    concepts_heat_arrange(&heat, &report);
    assert_int_equal(heat.rows, 4);
    assert_int_equal(heat.columns, 4); /* the last one fills in */
    expect_order(heat.concept, (int64_t[]){1, 0, 3, 2}, 4);
    expect_order(heat.direction, (int64_t[]){0, 1, 2, 3}, 4);
}

static void others_fill_in_by_their_best_concept(void **state) {
    (void)state;
    double ap[MANY];
    int64_t best[1] = {17}, order[1] = {0};
    for (int d = 0; d < MANY; d++)
        ap[d] = d == 17 ? 1 : (d * 7 % MANY) / 100.0;
    const struct concepts_report report = report_of(ap, MANY, 1, 0, best, order);
    struct concepts_heat heat;
    concepts_heat_arrange(&heat, &report);
    assert_int_equal(heat.rows, 1);
    assert_int_equal(heat.columns, HEAT_FEW);
    assert_int_equal(heat.direction[0], 17);
    for (int i = 2; i < heat.columns; i++)
        assert_true(ap[heat.direction[i]] < ap[heat.direction[i - 1]]);
    assert_true(ap[heat.direction[1]] == 0.58 && ap[heat.direction[23]] == 0.36);
}

static void only_so_many_are_shown(void **state) {
    (void)state;
    static double ap[MANY * MANY];
    int64_t best[MANY], order[MANY];
    for (int c = 0; c < MANY; c++) {
        best[c] = MANY - 1 - c;
        order[c] = (c + 30) % MANY;
        ap[best[c] * MANY + c] = 1;
    }
    const struct concepts_report report = report_of(ap, MANY, MANY, 0, best, order);
    struct concepts_heat heat;
    concepts_heat_arrange(&heat, &report);
    assert_int_equal(heat.rows, HEAT_ROWS);
    assert_int_equal(heat.columns, HEAT_COLUMNS);
    for (int i = 0; i < HEAT_ROWS; i++) {
        assert_int_equal(heat.concept[i], order[i]);
        assert_int_equal(heat.direction[i], best[order[i]]);
    }
}

static void nothing_is_shown_of_degenerate_concepts(void **state) {
    (void)state;
    double ap[2] = {0, 0};
    int64_t best[1] = {-1}, order[1] = {0};
    const struct concepts_report report = report_of(ap, 2, 1, 1, best, order);
    struct concepts_heat heat;
    concepts_heat_arrange(&heat, &report);
    assert_int_equal(heat.rows, 0);
    assert_int_equal(heat.columns, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_directions_make_a_staircase),
        cmocka_unit_test(others_fill_in_by_their_best_concept),
        cmocka_unit_test(only_so_many_are_shown),
        cmocka_unit_test(nothing_is_shown_of_degenerate_concepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
