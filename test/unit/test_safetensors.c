/* .safetensors files, good and bad, from memory and from disk. */
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

#include "common/safetensors_file.h"

/* Length, header and `payload` bytes 0, 1, 2, ... in a block of exactly that size, so that a
 * sanitizer sees any read beyond it. The caller frees it. */
static unsigned char *compose(const char *header, size_t payload, size_t *size) {
    const size_t length = strlen(header);
    unsigned char *bytes = calloc(1, 8 + length + payload);
    assert_non_null(bytes);
    bytes[0] = (unsigned char)(length & 255);
    bytes[1] = (unsigned char)(length >> 8);
    memcpy(bytes + 8, header, length);
    for (size_t i = 0; i < payload; i++)
        bytes[8 + length + i] = (unsigned char)i;
    *size = 8 + length + payload;
    return bytes;
}

#define TENSOR(name, dtype, shape, offsets)                                                        \
    "\"" name "\":{\"dtype\":\"" dtype "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void reads_every_dtype(void **state) {
    (void)state;
    static const struct {
        const char *name;
        enum safetensors_dtype dtype;
        int size;
    } types[] = {
        {"BOOL", SAFETENSORS_BOOL, 1}, {"U8", SAFETENSORS_U8, 1},     {"I8", SAFETENSORS_I8, 1},
        {"U16", SAFETENSORS_U16, 2},   {"I16", SAFETENSORS_I16, 2},   {"U32", SAFETENSORS_U32, 4},
        {"I32", SAFETENSORS_I32, 4},   {"U64", SAFETENSORS_U64, 8},   {"I64", SAFETENSORS_I64, 8},
        {"F16", SAFETENSORS_F16, 2},   {"BF16", SAFETENSORS_BF16, 2}, {"F32", SAFETENSORS_F32, 4},
        {"F64", SAFETENSORS_F64, 8}};
    assert_int_equal(sizeof types / sizeof *types, SAFETENSORS_DTYPES);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char header[128], text[SAFETENSORS_TYPE_TEXT], expected[32];
        struct safetensors_table table;
        struct io_error error = {""};
        size_t size;
        snprintf(header, sizeof header,
                 "{\"t\":{\"dtype\":\"%s\",\"shape\":[2,3],\"data_offsets\":[0,%d]}}",
                 types[i].name, 6 * types[i].size);
        snprintf(expected, sizeof expected, "%s [2, 3]", types[i].name);
        unsigned char *bytes = compose(header, 6 * (size_t)types[i].size, &size);
        assert_true(safetensors_parse(bytes, size, &table, &error));
        assert_int_equal(table.count, 1);
        assert_int_equal(table.tensor[0].dtype, types[i].dtype);
        assert_int_equal(safetensors_dtype_size(types[i].dtype), types[i].size);
        assert_int_equal(table.tensor[0].count, 6);
        assert_ptr_equal(table.tensor[0].data, bytes + 8 + strlen(header));
        assert_string_equal(safetensors_type_text(&table.tensor[0], text), expected);
        safetensors_table_free(&table);
        free(bytes);
    }
}

/* The header's order is free; scalars and empty tensors are tensors; spaces may follow. */
static void reads_tensors_in_the_order_of_their_data(void **state) {
    (void)state;
    static const char header[] = "{" TENSOR("last", "I8", "[1,1,1,1,1,1,1,2]",
                                            "[12,14]") ",\"__metadata__\":{\"a\":\"b\"},"       //
        TENSOR("scalar", "F64", "[]", "[0,8]") "," TENSOR("empty", "F32", "[4,0]", "[8,8]") "," //
        TENSOR("middle", "F16", "[2]", "[8,12]") "}    ";
    static const char *const names[] = {"scalar", "empty", "middle", "last"};
    static const int dimensions[] = {0, 2, 1, 8}, counts[] = {1, 0, 2, 2}, begins[] = {0, 8, 8, 12};
    struct safetensors_table table;
    struct io_error error;
    size_t size;
    unsigned char *bytes = compose(header, 14, &size);
    assert_true(safetensors_parse(bytes, size, &table, &error));
    assert_int_equal(table.count, 4);
    for (int i = 0; i < 4; i++) {
        assert_string_equal(table.tensor[i].name, names[i]);
        assert_int_equal(table.tensor[i].dimensions, dimensions[i]);
        assert_int_equal(table.tensor[i].count, counts[i]);
        assert_ptr_equal(table.tensor[i].data, bytes + sizeof header - 1 + 8 + begins[i]);
    }
    safetensors_table_free(&table);
    free(bytes);
}

