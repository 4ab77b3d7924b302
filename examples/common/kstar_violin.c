#define _XOPEN_SOURCE 700

#include "common/kstar_violin.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/kstar_table.h"
#include "common/share_density.h"
#include "common/table_text.h"
#include "common/utf8.h"

/* All lengths in pixels at scale 1. */
enum { WIDTH = 1000, TOP = 130, BOTTOM = 74, RIGHT = 172, LEFT_LEAST = 60, NAME_WIDTH = 32 };
static const double character_width = 8.2; /* of the 13-pixel font, wide letters included */

/* The orange is Okabe and Ito's too. */
static const char *const area_colour[] = {[LATENT_UNDEFINED] = "#8c8c8c",
                                          [LATENT_FRACTURED] = PLOT_VERMILION,
                                          [LATENT_OVERLAPPED] = "#e69f00",
                                          [LATENT_CLUSTERED] = PLOT_BLUE};
/* The same, dark enough to be read as text on white. */
static const char *const text_colour[] = {[LATENT_UNDEFINED] = "#6b6b6b",
                                          [LATENT_FRACTURED] = "#b84f00",
                                          [LATENT_OVERLAPPED] = "#966700",
                                          [LATENT_CLUSTERED] = "#00639c"};

/* Few concepts get room, many get rows that still hold a line of text. */
static int row_height(int64_t concepts) {
    return concepts <= 12 ? 48 : (concepts <= 30 ? 34 : (concepts <= 60 ? 26 : 20));
}

static const char *fitted_title(char *copy, size_t room, const struct concept_names *names,
                                int32_t label) {
    char digits[16];
    utf8_fit(copy, room, concept_title(names, label, digits, sizeof digits), NAME_WIDTH, false);
    return copy;
}

static void put_page(FILE *out, const struct kstar_report *report,
                     const struct concept_names *names, enum plot_format format) {
    const int height = TOP + BOTTOM + (int)report->concepts * row_height(report->concepts);
    plot_page_begin(out, format, WIDTH, height);
    int widest = 0;
    for (int64_t c = 0; c < report->concepts; c++) {
        char title[8 * NAME_WIDTH];
        const int columns = utf8_width(fitted_title(title, sizeof title, names, report->label[c]));
        widest = columns > widest ? columns : widest;
    }
    double left = 24 + character_width * widest;
    left = left < LEFT_LEAST ? LEFT_LEAST : left;
    fprintf(out, "set lmargin at screen %.5f\nset rmargin at screen %.5f\n", left / WIDTH,
            1 - (double)RIGHT / WIDTH);
    fprintf(out, "set tmargin at screen %.5f\nset bmargin at screen %.5f\n",
            1 - (double)TOP / height, (double)BOTTOM / height);
}

static void put_coefficient(char *text, size_t room, double value) {
    if (isnan(value))
        snprintf(text, room, "–");
    else if (isinf(value))
        snprintf(text, room, "−∞");
    else
        snprintf(text, room, "%s%.2f", value <= -0.005 ? "−" : "", fabs(value));
}

static void put_heading(FILE *out, const struct kstar_report *report) {
    char points[32], dimension[32], concepts[32], text[256], gamma[32], weighted[32], pooled[32];
    snprintf(text, sizeof text, "k* of %s points × %s features in %s concepts, %s distance",
             with_commas(points, report->points), with_commas(dimension, report->dimension),
             with_commas(concepts, report->concepts), kstar_metric_name(report->request.metric));
    plot_label(out, text, "at screen across(20),down(24) left font ',17' front");
    put_coefficient(gamma, sizeof gamma, report->overall.gamma);
    put_coefficient(weighted, sizeof weighted, report->overall.gamma_weighted);
    put_coefficient(pooled, sizeof pooled, report->overall.gamma_pooled);
    snprintf(text, sizeof text, "Γ = %s   weighted %s   pooled %s%s", gamma, weighted, pooled,
             report->request.endpoints ? "   (γ with the endpoints 0 and 1)" : "");
    plot_label(out, text, "at screen across(20),down(48) left textcolor rgb '" PLOT_GREY "' front");
}

static void put_legend(FILE *out) {
    static const struct {
        int32_t pattern;
        int x;
        const char *text;
    } entries[] = {{LATENT_CLUSTERED, 20, "clustered: γ < −0.5"},
                   {LATENT_OVERLAPPED, 192, "overlapped"},
                   {LATENT_FRACTURED, 302, "fractured: γ > 0.5"},
                   {LATENT_UNDEFINED, 464, "undefined"}};
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
        fprintf(out, "set label '■' at screen across(%d),down(72) left textcolor rgb '%s' front\n",
                entries[i].x, area_colour[entries[i].pattern]);
        fprintf(out, "set label '%s' at screen across(%d),down(72) left front\n", entries[i].text,
                entries[i].x + 16);
    }
    fprintf(out,
            "set label 'bar: quartiles   line: median   diamond: mean' at screen "
            "across(%d),down(72) right textcolor rgb '" PLOT_GREY "' front\n",
            WIDTH - 20);
}

static void put_axes(FILE *out, int64_t concepts) {
    fprintf(out,
            "unset key\n"
            "set xrange [0:1]\nset yrange [%" PRId64 ".5:-0.5]\n"
            "set xtics 0,0.25,1 nomirror out scale 0.5 format '%%g' textcolor rgb '" PLOT_GREY "'\n"
            "set x2range [0:1]\n"
            "set x2tics 0,0.25,1 out scale 0.5 format '%%g' textcolor rgb '" PLOT_GREY "'\n"
            "unset ytics\n"
            "set border 5 linecolor rgb '#999999'\n"
            "set grid xtics linetype 1 linecolor rgb '#dddddd' linewidth 0.8\nset grid back\n",
            concepts - 1);
    fputs("set label 'another concept is the nearest' at graph 0, screen up(22) left\n"
          "set label 'k* / n_c' at graph 0.5, screen up(22) center\n"
          "set label 'the whole own concept is nearer' at graph 1, screen up(22) right\n",
          out);
}

