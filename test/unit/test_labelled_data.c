/* Points and labels from .npy files. */
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

#include "common/labelled_data.h"

static char folder[] = "/tmp/test_labelled_data.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    static const char *const names[] = {"p", "q", "l", "m", "a,b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* Writes an .npy file whose header is padded by `pad` spaces, which moves the data's offset. */
static void write_npy(const char *path, const char *descr, const char *shape, int pad,
                      const void *data, size_t size) {
    char header[256];
    const int length = snprintf(header, sizeof header,
                                "{'descr': '%s', 'fortran_order': False, 'shape': %s, }%*s\n",
                                descr, shape, pad, "");
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite("\x93NUMPY\x01", 1, 8, stream), 8);
    fputc(length, stream);
    fputc(0, stream);
    assert_true(fputs(header, stream) >= 0);
    assert_int_equal(fwrite(data, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static const int32_t two_labels[2] = {0, 1};

static void open_data(struct labelled_data *data, const char *points, const char *labels) {
    struct io_error error = {""};
    if (!labelled_data_open(data, points, labels, &error))
        fail_msg("%s", error.text);
}

static void views_an_aligned_float_file_and_copies_others(void **state) {
    (void)state;
    const double values[4] = {1.5, -2, 3e300, 4};
    write_npy("l", "<i4", "(2,)", 0, two_labels, sizeof two_labels);
    int viewed = 0;
    for (int pad = 0; pad < 8; pad++) { /* one of eight offsets is a multiple of 8 */
        struct labelled_data data;
        write_npy("p", "<f8", "(2, 2)", pad, values, sizeof values);
        open_data(&data, "p", "l");
        assert_int_equal(data.points.rows, 2);
        assert_int_equal(data.points.columns, 2);
        assert_int_equal(data.points.type, LATENT_F64);
        assert_int_equal((uintptr_t)data.points.data % 8, 0);
        assert_memory_equal(data.points.data, values, sizeof values);
        assert_memory_equal(data.labels, two_labels, sizeof two_labels);
        assert_true((data.converted == NULL) != (data.mapped.bytes.data == NULL));
        viewed += data.converted == NULL;
        labelled_data_close(&data);
    }
    assert_int_equal(viewed, 1);
}

static void converts_integers_without_loss(void **state) {
    (void)state;
    const int32_t narrow[2] = {16777216, -5};
    const int32_t wide[2] = {16777217, -5}; /* 2^24 + 1 */
    const uint64_t largest[2] = {UINT64_C(1) << 63, 9007199254740992};
    struct labelled_data data;
    write_npy("l", "<i4", "(2,)", 0, two_labels, sizeof two_labels);

    write_npy("p", "<i4", "(2, 1)", 0, narrow, sizeof narrow);
    open_data(&data, "p", "l");
    assert_int_equal(data.points.type, LATENT_F32);
    assert_true(((const float *)data.points.data)[0] == 16777216.0f);
    assert_true(((const float *)data.points.data)[1] == -5.0f);
    labelled_data_close(&data);

    write_npy("p", "<i4", "(2, 1)", 0, wide, sizeof wide);
    open_data(&data, "p", "l");
    assert_int_equal(data.points.type, LATENT_F64);
    assert_true(((const double *)data.points.data)[0] == 16777217.0);
    labelled_data_close(&data);

    write_npy("p", "<u8", "(2, 1)", 0, largest, sizeof largest);
    open_data(&data, "p", "l");
    assert_int_equal(data.points.type, LATENT_F32); /* powers of two are exact everywhere */
    assert_true(((const float *)data.points.data)[0] == 9223372036854775808.0f);
    labelled_data_close(&data);
}

static void joins_files_of_different_types(void **state) {
    (void)state;
    /* binary16: 1.5, the least denormal 2^-24, -65504 (the largest), -0 */
    const uint16_t halves[4] = {0x3e00, 0x0001, 0xfbff, 0x8000};
    const int8_t bytes[2] = {-128, 127};
    const int64_t labels[3] = {-2147483648LL, 2147483647, 7};
    struct labelled_data data;
    write_npy("p", "<f2", "(2, 2)", 0, halves, sizeof halves);
    write_npy("q", "|i1", "(1, 2)", 0, bytes, sizeof bytes);
    write_npy("l", "<i8", "(1,)", 0, labels, 8);
    write_npy("m", "<i8", "(2, 1)", 0, labels + 1, 16);
    open_data(&data, "p,q", "l,m");
    const float *points = data.points.data;
    assert_int_equal(data.points.type, LATENT_F32);
    assert_int_equal(data.points.rows, 3);
    assert_true(points[0] == 1.5f && points[1] == 0x1p-24f && points[2] == -65504.0f);
    assert_true(points[3] == 0 && points[4] == -128.0f && points[5] == 127.0f);
    assert_int_equal(data.labels[0], INT32_MIN);
    assert_int_equal(data.labels[1], INT32_MAX);
    assert_int_equal(data.labels[2], 7);
    labelled_data_close(&data);

    write_npy("a,b", "<f2", "(2, 2)", 0, halves, sizeof halves);
    open_data(&data, "a,b", "m"); /* an existing file, commas and all */
    assert_int_equal(data.points.type, LATENT_F16);
    assert_memory_equal(data.points.data, halves, sizeof halves);
    labelled_data_close(&data);
}

static void expect_refusal(const char *points, const char *labels, const char *first,
                           const char *second) {
    struct labelled_data data;
    struct io_error error = {""};
    assert_false(labelled_data_open(&data, points, labels, &error));
    if (!strstr(error.text, first) || !strstr(error.text, second))
        fail_msg("expected %s and %s, got \"%s\"", first, second, error.text);
    assert_null(data.labels);
    assert_null(data.converted);
    assert_null(data.mapped.bytes.data);
}

static void refuses_points_and_labels_that_do_not_fit(void **state) {
    (void)state;
    const float values[4] = {0, 1, 2, 3};
    const uint64_t beyond[2] = {3, UINT64_MAX};
    const int64_t below[2] = {3, -2147483649LL};
    write_npy("p", "<f4", "(2, 2)", 0, values, sizeof values);
    write_npy("l", "<i4", "(2,)", 0, two_labels, sizeof two_labels);
    expect_refusal("p", "l,l", "l,l has 4 labels", "p has 2 rows");
    expect_refusal("p", "p", "p: ", "2 dimensions; labels need one");
    expect_refusal("l", "l", "l: ", "1 dimension; rows of numbers need two");
    expect_refusal("p", "absent", "absent: ", "No such file");
    expect_refusal("p,", "l", "p,", "empty file name");
    expect_refusal("/", "l", "/: ", "not a regular file");
    write_npy("q", "<f4", "(4,)", 0, values, sizeof values);
    expect_refusal("p,p", "q", "q: ", "holds float32; labels must be integers");
    write_npy("q", "<f4", "(4, 1)", 0, values, sizeof values);
    expect_refusal("p,q", "l", "p has 2 columns", "q has 1");
    write_npy("q", "<f4", "(0, 2)", 0, values, 0);
    expect_refusal("q", "l", "q: ", "no rows");
    write_npy("q", "<f4", "(2, 0)", 0, values, 0);
    expect_refusal("q", "l", "q: ", "no columns");
    write_npy("q", "<i4", "(0,)", 0, values, 0);
    expect_refusal("p", "q", "q: ", "no labels");
    write_npy("q", "<u8", "(2,)", 0, beyond, sizeof beyond);
    expect_refusal("p", "q", "q: label 18446744073709551615 of row 1", "int32");
    write_npy("q", "<i8", "(2,)", 0, below, sizeof below);
    expect_refusal("p", "q", "q: label -2147483649 of row 1", "int32");
    write_npy("q", "<u8", "(1, 2)", 0, beyond, sizeof beyond);
    expect_refusal("q", "l,l", "q has 1 rows", "labels");
    write_npy("m", "<i4", "(1,)", 0, two_labels, 4);
    expect_refusal("q", "m", "q: the integer in row 0, column 1", "not exact");
}

static void refuses_files_that_are_no_arrays(void **state) {
    (void)state;
    FILE *stream = fopen("q", "wb");
    assert_non_null(stream);
    fclose(stream);
    expect_refusal("q", "l", "q: ", "is empty");
    stream = fopen("q", "wb");
    assert_non_null(stream);
    fputs("1,2,3\n", stream);
    fclose(stream);
    expect_refusal("q", "l", "q: ", "neither .npy nor IDX");
}

static void labels_come_alone(void **state) {
    (void)state;
    static const unsigned char bytes[3] = {5, 0, 255};
    struct io_error error;
    int32_t *labels;
    int64_t count;
    write_npy("l", "|u1", "(3,)", 0, bytes, sizeof bytes);
    write_npy("m", "<i4", "(2,)", 0, two_labels, sizeof two_labels);
    assert_true(labels_read(&labels, &count, "l,m", &error));
    static const int32_t expected[5] = {5, 0, 255, 0, 1};
    assert_int_equal(count, 5);
    assert_memory_equal(labels, expected, sizeof expected);
    free(labels);
    write_npy("m", "<f4", "(2,)", 0, two_labels, sizeof two_labels);
    assert_false(labels_read(&labels, &count, "l,m", &error));
    assert_null(labels);
    assert_string_equal(error.text, "m: holds float32; labels must be integers");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_an_aligned_float_file_and_copies_others),
        cmocka_unit_test(converts_integers_without_loss),
        cmocka_unit_test(joins_files_of_different_types),
        cmocka_unit_test(refuses_points_and_labels_that_do_not_fit),
        cmocka_unit_test(refuses_files_that_are_no_arrays),
        cmocka_unit_test(labels_come_alone),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