static const struct {
    const char *header, *reason;
    size_t payload;
} bad_headers[] = {
    {"[]", "is no .safetensors file", 0},
    {"{}", "2 bytes after the last tensor's data", 2},
    {"{", "no sound JSON", 0},
    {"{} x", "no sound JSON", 0},
    {"{\"a\":\"\x1b[31m", "no sound JSON", 0},
    {"{\"a\":\"\xff\"}", "no sound JSON", 0},
    {"{" TENSOR("a", "U8", "[1]", "[0,1]") "," TENSOR("a", "U8", "[1]", "[1,2]") "}", "duplicate",
     2},
    {"{\"__metadata__\":[]}", "'__metadata__' is no JSON object", 0},
    {"{\"__metadata__\":{\"a\":1}}", "the value of 'a' is no string", 0},
    {"{\"a\":1}", "tensor 'a': 'dtype' is missing", 0},
    {"{\"a\\u001b[31m\":{}}", "control character", 0},
    {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", "tensor 'a': 'shape' is missing", 4},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "tensor 'a': 'data_offsets' is missing", 4},
    {"{" TENSOR("a", "F8_E4M3", "[1]", "[0,1]") "}", "unknown dtype 'F8_E4M3'", 1},
    {"{" TENSOR("a", "f32", "[1]", "[0,4]") "}", "unknown dtype 'f32'", 4},
    {"{" TENSOR("a", "\\u001b[31m", "[1]", "[0,1]") "}", "unknown dtype '?'", 1},
    {"{" TENSOR("a", "F32", "4", "[0,16]") "}", "'shape' is missing or no array", 16},
    {"{" TENSOR("a", "F32", "[2,-2]", "[0,16]") "}", "shape[1] is no whole number", 16},
    {"{" TENSOR("a", "F32", "[2.0]", "[0,8]") "}", "shape[0] is no whole number", 8},
    {"{" TENSOR("a", "F32", "[\"2\"]", "[0,8]") "}", "shape[0] is no whole number", 8},
    {"{" TENSOR("a", "U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]") "}", "9 dimensions", 1},
    {"{" TENSOR("a", "F32", "[4294967296,4294967296]", "[0,16]") "}", "over 2^63", 16},
    {"{" TENSOR("a", "F32", "[2305843009213693952]", "[0,0]") "}", "over 2^63", 0},
    {"{" TENSOR("a", "U8", "[99999999999999999999]", "[0,1]") "}", "no sound JSON", 1},
    {"{" TENSOR("a", "F32", "[3]", "[0,16]") "}", "take 12 bytes, its data_offsets give 16", 16},
    {"{" TENSOR("a", "F32", "[4]", "[0,16]") "}", "end at byte 16, but only 15", 15},
    {"{" TENSOR("a", "F32", "[4]", "[0,16,16]") "}", "no pair", 16},
    {"{" TENSOR("a", "F32", "[4]", "[0,16.0]") "}", "no pair", 16},
    {"{" TENSOR("a", "F32", "[4]", "[-1,15]") "}", "[-1, 15] are no range", 16},
    {"{" TENSOR("a", "F32", "[4]", "[16,0]") "}", "[16, 0] are no range", 16},
    {"{" TENSOR("a", "U8", "[4]", "[9223372036854775803,9223372036854775807]") "}", "end at byte",
     16},
    {"{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[4]", "[2,6]") "}",
     "tensor 'b': its data overlap those of 'a'", 6},
    {"{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[4]", "[0,4]") "}", "overlap", 4},
    {"{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[0]", "[2,2]") "}", "overlap", 4},
    {"{" TENSOR("a", "U8", "[4]", "[0,4]") "," TENSOR("b", "U8", "[4]", "[6,10]") "}",
     "tensor 'b': the 2 bytes before its data belong to no tensor", 10},
    {"{" TENSOR("a", "U8", "[4]", "[1,5]") "}", "the 1 bytes before", 5},
    {"{" TENSOR("a", "U8", "[4]", "[0,4]") "}", "1 bytes after the last tensor's data", 5},
};

static void refuses_bad_headers_and_says_why(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_headers / sizeof *bad_headers; i++) {
        struct safetensors_table table;
        struct io_error error = {""};
        size_t size;
        unsigned char *bytes = compose(bad_headers[i].header, bad_headers[i].payload, &size);
        assert_false(safetensors_parse(bytes, size, &table, &error));
        assert_null(table.header);
        assert_null(table.tensor);
        if (!strstr(error.text, bad_headers[i].reason) || strchr(error.text, '\x1b'))
            fail_msg("%s: got \"%s\"", bad_headers[i].header, error.text);
        free(bytes);
    }
}

