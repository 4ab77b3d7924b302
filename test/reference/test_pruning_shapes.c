/* Pruning curves against the oracle, count by count: all shapes around the strips of classes and
 * groups of levels that the kernels work on, all kinds of heads, activations, biases and orders. */
#include "harness/directions_data.h"
#include "harness/prng.h"
#include "harness/testing.h"

static void check(latent_context *context, const pruning_spec *spec) {
    pruning_data data = pruning_data_make(spec);
    if (!agrees_curve(context, spec, &data))
        fail_msg("%s", pruning_spec_text(spec));
    pruning_data_free(&data);
}

static void test_shapes(void **state) {
    (void)state;
    static const struct {
        int64_t outputs, inputs, rows;
    } shapes[] = {{1, 1, 3},   {1, 9, 5},    {2, 1, 70},   {2, 7, 65},     {3, 8, 64},
                  {5, 9, 63},  {8, 8, 130},  {33, 31, 20}, {63, 15, 20},   {64, 17, 17},
                  {65, 32, 9}, {66, 33, 12}, {128, 40, 7}, {129, 300, 10}, {10, 300, 70},
                  {300, 3, 9}, {1000, 64, 5}};
    latent_context *const context = testing_context();
    uint64_t seed = 1;
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int head = 0; head < HEAD_KINDS; head++, seed++) {
            if (testing_small() && (head + (int)s) % 4)
                continue;
            const int32_t top = (int32_t)(1 + seed % 7);
            check(context, &(pruning_spec){
                               .head = (head_kind)head,
                               .activations = seed % 3 ? ACTIVATIONS_NORMAL : ACTIVATIONS_INTEGERS,
                               .bias = (bias_kind)(seed % 4),
                               .order = (order_kind)(seed / 2 % ORDER_KINDS),
                               .outputs = shapes[s].outputs,
                               .inputs = shapes[s].inputs,
                               .rows = shapes[s].rows,
                               .top = top < shapes[s].outputs ? top : (int32_t)shapes[s].outputs,
                               .seed = seed});
        }
    latent_context_destroy(context);
}

/* Every kind of head with every kind of activations and of bias. */
static void test_kinds(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    uint64_t seed = 1000;
    for (int head = 0; head < HEAD_KINDS; head++)
        for (int activations = 0; activations < ACTIVATIONS_KINDS; activations++)
            for (int bias = 0; bias < BIAS_KINDS; bias++, seed++) {
                if (testing_small() && seed % 5)
                    continue;
                check(context, &(pruning_spec){.head = (head_kind)head,
                                               .activations = (activation_kind)activations,
                                               .bias = (bias_kind)bias,
                                               .order = (order_kind)(seed % ORDER_KINDS),
                                               .outputs = 70,
                                               .inputs = 21,
                                               .rows = 13,
                                               .top = 5,
                                               .seed = seed});
            }
    latent_context_destroy(context);
}

/* Any k of top-k up to all classes, where every label is right. */
static void test_every_top(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int32_t top = 1; top <= 19; top++)
        check(context, &(pruning_spec){.head = top % 2 ? HEAD_DUPLICATES : HEAD_INTEGERS,
                                       .activations = ACTIVATIONS_INTEGERS,
                                       .outputs = 19,
                                       .inputs = 12,
                                       .rows = 70,
                                       .top = top,
                                       .seed = (uint64_t)top});
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_kinds),
                                       cmocka_unit_test(test_every_top)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
