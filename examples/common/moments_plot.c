#include "common/moments_plot.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/plot_axis.h"
#include "common/table_text.h"
#include "common/value_histogram.h"

/* All lengths in pixels. */
enum {
    WIDTH = 1000,
    HEIGHT = 470,
    TOP = 128,
    BOTTOM = 408,
    ABOVE = 44,
    CELLS = 60,
    LABEL_ROOM = 13
};

static void put_heading(FILE *out, const struct moments_report *report) {
    char samples[32], features[32], kurtosis[32], skewness[32], text[256];
    snprintf(text, sizeof text, "Moments of %s samples × %s features",
             with_commas(samples, report->overall.samples),
             with_commas(features, report->features));
    plot_label(out, text, "at screen across(20),down(26) left font ',17' front");
    snprintf(text, sizeof text,
             "%skurtosis of the model %s   (Gaussian values: %g)     mean skewness %s%s",
             report->request.fisher ? "excess " : "",
             plot_number(kurtosis, report->overall.kurtosis_mean),
             moments_gaussian(&report->request),
             plot_number(skewness, report->overall.skewness_mean),
             report->request.bias == LATENT_UNBIASED ? "     corrected for bias" : "");
    plot_label(out, text, "at screen across(20),down(52) left textcolor rgb '" PLOT_GREY "' front");
}

/* A vertical line, named above the panel: on the outer side, if there is room. */
static void put_line(FILE *out, const struct plot_axis *axis, double value, bool lower,
                     const char *name, int down, const char *colour) {
    const double place = plot_axis_place(axis, value);
    const double part = (place - axis->low) / (axis->high - axis->low);
    const bool before = part > 0.75 || (lower && part > 0.25);
    char text[64], number[32];
    fprintf(out,
            "set arrow from %.6f, graph 0 to %.6f, graph 1 nohead front linewidth 1.5 linecolor "
            "rgb '%s'\n",
            place, place, colour);
    snprintf(text, sizeof text, "%s %s", name, plot_number(number, value));
    plot_label(out, text,
               "at %.6f, screen down(%d) %s offset screen across(%d),0 textcolor rgb '%s' front",
               place, down, before ? "right" : "left", before ? -4 : 4, colour);
}

/* The histogram's axis, on which the Gaussian value lies too. */
static struct plot_axis kurtosis_axis(struct value_histogram *histogram, double gaussian) {
    struct plot_axis axis = {.logarithmic = histogram->logarithmic, .base = gaussian - 3};
    double *edge = histogram->edge;
    const int cells = histogram->cells;
    const double low = fmin(edge[0], gaussian), high = fmax(edge[cells], gaussian);
    if (cells == 1 && !(edge[0] < edge[1])) { /* all values are one, but the bar should be seen */
        const double half = fmax(0.02, 0.005 * (high - low));
        edge[0] -= half;
        edge[1] += half;
    }
    axis.low = plot_axis_place(&axis, fmin(edge[0], low));
    axis.high = plot_axis_place(&axis, fmax(edge[cells], high));
    const double margin = 0.03 * (axis.high - axis.low);
    axis.low -= margin;
    axis.high += margin;
    return axis;
}

