/* The budget that programs choose: the library's own, or half of a small machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/memory_share.h"

static int64_t share(int64_t rows, latent_type type, int64_t physical) {
    const latent_matrix points = latent_matrix_view(NULL, rows, 1000, type);
    return memory_share(&points, physical);
}

static void small_data_take_the_default(void **state) {
    (void)state;
    assert_int_equal(share(1000, LATENT_F32, 1 << 30), 0);
    assert_int_equal(share(1000, LATENT_F64, INT64_MAX), 0);
}

/* 1.2 × 4 MB against half of 9.6 MB and of a byte pair less. */
static void the_limit_is_half(void **state) {
    (void)state;
    assert_int_equal(share(1000, LATENT_F32, 9600000), 0);
    assert_int_equal(share(1000, LATENT_F32, 9599998), 4799999);
}

static void data_may_exceed_the_machine(void **state) {
    (void)state;
    assert_int_equal(share((int64_t)1 << 40, LATENT_F16, 1 << 30), 1 << 29);
}

static void the_machine_has_memory(void **state) {
    (void)state;
    assert_true(memory_physical() > 1 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_data_take_the_default), cmocka_unit_test(the_limit_is_half),
        cmocka_unit_test(data_may_exceed_the_machine), cmocka_unit_test(the_machine_has_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
