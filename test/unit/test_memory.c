/* The allocator's hooks, the count of bytes, the budget. */
#include <stdlib.h>

#include "harness/calls.h"
#include "harness/fakealloc.h"

static const data_spec spec = {.kind = DATA_DUPLICATES,
                               .type = LATENT_F16,
                               .rows = 350,
                               .columns = 21,
                               .concepts = 6,
                               .gap = 3,
                               .seed = 8};

static latent_context *hooked_context(fakealloc *allocator, int32_t threads, int64_t budget) {
    latent_context_options options = testing_options();
    options.threads = threads;
    options.memory_budget = budget;
    fakealloc_install(allocator, &options);
    return testing_context_with(&options);
}

/* Every block comes from the hook, aligned, and goes back with its size; the peak is the true
 * one. */
static void test_hooks_and_peak(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    for (int32_t threads = 1; threads <= 3; threads += 2)
        for (int c = 0; c < PUBLIC_CALLS; c++) {
            fakealloc allocator = fakealloc_make();
            latent_context *const context = hooked_context(&allocator, threads, 0);
            assert_true(allocator.calls > 0);
            expect_ok(context, public_call_run(&public_calls[c], context, &set));
            const int64_t held = allocator.live_bytes, calls = allocator.calls;
            allocator.peak_bytes = held;
            expect_ok(context, public_call_run(&public_calls[c], context, &set));
            assert_int_equal(allocator.live_bytes, held);
            assert_int_equal(allocator.calls > calls, public_calls[c].allocates);
            const int64_t peak = latent_context_memory_peak(context);
            if (public_calls[c].outlives == SOMETHING)
                assert_in_range(peak, 1, allocator.peak_bytes - held - 1);
            else
                assert_int_equal(peak, public_calls[c].outlives ? 0 : allocator.peak_bytes - held);
            latent_context_destroy(context);
            assert_true(fakealloc_clean(&allocator));
        }
    call_set_free(&set);
}

/* From one byte to plenty: too small is said, enough gives the same bits, and more stays enough. */
static void test_budgets(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_INCLUDE);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        latent_context *const plain = testing_context();
        expect_ok(plain, public_call_run(&public_calls[c], plain, &set));
        void *const expected = public_call_outputs(&set);
        latent_context_destroy(plain);
        bool enough = false;
        for (int64_t budget = 1; budget <= INT64_C(1) << 40; budget += budget / 4 + 1) {
            latent_context_options options = testing_options();
            options.memory_budget = budget;
            latent_context *const context = testing_context_with(&options);
            const latent_status status = public_call_run(&public_calls[c], context, &set);
            if (enough || !public_calls[c].allocates || status == LATENT_OK) {
                enough = true;
                expect_ok(context, status);
                assert_true(public_call_same(&set, expected));
                assert_true(latent_context_memory_peak(context) <= budget);
            } else {
                expect_status(context, status, LATENT_ERROR_BUDGET, "budget");
                assert_true(public_call_wrote_nothing(&set));
            }
            latent_context_destroy(context);
        }
        assert_true(enough);
        free(expected);
    }
    call_set_free(&set);
}

/* Memory does not grow with the square of N: twice the samples, little more than twice the
 * bytes. */
static void test_growth(void **state) {
    (void)state;
    int64_t peak[2];
    for (int i = 0; i < 2; i++) {
        data_spec big = spec;
        big.kind = DATA_BLOBS;
        big.rows = testing_small() ? 2000 << i : 8000 << i;
        big.columns = 16;
        dataset set = dataset_make(&big);
        int64_t *const kstar = malloc((size_t)big.rows * sizeof *kstar);
        latent_context *const context = testing_context();
        expect_ok(context, latent_kstar(context, &set.view, set.labels, NULL, kstar, NULL));
        peak[i] = latent_context_memory_peak(context);
        latent_context_destroy(context);
        free(kstar);
        dataset_free(&set);
    }
    assert_true(peak[0] > 0);
    assert_true(peak[1] <= peak[0] * 5 / 2);
}

/* Moments of 50,000 x 768, everything asked for, by two threads: less than 4 MiB. */
static void test_moments_of_many(void **state) {
    (void)state;
    const int64_t rows = testing_small() ? 2000 : 50000, columns = 768;
    float *const values = malloc((size_t)(rows * columns) * sizeof *values);
    for (int64_t i = 0; i < rows * columns; i++)
        values[i] = (float)(i * 7919 % 1013) - 500.0f;
    const latent_matrix view = latent_matrix_view(values, rows, columns, LATENT_F32);
    moments_results out = moments_results_new(rows, columns);
    latent_context_options options = testing_options();
    options.threads = 2;
    latent_context *const context = testing_context_with(&options);
    expect_ok(context, latent_moments_compute(context, &view, NULL, &out.samples, &out.features,
                                              &out.overall));
    assert_in_range(latent_context_memory_peak(context), 1, (4 << 20) - 1);
    latent_context_destroy(context);
    moments_results_free(&out);
    free(values);
}

