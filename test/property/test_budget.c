/* Small budgets make other blocks, never other results. */
#include <stdlib.h>
#include <string.h>

#include "harness/calls.h"

static const data_spec specs[] = {
    {DATA_BLOBS, LATENT_F32, 1500, 150, 7, 0, 15, LATENT_EUCLIDEAN},
    {DATA_DUPLICATES, LATENT_BF16, 1100, 60, 40, 3, 16, LATENT_COSINE},
    {DATA_OFFSET, LATENT_F64, 900, 41, 3, 0, 17, LATENT_EUCLIDEAN},
};

/* From far too little to plenty: once a budget is enough, every larger one is. Half of what is used
 * freely is enough for the calls that work in blocks; others hardly use more than they must. */
static void check_call(const public_call *call, call_set *set, latent_context_options options) {
    latent_context *const free_context = testing_context_with(&options);
    expect_ok(free_context, public_call_run(call, free_context, set));
    const int64_t freely = latent_context_memory_peak(free_context);
    void *const expected = public_call_outputs(set);
    latent_context_destroy(free_context);
    int64_t least = 0;
    for (int64_t budget = freely / 64 + 2; budget <= freely * 2; budget += budget / 2) {
        options.memory_budget = budget;
        latent_context *const context = testing_context_with(&options);
        const latent_status status = public_call_run(call, context, set);
        if (status == LATENT_OK) {
            least = least ? least : budget;
            if (!public_call_same(set, expected))
                fail_msg("%s with a budget of %lld", call->name, (long long)budget);
            assert_true(latent_context_memory_peak(context) <= budget);
        } else {
            expect_status(context, status, LATENT_ERROR_BUDGET, "budget");
            assert_int_equal(least, 0);
        }
        latent_context_destroy(context);
    }
    assert_true(least > 0);
    if (public_call_screens(call) && set->points.view.columns >= 100)
        assert_true(least <= freely / 2);
    free(expected);
}

static latent_context_options with(int32_t threads, int32_t screen) {
    latent_context_options options = testing_options();
    options.threads = threads;
    options.screen = screen ? screen : options.screen;
    return options;
}

static void test_budgets(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++)
        for (int32_t threads = 1; threads <= 3; threads += 2) {
            call_set set = call_set_make(&specs[s], 5, LATENT_TIES_EXCLUDE);
            for (int c = 0; c < PUBLIC_CALLS; c++)
                if (public_calls[c].allocates && public_calls[c].outlives != EVERYTHING)
                    check_call(&public_calls[c], &set, with(threads, LATENT_SCREEN_AUTO));
            call_set_free(&set);
        }
}

static void test_budgets_of_screens(void **state) {
    (void)state;
    const data_spec spec = {DATA_OUTLIERS, LATENT_F32, 400, 60, 9, 0, 19, LATENT_EUCLIDEAN};
    call_set set = call_set_make(&spec, 5, LATENT_TIES_EXCLUDE);
    for (int screen = LATENT_SCREEN_FLOAT32; screen <= LATENT_SCREEN_INT8; screen++)
        for (int c = 0; c < PUBLIC_CALLS; c++)
            if (public_call_screens(&public_calls[c]))
                check_call(&public_calls[c], &set, with(1 + screen % 2, screen));
    call_set_free(&set);
}

/* The default budget goes by the input; results that are far larger come on top of it. */
static void test_default_leaves_room(void **state) {
    (void)state;
    if (testing_small())
        return;
    enum { QUERIES = 20000, REFERENCES = 1000, MOST = 900 };
    const data_spec spec = {DATA_BLOBS, LATENT_F32, QUERIES, 2, 3, 0, 18, LATENT_EUCLIDEAN};
    dataset set = dataset_make(&spec);
    const latent_matrix references = latent_matrix_view(set.view.data, REFERENCES, 2, LATENT_F32);
    int64_t *const indices = malloc(sizeof *indices * QUERIES * MOST);
    latent_context *const context = testing_context();
    expect_ok(context, latent_knn(context, &set.view, &references, MOST, NULL, indices, NULL));
    assert_true(latent_context_memory_peak(context) > (int64_t)256 << 20);
    latent_context_destroy(context);
    free(indices);
    dataset_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_budgets),
                                       cmocka_unit_test(test_budgets_of_screens),
                                       cmocka_unit_test(test_default_leaves_room)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
