/* base/groups.c: labels of any values in order, equal ones in the order of their entries. */
#include "base/groups.h"
#include "harness/prng.h"
#include "harness/testing.h"

static void check_groups(latent_context *context, const int32_t *labels, const int64_t *rows,
                         int64_t n) {
    latent__groups groups;
    assert_int_equal(latent__enter(context), LATENT_OK);
    assert_int_equal(latent__groups_make(context, labels, rows, n, &groups), LATENT_OK);
    assert_int_equal(groups.n, n);
    assert_int_equal(groups.start[0], 0);
    assert_int_equal(groups.start[groups.count], n);
    for (int64_t g = 0; g < groups.count; g++) {
        assert_true(groups.start[g] < groups.start[g + 1]);
        assert_true(g == 0 || groups.label[g - 1] < groups.label[g]);
        assert_int_equal(latent__groups_find(&groups, groups.label[g]), g);
        for (int64_t p = groups.start[g]; p < groups.start[g + 1]; p++) {
            const int64_t entry = groups.order[p];
            assert_in_range(entry, 0, n - 1);
            assert_int_equal(labels[rows ? rows[entry] : entry], groups.label[g]);
            assert_true(p == groups.start[g] || groups.order[p - 1] < entry);
        }
    }
    latent__groups_free(context, &groups);
    assert_int_equal(latent__leave(context, LATENT_OK), LATENT_OK);
}

static void test_random_labels(void **state) {
    (void)state;
    enum { N = 500 };
    latent_context *const context = testing_context();
    prng g = {11};
    int32_t labels[N];
    int64_t rows[N];
    for (int round = 0; round < 60; round++) {
        const int shift = (int)prng_below(&g, 33);
        for (int i = 0; i < N; i++) {
            labels[i] = shift == 32 ? 7 : (int32_t)(uint32_t)(prng_next(&g) << shift);
            rows[i] = prng_below(&g, N);
        }
        const int64_t n = 1 + prng_below(&g, N);
        check_groups(context, labels, NULL, n);
        check_groups(context, labels, rows, n);
    }
    latent_context_destroy(context);
}

static void test_ends_of_the_type(void **state) {
    (void)state;
    const int32_t labels[] = {INT32_MAX, 0, INT32_MIN, -1, INT32_MIN, 1};
    latent_context *const context = testing_context();
    check_groups(context, labels, NULL, 6);
    latent__groups groups;
    assert_int_equal(latent__enter(context), LATENT_OK);
    assert_int_equal(latent__groups_make(context, labels, NULL, 6, &groups), LATENT_OK);
    assert_int_equal(groups.count, 5);
    assert_int_equal(latent__groups_find(&groups, 2), -1);
    assert_int_equal(latent__groups_find(&groups, -2), -1);
    latent__groups_free(context, &groups);
    latent__leave(context, LATENT_OK);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_labels),
                                       cmocka_unit_test(test_ends_of_the_type)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
