/* Several contexts in several threads; fork; the thread count of OpenBLAS, which is the process's. */
#define _GNU_SOURCE
#include <cblas.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/calls.h"

static const data_spec spec = {.kind = DATA_INTEGERS,
                               .type = LATENT_F32,
                               .rows = 1100,
                               .columns = 9,
                               .concepts = 5,
                               .seed = 33};

enum { PARALLEL = 4 };

static latent_context *context_of(int32_t threads) {
    latent_context_options options = testing_threaded_options(threads);
    return testing_context_with(&options);
}

/* What every call writes, by a context of one thread. */
static void expect_all(call_set *set, void *expected[PUBLIC_CALLS]) {
    latent_context *const context = context_of(1);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        expect_ok(context, public_call_run(&public_calls[c], context, set));
        expected[c] = public_call_outputs(set);
    }
    latent_context_destroy(context);
}

static void free_all(void *expected[PUBLIC_CALLS]) {
    for (int c = 0; c < PUBLIC_CALLS; c++)
        free(expected[c]);
}

/* One thread's work: every call, some rounds, with a context of its own. Counts what differs. */
typedef struct task {
    call_set set;
    void *expected[PUBLIC_CALLS];
    int32_t threads;
    int wrong;
} task;

static int run_all(latent_context *context, call_set *set, void *const expected[PUBLIC_CALLS]) {
    int wrong = 0;
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        wrong += public_call_run(&public_calls[c], context, set) != LATENT_OK;
        wrong += !public_call_same(set, expected[c]);
    }
    return wrong;
}

static void *work(void *argument) {
    task *const t = argument;
    latent_context *const context = context_of(t->threads);
    for (int round = 0; round < (testing_small() ? 1 : 3); round++)
        t->wrong += run_all(context, &t->set, t->expected);
    latent_context_destroy(context);
    return NULL;
}

static void run_together(int32_t threads) {
    pthread_t workers[PARALLEL];
    task tasks[PARALLEL];
    for (int w = 0; w < PARALLEL; w++) {
        tasks[w] = (task){.set = call_set_make(&spec, 3, LATENT_TIES_INCLUDE), .threads = threads};
        expect_all(&tasks[w].set, tasks[w].expected);
    }
    for (int w = 0; w < PARALLEL; w++)
        assert_int_equal(pthread_create(&workers[w], NULL, work, &tasks[w]), 0);
    for (int w = 0; w < PARALLEL; w++) {
        pthread_join(workers[w], NULL);
        assert_int_equal(tasks[w].wrong, 0);
        call_set_free(&tasks[w].set);
        free_all(tasks[w].expected);
    }
}

static void test_contexts_in_threads(void **state) {
    (void)state;
    run_together(1);
    run_together(3);
}

/* Whatever the count is, calls leave it, alone or at the same time. */
static void test_blas_thread_count(void **state) {
    (void)state;
    const int original = openblas_get_num_threads();
    for (int count = 1; count <= 2; count++) {
        openblas_set_num_threads(count);
        const int set = openblas_get_num_threads(); /* a serial build stays at 1 */
        run_together(1);
        assert_int_equal(openblas_get_num_threads(), set);
        run_together(2);
        assert_int_equal(openblas_get_num_threads(), set);
    }
    openblas_set_num_threads(original);
}

/* A context used by one thread after another. */
typedef struct loan {
    latent_context *context;
    call_set *set;
    latent_status status;
} loan;

static void *borrow(void *argument) {
    loan *const l = argument;
    l->status = public_call_run(&public_calls[0], l->context, l->set);
    return NULL;
}

static void test_context_moves_between_threads(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 3, LATENT_TIES_EXCLUDE);
    latent_context *const context = context_of(3);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    void *const expected = public_call_outputs(&set);
    for (int i = 0; i < 3; i++) {
        loan l = {context, &set, LATENT_ERROR_BUSY};
        pthread_t worker;
        assert_int_equal(pthread_create(&worker, NULL, borrow, &l), 0);
        pthread_join(worker, NULL);
        expect_ok(context, l.status);
        assert_true(public_call_same(&set, expected));
    }
    free(expected);
    latent_context_destroy(context);
    call_set_free(&set);
}

/* In a child: a context made there, then the inherited one. The exit status counts what failed. */
static int child(latent_context *inherited, int32_t threads, call_set *set,
                 void *const expected[PUBLIC_CALLS]) {
    alarm(120);
    latent_context *const own = context_of(threads);
    const int wrong = run_all(own, set, expected) + run_all(inherited, set, expected);
    latent_context_destroy(own);
    latent_context_destroy(inherited);
    return wrong;
}

/* `used`: the parent's context has started its threads before the fork. */
static void fork_with(int32_t threads, bool used) {
    call_set set = call_set_make(&spec, 3, LATENT_TIES_EXCLUDE);
    latent_context *const context = context_of(threads);
    void *expected[PUBLIC_CALLS];
    expect_all(&set, expected);
    if (used)
        assert_int_equal(run_all(context, &set, expected), 0);
    fflush(NULL);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child(context, threads, &set, expected));
    assert_int_equal(run_all(context, &set, expected), 0); /* the parent goes on meanwhile */
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    free_all(expected);
    latent_context_destroy(context);
    call_set_free(&set);
}

static void test_fork(void **state) {
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* the thread sanitizer cannot start threads in a child */
#endif
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        fork_with(threads, false);
        fork_with(threads, true);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contexts_in_threads),
        cmocka_unit_test(test_blas_thread_count),
        cmocka_unit_test(test_context_moves_between_threads),
        cmocka_unit_test(test_fork),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
