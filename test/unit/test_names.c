/* Words and numbers that need no context: statuses, patterns, versions, types, views. */
#include <stdio.h>
#include <string.h>

#include "harness/testing.h"

static void test_status_strings(void **state) {
    (void)state;
    for (int a = 0; a >= -17; a--) {
        const char *const text = latent_status_string((latent_status)a);
        assert_true(text && strlen(text) > 1);
        assert_string_not_equal(text, "unknown status");
        for (int b = 0; b > a; b--)
            assert_string_not_equal(text, latent_status_string((latent_status)b));
    }
    assert_string_equal(latent_status_string(LATENT_ERROR_BUDGET), "memory budget too small");
    const int unknown[] = {1, -18, INT32_MAX, INT32_MIN};
    for (int i = 0; i < 4; i++)
        assert_string_equal(latent_status_string((latent_status)unknown[i]), "unknown status");
}

static void test_pattern_strings(void **state) {
    (void)state;
    assert_string_equal(latent_pattern_string(LATENT_UNDEFINED), "undefined");
    assert_string_equal(latent_pattern_string(LATENT_FRACTURED), "fractured");
    assert_string_equal(latent_pattern_string(LATENT_OVERLAPPED), "overlapped");
    assert_string_equal(latent_pattern_string(LATENT_CLUSTERED), "clustered");
    assert_null(latent_pattern_string((latent_pattern)4));
    assert_null(latent_pattern_string((latent_pattern)-1));
}

static void test_version(void **state) {
    (void)state;
    char text[32];
    snprintf(text, sizeof text, "%d.%d.%d", LATENT_VERSION_MAJOR, LATENT_VERSION_MINOR,
             LATENT_VERSION_PATCH);
    assert_string_equal(latent_version(), text);
    assert_string_equal(LATENT_VERSION_STRING, text);
}

static void test_types(void **state) {
    (void)state;
    assert_int_equal(latent_type_size(LATENT_F16), 2);
    assert_int_equal(latent_type_size(LATENT_BF16), 2);
    assert_int_equal(latent_type_size(LATENT_F32), 4);
    assert_int_equal(latent_type_size(LATENT_F64), 8);
    const int unknown[] = {0, 5, -1, INT32_MAX};
    for (int i = 0; i < 4; i++)
        assert_int_equal(latent_type_size((latent_type)unknown[i]), 0);
}

static void test_view(void **state) {
    (void)state;
    const float data[6] = {0};
    const latent_matrix view = latent_matrix_view(data, 2, 3, LATENT_F32);
    assert_ptr_equal(view.data, data);
    assert_int_equal(view.rows, 2);
    assert_int_equal(view.columns, 3);
    assert_int_equal(view.stride, 3);
    assert_int_equal(view.type, LATENT_F32);
    const latent_matrix odd = latent_matrix_view(NULL, -1, 0, (latent_type)9);
    assert_null(odd.data);
    assert_int_equal(odd.rows, -1);
    assert_int_equal(odd.stride, 0);
    assert_int_equal(odd.type, 9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_strings), cmocka_unit_test(test_pattern_strings),
        cmocka_unit_test(test_version),        cmocka_unit_test(test_types),
        cmocka_unit_test(test_view),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
