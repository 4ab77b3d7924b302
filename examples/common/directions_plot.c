#include "common/directions_plot.h"

#include <inttypes.h>
#include <math.h>

#include "common/kept_counts.h"
#include "common/plot_axis.h"
#include "common/table_text.h"

/* All lengths in pixels. */
enum {
    WIDTH = 1000,
    HEIGHT = 800,
    LEFT = 80,
    RIGHT = 850,
    ABOVE = 44,
    LABEL_ROOM = 30,
    NAMED = 10
};

/* Both panels' horizontal axis, from no direction to all of them: parts of the rank. */
static const struct plot_panel upper = {LEFT, RIGHT, 128, 370}, lower = {LEFT, RIGHT, 484, 738};
static const double margin = 0.02, claim = 20;

static void put_heading(FILE *out, const struct directions_report *report) {
    const latent_importance_result *importance = &report->importance;
    char outputs[32], inputs[32], samples[32], text[256];
    snprintf(text, sizeof text, "Directions of a head of %s classes × %s features",
             with_commas(outputs, report->outputs), with_commas(inputs, report->inputs));
    plot_label(out, text, "at screen across(20),down(26) left font ',17' front");
    snprintf(text, sizeof text, "%s activations     rank %" PRId64,
             with_commas(samples, importance->samples), report->rank);
    plot_label(out, text, "at screen across(20),down(52) left textcolor rgb '" PLOT_GREY "' front");
}

/* A horizontal line, named to its right. */
static void put_level(FILE *out, double at, const char *name) {
    fprintf(out,
            "set arrow from graph 0, first %.6f to graph 1, first %.6f nohead back linewidth 1 "
            "dashtype 2 linecolor rgb '#777777'\n",
            at, at);
    plot_label(
        out, name,
        "at graph 1, first %.6f left offset screen across(5),0 textcolor rgb '" PLOT_GREY "'", at);
}

/* The vertical line at which the claim is checked that four fifths can be cut. */
static void put_claim(FILE *out, double at) {
    fprintf(out,
            "set arrow from %.6f, graph 0 to %.6f, graph 1 nohead back linewidth 1.5 linecolor rgb "
            "'#999999'\n",
            at, at);
}

static struct plot_axis importance_axis(const struct directions_report *report, int64_t positive) {
    const latent_importance_result *importance = &report->importance;
    struct plot_axis axis = {true, 0, -1, 0};
    if (positive == 0)
        return axis;
    const double most = importance->importance[importance->order[0]];
    const double least = importance->importance[importance->order[positive - 1]];
    /* Directions that are next to nothing should not press the others together. */
    const double high = log10(most), low = log10(fmax(least, 1e-9 * most));
    axis.low = fmin(low - 0.1, high - 1);
    axis.high = high + 0.12 * (high - axis.low); /* room for names */
    return axis;
}

static double importance_at(const struct directions_report *report, int64_t place) {
    return report->importance.importance[report->importance.order[place]];
}

/* Names the first directions by index if there is room, else only the first one. */
static void name_directions(FILE *out, const struct directions_report *report, int64_t positive) {
    const double step = (RIGHT - LEFT) / (1 + 2 * margin) / (double)report->rank;
    for (int64_t place = 0; place < positive && place < (step < LABEL_ROOM ? 1 : NAMED); place++) {
        char text[32];
        snprintf(text, sizeof text, "%" PRId64, report->importance.order[place]);
        plot_label(out, text,
                   "at %" PRId64 ",%.6f left offset screen across(3),screen up(11) textcolor rgb "
                   "'#b84f00' front",
                   place + 1, log10(importance_at(report, place)));
    }
}

static void put_median(FILE *out, const struct directions_report *report) {
    const int64_t rank = report->rank;
    const double median =
        importance_at(report, (rank - 1) / 2) / 2 + importance_at(report, rank / 2) / 2;
    char text[64], number[PLOT_NUMBER];
    if (!(median > 0))
        return;
    snprintf(text, sizeof text, "median %s", plot_number(number, median));
    put_level(out, log10(median), text);
}

