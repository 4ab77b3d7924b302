/* Activations from several files as one stream. */
#define _XOPEN_SOURCE 700

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zlib.h>

#include "common/activation_stream.h"
#include "common/cancel_signal.h"

static char folder[] = "/tmp/test_activation_stream.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    static const char *const names[] = {"a", "b", "c", "d,e", "wide"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(names[i]);
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

/* Writes an IDX file of two dimensions, compressed or not. */
static void write_idx(const char *path, bool compressed, int code, int rows, int columns,
                      const void *data, size_t size) {
    const unsigned char head[12] = {0,
                                    0,
                                    (unsigned char)code,
                                    2,
                                    0,
                                    0,
                                    0,
                                    (unsigned char)rows,
                                    (unsigned char)(columns >> 24),
                                    (unsigned char)(columns >> 16),
                                    (unsigned char)(columns >> 8),
                                    (unsigned char)columns};
    gzFile stream = gzopen(path, compressed ? "wb1" : "wbT");
    assert_non_null(stream);
    assert_int_equal(gzwrite(stream, head, sizeof head), sizeof head);
    assert_int_equal(gzwrite(stream, data, (unsigned)size), size);
    assert_int_equal(gzclose(stream), Z_OK);
}

/* Three rows of two bytes: start, start + 1, ... */
static void write_bytes(const char *path, bool compressed, unsigned char start) {
    unsigned char data[6];
    for (int i = 0; i < 6; i++)
        data[i] = (unsigned char)(start + i);
    write_idx(path, compressed, 0x08, 3, 2, data, sizeof data);
}

static void write_doubles_npy(const char *path, const double values[4]) {
    char head[129];
    snprintf(head, sizeof head, "%-117s\n",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 2), }");
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, stream), 10);
    assert_int_equal(fwrite(head, 1, 118, stream), 118);
    assert_int_equal(fwrite(values, sizeof *values, 4, stream), 4);
    assert_int_equal(fclose(stream), 0);
}

static void open_stream(struct activation_stream *stream, const char *const *arguments, int count) {
    struct io_error error;
    if (!activation_stream_open(stream, arguments, count, &error))
        fail_msg("%s", error.text);
}

static latent_matrix next_chunk(struct activation_stream *stream) {
    struct io_error error;
    latent_matrix chunk;
    if (!activation_stream_next(stream, &chunk, &error))
        fail_msg("%s", error.text);
    return chunk;
}

static double element(const latent_matrix *chunk, int64_t i) {
    return chunk->type == LATENT_F64 ? ((const double *)chunk->data)[i]
                                     : (double)((const float *)chunk->data)[i];
}

static void files_follow_one_another(void **state) {
    (void)state;
    const double doubles[4] = {0.5, -1e300, 2, 3};
    write_bytes("a", false, 10);
    write_doubles_npy("d,e", doubles);
    write_bytes("b", true, 20);
    write_bytes("c", true, 30);
    const char *const arguments[] = {"b,a", "d,e", "c"};
    struct activation_stream stream;
    open_stream(&stream, arguments, 3);
    assert_int_equal(stream.files.rows, 11);
    assert_int_equal(stream.files.columns, 2);
    static const struct {
        int rows;
        double first;
        latent_type type;
    } expected[] = {
        {3, 20, LATENT_F32}, {3, 10, LATENT_F32}, {2, 0.5, LATENT_F64}, {3, 30, LATENT_F32}};
    for (int i = 0; i < 4; i++) {
        const latent_matrix chunk = next_chunk(&stream);
        assert_int_equal(chunk.rows, expected[i].rows);
        assert_int_equal(chunk.columns, 2);
        assert_int_equal(chunk.type, expected[i].type);
        for (int k = 0; k < 2 * expected[i].rows && chunk.type == LATENT_F32; k++)
            assert_true(element(&chunk, k) == expected[i].first + k);
        if (chunk.type == LATENT_F64) {
            assert_memory_equal(chunk.data, doubles, sizeof doubles);
            assert_ptr_equal(chunk.data, array_file_data(&stream.files.file[2])); /* no copy */
        }
    }
    assert_int_equal(next_chunk(&stream).rows, 0);
    assert_int_equal(next_chunk(&stream).rows, 0);
    activation_stream_close(&stream);
}

/* From the first row again, wherever the stream is. */
static void the_stream_begins_anew(void **state) {
    (void)state;
    write_bytes("a", false, 10);
    write_bytes("b", true, 20);
    write_bytes("c", true, 30);
    const char *const arguments[] = {"a,b,c"};
    struct activation_stream stream;
    open_stream(&stream, arguments, 1);
    for (int stop = 0; stop <= 4; stop++) {
        for (int i = 0; i < stop; i++) {
            const latent_matrix chunk = next_chunk(&stream);
            assert_int_equal(chunk.rows, i < 3 ? 3 : 0);
            for (int k = 0; k < 6 && i < 3; k++)
                assert_true(element(&chunk, k) == 10 * (i + 1) + k);
        }
        activation_stream_rewind(&stream);
    }
    activation_stream_close(&stream);
}

