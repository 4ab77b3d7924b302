/* The context: its options one by one, its getters, its life. */
#define _GNU_SOURCE
#include <dirent.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "harness/calls.h"

static const data_spec small = {
    .kind = DATA_BLOBS, .type = LATENT_F32, .rows = 1100, .columns = 9, .concepts = 4, .seed = 3};

static void test_defaults(void **state) {
    (void)state;
    const latent_context_options zero = {.size = sizeof zero};
    const latent_context_options *const given[] = {NULL, &zero};
    for (int i = 0; i < 2; i++) {
        latent_context *context = NULL;
        assert_int_equal(latent_context_create(&context, given[i]), LATENT_OK);
        assert_non_null(context);
        assert_int_equal(latent_context_threads(context), 1);
        assert_int_not_equal(latent_context_isa(context), LATENT_ISA_AUTO);
        assert_int_equal(latent_context_memory_peak(context), 0);
        assert_string_equal(latent_context_error(context), "");
        latent_context_destroy(context);
    }
}

static void test_null_contexts(void **state) {
    (void)state;
    assert_int_equal(latent_context_create(NULL, NULL), LATENT_ERROR_ARGUMENT);
    latent_context_destroy(NULL);
    assert_string_equal(latent_context_error(NULL), "");
    assert_int_equal(latent_context_threads(NULL), 0);
    assert_int_equal(latent_context_isa(NULL), LATENT_ISA_AUTO);
    assert_int_equal(latent_context_memory_peak(NULL), 0);
    assert_int_equal(latent_context_screen(NULL), LATENT_SCREEN_AUTO);
    assert_int_equal(latent_context_rescored_pairs(NULL), 0);
    assert_int_equal(latent_context_set_progress(NULL, NULL, NULL, 0.0), LATENT_ERROR_ARGUMENT);
    call_set set = call_set_make(&small, 3, LATENT_TIES_EXCLUDE);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        assert_int_equal(public_call_run(&public_calls[c], NULL, &set), LATENT_ERROR_ARGUMENT);
        assert_true(public_call_wrote_nothing(&set));
    }
    call_set_free(&set);
}

static void *some_allocate(void *user, size_t alignment, size_t bytes) {
    (void)user;
    return aligned_alloc(alignment, bytes);
}

static void some_release(void *user, void *pointer, size_t bytes) {
    (void)user;
    (void)bytes;
    free(pointer);
}

static void test_bad_options(void **state) {
    (void)state;
    static const int32_t cpus[] = {0, -3};
    const size_t size = sizeof(latent_context_options);
    const struct {
        latent_context_options options;
        const char *pieces;
    } bad[] = {
        {{.size = size, .threads = -2}, "threads|-2"},
        {{.size = size, .threads = 4097}, "threads|4097"},
        {{.size = size, .threads = INT32_MIN}, "threads"},
        {{.size = size, .isa = (latent_isa)99}, "isa|99"},
        {{.size = size, .isa = (latent_isa)-1}, "isa|-1"},
        {{.size = size, .screen = -1}, "screen|-1"},
        {{.size = size, .screen = LATENT_SCREEN_INT8 + 1}, "screen|5"},
        {{.size = size, .memory_budget = -1}, "memory_budget|-1"},
        {{.size = size, .allocate = some_allocate}, "release"},
        {{.size = size, .release = some_release}, "allocate"},
        {{.size = size, .progress_interval = (double)NAN}, "progress_interval"},
        {{.size = size, .progress_interval = (double)INFINITY}, "progress_interval"},
        {{.size = size, .cpus = cpus, .cpu_count = 2}, "cpus[1]|-3"},
        {{.size = size, .cpus = cpus, .cpu_count = 0}, "cpu_count"},
        {{.size = size, .cpus = cpus, .cpu_count = -1}, "cpu_count|-1"},
        {{.size = size, .cpus = NULL, .cpu_count = 2}, "cpu"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        latent_context *context = (latent_context *)&state;
        char text[300];
        memset(text, 'x', sizeof text);
        assert_int_equal(latent_context_options_check(&bad[i].options, text, sizeof text),
                         LATENT_ERROR_ARGUMENT);
        if (!testing_mentions(text, bad[i].pieces))
            fail_msg("\"%s\" lacks one of %s", text, bad[i].pieces);
        assert_int_equal(latent_context_create(&context, &bad[i].options), LATENT_ERROR_ARGUMENT);
        assert_null(context);
    }
}

static void test_message_room(void **state) {
    (void)state;
    const latent_context_options bad = {.size = sizeof bad, .threads = -2},
                                 good = {.size = sizeof good};
    char whole[300], part[8], none = 'x';
    assert_int_equal(latent_context_options_check(&bad, whole, sizeof whole),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_context_options_check(&bad, part, sizeof part), LATENT_ERROR_ARGUMENT);
    assert_int_equal(strlen(part), 7);
    assert_memory_equal(part, whole, 7);
    assert_int_equal(latent_context_options_check(&bad, &none, 0), LATENT_ERROR_ARGUMENT);
    assert_int_equal(none, 'x');
    assert_int_equal(latent_context_options_check(&bad, NULL, 0), LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_context_options_check(&good, whole, sizeof whole), LATENT_OK);
    assert_string_equal(whole, "");
    assert_int_equal(latent_context_options_check(NULL, part, sizeof part), LATENT_OK);
    assert_string_equal(part, "");
}

static void test_thread_counts(void **state) {
    (void)state;
    for (int32_t threads = 1; threads <= 4096; threads *= 8) {
        const latent_context_options options = {.size = sizeof options, .threads = threads};
        latent_context *const context = testing_context_with(&options);
        assert_int_equal(latent_context_threads(context), threads);
        latent_context_destroy(context);
    }
}

static void test_all_cpus(void **state) {
    (void)state;
    const latent_context_options options = {.size = sizeof options, .threads = -1};
    cpu_set_t before, one;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    latent_context *context = testing_context_with(&options);
    const int32_t all = latent_context_threads(context);
    assert_in_range(all, 1, CPU_COUNT(&before));
    latent_context_destroy(context);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; cpu++)
        if (CPU_ISSET(cpu, &before))
            CPU_SET(cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
    context = testing_context_with(&options);
    const int32_t restricted = latent_context_threads(context);
    latent_context_destroy(context);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(restricted, 1);
}

enum { MOST_TASKS = 64 };

/* The ids of this process's threads. */
static int list_tasks(int tasks[MOST_TASKS]) {
    DIR *const folder = opendir("/proc/self/task");
    int count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) && count < MOST_TASKS;)
        if (entry->d_name[0] != '.')
            tasks[count++] = atoi(entry->d_name);
    closedir(folder);
    return count;
}

