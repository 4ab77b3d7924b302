#include "common/kstar_table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/table_text.h"
#include "common/utf8.h"

enum { NAME_WIDTH = 28, SHOWN_WHOLE = 200, SHOWN_ENDS = 100 };

/* Characters that depend on what the terminal can show. */
struct glyphs {
    const char *sigma, *gamma, *Gamma, *times, *plus_minus, *infinity, *none, *dots;
    const char *left, *right, *rule;
    const char *level[9]; /* of a histogram cell: 0 is empty */
};

static const struct glyphs unicode_glyphs = {
    "σ", "γ", "Γ", "×", "±", "−∞",
    "–", "…", "▕", "▏", "─", {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}};
static const struct glyphs ascii_glyphs = {
    "std", "gamma", "Gamma", "x", "+-", "-inf",
    "-",   "...",   "|",     "|", "-",  {" ", ".", ":", "-", "=", "+", "*", "%", "#"}};

const char *concept_title(const struct concept_names *names, int32_t label, char *digits,
                          size_t room) {
    const char *name = concept_names_get(names, label);
    if (name)
        return name;
    snprintf(digits, room, "%" PRId32, label);
    return digits;
}

void share_histogram(const double *share, int64_t n, int64_t counts[HISTOGRAM_CELLS]) {
    memset(counts, 0, HISTOGRAM_CELLS * sizeof *counts);
    int cell = 0;
    for (int64_t i = 0; i < n; i++) {
        while (cell < HISTOGRAM_CELLS - 1 && share[i] * HISTOGRAM_CELLS > cell + 1)
            cell++;
        counts[cell]++;
    }
}

/* A coefficient in `width` columns. */
static void print_number(FILE *stream, double value, int width, const struct glyphs *glyphs) {
    char text[32];
    if (isnan(value))
        print_right(stream, glyphs->none, width);
    else if (isinf(value))
        print_right(stream, glyphs->infinity, width);
    else {
        snprintf(text, sizeof text, "%.4f", value);
        print_right(stream, text, width);
    }
}

/* Heights are linear, the fullest cell at the top; a cell that holds anything shows it. */
static void print_histogram(FILE *stream, const double *share, int64_t n,
                            const struct glyphs *glyphs) {
    int64_t counts[HISTOGRAM_CELLS];
    share_histogram(share, n, counts);
    int64_t most = 1;
    for (int i = 0; i < HISTOGRAM_CELLS; i++)
        most = counts[i] > most ? counts[i] : most;
    fputs(glyphs->left, stream);
    for (int i = 0; i < HISTOGRAM_CELLS; i++) {
        const int level = (int)ceil(8.0 * (double)counts[i] / (double)most);
        fputs(glyphs->level[level], stream);
    }
    fputs(glyphs->right, stream);
}

static void print_row(FILE *stream, const struct kstar_report *report, int64_t c, const char *name,
                      int width, const struct glyphs *glyphs) {
    char text[32];
    print_left(stream, name, width);
    fprintf(stream, " %11s", with_commas(text, report->samples[c]));
    print_number(stream, report->mean[c], 8, glyphs);
    print_number(stream, report->std[c], 8, glyphs);
    print_number(stream, report->skewness[c], 10, glyphs);
    fprintf(stream, "  %-10s ", latent_pattern_string((latent_pattern)report->pattern[c]));
    print_histogram(stream, report->share + report->first[c], report->samples[c], glyphs);
    fputc('\n', stream);
}

static void print_header(FILE *stream, int width, const struct glyphs *glyphs) {
    print_left(stream, "concept", width);
    fprintf(stream, " %11s%8s", "n", "mean");
    print_right(stream, glyphs->sigma, 8);
    print_right(stream, glyphs->gamma, 10);
    fprintf(stream, "  %-11s0     k* / n_c     1\n", "pattern");
    print_rule(stream, glyphs->rule, width + 12 + 8 + 8 + 10 + 13 + HISTOGRAM_CELLS + 2);
}

static bool is_shown(const struct kstar_report *report, int64_t place) {
    return report->concepts <= SHOWN_WHOLE || place < SHOWN_ENDS ||
           place >= report->concepts - SHOWN_ENDS;
}

