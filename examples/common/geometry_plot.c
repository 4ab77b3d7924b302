#include "common/geometry_plot.h"

#include <inttypes.h>
#include <math.h>

#include "common/plot_axis.h"
#include "common/table_text.h"

/* All lengths in pixels. */
enum { WIDTH = 1060, HEIGHT = 560, ABOVE = 90, LINE = 20, SHOWN = 3, GEOMETRY_NAME = 128 };

static const struct plot_panel left_panel = {72, 470, 176, 500};
static const struct plot_panel right_panel = {560, 945, 176, 500};

/* From a short step to a long one. */
static const char *const step_colours[SHOWN] = {PLOT_BLUE, "#56b4e9", "#cc79a7"};
static const char *const family_colours[GEOMETRY_FAMILIES] = {PLOT_BLUE, PLOT_GREEN, PLOT_VERMILION,
                                                              "#222222", "#cc79a7"};

static void put_heading(FILE *out, const struct geometry_report *report) {
    char text[256], number[PLOT_NUMBER];
    snprintf(text, sizeof text, "How changes of image %" PRId64 " move its latent vector",
             report->request.image);
    plot_label(out, text, "at screen across(20),down(26) left font ',17' front");
    snprintf(text, sizeof text,
             "%" PRId64 " pixels, %" PRId64
             " features     stable rank %s     L = ‖f(x + ε v) − f(x)‖ / ε for directions v of "
             "length 1",
             report->inputs, report->outputs, plot_number(number, report->jacobian.stable_rank));
    plot_label(out, text, "at screen across(20),down(52) left textcolor rgb '" PLOT_GREY "' front");
}

static void put_key(FILE *out, const struct plot_panel *panel, int across, int row,
                    const char *colour, const char *text) {
    const int down = panel->top - ABOVE + (row + 1) * LINE;
    plot_label(out, "●", "at screen across(%d),down(%d) left textcolor rgb '%s'",
               panel->left + across, down, colour);
    plot_label(out, text, "at screen across(%d),down(%d) left", panel->left + across + 16, down);
}

/* Room for all that is positive, but for singular values that are zero up to rounding. */
static struct plot_axis value_axis(const struct geometry_report *report) {
    double low = report->jacobian.sigma[0], high = report->jacobian.sigma[0];
    for (int64_t i = 0; i < report->jacobian.rank; i++)
        if (report->jacobian.sigma[i] > 1e-9 * report->jacobian.sigma[0])
            low = fmin(low, report->jacobian.sigma[i]);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        for (int e = 0; report->family[f].directions > 0 && e < report->request.epsilons; e++) {
            const struct geometry_spread *spread = &report->family[f].spread[e];
            if (f != GEOMETRY_RIGHT && spread->low > 0)
                low = fmin(low, spread->low);
            high = fmax(high, spread->most);
        }
    if (!(high > 0))
        return (struct plot_axis){true, 0, -1, 0};
    low = log10(fmax(low, 1e-9 * high));
    return (struct plot_axis){true, 0, low - 0.1, fmax(log10(high), low + 1) + 0.15};
}

static void put_y_axis(FILE *out, const struct plot_axis *axis) {
    fprintf(out, "set yrange [%.9g:%.9g]\n", axis->low, axis->high);
    plot_axis_tics(out, 'y', axis);
}

/* A number's place on the axis; what lies below it, zero too, is drawn outside. */
static double place(const struct plot_axis *axis, double value) {
    return value > 0 ? fmax(log10(value), axis->low - 9) : axis->low - 9;
}

/* Which of the step lengths are drawn beside the spectrum: the first, the middle and the last. */
static int shown_steps(const struct geometry_report *report, int list[SHOWN]) {
    const int last = (int)report->request.epsilons - 1;
    const int candidates[SHOWN] = {0, last / 2, last};
    int count = 0;
    for (int i = 0; i < SHOWN; i++)
        if (i == 0 || candidates[i] > candidates[i - 1])
            list[count++] = candidates[i];
    return count;
}

