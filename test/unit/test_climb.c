/* directions/climb.c: where float32 decides nothing, because all logits are equal or nearly so,
 * a sample costs no more than a few evaluations in float64. Counted in multiply-adds of whole
 * chains. */
#include <stdlib.h>
#include <string.h>

#include "directions/climb.h"
#include "harness/directions_data.h"
#include "harness/testing.h"

enum { OUTPUTS = 150, INPUTS = 60, LEVELS = INPUTS + 1 };

static int64_t spent;

static void counting_chain(const double *a, const double *b, int64_t n, double start,
                           double *sums) {
    spent += n + 1;
    latent__kernels_reference.chain(a, b, n, start, sums);
}

/* Multiply-adds for one sample that watches a class; `above` gets how many come before it. */
static int64_t cost_of(const latent_directions *d, const double *bias, const double *products,
                       int64_t watched, int32_t above[LEVELS]) {
    latent_context *const context = testing_context_with(NULL);
    const latent__curve_question question = {.directions = d, .bias = bias};
    latent__kernels kernels = *latent__kernels_choose(testing_options().isa);
    latent__ladder ladder;
    latent__climbers climbers;
    kernels.chain = counting_chain;
    expect_ok(context, latent__enter(context));
    expect_ok(context, latent__ladder_open(context, &question, &ladder));
    void *const memory = aligned_alloc(64, (size_t)latent__climbers_bytes(&ladder));
    latent__climbers_in(&climbers, memory, &ladder, &kernels);
    climbers.samples = 1;
    assert_true(latent__climbers_put(&climbers, 0, products, 1));
    climbers.watched[0] = watched;
    spent = 0;
    latent__climbers_follow(&climbers, 5);
    const int64_t cost = spent;
    for (int k = 0; k < LEVELS; k++)
        above[k] = climbers.above[k * LATENT__FOLLOWED];
    latent__ladder_close(context, &ladder);
    expect_ok(context, latent__leave(context, LATENT_OK));
    latent_context_destroy(context);
    free(memory);
    return cost;
}

static void test_all_equal(void **state) {
    (void)state;
    double *const head = head_make(HEAD_NORMAL, OUTPUTS, INPUTS, 3);
    latent_directions *const d = directions_of(head, OUTPUTS, INPUTS);
    const double products[INPUTS] = {0};
    int32_t above[LEVELS];
    for (int64_t watched = 0; watched < OUTPUTS; watched += 10) {
        assert_true(cost_of(d, NULL, products, watched, above) <= 2 * LEVELS * OUTPUTS);
        for (int k = 0; k < LEVELS; k++)
            assert_true(watched < 5 ? above[k] == watched : above[k] >= 5);
    }
    latent_directions_destroy(d);
    free(head);
}

/* A bias so large that float32 does not see the rest. */
static void test_all_near(void **state) {
    (void)state;
    double *const head = head_make(HEAD_NORMAL, OUTPUTS, INPUTS, 4);
    latent_directions *const d = directions_of(head, OUTPUTS, INPUTS);
    double products[INPUTS], bias[OUTPUTS];
    int32_t above[LEVELS];
    for (int i = 0; i < INPUTS; i++)
        products[i] = 0.01 * (i % 7 - 3);
    for (int c = 0; c < OUTPUTS; c++)
        bias[c] = 1e8;
    bias[7] += 4; /* the first by far, if not for float32 */
    assert_true(cost_of(d, bias, products, 7, above) <= 2 * LEVELS * OUTPUTS);
    for (int k = 0; k < LEVELS; k++)
        assert_int_equal(above[k], 0);
    latent_directions_destroy(d);
    free(head);
}

/* What is easy for float32 is left to it. */
static void test_far_apart(void **state) {
    (void)state;
    double *const head = head_make(HEAD_NORMAL, OUTPUTS, INPUTS, 5);
    latent_directions *const d = directions_of(head, OUTPUTS, INPUTS);
    const double products[INPUTS] = {0};
    double bias[OUTPUTS] = {0};
    int32_t above[LEVELS];
    bias[9] = 1;
    assert_true(cost_of(d, bias, products, 9, above) <= LEVELS);
    latent_directions_destroy(d);
    free(head);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_equal),
                                       cmocka_unit_test(test_all_near),
                                       cmocka_unit_test(test_far_apart)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
