/* Reading IDX files, plain and compressed by gzip. */
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
#include <zlib.h>

#include "common/idx_format.h"
#include "common/labelled_data.h"

/* 2 × 3, of each type; the payloads are big-endian, written out by hand. */
#define HEAD(type) "\0\0" type "\2\0\0\0\2\0\0\0\3"
enum { HEAD_BYTES = 12 };

static void reads_every_type(void **state) {
    (void)state;
    static const struct {
        unsigned char code;
        enum array_kind kind;
        int size;
    } types[] = {{0x08, ARRAY_UNSIGNED, 1}, {0x09, ARRAY_SIGNED, 1}, {0x0B, ARRAY_SIGNED, 2},
                 {0x0C, ARRAY_SIGNED, 4},   {0x0D, ARRAY_FLOAT, 4},  {0x0E, ARRAY_FLOAT, 8}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        unsigned char bytes[HEAD_BYTES + 48] = HEAD("?");
        bytes[2] = types[i].code;
        struct array_view view;
        struct io_error error;
        assert_true(idx_is(bytes, HEAD_BYTES));
        assert_true(idx_parse(bytes, HEAD_BYTES + 6 * (size_t)types[i].size, &view, &error));
        assert_int_equal(view.kind, types[i].kind);
        assert_int_equal(view.item_size, types[i].size);
        assert_true(view.big_endian);
        assert_int_equal(view.dimensions, 2);
        assert_int_equal(view.shape[0], 2);
        assert_int_equal(view.shape[1], 3);
        assert_int_equal(view.offset, HEAD_BYTES);
    }
}

