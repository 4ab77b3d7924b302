#include "common/robustness_plot.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "common/gnuplot_run.h"
#include "common/program_run.h"
#include "common/utf8.h"

/* All lengths in pixels at scale 1. */
enum {
    PANEL_WIDTH = 400,
    PANEL_HEIGHT = 380,
    HEAD = 84,
    HEAD_WIDTH = 700,
    LEFT = 62,
    BELOW = 56,
    GAP = 26
};
enum { LINE_POINTS = 65, MOST_LABELS = 20, LABEL_WIDTH = 22, LABEL_HEIGHT = 15, LETTER = 9 };

/* Part of an axis, in logits. */
struct range {
    double low, high;
};

static double logit(double accuracy) {
    return log(accuracy / (100 - accuracy));
}

static double percent(double logit_value) {
    return 100 / (1 + exp(-logit_value));
}

/* Makes room for an accuracy; 0 and 100 are drawn at the edge. */
static void include(struct range *range, double accuracy) {
    if (!(accuracy > 0 && accuracy < 100))
        return;
    range->low = fmin(range->low, logit(accuracy));
    range->high = fmax(range->high, logit(accuracy));
}

static struct range widened(struct range range) {
    const double margin = fmax(0.07 * (range.high - range.low), 0.02);
    return (struct range){range.low - margin, range.high + margin};
}

static double place(double accuracy, const struct range *range) {
    return accuracy <= 0 ? range->low : accuracy >= 100 ? range->high : logit(accuracy);
}

static struct range reference_range(const struct accuracy_table *table) {
    struct range range = {INFINITY, -INFINITY};
    for (int64_t m = 0; m < table->models; m++)
        include(&range, table->reference[m]);
    return widened(range);
}

static struct range shifted_range(const struct accuracy_table *table, int64_t shift) {
    struct range range = {INFINITY, -INFINITY};
    for (int64_t m = 0; m < table->models; m++)
        include(&range, table->shifted[m * table->shifts + shift]);
    return widened(range);
}

/* Round percentages, the roundest first, as long as they keep a distance: on this scale no constant
 * step does. */
static void put_tics(FILE *out, char axis, struct range range) {
    static const double steps[] = {50, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01};
    enum { ENOUGH = 4, MOST = 8 };
    const double spacing = (range.high - range.low) / MOST;
    double taken[MOST + 1];
    int count = 0;
    fprintf(out, "set %ctics nomirror out scale 0.5 textcolor rgb '" PLOT_GREY "' (", axis);
    for (size_t i = 0; i < sizeof steps / sizeof *steps && count < ENOUGH; i++)
        for (double at = ceil(percent(range.low) / steps[i]) * steps[i];
             at < fmin(percent(range.high), 100 - steps[i] / 2); at += steps[i]) {
            bool apart = at > 0;
            for (int t = 0; t < count; t++)
                apart = apart && fabs(logit(at) - taken[t]) >= spacing;
            if (!apart || count > MOST)
                continue;
            fprintf(out, "%s'%g' %.6f", count > 0 ? ", " : "", at, logit(at));
            taken[count++] = logit(at);
        }
    fputs(")\n", out);
}

/* Across the page: panels in a row, and rows. */
static int columns_of(int64_t shifts) {
    return shifts <= 3 ? (int)shifts : shifts == 4 ? 2 : shifts <= 12 ? 3 : 5;
}

static void put_page(FILE *out, const struct robustness_report *report, enum plot_format format) {
    const struct accuracy_table *table = report->table;
    const int across = columns_of(table->shifts);
    const int rows = ((int)table->shifts + across - 1) / across;
    const int panels = across * PANEL_WIDTH + GAP;
    const int width = panels < HEAD_WIDTH ? HEAD_WIDTH : panels;
    const int height = HEAD + rows * PANEL_HEIGHT;
    char text[256];
    plot_page_begin(out, format, width, height);
    fputs("set multiplot\nunset key\n", out);
    snprintf(text, sizeof text, "Accuracy under shift of %" PRId64 " models", table->models);
    plot_label(out, text, "at screen across(20),down(24) left font ',17'");
    plot_label(out, "●", "at screen across(20),down(50) left textcolor rgb '" PLOT_BLUE "'");
    plot_label(out, "baseline", "at screen across(34),down(50) left");
    plot_label(out, "◆", "at screen across(110),down(50) left textcolor rgb '" PLOT_VERMILION "'");
    plot_label(out, "other model", "at screen across(124),down(50) left");
    plot_label(out, "blue line: fit ± 2 standard errors   grey: no loss under the shift",
               "at screen across(230),down(50) left textcolor rgb '" PLOT_GREY "'");
}

