/* What is read from the command line, and bars of tables. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/moments_report.h"
#include "common/program_options.h"
#include "common/table_text.h"

static void expect_sentence(const struct io_error *error, const char *piece) {
    if (!strstr(error->text, piece))
        fail_msg("\"%s\" does not say \"%s\"", error->text, piece);
}

static void numbers_are_whole_and_in_range(void **state) {
    (void)state;
    struct io_error error;
    int64_t value = 0;
    assert_true(option_number("top", "-3", -3, 3, &value, &error));
    assert_int_equal(value, -3);
    assert_true(option_number("top", "9223372036854775807", 0, INT64_MAX, &value, &error));
    assert_true(value == INT64_MAX);
    static const struct {
        const char *text, *reason;
    } cases[] = {{"", "'' is no whole number"}, {"1 ", "'1 ' is no whole number"},
                 {"0x10", "no whole number"},   {"4", "4 is not in -3 ... 3"},
                 {"-4", "-4 is not in"},        {"9223372036854775808", "not in"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_false(option_number("top", cases[i].text, -3, 3, &value, &error));
        expect_sentence(&error, "--top: ");
        expect_sentence(&error, cases[i].reason);
    }
}

static void positive_numbers_are_finite(void **state) {
    (void)state;
    struct io_error error;
    double value = 0;
    assert_true(option_positive("share", "1", 1, &value, &error));
    assert_true(value == 1);
    assert_true(option_positive("share", "2.5e-3", (double)INFINITY, &value, &error));
    assert_true(value == 2.5e-3);
    static const char *const refused[] = {"", "x", "1,5", "0", "-1", "1.5", "nan", "inf", "1e999"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(option_positive("share", refused[i], 1, &value, &error));
        expect_sentence(&error, "--share: ");
    }
    assert_false(option_positive("share", "inf", (double)INFINITY, &value, &error));
    expect_sentence(&error, "not positive and finite");
}

static void shares_end_at_0_and_1(void **state) {
    (void)state;
    struct io_error error;
    double value = -1;
    assert_true(option_share("threshold", "0", &value, &error) && value == 0);
    assert_true(option_share("threshold", "1", &value, &error) && value == 1);
    assert_true(option_share("threshold", "2.5e-1", &value, &error) && value == 0.25);
    static const char *const refused[] = {"", "x", "0,5", "1 ", "-1e-9", "1.0001", "nan", "inf"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(option_share("threshold", refused[i], &value, &error));
        expect_sentence(&error, "--threshold: ");
    }
    expect_sentence(&error, "inf is not in 0 ... 1");
}

static void seeds_have_64_bits(void **state) {
    (void)state;
    struct io_error error;
    uint64_t seed = 1;
    assert_true(option_seed("seed", "0", &seed, &error) && seed == 0);
    assert_true(option_seed("seed", "18446744073709551615", &seed, &error) && seed == UINT64_MAX);
    static const char *const refused[] = {"", "x", "-1", "+1", " 1", "1 ", "18446744073709551616"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(option_seed("seed", refused[i], &seed, &error));
        expect_sentence(&error, "no whole number from 0 to 2^64 - 1");
    }
}

static void memory_has_units(void **state) {
    (void)state;
    struct io_error error;
    int64_t bytes = 0;
    assert_true(option_memory("memory", "17", &bytes, &error) && bytes == 17);
    assert_true(option_memory("memory", "3K", &bytes, &error) && bytes == 3 << 10);
    assert_true(option_memory("memory", "3M", &bytes, &error) && bytes == 3 << 20);
    assert_true(option_memory("memory", "3G", &bytes, &error) && bytes == (int64_t)3 << 30);
    static const char *const refused[] = {"",  "K",    "0",           "-1",
                                          "k", "1 K ", "8589934592G", "1111111111111111111111111"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        assert_false(option_memory("memory", refused[i], &bytes, &error));
        expect_sentence(&error, "--memory: ");
    }
}

static void choices_are_whole_words(void **state) {
    (void)state;
    static const char *const words[] = {"raise", "omit", "propagate", NULL};
    struct io_error error;
    int place = -1;
    for (int i = 0; i < 3; i++) {
        assert_true(option_choice("nan-policy", words[i], words, &place, &error));
        assert_int_equal(place, i);
    }
    assert_false(option_choice("nan-policy", "omi", words, &place, &error));
    assert_string_equal(error.text, "--nan-policy: 'omi' is neither raise nor omit nor propagate");
}

static void bars_are_as_long_as_their_part(void **state) {
    (void)state;
    static const struct {
        double part, whole;
        bool ascii;
        const char *expected;
    } cases[] = {
        {0, 8, false, ""},    {1, 1000000, false, "▏"}, {8, 8, false, "████"},
        {4, 8, false, "██"},  {3, 8, false, "█▌"},      {0, 0, false, ""},
        {1, 1000, true, "#"}, {4, 8, true, "##"},       {5, 8, true, "###"},
        {8, 8, true, "####"}, {0, 8, true, ""},         {1e308, 1e308, false, "████"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[3 * 4 + 1];
        table_bar(text, cases[i].part, cases[i].whole, 4, cases[i].ascii);
        assert_string_equal(text, cases[i].expected);
    }
}

static void criteria_have_names(void **state) {
    (void)state;
    const char *names[4];
    moments_criteria_names(0, names);
    assert_null(names[0]);
    moments_criteria_names(LATENT_BY_SIGMA, names);
    assert_string_equal(names[0], "sigma");
    assert_null(names[1]);
    moments_criteria_names(LATENT_BY_MAGNITUDE | LATENT_BY_SIGMA | LATENT_BY_RATIO, names);
    assert_string_equal(names[0], "magnitude");
    assert_string_equal(names[1], "sigma");
    assert_string_equal(names[2], "ratio");
    assert_null(names[3]);
}

/* What a stream that is printed to holds. */
static void expect_printed(FILE *stream, const char *expected) {
    char text[64] = "";
    rewind(stream);
    const size_t size = fread(text, 1, sizeof text - 1, stream);
    text[size] = '\0';
    assert_string_equal(text, expected);
    assert_int_equal(fclose(stream), 0);
}

static void figures_fit_into_ten_columns(void **state) {
    (void)state;
    static const struct {
        double value;
        bool ascii;
        const char *expected;
    } cases[] = {{0, true, "    0.0000"},
                 {-1.25, true, "   -1.2500"},
                 {1234.5678, true, "   1234.57"},
                 {123456, true, "  1.23e+05"},
                 {-2e-5, true, " -2.00e-05"},
                 {(double)NAN, true, "         -"},
                 {(double)NAN, false, "         –"},
                 {(double)INFINITY, false, "         ∞"},
                 {-(double)INFINITY, true, "      -inf"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        FILE *stream = tmpfile();
        assert_non_null(stream);
        print_figure(stream, cases[i].value, 10, cases[i].ascii);
        expect_printed(stream, cases[i].expected);
    }
    FILE *stream = tmpfile();
    assert_non_null(stream);
    print_share(stream, 0.12345, 9, 1);
    print_share(stream, 1, 10, 2);
    expect_printed(stream, "   12.3 %  100.00 %");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_whole_and_in_range),
        cmocka_unit_test(positive_numbers_are_finite),
        cmocka_unit_test(shares_end_at_0_and_1),
        cmocka_unit_test(seeds_have_64_bits),
        cmocka_unit_test(memory_has_units),
        cmocka_unit_test(choices_are_whole_words),
        cmocka_unit_test(bars_are_as_long_as_their_part),
        cmocka_unit_test(criteria_have_names),
        cmocka_unit_test(figures_fit_into_ten_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
