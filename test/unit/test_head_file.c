/* Heads and biases from array files and .safetensors files. */
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

#include "common/head_file.h"
#include "common/npy_format.h"

static char folder[] = "/tmp/test_head_file.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    unlink("w");
    unlink("b");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void write_bytes(const char *path, const void *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

/* A .safetensors file of this header and data; the header may have any length. */
static void write_tensors(const char *header, const void *data, size_t size) {
    unsigned char bytes[1024] = {0};
    const size_t length = strlen(header);
    assert_true(length < 256 && 8 + length + size <= sizeof bytes);
    bytes[0] = (unsigned char)length;
    memcpy(bytes + 8, header, length);
    memcpy(bytes + 8 + length, data, size);
    write_bytes("w", bytes, 8 + length + size);
}

static struct head_file open_head(const struct head_source *source) {
    struct head_file head;
    struct io_error error = {""};
    if (!head_file_open(&head, source, &error))
        fail_msg("%s", error.text);
    return head;
}

static void expect_failure(const struct head_source *source, const char *piece) {
    struct head_file head;
    struct io_error error = {""};
    assert_false(head_file_open(&head, source, &error));
    if (!strstr(error.text, piece))
        fail_msg("\"%s\" does not say \"%s\"", error.text, piece);
    assert_null(head.weights);
    assert_null(head.bias);
    head_file_close(&head); /* does no harm */
}

/* 1, -2 and 2^-10 in each type, from odd addresses. */
static void every_float_type_is_read(void **state) {
    (void)state;
    static const unsigned char f16[] = {9, 0, 0x3c, 0, 0xc0, 0, 0x14};
    static const unsigned char bf16[] = {9, 0x80, 0x3f, 0, 0xc0, 0x80, 0x3a};
    static const unsigned char f32[] = {9, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x80, 0x3a};
    static const unsigned char f64[] = {9, 0, 0, 0,    0, 0, 0, 0xf0, 0x3f, 0, 0,    0,   0,
                                        0, 0, 0, 0xc0, 0, 0, 0, 0,    0,    0, 0x50, 0x3f};
    static const struct {
        const char *name;
        const unsigned char *data;
        int size;
        bool single;
    } types[] = {{"F16", f16, 2, true},
                 {"BF16", bf16, 2, true},
                 {"F32", f32, 4, true},
                 {"F64", f64, 8, false}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char header[256];
        const int end = 1 + 3 * types[i].size;
        snprintf(header, sizeof header,
                 "{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                 "\"w\":{\"dtype\":\"%s\",\"shape\":[1,3],\"data_offsets\":[1,%d]}}",
                 types[i].name, end);
        for (int spaces = 0; spaces < 8; spaces++) { /* wherever the data begin */
            write_tensors(header, types[i].data, (size_t)end);
            strcat(header, " ");
            const struct head_source source = {.path = "w", .tensor = "w"};
            struct head_file head = open_head(&source);
            static const double expected[3] = {1, -2, 0x1p-10};
            assert_true(head.outputs == 1 && head.inputs == 3 && !head.bias);
            assert_memory_equal(head.weights, expected, sizeof expected);
            assert_int_equal(head.single, types[i].single);
            head_file_close(&head);
        }
    }
}

static void weights_and_bias_come_from_two_files(void **state) {
    (void)state;
    static const double weights[6] = {1, 2, 3, 4, 5, 0.1};
    static const int64_t bias[2] = {-7, 1LL << 53};
    FILE *stream = fopen("w", "wb");
    assert_true(stream && npy_write_floats(stream, weights, 2, 3, false));
    assert_int_equal(fclose(stream), 0);
    stream = fopen("b", "wb");
    assert_true(stream && npy_write_int64(stream, bias, 2));
    assert_int_equal(fclose(stream), 0);
    struct head_source source = {.path = "w", .bias = "b"};
    struct head_file head = open_head(&source);
    assert_true(head.outputs == 2 && head.inputs == 3 && !head.single);
    assert_memory_equal(head.weights, weights, sizeof weights);
    assert_true(head.bias[0] == -7 && head.bias[1] == 0x1p53);
    head_file_close(&head);
    source.tensor = "w";
    expect_failure(&source, "--head-tensor: w is no .safetensors file");
    source = (struct head_source){.path = "b"};
    expect_failure(&source, "b: has 1 dimension; a head needs two");
    source = (struct head_source){.path = "w", .bias = "w"};
    expect_failure(&source, "w: has 2 dimensions; a bias needs one");
}

/* An .npy file may hold '{' where a .safetensors file has it, and its length may look like IDX. */
static void files_are_told_apart(void **state) {
    (void)state;
    const struct head_source source = {.path = "w", .tensor = "w"};
    static const unsigned char npy[12] = "\x93NUMPY\x01\x00{";
    write_bytes("w", npy, sizeof npy);
    expect_failure(&source, "w is no .safetensors file");
    unsigned char idx[16] = {0, 0, 8, 2, 0, 0, 0, 1, '{', 0, 0, 0, 5};
    write_bytes("w", idx, sizeof idx);
    expect_failure(&source, "w: "); /* a header of so many bytes is not there */
    idx[8] = 0;
    write_bytes("w", idx, sizeof idx);
    expect_failure(&source, "--head-tensor: w is no .safetensors file");
    write_bytes("w", "text", 4);
    expect_failure(&source, "w: is neither .npy nor IDX nor .safetensors");
    unlink("w");
    expect_failure(&source, "w: No such file");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_float_type_is_read),
        cmocka_unit_test(weights_and_bias_come_from_two_files),
        cmocka_unit_test(files_are_told_apart),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
