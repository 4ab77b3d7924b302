/* Tables of comma-separated values: what is read, and which sentence says what is wrong. */
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

#include "common/csv_table.h"

/* Memory that ends with the text, so that a checker sees an overrun. */
static bool parse(struct csv_table *table, const char *text, size_t size, struct io_error *error) {
    unsigned char *const copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    const bool ok = csv_table_parse(table, copy, size, error);
    free(copy);
    return ok;
}

/* The text has this table: fields separated by |, rows by /, and lines in which the rows begin. */
static void expect_table(const char *text, const char *expected, const char *lines) {
    struct csv_table table;
    struct io_error error = {""};
    char actual[300] = "", places[100] = "";
    if (!parse(&table, text, strlen(text), &error))
        fail_msg("\"%s\": %s", text, error.text);
    for (int64_t i = 0; i < (table.rows + 1) * table.columns; i++) {
        if (i > 0)
            strcat(actual, i % table.columns ? "|" : "/");
        strcat(actual, table.field[i]);
    }
    for (int64_t row = 0; row < table.rows; row++)
        sprintf(places + strlen(places), "%s%d", row > 0 ? " " : "", (int)table.line[row]);
    assert_string_equal(actual, expected);
    assert_string_equal(places, lines);
    csv_table_close(&table);
}

static void test_plain(void **state) {
    (void)state;
    expect_table("a,b\n1,2\n", "a|b/1|2", "2");
    expect_table("a,b\n1,2", "a|b/1|2", "2");
    expect_table("a,b\r\n1,2\r\n3,4\r\n", "a|b/1|2/3|4", "2 3");
    expect_table("a,b\r1,2\r3,4", "a|b/1|2/3|4", "2 3");
    expect_table("a\n1\n", "a/1", "2");
    expect_table("a,b,c\n,,\n", "a|b|c/||", "2");
    expect_table("a,b\n1,", "a|b/1|", "2");
    expect_table(",b\nx,y\n", "|b/x|y", "2");
    expect_table("name\nB\xc3\xa4r \xe6\x97\xa5\n", "name/B\xc3\xa4r \xe6\x97\xa5", "2");
}

static void test_blanks(void **state) {
    (void)state;
    expect_table("\n\r\n  \t\na,b\n\n1,2\n \n\n3,4\n\n", "a|b/1|2/3|4", "6 9");
    expect_table(" a\t, b c \n\t1 ,\t\n", "a|b c/1|", "2");
    expect_table("\xef\xbb\xbf"
                 "a,b\n1,2\n",
                 "a|b/1|2", "2");
    expect_table("\xef\xbb\xbf\"a\",b\n1,2\n", "a|b/1|2", "2");
}

static void test_quotes(void **state) {
    (void)state;
    expect_table("\"a\",\"b\"\n\"1\",\"2\"\n", "a|b/1|2", "2");
    expect_table("a,b\n\"x, y\",2\n", "a|b/x, y|2", "2");
    expect_table("a,b\n\"\"\"\",\"say \"\"hi\"\"\"\n", "a|b/\"|say \"hi\"", "2");
    expect_table("a,b\n\"\",\n", "a|b/|", "2");
    expect_table("a\n\"\"\n", "a/", "2");
    expect_table("a,b\n \" x \" , \"y\"\t\n", "a|b/ x |y", "2");
    expect_table("a,b\n\"1\r\n2\n3\r4\",5\n6,7\n", "a|b/1\r\n2\n3\r4|5/6|7", "2 6");
    expect_table("\"a\nb\"\n1\n", "a\nb/1", "3");
    expect_table("a,b\n\"x\",\"y\"", "a|b/x|y", "2");
}

static void test_refused(void **state) {
    (void)state;
    static const struct {
        const char *text, *sentence;
        size_t size; /* 0: up to the terminator */
    } cases[] = {
        {"", "has no header line", 0},
        {"\n \r\n", "has no header line", 0},
        {"a,b\n", "has no rows after the header line", 0},
        {"a,b\n1\n", "line 2 has 1 fields, but the header has 2", 0},
        {"a,b\n1,2\n\n1,2,3\n", "line 4 has 3 fields, but the header has 2", 0},
        {"a,b\n\"1\n\n2\"\n", "line 2 has 1 fields, but the header has 2", 0},
        {"a,b\n1,\"2\n3,4\n", "line 2: a quote is not closed", 0},
        {"a\n\"", "line 2: a quote is not closed", 0},
        {"a\n\"\"\"", "line 2: a quote is not closed", 0},
        {"a,b\n1,\"2\"x\n", "line 2: text follows a closing quote", 0},
        {"a\n\n\"1\n2\" 3\n", "line 4: text follows a closing quote", 0},
        {"a,b\n1,2\"\n", "line 2: a quote inside a field", 0},
        {"a\nb\n\xff\n", "line 3 is not valid UTF-8", 0},
        {"a\r\nb\xc3", "line 2 is not valid UTF-8", 0},
        {"a\r\rb\x1b[31m", "line 3 holds a control character", 0},
        {"a\nb\0c\n", "line 2 holds a control character", 6},
        {"a\nb\0", "line 2 holds a control character", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct csv_table table;
        struct io_error error = {""};
        const size_t size = cases[i].size ? cases[i].size : strlen(cases[i].text);
        assert_false(parse(&table, cases[i].text, size, &error));
        if (!strstr(error.text, cases[i].sentence))
            fail_msg("case %zu: got \"%s\"", i, error.text);
        assert_null(table.field);
        csv_table_close(&table);
    }
}

static void test_find(void **state) {
    (void)state;
    static const char text[] = "x,y,x,\n1,2,3,4\n";
    struct csv_table table;
    struct io_error error = {""};
    int64_t column;
    assert_true(parse(&table, text, sizeof text - 1, &error));
    assert_true(csv_table_find(&table, "y", &column, &error));
    assert_int_equal(column, 1);
    assert_true(csv_table_find(&table, "", &column, &error));
    assert_int_equal(column, 3);
    assert_true(csv_table_find(&table, "z", &column, &error));
    assert_int_equal(column, -1);
    assert_false(csv_table_find(&table, "x", &column, &error));
    assert_string_equal(error.text, "columns 1 and 3 are both named 'x'");
    csv_table_close(&table);
}

/* Errors name the file. */
static void test_files(void **state) {
    (void)state;
    char path[] = "/tmp/test_csv.XXXXXX";
    const int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "a,b\n1\n", 6), 6);
    close(descriptor);
    struct csv_table table;
    struct io_error error = {""};
    assert_false(csv_table_open(&table, path, &error));
    assert_memory_equal(error.text, path, strlen(path));
    assert_non_null(strstr(error.text, ": line 2 has 1 fields"));
    unlink(path);
    assert_false(csv_table_open(&table, path, &error));
    assert_memory_equal(error.text, path, strlen(path));
    csv_table_close(&table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_blanks),
        cmocka_unit_test(test_quotes), cmocka_unit_test(test_refused),
        cmocka_unit_test(test_find),   cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