static void put_spectrum(FILE *out, const struct geometry_report *report,
                         const struct plot_axis *axis) {
    const struct geometry_constants *right = &report->family[GEOMETRY_RIGHT];
    int shown[SHOWN];
    const int count = shown_steps(report, shown);
    plot_panel_begin(out, &left_panel, ABOVE,
                     "Singular values σ, and L along the singular vectors");
    put_y_axis(out, axis);
    fprintf(out,
            "set xrange [%.9g:%.9g]\nset xtics auto\n"
            "set xlabel 'index i, from the largest singular value on' textcolor rgb '" PLOT_GREY
            "'\n$sigma << END\n",
            1 - 0.02 * (double)report->jacobian.rank, 1.02 * (double)report->jacobian.rank + 0.5);
    for (int64_t i = 0; i < report->jacobian.rank; i++)
        fprintf(out, "%" PRId64 " %.6f\n", i + 1, place(axis, report->jacobian.sigma[i]));
    fputs("END\n", out);
    put_key(out, &left_panel, 0, 0, "#999999", "σᵢ: how fast the latent vector moves along vᵢ");
    for (int s = 0; s < count; s++) {
        char text[64];
        snprintf(text, sizeof text, "ε = %g", report->request.epsilon[shown[s]]);
        put_key(out, &left_panel, 20 + 120 * s, 1, step_colours[s], text);
        fprintf(out, "$step%d << END\n-9 -999\n", s);
        for (int64_t i = 0; i < right->directions; i++)
            fprintf(out, "%" PRId64 " %.6f\n", i + 1,
                    place(axis, right->value[i * report->request.epsilons + shown[s]]));
        fputs("END\n", out);
    }
    fputs("plot $sigma using 1:2 with lines linewidth 4 linecolor rgb '#bbbbbb'", out);
    for (int s = count - 1; s >= 0; s--)
        fprintf(out,
                ", $step%d using 1:2 with points pointtype 7 pointsize mark*0.5 linecolor rgb "
                "'%s'",
                s, step_colours[s]);
    fputc('\n', out);
}

/* A horizontal line at a value, named to its right; 0 has no place. */
static void put_level(FILE *out, double value, const char *name) {
    const double at = log10(value);
    if (!(value > 0))
        return;
    fprintf(out,
            "set arrow from graph 0, first %.6f to graph 1, first %.6f nohead back linewidth 1 "
            "dashtype 2 linecolor rgb '#777777'\n",
            at, at);
    plot_label(
        out, name,
        "at graph 1, first %.6f left offset screen across(5),0 textcolor rgb '" PLOT_GREY "'", at);
}

/* Lines: log10 ε, the smallest, low, median, high and largest value. One step alone gets a width. */
static void put_family(FILE *out, const struct geometry_report *report,
                       const struct plot_axis *axis, int family) {
    const struct geometry_request *request = &report->request;
    const int repeats = request->epsilons == 1 ? 2 : 1;
    fprintf(out, "$family%d << END\n", family);
    for (int e = 0; e < request->epsilons; e++)
        for (int r = 0; r < repeats; r++) {
            const struct geometry_spread *spread = &report->family[family].spread[e];
            fprintf(out, "%.6f %.6f %.6f %.6f %.6f %.6f\n",
                    log10(request->epsilon[e]) + (repeats == 2 ? 0.2 * r - 0.1 : 0),
                    place(axis, family == GEOMETRY_RIGHT ? report->family[family].value[e]
                                                         : spread->least),
                    place(axis, spread->low), place(axis, spread->median),
                    place(axis, spread->high), place(axis, spread->most));
        }
    fputs("END\n", out);
}

/* Which column of its data a family's line shows. */
static int column_of(int family) {
    return family == GEOMETRY_RIGHT ? 2 : family == GEOMETRY_ASCENT ? 6 : 4;
}