static int64_t spent(const latent_context *context) {
    return latent_context_memory_peak(context);
}

/* What importance.h and pruning.h say about memory, with some room for padding. */
static void test_directions_as_documented(void **state) {
    (void)state;
    enum { CLASSES = 600, INPUTS = 400, ROWS = 300, ROOM = 1 << 16 };
    data_spec head_spec = spec, point_spec = spec;
    head_spec.rows = CLASSES;
    point_spec.rows = ROWS;
    head_spec.columns = point_spec.columns = INPUTS;
    head_spec.type = LATENT_F32;
    dataset head = dataset_make(&head_spec), points = dataset_make(&point_spec);
    latent_context *const maker = testing_context();
    latent_directions *d = NULL;
    latent_importance *importance = NULL;
    expect_ok(maker, latent_directions_create(maker, &head.view, NULL, &d));
    expect_ok(maker, latent_importance_create(maker, d, &importance));
    const int64_t rank = latent_directions_rank(d);
    int64_t *const counts = malloc((size_t)(rank + 1) * sizeof *counts);
    double *const gram = calloc(INPUTS * INPUTS, sizeof *gram);
    latent_pruning_curve curve = {.size = sizeof curve, .changed = counts};
    for (int32_t threads = 1; threads <= 4; threads += 3) {
        latent_context_options options = testing_options();
        options.threads = threads;
        latent_context *const context = testing_context_with(&options);
        expect_ok(context, latent_importance_update(context, importance, d, &points.view));
        assert_in_range(spent(context), 1, threads * (600 * INPUTS + 170 * INPUTS) + ROOM);
        expect_ok(context, latent_pruning_evaluate(context, d, &points.view, NULL, NULL, NULL, NULL,
                                                   &curve));
        assert_in_range(spent(context), 1,
                        12 * rank * CLASSES +
                            threads * (600 * INPUTS + 750 * INPUTS + 16 * CLASSES) + 4 * 64 * rank +
                            ROOM);
        expect_ok(context, latent_pruning_gram(context, &points.view, gram));
        assert_in_range(spent(context), 1, 8 * INPUTS * INPUTS + 6144 * INPUTS + 3 * ROOM);
        latent_context_destroy(context);
    }
    latent_context_destroy(maker);
    latent_importance_destroy(importance);
    latent_directions_destroy(d);
    dataset_free(&head);
    dataset_free(&points);
    free(counts);
    free(gram);
}

/* An accumulator keeps the allocator of the context that made it, and outlives the context. */
static void test_accumulators_outlive_contexts(void **state) {
    (void)state;
    call_set set = call_set_make(&spec, 4, LATENT_TIES_EXCLUDE);
    fakealloc first = fakealloc_make(), second = fakealloc_make();
    latent_context *const creator = hooked_context(&first, 1, 0);
    latent_context *const loader = hooked_context(&second, 2, 0);
    latent_moments *made, *loaded;
    expect_ok(creator, latent_moments_create(creator, set.points.view.columns, NULL, &made));
    const int64_t bytes = latent_moments_saved_bytes(made);
    unsigned char *const saved = malloc((size_t)bytes);
    expect_ok(loader, latent_moments_save(loader, made, saved, bytes));
    expect_ok(loader, latent_moments_load(loader, saved, bytes, &loaded));
    latent_context_destroy(creator);
    expect_ok(loader, latent_moments_update(loader, made, &set.points.view, NULL));
    expect_ok(loader, latent_moments_merge(loader, loaded, made));
    latent_context_destroy(loader);
    assert_true(first.live_blocks > 0 && second.live_blocks > 0);
    latent_moments_destroy(made);
    assert_true(fakealloc_clean(&first));
    assert_true(second.live_blocks > 0);
    latent_moments_destroy(loaded);
    assert_true(fakealloc_clean(&second));
    free(saved);
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hooks_and_peak),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_growth),
        cmocka_unit_test(test_moments_of_many),
        cmocka_unit_test(test_directions_as_documented),
        cmocka_unit_test(test_accumulators_outlive_contexts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
