/* .npy files in memory: reading headers, good and bad, and writing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/npy_format.h"

/* Writes magic, version 1.0, the header text and `payload` zero bytes; returns the size. */
static size_t compose(unsigned char *bytes, const char *header, size_t payload) {
    const size_t length = strlen(header);
    memcpy(bytes, "\x93NUMPY\x01\x00", 8);
    bytes[8] = (unsigned char)(length & 255);
    bytes[9] = (unsigned char)(length >> 8);
    memcpy(bytes + 10, header, length);
    memset(bytes + 10 + length, 0, payload);
    return 10 + length + payload;
}

/* Parses from a block of exactly that size, so that a sanitizer sees any read beyond it. */
static bool parse(const char *header, size_t payload, struct array_view *view,
                  struct io_error *error) {
    unsigned char bytes[1024];
    const size_t size = compose(bytes, header, payload);
    unsigned char *exact = malloc(size);
    assert_non_null(exact);
    memcpy(exact, bytes, size);
    const bool ok = npy_parse(exact, size, view, error);
    free(exact);
    return ok;
}

static void accepts_every_number_type(void **state) {
    (void)state;
    static const struct {
        const char *descr;
        enum array_kind kind;
        int size;
    } types[] = {
        {"<f2", ARRAY_FLOAT, 2},    {"<f4", ARRAY_FLOAT, 4},    {"<f8", ARRAY_FLOAT, 8},
        {"|i1", ARRAY_SIGNED, 1},   {"<i2", ARRAY_SIGNED, 2},   {"<i4", ARRAY_SIGNED, 4},
        {"<i8", ARRAY_SIGNED, 8},   {"|u1", ARRAY_UNSIGNED, 1}, {"<u2", ARRAY_UNSIGNED, 2},
        {"<u4", ARRAY_UNSIGNED, 4}, {"<u8", ARRAY_UNSIGNED, 8}, {"|b1", ARRAY_UNSIGNED, 1}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        char header[128];
        struct array_view view;
        struct io_error error;
        snprintf(header, sizeof header,
                 "{'descr': '%s', 'fortran_order': False, 'shape': (3, 4), }\n", types[i].descr);
        assert_true(parse(header, 12 * (size_t)types[i].size, &view, &error));
        assert_int_equal(view.kind, types[i].kind);
        assert_int_equal(view.item_size, types[i].size);
        assert_int_equal(view.dimensions, 2);
        assert_int_equal(view.shape[0], 3);
        assert_int_equal(view.shape[1], 4);
        assert_int_equal(view.count, 12);
        assert_false(view.big_endian);
        assert_int_equal(view.offset, 10 + strlen(header));
    }
}

static void accepts_other_spellings(void **state) {
    (void)state;
    static const struct {
        const char *header;
        int dimensions;
        size_t payload;
    } cases[] = {
        {"{\"shape\": (2,), \"descr\": \"<f4\", \"fortran_order\": False}", 1, 8},
        {"  { 'fortran_order' :False,'shape':(2 ,2,) , 'descr':'<f4' }   \n", 2, 16},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (), }", 0, 8},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 7), }", 2, 0},
        {"{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 2), }", 8, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct array_view view;
        struct io_error error;
        assert_true(parse(cases[i].header, cases[i].payload, &view, &error));
        assert_int_equal(view.dimensions, cases[i].dimensions);
    }
}

