/* Every call is cancelled at every progress call: nothing written, nothing leaked, at once, and the
 * next call works. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <time.h>

#include "harness/calls.h"
#include "harness/fakealloc.h"
#include "harness/probe.h"

/* One small enough to try every callback, and one in which several threads have work to share. */
static const data_spec few = {DATA_BLOBS, LATENT_F32, 29, 5, 3, 1, 61, LATENT_EUCLIDEAN};
static const data_spec many = {DATA_BLOBS, LATENT_F32, 1100, 9, 6, 1, 62, LATENT_EUCLIDEAN};

static latent_context *probed(probe *p, fakealloc *allocator, latent_context_options options) {
    options.progress = probe_progress;
    options.progress_user = p;
    options.progress_interval = -1.0;
    fakealloc_install(allocator, &options);
    return testing_context_with(&options);
}

/* Cancelled at progress call `at`; returns whether it was reached. */
static bool cancel_one(const public_call *call, call_set *set, latent_context_options options,
                       int64_t at, const void *expected) {
    fakealloc allocator = fakealloc_make();
    probe p = probe_make(at);
    latent_context *const context = probed(&p, &allocator, options);
    const latent_status status = public_call_run(call, context, set);
    const bool reached = p.calls > at;
    if (reached) {
        expect_status(context, status, LATENT_CANCELLED, "cancel");
        assert_true(public_call_wrote_nothing(set));
    } else {
        expect_ok(context, status);
    }
    assert_true(probe_clean(&p));
    p = probe_make(-1);
    expect_ok(context, public_call_run(call, context, set));
    assert_true(public_call_same(set, expected));
    assert_true(probe_clean(&p));
    latent_context_destroy(context);
    assert_true(fakealloc_clean(&allocator));
    return reached;
}

/* From the first callback to the last; `step` makes the distance grow by a part of the place. With a
 * screen that is forced, only the calls that have one. */
static void cancel_everywhere(const data_spec *spec, int32_t threads, int32_t screen,
                              int64_t step) {
    latent_context_options options = testing_threaded_options(threads);
    options.screen = screen ? screen : options.screen;
    call_set set = call_set_make(spec, 4, LATENT_TIES_EXCLUDE);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        if (screen && !public_call_screens(&public_calls[c]))
            continue;
        latent_context *const plain = testing_context();
        expect_ok(plain, public_call_run(&public_calls[c], plain, &set));
        void *const expected = public_call_outputs(&set);
        latent_context_destroy(plain);
        int64_t at = 0;
        while (cancel_one(&public_calls[c], &set, options, at, expected))
            at += 1 + (step ? at / step : 0);
        assert_true(at > 0 || !public_calls[c].progresses);
        free(expected);
    }
    call_set_free(&set);
}

static void test_every_callback(void **state) {
    (void)state;
    cancel_everywhere(&few, 1, 0, testing_small() ? 8 : 0);
}

static void test_with_threads(void **state) {
    (void)state;
    cancel_everywhere(&many, 1, 0, testing_small() ? 1 : 4);
    cancel_everywhere(&many, 4, 0, testing_small() ? 1 : 4);
}

static void test_screens(void **state) {
    (void)state;
    for (int screen = LATENT_SCREEN_FLOAT32; screen <= LATENT_SCREEN_INT8; screen++) {
        cancel_everywhere(&few, 1, screen, testing_small() ? 1 : 8);
        cancel_everywhere(&many, 2, screen, 1);
    }
}

/* Asks to stop half-way, and takes the time. */
typedef struct stopwatch {
    struct timespec asked;
    bool stopped;
} stopwatch;

static int stop_half_way(void *user, const char *phase, double fraction) {
    stopwatch *const watch = user;
    (void)phase;
    if (fraction < 0.3 || watch->stopped)
        return 0;
    watch->stopped = true;
    clock_gettime(CLOCK_MONOTONIC, &watch->asked);
    return 1;
}

/* A tenth of a second is promised; a loaded machine is given half of one. */
static void test_promptly(void **state) {
    (void)state;
    if (testing_small())
        skip();
    const data_spec large = {DATA_BLOBS, LATENT_F32, 20000, 200, 10, 0, 3, LATENT_EUCLIDEAN};
    dataset set = dataset_make(&large);
    int64_t *const kstar = malloc((size_t)large.rows * sizeof *kstar);
    for (int32_t threads = 1; threads <= 2; threads++) {
        stopwatch watch = {.stopped = false};
        latent_context_options options = testing_options();
        options.threads = threads;
        options.progress = stop_half_way;
        options.progress_user = &watch;
        latent_context *const context = testing_context_with(&options);
        assert_int_equal(latent_kstar(context, &set.view, set.labels, NULL, kstar, NULL),
                         LATENT_CANCELLED);
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        const double seconds = (double)(now.tv_sec - watch.asked.tv_sec) +
                               1e-9 * (double)(now.tv_nsec - watch.asked.tv_nsec);
        assert_true(watch.stopped);
        if (seconds > 0.5)
            fail_msg("%.3f s from the request to the return", seconds);
        latent_context_destroy(context);
    }
    free(kstar);
    dataset_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_callback), cmocka_unit_test(test_with_threads),
        cmocka_unit_test(test_screens), cmocka_unit_test(test_promptly)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
