/* The progress callback: promises kept, replaced, called while the context is busy. */
#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "harness/calls.h"
#include "harness/probe.h"

static const data_spec spec = {
    .kind = DATA_BLOBS, .type = LATENT_F32, .rows = 1100, .columns = 9, .concepts = 5, .seed = 21};

static latent_context *probed_context(probe *p, int32_t threads, double interval) {
    latent_context_options options = testing_threaded_options(threads);
    options.progress = probe_progress;
    options.progress_user = p;
    options.progress_interval = interval;
    return testing_context_with(&options);
}

/* Called from the right thread, with a fraction that never falls, and with 1 within reach. */
static void test_promises(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    for (int32_t threads = 1; threads <= 3; threads += 2)
        for (int c = 0; c < PUBLIC_CALLS; c++) {
            probe p = probe_make(-1);
            latent_context *const context = probed_context(&p, threads, -1.0);
            expect_ok(context, public_call_run(&public_calls[c], context, &set));
            assert_true(probe_clean(&p));
            if (public_calls[c].progresses) {
                /* With other threads, all steps but the end may be theirs. */
                assert_true(p.calls >= (threads > 1 ? 1 : 2));
                assert_true(p.last > 0.5 || threads > 1);
            }
            latent_context_destroy(context);
        }
    call_set_free(&set);
}

/* The fraction starts anew with every call. */
static void test_fraction_starts_anew(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    probe p = probe_make(-1);
    latent_context *const context = probed_context(&p, 1, -1.0);
    for (int i = 0; i < 2; i++) {
        p.last = 0.0;
        expect_ok(context, public_call_run(&public_calls[0], context, &set));
        assert_true(probe_clean(&p));
    }
    latent_context_destroy(context);
    call_set_free(&set);
}

static void test_replaced(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    probe first = probe_make(-1), second = probe_make(-1);
    latent_context *const context = probed_context(&first, 1, -1.0);
    assert_int_equal(latent_context_set_progress(context, probe_progress, &second, -1.0),
                     LATENT_OK);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    assert_int_equal(first.calls, 0);
    assert_true(second.calls > 0);
    const int64_t calls = second.calls;
    assert_int_equal(latent_context_set_progress(context, NULL, NULL, 0.0), LATENT_OK);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    assert_int_equal(second.calls, calls);
    const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (int i = 0; i < 3; i++)
        assert_int_equal(latent_context_set_progress(context, probe_progress, &first, bad[i]),
                         LATENT_ERROR_ARGUMENT);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    assert_int_equal(first.calls, 0);
    latent_context_destroy(context);
    call_set_free(&set);
}

/* With an interval there are few calls; an endless one allows the first at most. */
static void test_interval(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    probe often = probe_make(-1), rare = probe_make(-1);
    latent_context *const context = probed_context(&often, 1, -1.0);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    assert_int_equal(latent_context_set_progress(context, probe_progress, &rare, 3600.0),
                     LATENT_OK);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    assert_true(rare.calls <= 1);
    assert_true(often.calls > rare.calls);
    latent_context_destroy(context);
    call_set_free(&set);
}

/* A callback that calls back into its own busy context. */
typedef struct reentry {
    latent_context *context;
    call_set set;
    int64_t calls;
    int wrong;
} reentry;

static int reenter(void *user, const char *phase, double fraction) {
    reentry *const r = user;
    (void)phase;
    (void)fraction;
    if (r->calls++ > 2)
        return 0;
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        r->wrong += public_call_run(&public_calls[c], r->context, &r->set) != LATENT_ERROR_BUSY;
        r->wrong += !public_call_wrote_nothing(&r->set);
    }
    r->wrong += latent_context_set_progress(r->context, NULL, NULL, 0.0) != LATENT_ERROR_BUSY;
    r->wrong += strcmp(latent_context_error(r->context), "") != 0;
    return 0;
}

static void test_busy(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    reentry r = {.set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE)};
    latent_context_options options = testing_options();
    options.progress = reenter;
    options.progress_user = &r;
    options.progress_interval = -1.0;
    r.context = testing_context_with(&options);
    latent_context *const plain = testing_context();
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        if (!public_calls[c].progresses)
            continue;
        r.calls = 0;
        expect_ok(plain, public_call_run(&public_calls[c], plain, &set));
        void *const expected = public_call_outputs(&set);
        expect_ok(r.context, public_call_run(&public_calls[c], r.context, &set));
        assert_true(public_call_same(&set, expected));
        assert_true(r.calls > 0);
        assert_int_equal(r.wrong, 0);
        free(expected);
    }
    latent_context_destroy(r.context);
    latent_context_destroy(plain);
    call_set_free(&r.set);
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_promises), cmocka_unit_test(test_fraction_starts_anew),
        cmocka_unit_test(test_replaced), cmocka_unit_test(test_interval),
        cmocka_unit_test(test_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