static void put_kurtosis(FILE *out, const struct moments_report *report,
                         const struct plot_panel *panel) {
    const double gaussian = moments_gaussian(&report->request);
    const double mean = report->overall.kurtosis_mean;
    struct value_histogram histogram;
    value_histogram_fill(&histogram, report->kurtosis, report->rows, CELLS, gaussian - 3);
    plot_panel_begin(out, panel, ABOVE, "How many samples have which kurtosis");
    if (histogram.cells == 0) { /* an empty bar, so that the axes are drawn */
        histogram.cells = 1;
        histogram.edge[0] = gaussian - 1;
        histogram.edge[1] = gaussian + 1;
        plot_label(out, "no sample has a kurtosis", "at graph 0.5, graph 0.5 center front");
    }
    const struct plot_axis axis = kurtosis_axis(&histogram, gaussian);
    fprintf(out, "set xrange [%.9g:%.9g]\nset yrange [0:%g]\nset ytics %s format '%%.0f'\n",
            axis.low, axis.high, 1.05 * (double)(histogram.most > 0 ? histogram.most : 1),
            histogram.most > 6 ? "auto" : "1");
    if (axis.logarithmic)
        plot_axis_tics(out, 'x', &axis);
    fprintf(out,
            "set xlabel '%skurtosis of a sample over its features%s' textcolor rgb '" PLOT_GREY
            "'\n",
            report->request.fisher ? "excess " : "", axis.logarithmic ? " (logarithmic)" : "");
    put_line(out, &axis, gaussian, gaussian <= mean, "Gaussian", 106, "#222222");
    if (isfinite(mean))
        put_line(out, &axis, mean, mean < gaussian, "mean", 121, "#b84f00");
    fputs("$cells << END\n", out);
    for (int c = 0; c < histogram.cells; c++)
        fprintf(out, "%.9g %.9g %" PRId64 "\n", plot_axis_place(&axis, histogram.edge[c]),
                plot_axis_place(&axis, histogram.edge[c + 1]), histogram.count[c]);
    fputs("END\nplot $cells using 1:3:1:2:(0):3 with boxxyerror fillcolor rgb '" PLOT_BLUE
          "' fillstyle solid 0.6 border linecolor rgb '" PLOT_BLUE "' linewidth 0.5\n",
          out);
}

/* Features in the order of their mean |h|: how many are above 0, and the axes. */
struct slope {
    int64_t positive;
    struct plot_axis rank, mean_abs;
};

static struct slope slope_of(const struct moments_report *report) {
    const double *mean_abs = report->feature.mean_abs;
    const double median = report->outliers.median;
    struct slope slope = {0, {true, 0, -0.1, 0}, {true, 0, -1, 0}};
    slope.rank.high = 0.06 + log10(fmax((double)report->features, 2));
    while (slope.positive < report->features && mean_abs[report->by_mean_abs[slope.positive]] > 0)
        slope.positive++;
    if (slope.positive == 0)
        return slope;
    const double most = mean_abs[report->by_mean_abs[0]];
    const double least = mean_abs[report->by_mean_abs[slope.positive - 1]];
    /* Features that are next to nothing should not press the others together. */
    const double floor = (median > 0 ? median : most) * 1e-3;
    const double limit = median > 0 ? report->request.ratio * median : 0;
    const double high = log10(fmax(most, limit)), low = log10(fmax(least, floor));
    slope.mean_abs.low = fmin(low - 0.15, high - 1);
    slope.mean_abs.high = high + 0.16 * (high - slope.mean_abs.low); /* room for names */
    return slope;
}

/* A horizontal line, named to its right. */
static void put_level(FILE *out, double value, const char *name, const char *look) {
    if (!(value > 0 && isfinite(value)))
        return;
    fprintf(out, "set arrow from graph 0, first %.6f to graph 1, first %.6f nohead back %s\n",
            log10(value), log10(value), look);
    plot_label(out, name,
               "at graph 1, first %.6f left offset screen across(5),0 textcolor rgb '" PLOT_GREY
               "'",
               log10(value));
}

/* The curve, or of its points only the outlier features. Points so close that nobody could tell
 * them apart are left out. The first one lies outside: with no other, the axes are drawn
 * nevertheless. */
static void put_slope_data(FILE *out, const struct moments_report *report, int64_t positive,
                           bool outliers) {
    double last = -1;
    fprintf(out, "$%s << END\n-9 -9\n\n", outliers ? "outliers" : "features");
    for (int64_t place = 0; place < positive; place++) {
        const int64_t i = report->by_mean_abs[place];
        const double x = log10((double)place + 1);
        if ((outliers && report->criteria[i] == 0) || x - last < 0.001)
            continue;
        fprintf(out, "%.6f %.6f\n", x, log10(report->feature.mean_abs[i]));
        last = x;
    }
    fputs("END\n", out);
}

