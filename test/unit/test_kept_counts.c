/* Numbers of directions to keep. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/kept_counts.h"

static void percentages_are_rounded_up(void **state) {
    (void)state;
    static const struct {
        double percent;
        int64_t rank, expected;
    } cases[] = {{20, 10, 2},   {20, 11, 3},       {0.001, 7, 1},  {100, 7, 7},     {50, 0, 0},
                 {29, 100, 29}, {29.1, 100, 30},   {0.7, 1000, 7}, {1.1, 1000, 11}, {7, 100, 7},
                 {57, 100, 57}, {33.4, 1000, 334}, {99.9, 3, 3},   {14.3, 7, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(kept_of_percent(cases[i].percent, cases[i].rank), cases[i].expected);
    /* Whole percents of any rank, by whole numbers. */
    for (int64_t rank = 0; rank <= 1200; rank++)
        for (int percent = 1; percent <= 100; percent++)
            assert_int_equal(kept_of_percent(percent, rank), (percent * rank + 99) / 100);
}

static void expect_counts(int64_t rank, int64_t first, int64_t second, const int64_t *expected,
                          int size) {
    const int64_t extra[2] = {first, second};
    int64_t counts[KEPT_COUNTS];
    assert_int_equal(kept_counts(rank, extra, counts), size);
    assert_memory_equal(counts, expected, (size_t)size * sizeof *expected);
}

static void counts_ascend_and_come_once(void **state) {
    (void)state;
    static const int64_t none[] = {0}, one[] = {0, 1}, ten[] = {0, 1, 2, 5, 8, 10},
                         with_extras[] = {0, 1, 2, 3, 5, 7, 8, 10},
                         thousand[] = {0, 1, 2, 5, 10, 17, 50, 100, 200, 500, 800, 999, 1000};
    expect_counts(0, 0, -1, none, 1);
    expect_counts(1, 1, 1, one, 2);
    expect_counts(10, -1, 11, ten, 6);
    expect_counts(10, 7, 3, with_extras, 8);
    expect_counts(10, 0, 10, ten, 6);
    expect_counts(1000, 999, 17, thousand, 13);
    for (int64_t rank = 0; rank < 300; rank++) {
        const int64_t extra[2] = {rank / 3, rank - 1};
        int64_t counts[KEPT_COUNTS];
        const int size = kept_counts(rank, extra, counts);
        assert_true(size <= KEPT_COUNTS && counts[0] == 0 && counts[size - 1] == rank);
        for (int i = 1; i < size; i++)
            assert_true(counts[i] > counts[i - 1]);
    }
}

static void one_in_a_hundred_may_be_lost(void **state) {
    (void)state;
    static const int64_t lost[] = {90, 3, 2, -4, 1, 0};
    assert_int_equal(kept_sufficient(lost, 5, 9000), 0);
    assert_int_equal(kept_sufficient(lost, 5, 8999), 1);
    assert_int_equal(kept_sufficient(lost, 5, 300), 1);
    assert_int_equal(kept_sufficient(lost, 5, 299), 2);
    assert_int_equal(kept_sufficient(lost, 5, 200), 2);
    assert_int_equal(kept_sufficient(lost, 5, 199), 3); /* better than the whole */
    static const int64_t again[] = {0, 0, 9, 0, 0};
    assert_int_equal(kept_sufficient(again, 4, 100), 3); /* not before it falls below again */
    static const int64_t all[] = {5, 4, 0}, nothing[] = {0};
    assert_int_equal(kept_sufficient(all, 2, 5), 2);
    assert_int_equal(kept_sufficient(nothing, 0, 1), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(percentages_are_rounded_up),
        cmocka_unit_test(counts_ascend_and_come_once),
        cmocka_unit_test(one_in_a_hundred_may_be_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
