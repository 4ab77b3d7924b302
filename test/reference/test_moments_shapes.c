/* Moments against the oracle: every kind of data in every type, in shapes around the lengths of
 * vectors and blocks, with every option. */
#include <stdlib.h>

#include "harness/agrees_moments.h"
#include "harness/moments_data.h"
#include "harness/prng.h"
#include "harness/testing.h"

static void check(latent_context *context, const moments_spec *spec,
                  const latent_moments_options *options) {
    dataset set = moments_data(spec);
    if (!agrees_moments(context, &set, options))
        fail_msg("%s, bias=%d fisher=%d nan_policy=%d", moments_spec_text(spec), (int)options->bias,
                 (int)options->fisher, (int)options->nan_policy);
    dataset_free(&set);
}

/* A kind meets each type with some of the shapes, other ones each time. */
static void test_kinds(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    int shape = 0;
    for (int kind = 0; kind < MOMENTS_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++)
            for (int round = 0; round < (testing_small() ? 1 : 4); round++, shape += 5) {
                moments_spec spec = {.kind = (moments_kind)kind,
                                     .type = (latent_type)type,
                                     .gap = shape % 3,
                                     .seed = (uint64_t)(100 * kind + shape)};
                moments_shape(shape % MOMENTS_SHAPES, &spec.rows, &spec.columns);
                const latent_moments_options options = {
                    .size = sizeof options, .bias = shape % 2, .fisher = shape / 2 % 2};
                check(context, &spec, &options);
            }
    latent_context_destroy(context);
}

/* NaN and infinities, few and many, left out or passed on. */
static void test_holes(void **state) {
    (void)state;
    static const double shares[] = {0.001, 0.05, 0.5, 0.97};
    latent_context *const context = testing_context();
    for (int kind = 0; kind < MOMENTS_KINDS; kind++)
        for (int round = 0; round < (testing_small() ? 1 : 4); round++) {
            moments_spec spec = {.kind = (moments_kind)kind,
                                 .type = (latent_type)(LATENT_F16 + (kind + round) % 4),
                                 .seed = (uint64_t)(7000 + 10 * kind + round),
                                 .holes = shares[(kind + round) % 4]};
            moments_shape((kind * 5 + round * 7) % MOMENTS_SHAPES, &spec.rows, &spec.columns);
            for (int policy = LATENT_NAN_OMIT; policy <= LATENT_NAN_PROPAGATE; policy++) {
                const latent_moments_options options = {
                    .size = sizeof options, .nan_policy = policy, .bias = round % 2};
                check(context, &spec, &options);
            }
        }
    latent_context_destroy(context);
}

/* Any small shape, with every correction for few values. */
static void test_few_values(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    prng g = {17};
    for (int64_t rows = 1; rows <= 6; rows++)
        for (int64_t columns = 1; columns <= 6; columns++)
            for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
                const moments_spec spec = {.kind = (moments_kind)kind,
                                           .type = (latent_type)(LATENT_F16 + prng_below(&g, 4)),
                                           .rows = rows,
                                           .columns = columns,
                                           .seed = prng_next(&g),
                                           .holes = kind % 2 ? 0.2 : 0.0};
                const latent_moments_options options = {.size = sizeof options,
                                                        .bias = LATENT_UNBIASED,
                                                        .fisher = kind % 3 == 0,
                                                        .nan_policy = LATENT_NAN_OMIT};
                check(context, &spec, &options);
            }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kinds), cmocka_unit_test(test_holes),
                                       cmocka_unit_test(test_few_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
