/* Which samples show which concepts, from .npy files. */
#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/concept_matrix.h"
#include "common/npy_format.h"

static char folder[] = "/tmp/test_concept_matrix.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    unlink("a");
    unlink("b");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void write_bytes(const char *path, const int8_t *values, int64_t rows, int64_t columns) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_true(npy_write_int8(stream, values, rows, columns));
    assert_int_equal(fclose(stream), 0);
}

static void expect_refusal(const char *argument, const char *sentence) {
    struct concept_matrix matrix;
    struct io_error error = {""};
    assert_false(concept_matrix_open(&matrix, argument, &error));
    assert_string_equal(error.text, sentence);
    assert_null(matrix.values);
    concept_matrix_close(&matrix);
}

static void joins_rows_of_files(void **state) {
    (void)state;
    static const int8_t values[10] = {1, 0, -1, 0, 1, 1, 0, 0, -1, -1};
    struct concept_matrix matrix;
    struct io_error error = {""};
    write_bytes("a", values, 3, 2);
    write_bytes("b", values + 6, 2, 2);
    if (!concept_matrix_open(&matrix, "a,b", &error))
        fail_msg("%s", error.text);
    assert_int_equal(matrix.samples, 5);
    assert_int_equal(matrix.concepts, 2);
    assert_memory_equal(matrix.values, values, sizeof values);
    concept_matrix_close(&matrix);
    concept_matrix_close(&matrix);
}

/* Elements are converted in parts of 4,096. */
static void names_the_place_of_another_value(void **state) {
    (void)state;
    static int8_t values[5000];
    static const int places[] = {0, 4095, 4096, 4999};
    for (int i = 0; i < 4; i++) {
        char sentence[128];
        values[places[i]] = (int8_t)(i - 5); /* −5 … −2 */
        write_bytes("a", values, 500, 10);
        snprintf(sentence, sizeof sentence,
                 "a: row %d, column %d is %d, but concepts are 1 (present), 0 (absent) or -1 "
                 "(ignored)",
                 places[i] / 10, places[i] % 10, i - 5);
        expect_refusal("a", sentence);
        values[places[i]] = 0;
    }
}

static void refuses_other_shapes_and_types(void **state) {
    (void)state;
    static const double floats[2] = {1, 0};
    static const int64_t list[2] = {1, 0};
    FILE *stream = fopen("a", "wb");
    assert_true(npy_write_floats(stream, floats, 2, 1, true));
    assert_int_equal(fclose(stream), 0);
    expect_refusal("a", "a: holds float32; concepts must be integers or booleans");
    stream = fopen("a", "wb");
    assert_true(npy_write_int64(stream, list, 2));
    assert_int_equal(fclose(stream), 0);
    expect_refusal("a", "a: has 1 dimension; concepts need two, samples and concepts");
    write_bytes("a", (const int8_t[1]){0}, 0, 3);
    expect_refusal("a", "a: has no rows, which are the samples");
    write_bytes("a", (const int8_t[1]){0}, 3, 0);
    expect_refusal("a", "a: has no columns, which are the concepts");
    expect_refusal("absent", "absent: No such file or directory");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_rows_of_files),
        cmocka_unit_test(names_the_place_of_another_value),
        cmocka_unit_test(refuses_other_shapes_and_types),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