/* Where there is room for a name. */
static void name_outliers(FILE *out, const struct moments_report *report,
                          const struct plot_panel *panel, const struct slope *slope) {
    const double decade = (panel->right - panel->left) / (slope->rank.high - slope->rank.low);
    double free_from = 0;
    for (int64_t place = 0; place < slope->positive; place++) {
        const int64_t i = report->by_mean_abs[place];
        const double x = log10((double)place + 1);
        char text[32];
        if (report->criteria[i] == 0 || x < free_from)
            continue;
        snprintf(text, sizeof text, "%" PRId64, i);
        plot_label(out, text,
                   "at %.6f,%.6f left rotate by 60 offset screen across(2),screen up(9) "
                   "textcolor rgb '#b84f00' front",
                   x, log10(report->feature.mean_abs[i]));
        free_from = x + LABEL_ROOM / decade;
    }
}

/* What is written around the curve. */
static void put_slope_texts(FILE *out, const struct moments_report *report,
                            const struct plot_panel *panel) {
    const double median = report->outliers.median;
    char text[96], number[32];
    snprintf(text, sizeof text, "outlier features: %s%s",
             with_commas(number, report->outliers.count),
             report->outliers.count > 0 ? ", named by index where there is room" : "");
    plot_label(out, "●", "at screen across(%d),down(106) left textcolor rgb '" PLOT_VERMILION "'",
               panel->left);
    plot_label(out, text, "at screen across(%d),down(106) left", panel->left + 16);
    snprintf(text, sizeof text, "median %s", plot_number(number, median));
    put_level(out, median, text, "linewidth 1 linecolor rgb '#999999'");
    snprintf(text, sizeof text, "%g × median", report->request.ratio);
    put_level(out, report->request.ratio * median, text,
              "linewidth 1 dashtype 2 linecolor rgb '#999999'");
}

static void put_features(FILE *out, const struct moments_report *report,
                         const struct plot_panel *panel) {
    const struct slope slope = slope_of(report);
    plot_panel_begin(out, panel, ABOVE,
                     "Mean |h| of the features, from the largest to the smallest");
    put_slope_texts(out, report, panel);
    fprintf(out,
            "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n"
            "set xlabel 'rank of the feature (logarithmic)' textcolor rgb '" PLOT_GREY "'\n",
            slope.rank.low, slope.rank.high, slope.mean_abs.low, slope.mean_abs.high);
    plot_axis_tics(out, 'x', &slope.rank);
    plot_axis_tics(out, 'y', &slope.mean_abs);
    if (slope.positive == 0)
        plot_label(out, "no feature has a value other than 0", "at graph 0.5, graph 0.5 center");
    put_slope_data(out, report, slope.positive, false);
    put_slope_data(out, report, slope.positive, true);
    name_outliers(out, report, panel, &slope);
    fprintf(out,
            "plot $features using 1:2 with %s linewidth 2 linecolor rgb '" PLOT_BLUE "', \\\n"
            "$outliers using 1:2 with points pointtype 7 pointsize mark*0.7 linecolor rgb "
            "'" PLOT_VERMILION "'\n",
            slope.positive <= 64 ? "linespoints pointtype 7 pointsize mark*0.4" : "lines");
}

static void write_script(FILE *out, const void *what, enum plot_format format) {
    const struct moments_report *report = what;
    static const struct plot_panel left = {70, 470, TOP, BOTTOM}, right = {555, 850, TOP, BOTTOM},
                                   whole = {70, 850, TOP, BOTTOM};
    plot_page_begin(out, format, WIDTH, HEIGHT);
    fputs("set multiplot\n", out);
    put_heading(out, report);
    if (report->kurtosis) {
        put_kurtosis(out, report, &left);
        fputs("unset label\nunset arrow\n", out);
    }
    put_features(out, report, report->kurtosis ? &right : &whole);
    fputs("unset multiplot\n", out);
}

bool moments_plot_draw(int output, const struct moments_report *report, enum plot_format format,
                       struct io_error *error) {
    return plot_draw(output, write_script, report, format, error);
}