static void refuses_bad_headers_and_says_why(void **state) {
    (void)state;
#define SHAPED(shape) "{'descr': '<f4', 'fortran_order': False, 'shape': " shape ", }"
#define TYPED(descr) "{'descr': " descr ", 'fortran_order': False, 'shape': (2,), }"
    static const struct {
        const char *header, *reason;
        size_t payload;
    } cases[] = {
        {SHAPED("(3, 4)"), "truncated", 47},
        {SHAPED("(3, 4)"), "lies", 49},
        {SHAPED("(3, -4)"), "negative", 48},
        {SHAPED("(4294967296, 4294967296)"), "lies", 48},
        {SHAPED("(9223372036854775807,)"), "lies", 48},
        {SHAPED("(99999999999999999999,)"), "over 2^63", 48},
        {SHAPED("(12)"), "tuple", 48},
        {SHAPED("(3 4)"), "comma", 48},
        {SHAPED("(3, , 4)"), "shape", 48},
        {SHAPED("(3, x)"), "shape", 48},
        {SHAPED("[3, 4]"), "shape", 48},
        {SHAPED("(1, 1, 1, 1, 1, 1, 1, 1, 1)"), "more than 8 dimensions", 4},
        {TYPED("'>f4'"), "big-endian", 8},
        {TYPED("'>i8'"), "big-endian", 16},
        {TYPED("'|O'"), "Python objects", 16},
        {TYPED("[('x', '<f4')]"), "structured", 8},
        {TYPED("'<U3'"), "element type '<U3'", 24},
        {TYPED("'|b2'"), "element type '|b2'", 4},
        {TYPED("'<c8'"), "element type '<c8'", 16},
        {TYPED("'<f1'"), "element type '<f1'", 2},
        {TYPED("'|V8'"), "element type '|V8'", 16},
        {TYPED("'=f4'"), "element type '=f4'", 8},
        {TYPED("'|f4'"), "element type '|f4'", 8},
        {TYPED("''"), "element type ''", 8},
        {TYPED("4"), "'descr' cannot be read", 8},
        {TYPED("'\x1b[31m'"), "'descr' cannot be read", 8},
        {"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", "Fortran", 16},
        {"{'descr': '<f4', 'fortran_order': 0, 'shape': (2, 2), }", "fortran_order", 16},
        {"{'descr': '<f4', 'fortran_order': False, }", "'shape' is missing", 16},
        {"{'fortran_order': False, 'shape': (2,)}", "'descr' is missing", 16},
        {"{'descr': '<f4', 'shape': (2,)}", "'fortran_order' is missing", 16},
        {"{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "twice", 8},
        {"{'descr': '<f4', 'extra': 1, 'fortran_order': False, 'shape': (2,)}", "unknown key", 8},
        {"{'descr': '<f4' 'fortran_order': False, 'shape': (2,)}", "comma", 8},
        {SHAPED("(2,)") " x", "follows", 8},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,", "shape", 0},
        {"{'descr': '<f4", "descr", 0},
        {"", "dictionary", 8},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct array_view view;
        struct io_error error = {""};
        assert_false(parse(cases[i].header, cases[i].payload, &view, &error));
        if (!strstr(error.text, cases[i].reason))
            fail_msg("%s: got \"%s\"", cases[i].header, error.text);
    }
}

static void refuses_every_truncation(void **state) {
    (void)state;
    unsigned char bytes[256];
    const size_t size = compose(bytes, SHAPED("(3, 4)"), 48);
    for (size_t length = 0; length < size; length++) {
        struct array_view view;
        struct io_error error;
        unsigned char *exact = malloc(length + 1);
        assert_non_null(exact);
        memcpy(exact, bytes, length);
        assert_false(npy_parse(exact, length, &view, &error));
        free(exact);
    }
}

static void reads_versions_1_to_3(void **state) {
    (void)state;
    static const char header[] = SHAPED("(2,)");
    const size_t length = sizeof header - 1;
    for (int version = 0; version <= 4; version++) {
        unsigned char bytes[256] = "\x93NUMPY";
        const size_t start = version == 1 ? 10 : 12;
        bytes[6] = (unsigned char)version;
        bytes[8] = (unsigned char)length;
        memcpy(bytes + start, header, length);
        struct array_view view;
        struct io_error error;
        const bool known = version >= 1 && version <= 3;
        assert_int_equal(npy_parse(bytes, start + length + 8, &view, &error), known);
        if (known)
            assert_int_equal(view.offset, start + length);
        else
            assert_non_null(strstr(error.text, "version"));
    }
}

static void writes_what_it_reads(void **state) {
    (void)state;
    const int64_t values[3] = {1, INT64_MIN, INT64_MAX};
    unsigned char bytes[512];
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_true(npy_write_int64(stream, values, 3));
    rewind(stream);
    const size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    struct array_view view;
    struct io_error error;
    assert_int_equal(size, 128 + 24);
    assert_int_equal(bytes[127], '\n');
    assert_true(npy_parse(bytes, size, &view, &error));
    assert_int_equal(view.kind, ARRAY_SIGNED);
    assert_int_equal(view.item_size, 8);
    assert_int_equal(view.dimensions, 1);
    assert_int_equal(view.offset, 128);
    assert_memory_equal(bytes + view.offset, values, sizeof values);
}

static void writes_bytes_with_signs(void **state) {
    (void)state;
    static const int8_t values[6] = {1, 0, -1, 127, -128, 2};
    unsigned char bytes[256];
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_true(npy_write_int8(stream, values, 3, 2));
    rewind(stream);
    const size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    struct array_view view;
    struct io_error error;
    assert_int_equal(size, 128 + 6);
    assert_true(npy_parse(bytes, size, &view, &error));
    assert_int_equal(view.kind, ARRAY_SIGNED);
    assert_int_equal(view.item_size, 1);
    assert_int_equal(view.dimensions, 2);
    assert_int_equal(view.shape[0], 3);
    assert_int_equal(view.shape[1], 2);
    assert_memory_equal(bytes + view.offset, values, sizeof values);
}

static void writes_floats_of_both_widths(void **state) {
    (void)state;
    static const double values[6] = {0.1, -2, 3, 1e-300, 5, 1e30};
    for (int single = 0; single < 2; single++) {
        const int item = single ? 4 : 8;
        unsigned char bytes[512];
        FILE *stream = tmpfile();
        assert_non_null(stream);
        assert_true(npy_write_floats(stream, values, 3, 2, single));
        rewind(stream);
        const size_t size = fread(bytes, 1, sizeof bytes, stream);
        fclose(stream);
        struct array_view view;
        struct io_error error;
        assert_int_equal(size, 128 + 6 * item);
        assert_true(npy_parse(bytes, size, &view, &error));
        assert_int_equal(view.kind, ARRAY_FLOAT);
        assert_int_equal(view.item_size, item);
        assert_int_equal(view.dimensions, 2);
        assert_int_equal(view.shape[0], 3);
        assert_int_equal(view.shape[1], 2);
        static const float narrow[6] = {0.1f, -2, 3, 0, 5, 1e30f};
        assert_memory_equal(bytes + view.offset, single ? (const void *)narrow : values, 6 * item);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_every_number_type),
        cmocka_unit_test(accepts_other_spellings),
        cmocka_unit_test(refuses_bad_headers_and_says_why),
        cmocka_unit_test(refuses_every_truncation),
        cmocka_unit_test(reads_versions_1_to_3),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(writes_bytes_with_signs),
        cmocka_unit_test(writes_floats_of_both_widths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
