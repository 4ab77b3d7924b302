/* What the programs' reports are made of: names, text of limited width, histograms, whole files. */
#define _XOPEN_SOURCE 700

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/concept_names.h"
#include "common/kstar_table.h"
#include "common/output_file.h"
#include "common/table_text.h"
#include "common/utf8.h"

static char folder[] = "/tmp/test_report_output.XXXXXX";

static int enter_folder(void **state) {
    (void)state;
    setlocale(LC_CTYPE, "C.UTF-8");
    return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int leave_folder(void **state) {
    (void)state;
    unlink("names");
    unlink("out");
    return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1; /* fails if anything else was left */
}

static void write_bytes(const char *path, const char *bytes, size_t size) {
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

static void names_follow_lines(void **state) {
    (void)state;
    static const char text[] = "T-shirt\r\n\nB\xc3\xa4r \xe6\x97\xa5\nlast";
    struct concept_names names;
    struct io_error error;
    write_bytes("names", text, sizeof text - 1);
    assert_true(concept_names_open(&names, "names", &error));
    assert_int_equal(names.count, 4);
    assert_string_equal(concept_names_get(&names, 0), "T-shirt");
    assert_null(concept_names_get(&names, 1));
    assert_string_equal(concept_names_get(&names, 2), "B\xc3\xa4r \xe6\x97\xa5");
    assert_string_equal(concept_names_get(&names, 3), "last");
    assert_null(concept_names_get(&names, 4));
    assert_null(concept_names_get(&names, -1));
    char digits[16];
    assert_string_equal(concept_title(&names, -2147483647 - 1, digits, sizeof digits),
                        "-2147483648");
    concept_names_close(&names);
    assert_null(concept_names_get(&names, 0));
}

static void bad_names_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *reason;
        size_t size;
    } cases[] = {
        {"a\nb\xff\n", "line 2 is not valid UTF-8", 5},
        {"\xc3", "line 1 is not valid UTF-8", 1},             /* ends too early */
        {"\xc0\xaf", "line 1 is not valid UTF-8", 2},         /* overlong */
        {"\xed\xa0\x80", "line 1 is not valid UTF-8", 3},     /* a surrogate */
        {"\xf4\x90\x80\x80", "line 1 is not valid UTF-8", 4}, /* over U+10FFFF */
        {"a\x1b[31m", "line 1 holds a control character", 6},
        {"\xc2\x9b", "line 1 holds a control character", 2}, /* another escape */
        {"a\tb", "line 1 holds a control character", 3},
        {"a\n\0b", "line 2 holds a zero byte", 4},
        {"", "is empty", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct concept_names names;
        struct io_error error = {""};
        write_bytes("names", cases[i].text, cases[i].size);
        assert_false(concept_names_open(&names, "names", &error));
        assert_memory_equal(error.text, "names: ", 7);
        if (!strstr(error.text, cases[i].reason))
            fail_msg("case %zu: got \"%s\"", i, error.text);
    }
}

static void text_is_cut_by_columns(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
        int width;
        bool ascii;
    } cases[] = {
        {"short", "short", 5, false},
        {"longer", "long…", 5, false},
        {"longer", "lo...", 5, true},
        {"日本語", "日本語", 6, false},
        {"日本語", "日本…", 5, false},
        {"日本語", "日…", 4, false},
        {"日本語", "???", 3, true},
        {"e\xcc\x81gal", "e\xcc\x81gal", 4, false},
        {"", "", 3, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char copy[64];
        const int width =
            utf8_fit(copy, sizeof copy, cases[i].text, cases[i].width, cases[i].ascii);
        assert_string_equal(copy, cases[i].expected);
        assert_true(width <= cases[i].width);
        assert_int_equal(width, utf8_width(copy));
    }
    char small[8];
    utf8_fit(small, sizeof small, "abcdefghijkl", 100, false);
    assert_string_equal(small, "abcd…"); /* 4 + 3 bytes and the terminator */
}

static void numbers_get_commas(void **state) {
    (void)state;
    char text[32];
    assert_string_equal(with_commas(text, 0), "0");
    assert_string_equal(with_commas(text, 999), "999");
    assert_string_equal(with_commas(text, 1000), "1,000");
    assert_string_equal(with_commas(text, -123456), "-123,456");
    assert_string_equal(with_commas(text, INT64_MAX), "9,223,372,036,854,775,807");
    assert_string_equal(with_commas(text, INT64_MIN), "-9,223,372,036,854,775,808");
}

static void histogram_cells_are_closed_above(void **state) {
    (void)state;
    const double share[7] = {0.001, 0.05, 0.051, 0.1, 0.5, 0.951, 1};
    int64_t counts[HISTOGRAM_CELLS];
    share_histogram(share, 7, counts);
    const int64_t expected[HISTOGRAM_CELLS] = {[0] = 2, [1] = 2, [9] = 1, [19] = 2};
    assert_memory_equal(counts, expected, sizeof expected);
}

static long file_size(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (long)status.st_size : -1;
}

static void a_file_appears_when_it_is_complete(void **state) {
    (void)state;
    struct output_file output;
    struct io_error error;
    assert_true(output_file_check("out", &error));
    assert_int_equal(file_size("out"), -1);
    assert_true(output_file_open(&output, "out", &error));
    fputs("12345", output.stream);
    fflush(output.stream);
    assert_int_equal(file_size("out"), -1);
    assert_true(output_file_commit(&output, &error));
    assert_int_equal(file_size("out"), 5);
}

static void a_discarded_file_changes_nothing(void **state) {
    (void)state;
    struct output_file output;
    struct io_error error;
    write_bytes("out", "old", 3);
    assert_int_equal(chmod("out", 0640), 0);
    assert_true(output_file_open(&output, "out", &error));
    fputs("12345", output.stream);
    output_file_discard(&output);
    assert_int_equal(file_size("out"), 3);
    assert_true(output_file_open(&output, "out", &error));
    fputs("12345", output.stream);
    assert_true(output_file_commit(&output, &error));
    assert_int_equal(file_size("out"), 5);
    struct stat status;
    assert_int_equal(stat("out", &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void a_full_device_is_an_error(void **state) {
    (void)state;
    struct output_file output;
    struct io_error error = {""};
    if (access("/dev/full", W_OK) != 0)
        skip();
    assert_true(output_file_open(&output, "/dev/full", &error));
    fputs("12345", output.stream);
    assert_false(output_file_commit(&output, &error));
    assert_non_null(strstr(error.text, "/dev/full: cannot be written"));
    assert_true(output_file_open(&output, "/dev/null", &error));
    assert_null(output.temporary); /* a device is not replaced by a file */
    assert_true(output_file_commit(&output, &error));
}

static void places_that_cannot_be_written_are_known_early(void **state) {
    (void)state;
    struct io_error error = {""};
    assert_false(output_file_check("absent/out", &error));
    assert_non_null(strstr(error.text, "absent/out: cannot be written"));
    assert_false(output_file_check("/", &error));
    struct output_file output;
    assert_false(output_file_open(&output, "absent/out", &error));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_follow_lines),
        cmocka_unit_test(bad_names_are_refused),
        cmocka_unit_test(text_is_cut_by_columns),
        cmocka_unit_test(numbers_get_commas),
        cmocka_unit_test(histogram_cells_are_closed_above),
        cmocka_unit_test(a_file_appears_when_it_is_complete),
        cmocka_unit_test(a_discarded_file_changes_nothing),
        cmocka_unit_test(a_full_device_is_an_error),
        cmocka_unit_test(places_that_cannot_be_written_are_known_early),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