static bool holds(const int *tasks, int count, int task) {
    for (int i = 0; i < count; i++)
        if (tasks[i] == task)
            return true;
    return false;
}

/* Threads start at the first call, where they were told to be, and end with the context. */
static void test_workers(void **state) {
    (void)state;
    cpu_set_t mine, after, theirs;
    sched_getaffinity(0, sizeof mine, &mine);
    int32_t cpu = CPU_SETSIZE - 1;
    while (!CPU_ISSET(cpu, &mine))
        cpu--;
    int32_t cpus[] = {cpu};
    latent_context_options options = testing_threaded_options(3);
    options.cpus = cpus;
    options.cpu_count = 1;
    call_set set = call_set_make(&small, 3, LATENT_TIES_EXCLUDE);
    latent_context *const warm = testing_context(); /* OpenBLAS starts its own threads, if any */
    expect_ok(warm, public_call_run(&public_calls[0], warm, &set));
    latent_context_destroy(warm);
    int before[MOST_TASKS], during[MOST_TASKS], end[MOST_TASKS];
    const int count = list_tasks(before);
    latent_context *const context = testing_context_with(&options);
    cpus[0] = -1; /* the context has its own copy */
    assert_int_equal(list_tasks(during), count);
    expect_ok(context, public_call_run(&public_calls[0], context, &set));
    const int working = list_tasks(during);
    assert_int_equal(working, count + 2);
    for (int i = 0; i < working; i++)
        if (!holds(before, count, during[i])) {
            assert_int_equal(sched_getaffinity(during[i], sizeof theirs, &theirs), 0);
            assert_int_equal(CPU_COUNT(&theirs), 1);
            assert_true(CPU_ISSET(cpu, &theirs));
        }
    sched_getaffinity(0, sizeof after, &after);
    assert_true(CPU_EQUAL(&mine, &after));
    latent_context_destroy(context);
    assert_int_equal(list_tasks(end), count);
    call_set_free(&set);
}

/* The error's sentence lives until the next call and is gone after one that succeeds. */
static void test_error_text(void **state) {
    (void)state;
    call_set set = call_set_make(&small, 3, LATENT_TIES_EXCLUDE);
    latent_context *const context = testing_context();
    int64_t distinct = -7;
    expect_status(context, latent_labels_distinct(context, set.points.labels, 0, &distinct),
                  LATENT_ERROR_ARGUMENT, "n|0");
    assert_int_equal(distinct, -7);
    expect_ok(context, latent_labels_distinct(context, set.points.labels, 1100, &distinct));
    assert_int_equal(distinct, 4);
    assert_string_equal(latent_context_error(context), "");
    latent_context_destroy(context);
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),      cmocka_unit_test(test_null_contexts),
        cmocka_unit_test(test_bad_options),   cmocka_unit_test(test_message_room),
        cmocka_unit_test(test_thread_counts), cmocka_unit_test(test_all_cpus),
        cmocka_unit_test(test_workers),       cmocka_unit_test(test_error_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
