/* concepts/ordering.c: every sample once, in the order of falling scores, the last one of each tie
 * marked, and ties by number; the same from the other end; stopped at every question. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "concepts/ordering.h"
#include "harness/concepts_data.h"
#include "harness/testing.h"

/* Says stop when it is asked for the last time that it may be; never if that is negative. */
static bool count_down(void *argument) {
    int64_t *left = argument;
    return (*left)-- == 0;
}

static void expect_order(const double *scores, const uint32_t *order, int64_t n, bool rising) {
    bool *const seen = calloc((size_t)n, sizeof *seen);
    for (int64_t i = 0; i < n; i++) {
        const uint32_t sample = order[i] & ~LATENT__LAST_OF_TIES;
        assert_true(sample < n && !seen[sample]);
        seen[sample] = true;
        const bool last = order[i] & LATENT__LAST_OF_TIES;
        if (i + 1 == n) {
            assert_true(last);
            continue;
        }
        const double here = scores[sample], after = scores[order[i + 1] & ~LATENT__LAST_OF_TIES];
        assert_true(rising ? here <= after : here >= after);
        assert_int_equal(last, here != after);
        if (!last && !rising)
            assert_true(sample < (order[i + 1] & ~LATENT__LAST_OF_TIES));
    }
    free(seen);
}

/* Orders scores of a kind, and stops at question `stop_at` if that is not negative; returns how
 * often it was asked. */
static int64_t check_order(score_kind kind, bool wide, int64_t n, int64_t stop_at) {
    const concepts_spec spec = {.scores = kind,
                                .type = wide ? LATENT_F64 : LATENT_F32,
                                .samples = n,
                                .directions = 1,
                                .concepts = 1,
                                .seed = (uint64_t)n};
    concepts_data data = concepts_data_make(&spec);
    const latent__scores scores = {.values = data.scores.view.data, .wide = wide};
    uint64_t *const pairs = malloc((size_t)n * sizeof *pairs);
    uint64_t *const spare = malloc((size_t)n * sizeof *spare);
    const latent__order_room room = {pairs, spare};
    int64_t left = stop_at;
    uint32_t *const order = latent__order(&scores, n, &room, count_down, &left);
    if (stop_at >= 0 && left < 0) {
        assert_null(order);
        assert_int_equal(left, -1);
    } else {
        expect_order(data.scores.values, order, n, false);
        latent__order_reverse(order, n);
        expect_order(data.scores.values, order, n, true);
    }
    free(spare);
    free(pairs);
    concepts_data_free(&data);
    return stop_at - left;
}

static void test_orders(void **state) {
    (void)state;
    for (int64_t n = 1; n < (testing_small() ? 60 : 5000); n += 1 + n / 6)
        for (int kind = 0; kind < SCORES_KINDS; kind++)
            for (int wide = 0; wide < 2; wide++)
                check_order((score_kind)kind, wide, n, -1);
}

/* Runs of equal upper halves that end where the sorting of short ones does. */
static void test_runs(void **state) {
    (void)state;
    for (int64_t n = 1; n < 40; n++) {
        check_order(SCORES_UPPER_HALF, true, n, -1);
        check_order(SCORES_LOW_BITS, true, 3 * n, -1);
    }
}

static void test_stops(void **state) {
    (void)state;
    enum { N = 1 << 18 };
    static const score_kind kinds[] = {SCORES_UPPER_HALF, SCORES_CONSTANT, SCORES_NORMAL};
    if (testing_small())
        return;
    for (int k = 0; k < 3; k++) {
        const int64_t asked = check_order(kinds[k], true, N, INT32_MAX);
        assert_true(asked > 4);
        for (int64_t at = 0; at <= asked; at += 1 + asked / 8)
            check_order(kinds[k], true, N, at);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_orders), cmocka_unit_test(test_runs),
                                       cmocka_unit_test(test_stops)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
