/* The violin plot: density, quartiles, and what reaches gnuplot. */
#define _XOPEN_SOURCE 700

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/gnuplot_run.h"
#include "common/kstar_violin.h"
#include "common/plot_page.h"
#include "common/share_density.h"

static double integral(const double *density) {
    double sum = 0.5 * (density[0] + density[DENSITY_POINTS - 1]);
    for (int i = 1; i < DENSITY_POINTS - 1; i++)
        sum += density[i];
    return sum / (DENSITY_POINTS - 1);
}

/* The defining sum, over the values themselves. */
static double direct_density(const double *values, int n, double h, double x) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const double images[3] = {values[i], -values[i], 2 - values[i]};
        for (int k = 0; k < 3; k++) {
            const double z = (x - images[k]) / h;
            sum += exp(-0.5 * z * z);
        }
    }
    return sum / (n * h * sqrt(2 * M_PI));
}

static void density_is_the_defining_sum(void **state) {
    (void)state;
    /* Values between the 1001 places too: spreading a value over two neighbours h/10 apart changes
     * the kernel by at most 1/8 of the squared spacing times its second derivative. */
    const double values[7] = {0.01, 0.1234567, 0.2, 0.2, 0.55555, 0.98765, 1};
    const double widths[3] = {0.02, 0.1, 0.25};
    for (int w = 0; w < 3; w++) {
        const double h = widths[w];
        double density[DENSITY_POINTS];
        share_density(values, 7, h, density);
        const double tolerance = 1e-6 / 8 / (h * h * h) + 1e-12;
        for (int i = 0; i < DENSITY_POINTS; i++) {
            const double x = (double)i / (DENSITY_POINTS - 1);
            assert_true(fabs(density[i] - direct_density(values, 7, h, x)) < tolerance);
        }
    }
}

static void density_keeps_its_mass(void **state) {
    (void)state;
    /* At the very ends, where half of a kernel without reflection would be lost. */
    const double values[5] = {0.001, 0.001, 0.5, 1, 1};
    const double widths[3] = {0.005, 0.08, 0.25};
    for (int w = 0; w < 3; w++) {
        double density[DENSITY_POINTS];
        share_density(values, 5, widths[w], density);
        assert_true(fabs(integral(density) - 1) < 1e-3);
    }
}

static void density_is_symmetric(void **state) {
    (void)state;
    const double values[3] = {0.1, 0.3, 0.85}, mirrored[3] = {0.15, 0.7, 0.9};
    double a[DENSITY_POINTS], b[DENSITY_POINTS];
    share_density(values, 3, 0.07, a);
    share_density(mirrored, 3, 0.07, b);
    for (int i = 0; i < DENSITY_POINTS; i++)
        assert_true(fabs(a[i] - b[DENSITY_POINTS - 1 - i]) < 1e-9);
}

static void bandwidth_follows_silverman(void **state) {
    (void)state;
    double values[32];
    for (int i = 0; i < 32; i++)
        values[i] = i < 16 ? 0.25 : 0.75; /* s = 0.25, IQR / 1.34 = 0.373; 32^(-1/5) = 1/2 */
    assert_true(fabs(share_bandwidth(values, 32) - 0.9 * 0.25 / 2) < 1e-12);
    values[0] = 0; /* quartiles 0.25, 0.75 still, but s is larger than before */
    values[31] = 1;
    for (int i = 1; i < 31; i++)
        values[i] = i < 8 ? 0.49 : i < 24 ? 0.5 : 0.51;
    /* Quartiles at the places 7.75 and 23.25: 0.4975 and 0.5025. Then 0.9 0.005 / 1.34 / 2 is below
     * the least width. */
    assert_true(share_bandwidth(values, 32) == 0.005);
    const double ones[3] = {1, 1, 1};
    assert_true(share_bandwidth(ones, 3) == 0.005);
    const double ends[2] = {0.01, 1};
    assert_true(share_bandwidth(ends, 2) == 0.25);
}

static void quantiles_are_linear(void **state) {
    (void)state;
    const double values[4] = {0.1, 0.2, 0.4, 0.8};
    assert_true(fabs(share_quantile(values, 4, 0) - 0.1) < 1e-15);
    assert_true(fabs(share_quantile(values, 4, 0.25) - 0.175) < 1e-15);
    assert_true(fabs(share_quantile(values, 4, 0.5) - 0.3) < 1e-15);
    assert_true(fabs(share_quantile(values, 4, 0.75) - 0.5) < 1e-15);
    assert_true(fabs(share_quantile(values, 4, 1) - 0.8) < 1e-15);
    assert_true(share_quantile(values, 1, 0.75) == 0.1);
}

/* ---- a report of three concepts, made by hand ---- */

