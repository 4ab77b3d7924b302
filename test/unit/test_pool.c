/* parallel/: every item once, on workers of the right numbers; locks; cancelling. */
#include <stdatomic.h>
#include <stdlib.h>

#include "harness/testing.h"
#include "parallel/pool.h"

enum { ITEMS = 1000, LOCKS = 3 };

typedef struct shared {
    latent_context *context;
    atomic_int runs[ITEMS];
    atomic_int wrong_worker;
    int32_t threads;
    latent__locks *locks;
    int64_t sums[LOCKS]; /* guarded by the locks */
} shared;

static latent_context *context_of(int32_t threads) {
    latent_context_options options = testing_options();
    options.threads = threads;
    return testing_context_with(&options);
}

static void count_item(void *argument, int64_t item, int32_t worker) {
    shared *const s = argument;
    atomic_fetch_add(&s->runs[item], 1);
    if (worker < 0 || worker >= s->threads)
        atomic_fetch_add(&s->wrong_worker, 1);
}

static void test_every_item_once(void **state) {
    (void)state;
    for (int32_t threads = 1; threads <= 8; threads++) {
        latent_context *const context = context_of(threads);
        assert_int_equal(latent__enter(context), LATENT_OK);
        assert_int_equal(latent__pool_threads(context->pool), threads);
        for (int64_t items = 0; items <= ITEMS; items = items * 3 + 1) {
            shared *const s = calloc(1, sizeof *s);
            s->threads = threads;
            assert_int_equal(latent__parallel(context, items, count_item, s), LATENT_OK);
            for (int64_t i = 0; i < ITEMS; i++)
                assert_int_equal(atomic_load(&s->runs[i]), i < items);
            assert_int_equal(atomic_load(&s->wrong_worker), 0);
            free(s);
        }
        latent__leave(context, LATENT_OK);
        latent_context_destroy(context);
    }
}

static void add_under_lock(void *argument, int64_t item, int32_t worker) {
    shared *const s = argument;
    (void)worker;
    for (int repeat = 0; repeat < 20; repeat++) {
        latent__lock(s->locks, item % LOCKS);
        s->sums[item % LOCKS] += item;
        latent__unlock(s->locks, item % LOCKS);
    }
}

static void test_locks(void **state) {
    (void)state;
    latent_context *const context = context_of(4);
    assert_int_equal(latent__enter(context), LATENT_OK);
    shared *const s = calloc(1, sizeof *s);
    latent_status status = LATENT_OK;
    s->locks = latent__locks_create(context, LOCKS, &status);
    assert_int_equal(status, LATENT_OK);
    assert_int_equal(latent__parallel(context, ITEMS, add_under_lock, s), LATENT_OK);
    int64_t expected[LOCKS] = {0};
    for (int64_t i = 0; i < ITEMS; i++)
        expected[i % LOCKS] += 20 * i;
    for (int l = 0; l < LOCKS; l++)
        assert_int_equal(s->sums[l], expected[l]);
    latent__locks_destroy(context, s->locks);
    free(s);
    latent__leave(context, LATENT_OK);
    latent_context_destroy(context);
}

static int stop_at_once(void *user, const char *phase, double fraction) {
    (void)user;
    (void)phase;
    (void)fraction;
    return 1;
}

/* Items see the wish to stop, the rest is left out, and the next loop of another call runs. */
static void wait_for_stop(void *argument, int64_t item, int32_t worker) {
    shared *const s = argument;
    atomic_fetch_add(&s->runs[item], 1);
    while (!latent__tick(s->context, worker))
        ;
}

static void test_cancelled(void **state) {
    (void)state;
    for (int32_t threads = 1; threads <= 4; threads++) {
        latent_context *const context = context_of(threads);
        assert_int_equal(latent_context_set_progress(context, stop_at_once, NULL, -1.0), LATENT_OK);
        shared *const s = calloc(1, sizeof *s);
        s->context = context;
        s->threads = threads;
        assert_int_equal(latent__enter(context), LATENT_OK);
        assert_int_equal(latent__parallel(context, ITEMS, wait_for_stop, s), LATENT_CANCELLED);
        int started = 0;
        for (int i = 0; i < ITEMS; i++)
            started += atomic_load(&s->runs[i]);
        assert_true(started <= threads);
        latent__leave(context, LATENT_CANCELLED);
        assert_int_equal(latent_context_set_progress(context, NULL, NULL, 0.0), LATENT_OK);
        assert_int_equal(latent__enter(context), LATENT_OK);
        assert_int_equal(latent__parallel(context, ITEMS, count_item, s), LATENT_OK);
        latent__leave(context, LATENT_OK);
        free(s);
        latent_context_destroy(context);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_once),
        cmocka_unit_test(test_locks),
        cmocka_unit_test(test_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