static const char two_tensors[] = "{" TENSOR("a", "U8", "[3]", "[0,3]") "," TENSOR(
    "b", "F32", "[2,1]", "[3,11]") ",\"__metadata__\":{\"key\":\"value\"}}";

static void refuses_every_truncation(void **state) {
    (void)state;
    size_t size;
    unsigned char *bytes = compose(two_tensors, 11, &size);
    for (size_t length = 0; length <= size; length++) {
        struct safetensors_table table;
        struct io_error error = {""};
        unsigned char *exact = malloc(length + (length == 0));
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        assert_int_equal(safetensors_parse(exact, length, &table, &error), length == size);
        assert_int_equal(strlen(error.text) > 0, length < size);
        safetensors_table_free(&table);
        free(exact);
    }
    free(bytes);
}

static void refuses_impossible_lengths(void **state) {
    (void)state;
    size_t size;
    unsigned char *bytes = compose(two_tensors, 11, &size);
    for (int place = 2; place < 8; place++) {
        struct safetensors_table table;
        struct io_error error = {""};
        bytes[place] = 255;
        assert_false(safetensors_parse(bytes, size, &table, &error));
        assert_non_null(strstr(error.text, place < 3 ? "truncated inside its header" : "at most"));
        bytes[place] = 0;
    }
    free(bytes);
}

static char path[] = "/tmp/test_safetensors.XXXXXX";

static void write_file(const char *header, size_t payload) {
    size_t size;
    unsigned char *bytes = compose(header, payload, &size);
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
    free(bytes);
}

static void finds_tensors_by_name(void **state) {
    (void)state;
    struct safetensors_file file;
    struct io_error error = {""};
    write_file(two_tensors, 11);
    assert_true(safetensors_file_open(&file, path, &error));
    const struct safetensors_tensor *b = safetensors_find(&file, "b", &error);
    assert_non_null(b);
    assert_memory_equal(b->data, "\3\4\5\6\7\10\11\12", 8);
    assert_int_equal(b->shape[0], 2);
    assert_null(safetensors_find(&file, "x", &error));
    assert_non_null(strstr(error.text, ": no tensor 'x'; it holds a, b"));
    assert_memory_equal(error.text, path, strlen(path));
    assert_string_equal(safetensors_metadata(&file, "key"), "value");
    assert_null(safetensors_metadata(&file, "other"));
    safetensors_file_close(&file);
}

static void lists_as_many_names_as_fit(void **state) {
    (void)state;
    char header[8192] = "{";
    struct safetensors_file file;
    struct io_error error = {""};
    for (int i = 0; i < 100; i++)
        snprintf(header + strlen(header), sizeof header - strlen(header),
                 "%s\"tensor%02d\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[%d,%d]}",
                 i > 0 ? "," : "", i, i, i + 1);
    strcat(header, "}");
    write_file(header, 100);
    assert_true(safetensors_file_open(&file, path, &error));
    assert_null(safetensors_find(&file, "x", &error));
    assert_non_null(strstr(error.text, "tensor00, tensor01, tensor02"));
    assert_string_equal(error.text + strlen(error.text) - 5, ", ...");
    safetensors_file_close(&file);
    write_file("{}", 0);
    assert_true(safetensors_file_open(&file, path, &error));
    assert_null(safetensors_find(&file, "x", &error));
    assert_non_null(strstr(error.text, "it holds no tensor"));
    assert_null(safetensors_metadata(&file, "key"));
    safetensors_file_close(&file);
}

static void names_the_file_in_errors(void **state) {
    (void)state;
    struct safetensors_file file;
    struct io_error error = {""};
    write_file("{}", 1);
    assert_false(safetensors_file_open(&file, path, &error));
    assert_memory_equal(error.text, path, strlen(path));
    safetensors_file_close(&file);
    assert_false(safetensors_file_open(&file, "/nonexistent/model", &error));
    assert_string_equal(error.text, "/nonexistent/model: No such file or directory");
    safetensors_file_close(&file);
}

static int make_file(void **state) {
    (void)state;
    const int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state) {
    (void)state;
    return unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_dtype),
        cmocka_unit_test(reads_tensors_in_the_order_of_their_data),
        cmocka_unit_test(refuses_bad_headers_and_says_why),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(refuses_impossible_lengths),
        cmocka_unit_test(finds_tensors_by_name),
        cmocka_unit_test(lists_as_many_names_as_fit),
        cmocka_unit_test(names_the_file_in_errors),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