/* No more than one compressed file waits in memory. */
static void compressed_files_take_turns(void **state) {
    (void)state;
    write_bytes("a", true, 0);
    const char *const arguments[] = {"a,a", "a"};
    struct activation_stream stream;
    open_stream(&stream, arguments, 2);
    const struct array_file *file = stream.files.file;
    assert_non_null(file[0].bytes.data);
    assert_null(file[1].bytes.data);
    assert_null(file[2].bytes.data);
    next_chunk(&stream);
    next_chunk(&stream);
    assert_null(file[0].bytes.data);
    assert_non_null(file[1].bytes.data);
    activation_stream_close(&stream);
}

static void a_changed_file_is_an_error(void **state) {
    (void)state;
    struct activation_stream stream;
    struct io_error error;
    latent_matrix chunk;
    const unsigned char data[4] = {1, 2, 3, 4};
    write_bytes("a", true, 0);
    write_bytes("b", true, 0);
    const char *const arguments[] = {"a,b"};
    open_stream(&stream, arguments, 1);
    write_idx("b", true, 0x08, 2, 2, data, sizeof data);
    next_chunk(&stream);
    assert_false(activation_stream_next(&stream, &chunk, &error));
    assert_string_equal(error.text, "b: has changed since it was checked");
    activation_stream_close(&stream);
}

/* Rows of 2^22 elements: two make a chunk. */
static void a_long_file_comes_in_chunks(void **state) {
    (void)state;
    enum { COLUMNS = 1 << 22, ROWS = 5 };
    unsigned char *data = calloc(ROWS, COLUMNS);
    assert_non_null(data);
    for (int row = 0; row < ROWS; row++)
        data[(size_t)row * COLUMNS + COLUMNS - 1] = (unsigned char)(row + 1);
    write_idx("wide", false, 0x08, ROWS, COLUMNS, data, (size_t)ROWS * COLUMNS);
    free(data);
    const char *const arguments[] = {"wide"};
    struct activation_stream stream;
    open_stream(&stream, arguments, 1);
    for (int row = 0; row < ROWS; row += 2) {
        const latent_matrix chunk = next_chunk(&stream);
        assert_int_equal(chunk.rows, row < 4 ? 2 : 1);
        for (int k = 0; k < chunk.rows; k++)
            assert_true(element(&chunk, (int64_t)(k + 1) * COLUMNS - 1) == row + k + 1);
    }
    assert_int_equal(next_chunk(&stream).rows, 0);
    activation_stream_close(&stream);
}

static void the_first_nonfinite_value_is_named(void **state) {
    (void)state;
    const double bad[4] = {1, 2, -(double)INFINITY, (double)NAN};
    struct activation_stream stream;
    struct io_error error;
    write_bytes("a", false, 0);
    write_doubles_npy("b", bad);
    const char *const arguments[] = {"a", "b"};
    open_stream(&stream, arguments, 2);
    next_chunk(&stream);
    next_chunk(&stream);
    assert_false(activation_stream_fail_nonfinite(&stream, "; so", &error));
    assert_string_equal(error.text, "b: row 1, column 0 is -infinity; so");
    activation_stream_close(&stream);
}

static void files_that_do_not_fit_are_named(void **state) {
    (void)state;
    static const struct {
        const char *argument, *reason;
    } cases[] = {
        {"absent", "absent: No such file"},
        {"a,b,wide", "a has 2 columns, but wide has 3"},
        {"a,,b", "'a,,b' holds an empty file name"},
        {"", "'' holds an empty file name"},
    };
    const unsigned char data[6] = {0};
    write_bytes("a", false, 0);
    write_bytes("b", true, 0);
    write_idx("wide", true, 0x08, 2, 3, data, sizeof data);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct activation_stream stream;
        struct io_error error = {""};
        const char *const arguments[] = {"b", cases[i].argument};
        assert_false(activation_stream_open(&stream, arguments + (i == 1), 2 - (i == 1), &error));
        if (!strstr(error.text, cases[i].reason))
            fail_msg("\"%s\" does not say \"%s\"", error.text, cases[i].reason);
        activation_stream_close(&stream); /* does no harm */
    }
}

/* The flag cannot be taken back: this test is the last. */
static void inflating_stops_at_an_interrupt(void **state) {
    (void)state;
    struct file_bytes bytes;
    struct io_error error;
    write_bytes("a", true, 0);
    cancel_signal_install();
    assert_true(file_bytes_open(&bytes, "a", &error));
    file_bytes_close(&bytes);
    assert_int_equal(raise(SIGINT), 0);
    assert_false(file_bytes_open(&bytes, "a", &error));
    assert_string_equal(error.text, "a: stopped while it was inflated");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_follow_one_another),
        cmocka_unit_test(the_stream_begins_anew),
        cmocka_unit_test(compressed_files_take_turns),
        cmocka_unit_test(a_changed_file_is_an_error),
        cmocka_unit_test(a_long_file_comes_in_chunks),
        cmocka_unit_test(the_first_nonfinite_value_is_named),
        cmocka_unit_test(files_that_do_not_fit_are_named),
        cmocka_unit_test(inflating_stops_at_an_interrupt),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
