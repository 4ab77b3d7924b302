/* Every allocation of every call fails once: the status says so, nothing is written, nothing leaks,
 * and the next call works. */
#include <stdlib.h>

#include "harness/calls.h"
#include "harness/fakealloc.h"

static const data_spec specs[] = {
    {DATA_BLOBS, LATENT_F32, 1100, 9, 4, 0, 51, LATENT_EUCLIDEAN},
    {DATA_DUPLICATES, LATENT_F16, 90, 13, 30, 2, 52, LATENT_COSINE},
};

static latent_context_options hooked(fakealloc *allocator, int32_t threads) {
    latent_context_options options = testing_threaded_options(threads);
    fakealloc_install(allocator, &options);
    return options;
}

/* With the allocation `fail_at` of the call failing; returns whether it was reached. */
static bool fail_one(const public_call *call, call_set *set, int32_t threads, int64_t fail_at,
                     bool after, const void *expected) {
    fakealloc allocator = fakealloc_make();
    const latent_context_options options = hooked(&allocator, threads);
    latent_context *const context = testing_context_with(&options);
    const int64_t before = allocator.calls, held = allocator.live_bytes;
    allocator.fail_at = before + fail_at;
    allocator.fail_after = after;
    const latent_status status = public_call_run(call, context, set);
    const bool reached = allocator.calls > allocator.fail_at;
    if (reached) {
        expect_status(context, status, LATENT_ERROR_MEMORY, "alloc");
        assert_true(public_call_wrote_nothing(set));
        if (threads == 1)
            assert_int_equal(allocator.live_bytes, held);
    } else {
        expect_ok(context, status);
    }
    allocator.fail_at = -1;
    expect_ok(context, public_call_run(call, context, set));
    assert_true(public_call_same(set, expected));
    latent_context_destroy(context);
    assert_true(fakealloc_clean(&allocator));
    return reached;
}

static void test_calls(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        if (testing_small() && specs[s].rows > 1000)
            continue;
        call_set set = call_set_make(&specs[s], 4, LATENT_TIES_EXCLUDE);
        for (int c = 0; c < PUBLIC_CALLS; c++) {
            latent_context *const plain = testing_context();
            expect_ok(plain, public_call_run(&public_calls[c], plain, &set));
            void *const expected = public_call_outputs(&set);
            latent_context_destroy(plain);
            for (int32_t threads = 1; threads <= 3; threads += 2)
                for (int after = 0; after < 2; after++) {
                    int64_t failed = 0;
                    while (fail_one(&public_calls[c], &set, threads, failed, after, expected))
                        failed++;
                    assert_int_equal(failed > 0, public_calls[c].allocates);
                }
            free(expected);
        }
        call_set_free(&set);
    }
}

static void test_creation(void **state) {
    (void)state;
    static const int32_t cpus[] = {0};
    fakealloc allocator = fakealloc_make();
    latent_context_options options = hooked(&allocator, 3);
    options.cpus = cpus;
    options.cpu_count = 1;
    latent_context *context = testing_context_with(&options);
    const int64_t needed = allocator.calls;
    latent_context_destroy(context);
    assert_true(needed > 0);
    for (int64_t fail_at = 0; fail_at < needed; fail_at++) {
        allocator.calls = 0;
        allocator.fail_at = fail_at;
        context = (latent_context *)&allocator;
        assert_int_equal(latent_context_create(&context, &options), LATENT_ERROR_MEMORY);
        assert_null(context);
        assert_true(fakealloc_clean(&allocator));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls),
                                       cmocka_unit_test(test_creation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