/* A number in digits below the line, such as v₆₄ has. Returns `text`. */
static const char *below_line(char text[64], int64_t number) {
    char digits[24];
    char *at = text;
    snprintf(digits, sizeof digits, "%" PRId64, number);
    for (const char *digit = digits; *digit; digit++)
        at += sprintf(at, "\xe2\x82%c", '\x80' + (*digit - '0'));
    return text;
}

/* Returns `text`. */
static const char *name_family(char text[GEOMETRY_NAME], const struct geometry_report *report,
                               int family) {
    static const char *const names[GEOMETRY_FAMILIES] = {
        [GEOMETRY_RIGHT] = "first singular vector, v₁",
        [GEOMETRY_GAUSSIAN] = "random: 5 %, median, 95 %",
        [GEOMETRY_ASCENT] = "largest found by ascent",
        [GEOMETRY_DISPLACEMENT] = "towards the match"};
    char index[64];
    if (family == GEOMETRY_PROJECTED)
        snprintf(text, GEOMETRY_NAME, "random, without v₁ … v%s",
                 below_line(index, report->jacobian.rank));
    else
        snprintf(text, GEOMETRY_NAME, "%s", names[family]);
    return text;
}

static void put_families(FILE *out, const struct geometry_report *report,
                         const struct plot_axis *axis) {
    const struct geometry_request *request = &report->request;
    const double low = log10(request->epsilon[0]);
    const double high = log10(request->epsilon[request->epsilons - 1]);
    const double margin = high > low ? 0.03 * (high - low) : 0.5;
    const struct plot_axis x = {true, 0, low - margin, high + margin};
    int row = 0;
    char text[GEOMETRY_NAME], number[PLOT_NUMBER];
    plot_panel_begin(out, &right_panel, ABOVE, "L of families of directions, against the step ε");
    put_y_axis(out, axis);
    fprintf(out,
            "set xrange [%.9g:%.9g]\nset xlabel 'ε: length of the step, logarithmic' textcolor rgb "
            "'" PLOT_GREY "'\n",
            x.low, x.high);
    plot_axis_tics(out, 'x', &x);
    snprintf(text, sizeof text, "σ₁ %s", plot_number(number, report->jacobian.sigma[0]));
    put_level(out, report->jacobian.sigma[0], text);
    const double mean = report->jacobian.frobenius / sqrt((double)report->inputs);
    snprintf(text, sizeof text, "‖J‖/√n %s", plot_number(number, mean));
    put_level(out, mean, text);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        if (report->family[f].directions > 0) {
            put_key(out, &right_panel, row % 2 ? 230 : 0, row / 2, family_colours[f],
                    name_family(text, report, f));
            row++;
            put_family(out, report, axis, f);
        }
    fputs("plot ", out);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        if ((f == GEOMETRY_GAUSSIAN || f == GEOMETRY_PROJECTED) && report->family[f].directions > 0)
            fprintf(out,
                    "$family%d using 1:3:5 with filledcurves fillcolor rgb '%s' fillstyle "
                    "transparent solid 0.2 noborder, ",
                    f, family_colours[f]);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        if (report->family[f].directions > 0)
            fprintf(out,
                    "$family%d using 1:%d with linespoints linewidth 2 pointtype 7 pointsize "
                    "mark*0.6 linecolor rgb '%s', ",
                    f, column_of(f), family_colours[f]);
    fputs("1/0\n", out);
}

static void write_script(FILE *out, const void *what, enum plot_format format) {
    const struct geometry_report *report = what;
    const struct plot_axis axis = value_axis(report);
    plot_page_begin(out, format, WIDTH, HEIGHT);
    fputs("set multiplot\n", out);
    put_heading(out, report);
    put_spectrum(out, report, &axis);
    fputs("unset label\n", out);
    put_families(out, report, &axis);
    fputs("unset multiplot\n", out);
}

bool geometry_plot_draw(int output, const struct geometry_report *report, enum plot_format format,
                        struct io_error *error) {
    return plot_draw(output, write_script, report, format, error);
}
