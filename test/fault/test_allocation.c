/* Every allocation of every call fails once: the status says so, nothing is written, nothing leaks,
 * and the next call works. */
#include <stdlib.h>

#include "harness/calls.h"
#include "harness/fakealloc.h"

static const data_spec specs[] = {
    {DATA_BLOBS, LATENT_F32, 1100, 9, 4, 0, 51, LATENT_EUCLIDEAN},
    {DATA_DUPLICATES, LATENT_F16, 90, 13, 30, 2, 52, LATENT_COSINE},
};

/* With the allocation `fail_at` of the call failing; returns whether it was reached. */
static bool fail_one(const public_call *call, call_set *set, latent_context_options options,
                     int64_t fail_at, bool after, const void *expected) {
    fakealloc allocator = fakealloc_make();
    fakealloc_install(&allocator, &options);
    latent_context *const context = testing_context_with(&options);
    const int64_t before = allocator.calls, held = allocator.live_bytes;
    allocator.fail_at = before + fail_at;
    allocator.fail_after = after;
    const latent_status status = public_call_run(call, context, set);
    const bool reached = allocator.calls > allocator.fail_at;
    if (reached) {
        expect_status(context, status, LATENT_ERROR_MEMORY, "alloc");
        assert_true(public_call_wrote_nothing(set));
        if (options.threads == 1)
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

/* Every allocation of a call, whatever the screen: what comes out is what any context gives. */
static void fail_each(const public_call *call, call_set *set, latent_context_options options,
                      bool after, const void *expected) {
    int64_t failed = 0;
    while (fail_one(call, set, options, failed, after, expected))
        failed++;
    assert_int_equal(failed > 0, call->allocates);
}

static void *expected_of(const public_call *call, call_set *set) {
    latent_context *const plain = testing_context();
    expect_ok(plain, public_call_run(call, plain, set));
    latent_context_destroy(plain);
    return public_call_outputs(set);
}

static void test_calls(void **state) {
    (void)state;
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        if (testing_small() && specs[s].rows > 1000)
            continue;
        call_set set = call_set_make(&specs[s], 4, LATENT_TIES_EXCLUDE);
        for (int c = 0; c < PUBLIC_CALLS; c++) {
            void *const expected = expected_of(&public_calls[c], &set);
            for (int32_t threads = 1; threads <= 3; threads += 2)
                for (int after = 0; after < 2; after++)
                    fail_each(&public_calls[c], &set, testing_threaded_options(threads), after,
                              expected);
            free(expected);
        }
        call_set_free(&set);
    }
}

static void test_screens(void **state) {
    (void)state;
    call_set set = call_set_make(&specs[1], 4, LATENT_TIES_EXCLUDE);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        if (!public_call_screens(&public_calls[c]))
            continue;
        void *const expected = expected_of(&public_calls[c], &set);
        for (int screen = LATENT_SCREEN_FLOAT32; screen <= LATENT_SCREEN_INT8; screen++) {
            latent_context_options options = testing_options();
            options.screen = screen;
            fail_each(&public_calls[c], &set, options, false, expected);
        }
        free(expected);
    }
    call_set_free(&set);
}

static void test_creation(void **state) {
    (void)state;
    static const int32_t cpus[] = {0};
    fakealloc allocator = fakealloc_make();
    latent_context_options options = testing_threaded_options(3);
    fakealloc_install(&allocator, &options);
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
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calls), cmocka_unit_test(test_screens),
                                       cmocka_unit_test(test_creation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