/* Returns the width of the copy. */
static int fit_name(const struct kstar_report *report, int64_t c, const struct concept_names *names,
                    bool ascii, char *copy, size_t room) {
    char digits[16];
    const char *title = concept_title(names, report->label[c], digits, sizeof digits);
    return utf8_fit(copy, room, title, NAME_WIDTH, ascii);
}

static void print_concepts(FILE *stream, const struct kstar_report *report,
                           const struct concept_names *names, bool ascii,
                           const struct glyphs *glyphs) {
    char name[8 * NAME_WIDTH], text[32];
    int width = 7;
    for (int64_t place = 0; place < report->concepts; place++) {
        if (is_shown(report, place)) {
            const int columns =
                fit_name(report, report->order[place], names, ascii, name, sizeof name);
            width = columns > width ? columns : width;
        }
    }
    print_header(stream, width, glyphs);
    for (int64_t place = 0; place < report->concepts; place++) {
        const int64_t c = report->order[place];
        if (is_shown(report, place)) {
            fit_name(report, c, names, ascii, name, sizeof name);
            print_row(stream, report, c, name, width, glyphs);
        } else if (place == SHOWN_ENDS) {
            fprintf(stream, "%s %s concepts more; --json lists all\n", glyphs->dots,
                    with_commas(text, report->concepts - 2 * SHOWN_ENDS));
        }
    }
    fputc('\n', stream);
}

static void print_coefficient(FILE *stream, const char *symbol, double value, const char *meaning,
                              const struct glyphs *glyphs) {
    print_left(stream, symbol, 9);
    print_number(stream, value, 9, glyphs);
    fprintf(stream, "   %s\n", meaning);
}

static void print_overall(FILE *stream, const struct kstar_report *report,
                          const struct glyphs *glyphs) {
    char symbol[16], text[128], count[32];
    if (report->request.sample == 0) {
        snprintf(text, sizeof text, "mean of %s over the concepts; lower: better clustered",
                 glyphs->gamma);
        print_coefficient(stream, glyphs->Gamma, report->overall.gamma, text, glyphs);
    }
    snprintf(symbol, sizeof symbol, "%s'", glyphs->Gamma);
    char deviation[32] = "";
    if (isfinite(report->sampled.standard_error))
        snprintf(deviation, sizeof deviation, "%s %.4f, ", glyphs->plus_minus,
                 report->sampled.standard_error);
    snprintf(text, sizeof text, "%sestimated from %s points", deviation,
             with_commas(count, report->sampled.samples));
    print_coefficient(stream, symbol, report->sampled.gamma, text, glyphs);
    if (report->request.sample == 0) {
        print_coefficient(stream, "weighted", report->overall.gamma_weighted,
                          "the same, concepts weighted by their size", glyphs);
        print_coefficient(stream, "pooled", report->overall.gamma_pooled,
                          "skewness of all k* / n_c together", glyphs);
    }
    fprintf(stream, "%-9s%9" PRId64 "   concepts where every k* / n_c is 1; in no mean\n",
            "perfect", report->overall.perfect);
    fprintf(stream, "%-9s%9" PRId64 "   concepts without a skewness; in no mean\n", "undefined",
            report->overall.undefined);
}

/* Pairs per second in a unit that leaves 1 to 4 digits before the point. */
static void print_speed(FILE *stream, const struct kstar_report *report) {
    const double rate = report->pairs / (report->seconds > 0 ? report->seconds : 1e-9);
    const bool millions = rate >= 1e6;
    fprintf(stream, "%-9s%7.2f s   %.1f %s pairs of points per second\n", "time", report->seconds,
            millions ? rate / 1e6 : rate / 1e3, millions ? "million" : "thousand");
}

void kstar_table_print(FILE *stream, const struct kstar_report *report,
                       const struct concept_names *names, bool ascii) {
    const struct glyphs *glyphs = ascii ? &ascii_glyphs : &unicode_glyphs;
    char points[32], dimension[32], concepts[32];
    fprintf(stream, "k* of %s points %s %s features in %s concepts, %s distance\n\n",
            with_commas(points, report->points), glyphs->times,
            with_commas(dimension, report->dimension), with_commas(concepts, report->concepts),
            kstar_metric_name(report->request.metric));
    if (report->request.sample == 0)
        print_concepts(stream, report, names, ascii, glyphs);
    print_overall(stream, report, glyphs);
    print_speed(stream, report);
}