static int32_t label[3] = {0, 1, 2};
static int64_t samples[3] = {4, 2, 1};
static double mean[3] = {0.625, 1, 1};
static double deviation[3] = {0.2795, 0, 0};
static double skewness[3] = {0.75, -INFINITY, NAN};
static int32_t pattern[3] = {LATENT_FRACTURED, LATENT_CLUSTERED, LATENT_UNDEFINED};
static int64_t order[3] = {1, 0, 2};
static double share[7] = {0.25, 0.5, 0.75, 1, 1, 1, 1};
static int64_t first[4] = {0, 4, 6, 7};
static const struct kstar_report report = {
    .points = 1000007, /* a number with commas; the plot does not look at the points themselves */
    .dimension = 3,
    .concepts = 3,
    .label = label,
    .samples = samples,
    .mean = mean,
    .std = deviation,
    .skewness = skewness,
    .pattern = pattern,
    .order = order,
    .share = share,
    .first = first,
    .overall = {.concepts = 3, .perfect = 1, .undefined = 1, .gamma = 0.75, .gamma_weighted = 0.75},
};

static char *read_all(FILE *stream) {
    fseek(stream, 0, SEEK_END);
    const long size = ftell(stream);
    rewind(stream);
    char *text = calloc(1, (size_t)size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, stream), size);
    fclose(stream);
    return text;
}

static char *draw(const struct concept_names *names, enum plot_format format) {
    FILE *output = tmpfile();
    struct io_error error = {""};
    assert_non_null(output);
    if (!kstar_violin_draw(fileno(output), &report, names, format, &error))
        fail_msg("%s", error.text);
    return read_all(output);
}

static void strings_cannot_leave_their_quotes(void **state) {
    (void)state;
    FILE *stream = tmpfile();
    assert_non_null(stream);
    gnuplot_put_string(stream, "a'1\n`\\\"\x7fé");
    char *text = read_all(stream);
    assert_string_equal(text, "\"a\\047\\061 \\140\\134\\042 \\303\\251\"");
    free(text);
}

/* Names that would run commands, end the data or break the SVG if they were taken for more than text. */
static void hostile_names_are_text(void **state) {
    (void)state;
    char folder[] = "/tmp/test_violin.XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    char quote[] = "'; system('touch x'); '", command[] = "`touch x`<b>&amp;",
         block[] = "END @x {/Bold ^y} %s \\\"";
    char *lines[3] = {quote, command, block};
    const struct concept_names names = {NULL, lines, 3};
    char *svg = draw(&names, PLOT_SVG);
    assert_int_equal(access("x", F_OK), -1);
    assert_non_null(strstr(svg, "</svg>"));
    assert_non_null(strstr(svg, "system("));
    assert_non_null(strstr(svg, "`touch x`&lt;b>&amp;amp;"));
    assert_null(strstr(svg, "<b>"));
    assert_non_null(strstr(svg, "END @x {/Bold ^y} %s"));
    free(svg);
    assert_int_equal(chdir("/"), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void says_gamma_and_pattern(void **state) {
    (void)state;
    const struct concept_names names = {NULL, NULL, 0};
    char *svg = draw(&names, PLOT_SVG);
    const char *const wanted[] = {"0.75",
                                  "−∞",
                                  "–",
                                  "fractured",
                                  "clustered",
                                  "undefined",
                                  "k* of 1,000,007 points × 3 features"};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        assert_non_null(strstr(svg, wanted[i]));
    free(svg);
    char *png = draw(&names, PLOT_PNG);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    free(png);
}

static void format_is_the_end_of_the_name(void **state) {
    (void)state;
    enum plot_format format;
    struct io_error error;
    assert_true(plot_format_of("a.svg", &format, &error) && format == PLOT_SVG);
    assert_true(plot_format_of("b/a.PNG", &format, &error) && format == PLOT_PNG);
    assert_false(plot_format_of("a.pdf", &format, &error));
    assert_non_null(strstr(error.text, "a.pdf"));
    assert_false(plot_format_of("", &format, &error));
}

static void a_failing_gnuplot_is_an_error(void **state) {
    (void)state;
    struct io_error error = {""};
    assert_true(gnuplot_check(&error));
    FILE *script = tmpfile();
    assert_non_null(script);
    fputs("exit status 3\n", script);
    assert_false(gnuplot_run(script, STDOUT_FILENO, &error));
    assert_non_null(strstr(error.text, "status 3"));
    fclose(script);
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    assert_false(gnuplot_check(&error));
    assert_non_null(strstr(error.text, "gnuplot"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(density_is_the_defining_sum),
        cmocka_unit_test(density_keeps_its_mass),
        cmocka_unit_test(density_is_symmetric),
        cmocka_unit_test(bandwidth_follows_silverman),
        cmocka_unit_test(quantiles_are_linear),
        cmocka_unit_test(strings_cannot_leave_their_quotes),
        cmocka_unit_test(hostile_names_are_text),
        cmocka_unit_test(says_gamma_and_pattern),
        cmocka_unit_test(format_is_the_end_of_the_name),
        cmocka_unit_test(a_failing_gnuplot_is_an_error), /* last: it changes PATH */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
