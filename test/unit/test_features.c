/* base/features: contexts get what the processor has. */
#include <stdlib.h>

#include "harness/testing.h"

static void test_every_set(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    assert_true(count >= 1 && isas[0] == LATENT_ISA_REFERENCE);
    for (int i = 0; i < count; i++) {
        const latent_context_options options = {.size = sizeof options, .isa = isas[i]};
        latent_context *const context = testing_context_with(&options);
        assert_int_equal(latent_context_isa(context), isas[i]);
        latent_context_destroy(context);
    }
}

static void test_best_set(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    latent_context *const best = testing_context_with(NULL);
    assert_int_equal(latent_context_isa(best), isas[count - 1]);
    const latent_isa named = testing_isa_named("LATENT_TEST_BEST");
    if (named)
        assert_int_equal(latent_context_isa(best), named);
    latent_context_destroy(best);
#if defined(__x86_64__)
    const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    assert_int_equal(count >= 2, avx2);
#elif defined(__aarch64__)
    assert_int_equal(isas[1], LATENT_ISA_NEON);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_set),
                                       cmocka_unit_test(test_best_set)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