/* What the first direction stands out by. */
static void put_privilege(FILE *out, const struct directions_report *report) {
    const latent_importance_result *importance = &report->importance;
    char text[128], ratio[PLOT_NUMBER];
    snprintf(text, sizeof text, "direction %" PRId64 ": %s × the median, %.1f %% of the sum",
             importance->order[0],
             isinf(importance->top_ratio) ? "∞" : plot_number(ratio, importance->top_ratio),
             100 * importance->top_share);
    plot_label(out, "●", "at screen across(%d),down(%d) left textcolor rgb '" PLOT_VERMILION "'",
               LEFT, upper.top - 22);
    plot_label(out, text, "at screen across(%d),down(%d) left", LEFT + 16, upper.top - 22);
}

/* From the first point, which lies outside so that axes are drawn in any case. */
static void put_scree(FILE *out, const char *name, const struct directions_report *report,
                      int64_t count) {
    fprintf(out, "$%s << END\n-9 -999\n\n", name);
    for (int64_t place = 0; place < count; place++)
        fprintf(out, "%" PRId64 " %.6f\n", place + 1, log10(importance_at(report, place)));
    fputs("END\n", out);
}

static void put_importance(FILE *out, const struct directions_report *report) {
    const double rank = report->rank > 0 ? (double)report->rank : 1;
    int64_t positive = 0;
    while (positive < report->rank && importance_at(report, positive) > 0)
        positive++;
    const struct plot_axis axis = importance_axis(report, positive);
    char title[96];
    snprintf(title, sizeof title, "Importance of the directions (%s, logarithmic)",
             directions_kinds[report->request.importance]);
    plot_panel_begin(out, &upper, ABOVE, title);
    fprintf(out,
            "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\nset xtics %s\n"
            "set xlabel 'rank of the direction by importance' textcolor rgb '" PLOT_GREY "'\n",
            -margin * rank, (1 + margin) * rank, axis.low, axis.high,
            report->rank > 15 ? "auto" : "1,1");
    plot_axis_tics(out, 'y', &axis);
    put_claim(out, claim / 100 * rank);
    if (positive > 0) {
        put_median(out, report);
        put_privilege(out, report);
        name_directions(out, report, positive);
    } else {
        plot_label(out, report->rank > 0 ? "no direction is of any importance" : "the head is zero",
                   "at graph 0.5, graph 0.5 center");
    }
    put_scree(out, "scree", report, positive);
    put_scree(out, "first", report, positive > 0 ? 1 : 0);
    fprintf(out,
            "plot $scree using 1:2 with %s linewidth 2 linecolor rgb '" PLOT_BLUE "', \\\n"
            "$first using 1:2 with points pointtype 7 pointsize mark*0.8 linecolor rgb "
            "'" PLOT_VERMILION "'\n",
            report->rank <= 64 ? "linespoints pointtype 7 pointsize mark*0.4" : "lines");
}

/* Level K in percent of the rank. */
static double percent_of_rank(const struct directions_report *report, int64_t kept) {
    return report->rank > 0 ? 100 * (double)kept / (double)report->rank : 100;
}

static double percent(const struct directions_report *report, int64_t samples) {
    return 100 * directions_share(report, samples);
}

static void put_curve_data(FILE *out, const struct directions_report *report) {
    const latent_pruning_curve *curve = &report->curve;
    fputs("$curve << END\n", out);
    for (int64_t kept = 0; kept <= report->rank; kept++) {
        fprintf(out, "%.6f %.6f", percent_of_rank(report, kept),
                100 - percent(report, curve->changed[kept]));
        if (curve->correct)
            fprintf(out, " %.6f %.6f", percent(report, curve->correct[kept]),
                    percent(report, curve->correct_top[kept]));
        fputc('\n', out);
    }
    fputs("END\n", out);
}

/* The legend above the lower panel, one name after the other. */
static int put_name(FILE *out, int at, const char *name, int width, const char *colour) {
    plot_label(out, "━", "at screen across(%d),down(%d) left textcolor rgb '%s'", at,
               lower.top - 22, colour);
    plot_label(out, name, "at screen across(%d),down(%d) left", at + 20, lower.top - 22);
    return at + 20 + width;
}