/* The name to the left of the axis, γ and pattern to the right of it. */
static void put_row_labels(FILE *out, const struct kstar_report *report,
                           const struct concept_names *names) {
    fputs("set label 'γ' at graph 1, screen down(108) right offset screen 0.066,0 textcolor rgb "
          "'" PLOT_GREY "'\n"
          "set label 'pattern' at graph 1, screen down(108) left offset screen 0.076,0 textcolor "
          "rgb '" PLOT_GREY "'\n",
          out);
    for (int64_t row = 0; row < report->concepts; row++) {
        const int64_t c = report->order[row];
        char title[8 * NAME_WIDTH], gamma[32];
        plot_label(out, fitted_title(title, sizeof title, names, report->label[c]),
                   "at graph 0, first %" PRId64 " right offset screen -0.008,0", row);
        put_coefficient(gamma, sizeof gamma, report->skewness[c]);
        fprintf(out,
                "set label '%s' at graph 1, first %" PRId64
                " right offset screen 0.066,0 textcolor "
                "rgb '%s'\n",
                gamma, row, text_colour[report->pattern[c]]);
        fprintf(out,
                "set label '%s' at graph 1, first %" PRId64 " left offset screen 0.076,0 textcolor "
                "rgb '%s'\n",
                latent_pattern_string((latent_pattern)report->pattern[c]), row,
                text_colour[report->pattern[c]]);
    }
}

/* The violin's outline, all violins being equally high at their densest place. */
static void put_outline(FILE *out, const double *share, int64_t n, int64_t row) {
    double density[DENSITY_POINTS], most = 0;
    share_density(share, n, share_bandwidth(share, n), density);
    for (int i = 0; i < DENSITY_POINTS; i++)
        most = density[i] > most ? density[i] : most;
    const double half = 0.43 / most;
    for (int i = 0; i < DENSITY_POINTS; i++)
        fprintf(out, "%.4g %.5f\n", (double)i / (DENSITY_POINTS - 1),
                (double)row - half * density[i]);
    for (int i = DENSITY_POINTS - 1; i >= 0; i--)
        fprintf(out, "%.4g %.5f\n", (double)i / (DENSITY_POINTS - 1),
                (double)row + half * density[i]);
    fputs("\n\n", out);
}

static void put_data(FILE *out, const struct kstar_report *report) {
    fputs("$outlines << END\n", out);
    for (int64_t row = 0; row < report->concepts; row++) {
        const int64_t c = report->order[row];
        put_outline(out, report->share + report->first[c], report->samples[c], row);
    }
    fputs("END\n$marks << END\n", out);
    for (int64_t row = 0; row < report->concepts; row++) {
        const int64_t c = report->order[row];
        const double *share = report->share + report->first[c];
        fprintf(out, "%" PRId64 " %.6f %.6f %.6f %.6f\n", row,
                share_quantile(share, report->samples[c], 0.25),
                share_quantile(share, report->samples[c], 0.5),
                share_quantile(share, report->samples[c], 0.75), report->mean[c]);
    }
    fputs("END\n", out);
}

static void put_plot(FILE *out, const struct kstar_report *report) {
    const bool crowded = report->concepts > 60;
    const double tick = crowded ? 0.22 : 0.13;
    fputs("plot ", out);
    for (int64_t row = 0; row < report->concepts; row++) {
        const char *colour = area_colour[report->pattern[report->order[row]]];
        fprintf(out,
                "$outlines index %" PRId64 " using 1:2 with filledcurves closed fillcolor rgb '%s' "
                "fillstyle solid 0.55 border linecolor rgb '%s' linewidth 0.8, \\\n",
                row, colour, colour);
    }
    fprintf(
        out,
        "$marks using 2:1:($4-$2):(0) with vectors nohead linewidth %g linecolor rgb '#222222', "
        "\\\n",
        crowded ? 2.5 : 3.5);
    fprintf(out,
            "$marks using 3:($1-%g):(0):(%g) with vectors nohead linewidth 2 linecolor rgb "
            "'#222222', \\\n",
            tick, 2 * tick);
    fprintf(
        out,
        "$marks using 5:1 with points pointtype 13 pointsize mark*%g linecolor rgb '#222222', \\\n"
        "$marks using 5:1 with points pointtype 13 pointsize mark*%g linecolor rgb '#ffffff'\n",
        crowded ? 0.85 : 1.1, crowded ? 0.45 : 0.65);
}

struct picture {
    const struct kstar_report *report;
    const struct concept_names *names;
};

static void write_script(FILE *script, const void *what, enum plot_format format) {
    const struct kstar_report *report = ((const struct picture *)what)->report;
    const struct concept_names *names = ((const struct picture *)what)->names;
    put_page(script, report, names, format);
    put_heading(script, report);
    put_legend(script);
    put_axes(script, report->concepts);
    put_row_labels(script, report, names);
    put_data(script, report);
    put_plot(script, report);
}

bool kstar_violin_draw(int output, const struct kstar_report *report,
                       const struct concept_names *names, enum plot_format format,
                       struct io_error *error) {
    const struct picture picture = {report, names};
    return plot_draw(output, write_script, &picture, format, error);
}
