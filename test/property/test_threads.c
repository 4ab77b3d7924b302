/* Same bits for every number of threads, every instruction set, every budget that is enough. */
#include <stdlib.h>

#include "harness/calls.h"

/* Several blocks in both directions, no size a multiple of anything. */
static const data_spec specs[] = {
    {DATA_BLOBS, LATENT_F32, 1237, 67, 11, 0, 5, LATENT_EUCLIDEAN},
    {DATA_DUPLICATES, LATENT_F16, 701, 45, 9, 2, 6, LATENT_COSINE},
    {DATA_NEAR, LATENT_F64, 613, 33, 5, 0, 7, LATENT_EUCLIDEAN},
    {DATA_INTEGERS, LATENT_BF16, 530, 7, 200, 1, 8, LATENT_EUCLIDEAN},
    {DATA_CONSTANT, LATENT_F32, 300, 19, 4, 0, 9, LATENT_COSINE},
};
enum { SPECS = sizeof specs / sizeof specs[0], K = 5 };

static latent_context *context_of(int32_t threads, latent_isa isa) {
    latent_context_options options =
        threads % 2 ? testing_options()
                    : testing_threaded_options(threads); /* tiles of both sizes */
    options.threads = threads;
    if (isa != LATENT_ISA_AUTO)
        options.isa = isa;
    return testing_context_with(&options);
}

/* All calls, on one thread, with the harness's instruction set. */
static void expect_all(call_set *set, void *expected[PUBLIC_CALLS]) {
    latent_context *const context = context_of(1, LATENT_ISA_AUTO);
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        expect_ok(context, public_call_run(&public_calls[c], context, set));
        expected[c] = public_call_outputs(set);
    }
    latent_context_destroy(context);
}

static void check_all(latent_context *context, call_set *set, void *const expected[PUBLIC_CALLS]) {
    for (int c = 0; c < PUBLIC_CALLS; c++) {
        expect_ok(context, public_call_run(&public_calls[c], context, set));
        if (!public_call_same(set, expected[c]))
            fail_msg("%s with %d threads and instruction set %d", public_calls[c].name,
                     (int)latent_context_threads(context), (int)latent_context_isa(context));
    }
}

static void check_spec(const data_spec *spec, int32_t threads_from, int32_t threads_to,
                       const latent_isa *isas, int isa_count) {
    call_set set = call_set_make(spec, K, LATENT_TIES_INCLUDE);
    void *expected[PUBLIC_CALLS];
    expect_all(&set, expected);
    for (int32_t threads = threads_from; threads <= threads_to; threads++)
        for (int i = 0; i < isa_count; i++) {
            latent_context *const context = context_of(threads, isas[i]);
            check_all(context, &set, expected);
            latent_context_destroy(context);
        }
    for (int c = 0; c < PUBLIC_CALLS; c++)
        free(expected[c]);
    call_set_free(&set);
}

static void test_threads(void **state) {
    (void)state;
    const latent_isa automatic[] = {LATENT_ISA_AUTO};
    for (int s = 0; s < SPECS; s++)
        check_spec(&specs[s], testing_small() ? 4 : 2, testing_small() ? 5 : 8, automatic, 1);
}

static void test_instruction_sets(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int s = 0; s < SPECS; s++)
        check_spec(&specs[s], 1, 2, isas, count);
}

/* The same call many times on the same context: threads meet in another order each time. */
static void test_again_and_again(void **state) {
    (void)state;
    call_set set = call_set_make(&specs[1], K, LATENT_TIES_EXCLUDE);
    void *expected[PUBLIC_CALLS];
    expect_all(&set, expected);
    latent_context *const context = context_of(5, LATENT_ISA_AUTO);
    for (int round = 0; round < (testing_small() ? 2 : 10); round++)
        check_all(context, &set, expected);
    latent_context_destroy(context);
    for (int c = 0; c < PUBLIC_CALLS; c++)
        free(expected[c]);
    call_set_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_instruction_sets),
        cmocka_unit_test(test_again_and_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
