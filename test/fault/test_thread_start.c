/* Threads that cannot be started. The linker gives this program's pthread_create the name that the
 * library calls (--wrap). */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "harness/calls.h"
#include "harness/fakealloc.h"

static const data_spec spec = {DATA_BLOBS, LATENT_F32, 1100, 9, 6, 1, 71, LATENT_EUCLIDEAN};

static int refuse_at = -1, started;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument) {
    if (started++ == refuse_at)
        return EAGAIN;
    return __real_pthread_create(thread, attributes, start, argument);
}

/* The n-th start is refused: an error that says so; afterwards the context works, or another one. */
static void test_refused(void **state) {
    (void)state;
    enum { THREADS = 5 };
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    latent_context *const plain = testing_context_with(NULL);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        refuse_at = -1;
        expect_ok(plain, public_call_run(&public_calls[c], plain, &set));
        void *const expected = public_call_outputs(&set);
        for (int refused = 0; refused < THREADS - 1; refused++) {
            fakealloc allocator = fakealloc_make();
            latent_context_options options = testing_threaded_options(THREADS);
            fakealloc_install(&allocator, &options);
            latent_context *const context = testing_context_with(&options);
            started = 0;
            refuse_at = refused;
            const latent_status status = public_call_run(&public_calls[c], context, &set);
            if (started > refused) {
                expect_status(context, status, LATENT_ERROR_THREAD, "thread");
                assert_true(public_call_wrote_nothing(&set));
            } else {
                expect_ok(context, status);
            }
            assert_true(started > refused || !public_calls[c].progresses || public_calls[c].alone);
            refuse_at = -1;
            expect_ok(context, public_call_run(&public_calls[c], context, &set));
            assert_true(public_call_same(&set, expected));
            latent_context_destroy(context);
            assert_true(fakealloc_clean(&allocator));
        }
        free(expected);
    }
    latent_context_destroy(plain);
    call_set_free(&set);
}

/* A worker pinned to a CPU that is not there cannot start; without workers nobody asks. */
static void test_pinned_to_nothing(void **state) {
    (void)state;
    static const int32_t nowhere[] = {1023};
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    refuse_at = -1;
    for (int32_t threads = 1; threads <= 2; threads++) {
        latent_context_options options = testing_threaded_options(threads);
        options.cpus = nowhere;
        options.cpu_count = 1;
        latent_context *const context = testing_context_with(&options);
        const latent_status status = public_call_run(&public_calls[0], context, &set);
        if (threads == 1) {
            expect_ok(context, status);
        } else {
            expect_status(context, status, LATENT_ERROR_THREAD, "CPU");
            assert_true(public_call_wrote_nothing(&set));
        }
        latent_context_destroy(context);
    }
    call_set_free(&set);
}

/* One thread means the caller's own: none is started, ever. */
static void test_none_for_one(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    latent_context *const context = testing_context_with(NULL);
    started = 0;
    for (int c = 0; c < PUBLIC_CALLS; c++)
        expect_ok(context, public_call_run(&public_calls[c], context, &set));
    assert_int_equal(started, 0);
    latent_context_destroy(context);
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_pinned_to_nothing),
                                       cmocka_unit_test(test_none_for_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
