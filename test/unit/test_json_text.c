/* Pieces of JSON: numbers that it cannot hold, and memory that failed. */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/json_text.h"

static void numbers_that_json_lacks_are_null(void **state) {
    (void)state;
    const double values[] = {0.1, (double)NAN, -(double)INFINITY, (double)INFINITY, -3};
    json_t *array = json_numbers(values, 5);
    assert_int_equal(json_array_size(array), 5);
    for (size_t i = 0; i < 5; i++) {
        const json_t *item = json_array_get(array, i);
        assert_true(isfinite(values[i]) ? json_real_value(item) == values[i] : json_is_null(item));
    }
    json_decref(array);
    json_t *none = json_numbers(values, 0);
    assert_true(json_is_array(none) && json_array_size(none) == 0);
    json_decref(none);
}

/* The sanitizers and valgrind see whether everything is released. */
static void what_failed_takes_the_rest_along(void **state) {
    (void)state;
    json_t *array = json_append(json_array(), json_string("kept"));
    assert_int_equal(json_array_size(array), 1);
    assert_null(json_append(array, NULL));
    assert_null(json_append(NULL, json_string("alone")));
    assert_null(json_append(NULL, NULL));
}

static void doubles_are_written_whole(void **state) {
    (void)state;
    struct io_error error;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    const double value = 0.1;
    assert_true(json_write(stream, json_numbers(&value, 1), &error));
    assert_false(json_write(stream, NULL, &error));
    assert_non_null(strstr(error.text, "memory"));
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, "[\n  0.10000000000000001\n]\n");
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_that_json_lacks_are_null),
        cmocka_unit_test(what_failed_takes_the_rest_along),
        cmocka_unit_test(doubles_are_written_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
