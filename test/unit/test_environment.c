/* The caller's floating-point environment neither matters nor changes. */
#define _GNU_SOURCE
#include <fenv.h>
#include <stdlib.h>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "harness/calls.h"
#include "harness/probe.h"

/* Distances of these need subnormal numbers, in float32 and in float64. */
static const data_spec specs[] = {
    {.kind = DATA_DENORMALS,
     .type = LATENT_F32,
     .rows = 1100,
     .columns = 5,
     .concepts = 4,
     .seed = 1},
    {.kind = DATA_DENORMALS,
     .type = LATENT_F16,
     .rows = 1100,
     .columns = 5,
     .concepts = 4,
     .seed = 1},
    {.kind = DATA_TINY, .type = LATENT_F64, .rows = 1100, .columns = 5, .concepts = 4, .seed = 2},
    {.kind = DATA_BLOBS, .type = LATENT_F64, .rows = 1100, .columns = 5, .concepts = 4, .seed = 3},
};

enum { ENVIRONMENTS = 7 };

/* Sets the i-th environment of this thread. */
static void set_environment(int i) {
    static const int roundings[] = {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO};
    if (i >= 1 && i <= 3)
        fesetround(roundings[i - 1]);
#if defined(__SSE2__)
    if (i == 4)
        _mm_setcsr(_mm_getcsr() | 0x8000u); /* results are flushed to zero */
    if (i == 5)
        _mm_setcsr(_mm_getcsr() | 0x8040u); /* operands are, too */
#endif
    if (i == 6)
        feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW | FE_UNDERFLOW | FE_INEXACT);
}

/* What set_environment() set, as a number. */
static unsigned control_bits(void) {
#if defined(__SSE2__)
    return _mm_getcsr() & ~0x3fu; /* without the sticky flags */
#else
    return (unsigned)fegetround();
#endif
}

static void check_environments(int32_t threads, bool warm) {
    latent_context_options options = testing_threaded_options(threads);
    for (size_t s = 0; s < sizeof specs / sizeof specs[0]; s++) {
        call_set set = call_set_make(&specs[s], 3, LATENT_TIES_EXCLUDE);
        for (int c = 0; c < PUBLIC_CALLS; c++) {
            void *expected = NULL;
            for (int i = 0; i < ENVIRONMENTS; i++) {
                latent_context *const context = testing_context_with(&options);
                if (warm) /* worker threads start in the ordinary environment */
                    expect_ok(context, public_call_run(&public_calls[c], context, &set));
                set_environment(i);
                const unsigned before = control_bits();
                const latent_status status = public_call_run(&public_calls[c], context, &set);
                const unsigned after = control_bits();
                fesetenv(FE_DFL_ENV);
                expect_ok(context, status);
                assert_int_equal(after, before);
                if (i == 0)
                    expected = public_call_outputs(&set);
                else
                    assert_true(public_call_same(&set, expected));
                latent_context_destroy(context);
            }
            free(expected);
        }
        call_set_free(&set);
    }
}

static void test_one_thread(void **state) {
    (void)state;
    check_environments(1, false);
}

static void test_workers_that_start_in_it(void **state) {
    (void)state;
    check_environments(3, false);
}

static void test_workers_that_were_there(void **state) {
    (void)state;
    check_environments(3, true);
}

/* Errors and cancellation give it back, too. */
static void test_given_back_on_errors(void **state) {
    (void)state;
    call_set set = call_set_make(&specs[3], 3, LATENT_TIES_EXCLUDE);
    for (int i = 0; i < ENVIRONMENTS; i++) {
        probe p = probe_make(1);
        latent_context_options options = testing_options();
        options.progress = probe_progress;
        options.progress_user = &p;
        options.progress_interval = -1.0;
        latent_context *const context = testing_context_with(&options);
        set_environment(i);
        const unsigned before = control_bits();
        const latent_status cancelled = public_call_run(&public_calls[0], context, &set);
        const unsigned after_cancel = control_bits();
        const latent_status wrong = latent_labels_distinct(context, NULL, 3, NULL);
        const unsigned after_error = control_bits();
        fesetenv(FE_DFL_ENV);
        assert_int_equal(cancelled, LATENT_CANCELLED);
        assert_int_equal(wrong, LATENT_ERROR_ARGUMENT);
        assert_int_equal(after_cancel, before);
        assert_int_equal(after_error, before);
        latent_context_destroy(context);
    }
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_thread),
        cmocka_unit_test(test_workers_that_start_in_it),
        cmocka_unit_test(test_workers_that_were_there),
        cmocka_unit_test(test_given_back_on_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