/* beta and its error at points across the panels, which share this axis. */
struct lines {
    struct range x;
    double accuracy[LINE_POINTS];
    double *beta, *error; /* LINE_POINTS x shifts */
};

/* The line of one shift, and two standard errors about it. Two baselines have no error, and
 * so no band. */
static bool put_line(FILE *out, const struct robustness_report *report, const struct lines *lines,
                     int64_t shift) {
    bool band = true;
    fputs("$line << END\n", out);
    for (int i = 0; i < LINE_POINTS; i++) {
        const double x = logit(lines->accuracy[i]);
        const double z = report->fits.slope[shift] * x + report->fits.intercept[shift];
        const double beta = lines->beta[i * report->table->shifts + shift];
        const double error = lines->error[i * report->table->shifts + shift];
        const double step = 2 * error * 100 / (beta * (100 - beta));
        band = band && isfinite(step);
        fprintf(out, "%.6f %.6f %.6f %.6f\n", x, z, isfinite(step) ? z - step : z,
                isfinite(step) ? z + step : z);
    }
    fputs("END\n", out);
    return band;
}

/* Baselines or the others; returns how many. */
static int64_t put_points(FILE *out, const char *name, bool baselines,
                          const struct accuracy_table *table, int64_t shift, struct range x,
                          struct range y) {
    int64_t count = 0;
    fprintf(out, "$%s << END\n", name);
    for (int64_t m = 0; m < table->models; m++) {
        const double accuracy = table->shifted[m * table->shifts + shift];
        if (table->is_baseline[m] != baselines || isnan(accuracy))
            continue;
        fprintf(out, "%.6f %.6f\n", place(table->reference[m], &x), place(accuracy, &y));
        count++;
    }
    fputs("END\n", out);
    return count;
}

/* Models that are no baselines and were measured, from the lowest to the highest. Returns how many
 * there are, of which `list` holds the first MOST_LABELS in the table. */
static int64_t list_others(const struct accuracy_table *table, int64_t shift,
                           int64_t list[MOST_LABELS]) {
    int64_t count = 0;
    for (int64_t m = 0; m < table->models; m++) {
        const double accuracy = table->shifted[m * table->shifts + shift];
        if (table->is_baseline[m] || isnan(accuracy) || count++ >= MOST_LABELS)
            continue;
        int64_t at = count - 1;
        for (; at > 0 && table->shifted[list[at - 1] * table->shifts + shift] > accuracy; at--)
            list[at] = list[at - 1];
        list[at] = m;
    }
    return count;
}

/* A name beside a point, in logits. */
struct label {
    double left, right, y;
};

/* Pushes a label up until it is clear of the earlier ones, which begin no higher. */
static void place_label(struct label *label, const struct label *earlier, int64_t count,
                        double height) {
    for (int64_t i = 0; i < count; i++) {
        const struct label *other = &earlier[i];
        if (label->left < other->right && other->left < label->right &&
            fabs(label->y - other->y) < height * 0.999) {
            label->y = other->y + height;
            i = -1;
        }
    }
}

/* Names of models that are no baselines; none where there would be too many. */
static void put_labels(FILE *out, const struct accuracy_table *table, int64_t shift, struct range x,
                       struct range y) {
    const double height = (y.high - y.low) * LABEL_HEIGHT / (PANEL_HEIGHT - BELOW - GAP);
    const double letter = (x.high - x.low) * LETTER / (PANEL_WIDTH - LEFT);
    int64_t list[MOST_LABELS];
    struct label labels[MOST_LABELS];
    const int64_t count = list_others(table, shift, list);
    for (int64_t i = 0; i < count && count <= MOST_LABELS; i++) {
        const double at = place(table->reference[list[i]], &x);
        const bool left = at > x.low + 0.55 * (x.high - x.low);
        char name[8 * LABEL_WIDTH];
        const double width =
            letter *
            utf8_fit(name, sizeof name, accuracy_model_name(table, list[i]), LABEL_WIDTH, false);
        labels[i] = (struct label){left ? at - width : at, left ? at : at + width,
                                   place(table->shifted[list[i] * table->shifts + shift], &y)};
        place_label(&labels[i], labels, i, height);
        plot_label(out, name,
                   "at first %.6f,%.6f %s offset character %d,0 font ',11' textcolor rgb '#8f3f00' "
                   "front",
                   at, labels[i].y, left ? "right" : "left", left ? -1 : 1);
    }
}