static void put_names(FILE *out, const struct directions_report *report) {
    int at = LEFT;
    char top[48];
    if (report->curve.correct) {
        snprintf(top, sizeof top, "top-%" PRId64 " accuracy", report->request.top);
        at = put_name(out, at, "top-1 accuracy", 120, PLOT_BLUE);
        at = put_name(out, at, top, 130, PLOT_GREEN);
    }
    put_name(out, at, "predictions as those of the whole head", 0, PLOT_VERMILION);
}

/* What the whole head and a fifth of its directions reach. */
static void put_numbers(FILE *out, const struct directions_report *report) {
    const latent_pruning_curve *curve = &report->curve;
    const int64_t fifth = kept_of_percent(claim, report->rank);
    char text[96];
    if (curve->correct) {
        const double whole = percent(report, curve->correct[report->rank]);
        snprintf(text, sizeof text, "whole head %.1f %%", whole);
        put_level(out, whole, text);
        snprintf(text, sizeof text, "20 %% (%" PRId64 " kept): top-1 %.1f %%", fifth,
                 percent(report, curve->correct[fifth]));
    } else {
        snprintf(text, sizeof text, "20 %% (%" PRId64 " kept): %.1f %%", fifth,
                 100 - percent(report, curve->changed[fifth]));
    }
    plot_label(out, text,
               "at %.6f, graph 0.05 left offset screen across(5),0 textcolor rgb '" PLOT_GREY "'",
               claim);
}

/* Marks the smallest number of directions that suffices. */
static void put_sufficient(FILE *out, const struct directions_report *report) {
    const latent_pruning_curve *curve = &report->curve;
    const int64_t few = report->sufficient;
    const double x = percent_of_rank(report, few);
    const double y = curve->correct ? percent(report, curve->correct[few])
                                    : 100 - percent(report, curve->changed[few]);
    char text[96];
    snprintf(text, sizeof text, "%" PRId64 " (%.1f %%) for %s", few, x,
             curve->correct ? "top-1 within 1 point" : "99 % as before");
    fprintf(out, "$few << END\n%.6f %.6f\nEND\n", x, y);
    plot_label(out, text, "at %.6f,%.6f %s offset 0,screen up(%d) textcolor rgb '#222222' front", x,
               y, x > 70 ? "right" : "left", y > 15 ? -16 : 16);
}

static void put_accuracy(FILE *out, const struct directions_report *report) {
    const bool labelled = report->curve.correct != NULL;
    const char *look = report->rank <= 64 ? "linespoints pointtype 7 pointsize mark*0.4" : "lines";
    plot_panel_begin(
        out, &lower, ABOVE,
        "Predictions with the most important directions only, share of the activations");
    fprintf(out,
            "set xrange [%g:%g]\nset yrange [0:104]\nset xtics nomirror 10 format '%%g %%%%'\n"
            "set ytics nomirror 20 format '%%g %%%%'\n"
            "set xlabel 'directions kept, in percent of the rank' textcolor rgb '" PLOT_GREY "'\n",
            -100 * margin, 100 * (1 + margin));
    put_claim(out, claim);
    put_names(out, report);
    put_numbers(out, report);
    put_curve_data(out, report);
    put_sufficient(out, report);
    fputs("plot ", out);
    if (labelled)
        fprintf(out,
                "$curve using 1:4 with %s linewidth 1.5 linecolor rgb '" PLOT_GREEN "', \\\n"
                "$curve using 1:3 with %s linewidth 3 linecolor rgb '" PLOT_BLUE "', \\\n",
                look, look);
    /* Above the others, which it may run along, and thinner. */
    fprintf(out,
            "$curve using 1:2 with %s linewidth 1 linecolor rgb '" PLOT_VERMILION "', \\\n"
            "$few using 1:2 with points pointtype 7 pointsize mark*0.9 linecolor rgb '#222222'\n",
            look);
}

static void write_script(FILE *out, const void *what, enum plot_format format) {
    const struct directions_report *report = what;
    plot_page_begin(out, format, WIDTH, HEIGHT);
    fputs("set multiplot\n", out);
    put_heading(out, report);
    put_importance(out, report);
    fputs("unset label\nunset arrow\nunset xtics\nunset ytics\n", out);
    put_accuracy(out, report);
    fputs("unset multiplot\n", out);
}

bool directions_plot_draw(int output, const struct directions_report *report,
                          enum plot_format format, struct io_error *error) {
    return plot_draw(output, write_script, report, format, error);
}