static void refuses_bad_headers(void **state) {
    (void)state;
    static const struct {
        const char *bytes, *reason;
        size_t size;
    } cases[] = {
        {"\0\0\x08", "no IDX", 3},
        {"\1\0\x08\1\0\0\0\0", "no IDX", 8},
        {"\0\0\x0a\1\0\0\0\0", "type 0x0a", 8},
        {"\0\0\x08\0", "0 dimensions", 4},
        {"\0\0\x08\x09", "9 dimensions", 4},
        {"\0\0\x08\2\0\0\0\2\0\0\0", "truncated inside", 11},
        {HEAD("\x08") "12345", "truncated", HEAD_BYTES + 5},
        {HEAD("\x08") "1234567", "lies", HEAD_BYTES + 7},
        {"\0\0\x0e\3\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "lies", 16},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned char *exact = malloc(cases[i].size);
        struct array_view view;
        struct io_error error = {""};
        assert_non_null(exact);
        memcpy(exact, cases[i].bytes, cases[i].size);
        assert_false(idx_parse(exact, cases[i].size, &view, &error));
        if (!strstr(error.text, cases[i].reason))
            fail_msg("case %zu: got \"%s\"", i, error.text);
        free(exact);
    }
}

static char folder[] = "/tmp/test_idx.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    unlink("p");
    unlink("q");
    unlink("l");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void write_plain(const char *path, const void *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static void write_gzip(const char *path, const void *bytes, size_t size) {
    gzFile stream = gzopen(path, "wb9");
    assert_non_null(stream);
    assert_int_equal(gzwrite(stream, bytes, (unsigned)size), size);
    assert_int_equal(gzclose(stream), Z_OK);
}

static const char labels[] = "\0\0\x08\1\0\0\0\2\x07\xff";
enum { LABEL_BYTES = 10 };

static void open_data(struct labelled_data *data, const char *points) {
    struct io_error error = {""};
    if (!labelled_data_open(data, points, "l", &error))
        fail_msg("%s", error.text);
}

static void converts_every_type(void **state) {
    (void)state;
    /* -2, 1, 0 / 3, 100, -128 and, for floats, 1.5, -0.25, 0 / 2, -2, 1024 */
    static const struct {
        const char *bytes;
        int size;
        latent_type type;
        double expected[6];
    } cases[] = {
        {HEAD("\x08") "\xfe\1\0\3\x64\x80", 1, LATENT_F32, {254, 1, 0, 3, 100, 128}},
        {HEAD("\x09") "\xfe\1\0\3\x64\x80", 1, LATENT_F32, {-2, 1, 0, 3, 100, -128}},
        {HEAD("\x0b") "\xff\xfe\0\1\0\0\0\3\0\x64\x80\0",
         2,
         LATENT_F32,
         {-2, 1, 0, 3, 100, -32768}},
        {HEAD("\x0c") "\xff\xff\xff\xfe\0\0\0\1\0\0\0\0\0\0\0\3\0\0\0\x64\x80\0\0\1",
         4,
         LATENT_F64,
         {-2, 1, 0, 3, 100, -2147483647.0}},
        {HEAD("\x0d") "\x3f\xc0\0\0\xbe\x80\0\0\0\0\0\0\x40\0\0\0\xc0\0\0\0\x44\x80\0\0",
         4,
         LATENT_F32,
         {1.5, -0.25, 0, 2, -2, 1024}},
        {HEAD("\x0e") "\x3f\xf8\0\0\0\0\0\0\xbf\xd0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                      "\x40\0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0\x40\x90\0\0\0\0\0\0",
         8,
         LATENT_F64,
         {1.5, -0.25, 0, 2, -2, 1024}},
    };
    write_plain("l", labels, LABEL_BYTES);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct labelled_data data;
        write_plain("p", cases[i].bytes, HEAD_BYTES + 6 * (size_t)cases[i].size);
        open_data(&data, "p");
        assert_int_equal(data.points.type, cases[i].type);
        for (int k = 0; k < 6; k++) {
            const double value = data.points.type == LATENT_F32
                                     ? (double)((const float *)data.points.data)[k]
                                     : ((const double *)data.points.data)[k];
            assert_true(value == cases[i].expected[k]);
        }
        assert_int_equal(data.labels[0], 7);
        assert_int_equal(data.labels[1], 255);
        labelled_data_close(&data);
    }
}

static void flattens_images(void **state) {
    (void)state;
    struct labelled_data data;
    write_plain("l", labels, LABEL_BYTES);
    write_plain("p", "\0\0\x08\3\0\0\0\2\0\0\0\2\0\0\0\3abcdefghijkl", 28);
    open_data(&data, "p");
    assert_int_equal(data.points.rows, 2);
    assert_int_equal(data.points.columns, 6);
    assert_true(((const float *)data.points.data)[6] == 'g');
    labelled_data_close(&data);
}

/* Large enough that the buffer for inflated bytes has to grow. */
static void inflates(void **state) {
    (void)state;
    enum { ROWS = 2, COLUMNS = 300000, SIZE = HEAD_BYTES + ROWS * COLUMNS };
    unsigned char *bytes = calloc(1, SIZE);
    assert_non_null(bytes);
    memcpy(bytes, "\0\0\x08\2\0\0\0\2\0\x04\x93\xe0", HEAD_BYTES);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        bytes[HEAD_BYTES + i] = (unsigned char)(i % 251);
    struct labelled_data data;
    write_gzip("l", labels, LABEL_BYTES);
    write_gzip("p", bytes, SIZE);
    free(bytes);
    open_data(&data, "p");
    assert_int_equal(data.points.rows, ROWS);
    assert_int_equal(data.points.columns, COLUMNS);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        assert_true(((const float *)data.points.data)[i] == (float)(i % 251));
    assert_int_equal(data.labels[1], 255);
    labelled_data_close(&data);
}

static void expect_refusal(const char *points, const char *reason) {
    struct labelled_data data;
    struct io_error error = {""};
    assert_false(labelled_data_open(&data, points, "l", &error));
    if (strncmp(error.text, points, strlen(points)) != 0 || !strstr(error.text, reason))
        fail_msg("expected %s, got \"%s\"", reason, error.text);
}

static void refuses_damaged_gzip(void **state) {
    (void)state;
    unsigned char bytes[256];
    write_plain("l", labels, LABEL_BYTES);
    write_gzip("p", HEAD("\x08") "abcdef", HEAD_BYTES + 6);
    FILE *stream = fopen("p", "rb");
    assert_non_null(stream);
    const size_t size = fread(bytes, 1, sizeof bytes, stream);
    fclose(stream);
    for (size_t length = 2; length < size; length++) {
        write_plain("q", bytes, length);
        struct labelled_data data;
        struct io_error error;
        assert_false(labelled_data_open(&data, "q", "l", &error));
    }
    write_plain("q", bytes, size - 4);
    expect_refusal("q", "gzip");
    bytes[size - 6] ^= 1; /* of the check sum */
    write_plain("q", bytes, size);
    expect_refusal("q", "gzip");
}

static void refuses_a_vector_as_points(void **state) {
    (void)state;
    write_plain("l", labels, LABEL_BYTES);
    expect_refusal("l", "1 dimension; rows of numbers need two or more");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_type),
        cmocka_unit_test(refuses_bad_headers),
        cmocka_unit_test(converts_every_type),
        cmocka_unit_test(flattens_images),
        cmocka_unit_test(inflates),
        cmocka_unit_test(refuses_damaged_gzip),
        cmocka_unit_test(refuses_a_vector_as_points),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