static void put_axes(FILE *out, const struct accuracy_table *table, int64_t shift, struct range x,
                     struct range y) {
    char name[8 * LABEL_WIDTH];
    fprintf(out, "set xrange [%.6f:%.6f]\nset yrange [%.6f:%.6f]\n", x.low, x.high, y.low, y.high);
    put_tics(out, 'x', x);
    put_tics(out, 'y', y);
    fputs("set border 3 linecolor rgb '#999999'\n"
          "set grid xtics ytics back linetype 1 linecolor rgb '#e4e4e4' linewidth 0.8\n"
          "set xlabel ",
          out);
    utf8_fit(name, sizeof name, accuracy_reference_name(table), LABEL_WIDTH, false);
    gnuplot_put_string(out, name);
    fputs(" offset 0,0.3\nset title ", out);
    utf8_fit(name, sizeof name, accuracy_shift_name(table, shift), 2 * LABEL_WIDTH, false);
    gnuplot_put_string(out, name);
    fputs(" offset 0,-0.4\n", out);
}

static void put_panel(FILE *out, const struct robustness_report *report, const struct lines *lines,
                      int64_t shift) {
    const struct accuracy_table *table = report->table;
    const struct range x = lines->x;
    const struct range y = shifted_range(table, shift);
    const int across = columns_of(table->shifts);
    const int left = (int)shift % across * PANEL_WIDTH + LEFT;
    const int top = HEAD + (int)shift / across * PANEL_HEIGHT + GAP;
    fprintf(out,
            "set lmargin at screen across(%d)\nset rmargin at screen across(%d)\n"
            "set tmargin at screen down(%d)\nset bmargin at screen down(%d)\n",
            left, left + PANEL_WIDTH - LEFT, top, top + PANEL_HEIGHT - BELOW - GAP);
    put_axes(out, table, shift, x, y);
    const bool band = put_line(out, report, lines, shift);
    const int64_t baselines = put_points(out, "baselines", true, table, shift, x, y);
    const int64_t others = put_points(out, "others", false, table, shift, x, y);
    put_labels(out, table, shift, x, y);
    fputs("plot x with lines linecolor rgb '#bbbbbb' dashtype 3", out);
    if (band)
        fputs(", $line using 1:3:4 with filledcurves fillcolor rgb '" PLOT_BLUE
              "' fillstyle transparent solid 0.15 noborder",
              out);
    fputs(", $line using 1:2 with lines linewidth 1.5 linecolor rgb '" PLOT_BLUE "'", out);
    if (baselines > 0)
        fputs(", $baselines with points pointtype 7 pointsize mark*0.55 linecolor rgb '" PLOT_BLUE
              "'",
              out);
    if (others > 0)
        fputs(", $others with points pointtype 13 pointsize mark*1.0 linecolor rgb '" PLOT_VERMILION
              "'",
              out);
    fputs("\nunset label\n", out);
}

static bool compute_lines(struct lines *lines, const struct robustness_report *report,
                          latent_context *context, struct io_error *error) {
    const struct range x = reference_range(report->table);
    const int64_t shifts = report->table->shifts;
    const size_t count = LINE_POINTS * (size_t)shifts;
    lines->x = x;
    for (int i = 0; i < LINE_POINTS; i++)
        lines->accuracy[i] = percent(x.low + (x.high - x.low) * i / (LINE_POINTS - 1));
    lines->beta = malloc(2 * count * sizeof *lines->beta);
    if (!lines->beta)
        return io_fail_memory(error, 16.0 * (double)count);
    lines->error = lines->beta + count;
    const latent_status status =
        latent_robustness_predict(context, &report->fits, shifts, lines->accuracy, LINE_POINTS,
                                  lines->beta, lines->error, NULL);
    return status == LATENT_OK || program_fail_call(error, context, status);
}

/* What there is to draw. */
struct picture {
    const struct robustness_report *report;
    const struct lines *lines;
};

static void write_script(FILE *out, const void *what, enum plot_format format) {
    const struct picture *picture = what;
    const struct robustness_report *report = picture->report;
    put_page(out, report, format);
    for (int64_t s = 0; s < report->table->shifts; s++)
        put_panel(out, report, picture->lines, s);
    fputs("unset multiplot\n", out);
}

bool robustness_plot_draw(int output, const struct robustness_report *report,
                          latent_context *context, enum plot_format format,
                          struct io_error *error) {
    struct lines lines = {.beta = NULL};
    const struct picture picture = {report, &lines};
    const bool ok = compute_lines(&lines, report, context, error) &&
                    plot_draw(output, write_script, &picture, format, error);
    free(lines.beta);
    return ok;
}
