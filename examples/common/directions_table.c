#include "common/directions_table.h"

#include <inttypes.h>
#include <math.h>

#include "common/kept_counts.h"
#include "common/table_text.h"

enum { LISTED = 10, COLUMN = 12, NARROW = 10, BAR_WIDTH = 30 };

/* Characters that depend on what the terminal can show. */
struct glyphs {
    const char *times, *rule, *dots, *left, *pruned, *loss;
    const char *formula[4]; /* of each importance */
};

static const struct glyphs unicode_glyphs = {
    "×",
    "─",
    "…",
    "◂",
    "W′",
    "Σ ‖W h − W′ h‖² as a share of Σ ‖W h‖²",
    {"σ × mean |cosine|", "σ × mean |projection|", "σ", "σ² × variance of the projection"}};
static const struct glyphs ascii_glyphs = {"x",
                                           "-",
                                           "...",
                                           "<-",
                                           "W'",
                                           "sum |W h - W' h|^2 as a share of sum |W h|^2",
                                           {"sigma x mean |cosine|", "sigma x mean |projection|",
                                            "sigma", "sigma^2 x variance of the projection"}};

/* What is printed, and how. */
struct page {
    FILE *stream;
    const struct directions_report *report;
    const struct glyphs *glyphs;
    bool ascii;
};

static void print_head(const struct page *page) {
    const struct directions_report *report = page->report;
    char outputs[32], inputs[32], samples[32], zeros[32];
    fprintf(page->stream,
            "directions of a head of %s classes %s %s features, rank %" PRId64
            ", for %s activations%s",
            with_commas(outputs, report->outputs), page->glyphs->times,
            with_commas(inputs, report->inputs), report->rank,
            with_commas(samples, report->importance.samples),
            report->importance.zeros > 0 ? "" : "\n\n");
    if (report->importance.zeros > 0)
        fprintf(page->stream, ",\nof which %s are all zeros\n\n",
                with_commas(zeros, report->importance.zeros));
}

/* The mean over activations that makes the importance, or that of the default. */
static const double *means(const struct directions_report *report) {
    const latent_importance_result *importance = &report->importance;
    switch (report->request.importance) {
    case LATENT_IMPORTANCE_PROJECTION:
        return importance->projection;
    case LATENT_IMPORTANCE_VARIANCE:
        return importance->variance;
    case LATENT_IMPORTANCE_COSINE:
    case LATENT_IMPORTANCE_SINGULAR:
        break;
    }
    return importance->cosine;
}

static void print_direction(const struct page *page, int64_t i, double total, double most) {
    const struct directions_report *report = page->report;
    const double importance = report->importance.importance[i];
    char bar[3 * BAR_WIDTH + 1];
    fprintf(page->stream, "%*" PRId64, COLUMN, i);
    print_figure(page->stream, latent_directions_values(report->directions)[i], COLUMN,
                 page->ascii);
    print_figure(page->stream, means(report)[i], COLUMN, page->ascii);
    print_figure(page->stream, importance, COLUMN, page->ascii);
    print_share(page->stream, total > 0 ? importance / total : 0, COLUMN, 2);
    table_bar(bar, importance, most, BAR_WIDTH, page->ascii);
    fprintf(page->stream, "%s%s\n", *bar ? "  " : "", bar);
}

static void print_directions(const struct page *page) {
    static const char *const titles[] = {"mean |cos|", "mean |proj|", "mean |cos|", "variance"};
    const struct directions_report *report = page->report;
    const latent_importance_result *importance = &report->importance;
    const latent_importance_kind kind = report->request.importance;
    double total = 0;
    char more[32];
    for (int64_t i = 0; i < report->rank; i++)
        total += importance->importance[i];
    fprintf(page->stream, "importance: %s\n", page->glyphs->formula[kind]);
    fprintf(page->stream, "%*s%*s%*s%*s%*s\n", COLUMN, "direction", COLUMN, "sigma", COLUMN,
            titles[kind], COLUMN, "importance", COLUMN, "share");
    print_rule(page->stream, page->glyphs->rule, 5 * COLUMN + 2 + BAR_WIDTH);
    for (int64_t place = 0; place < report->rank && place < LISTED; place++)
        print_direction(page, importance->order[place], total,
                        importance->importance[importance->order[0]]);
    if (report->rank > LISTED) {
        print_right(page->stream, page->glyphs->dots, COLUMN);
        fprintf(page->stream, " %s more; --json has all\n",
                with_commas(more, report->rank - LISTED));
    }
}

static void print_privilege(const struct page *page) {
    const latent_importance_result *importance = &page->report->importance;
    if (page->report->rank == 0)
        fputs("The head is zero: it has no directions.\n\n", page->stream);
    else if (isnan(importance->top_share))
        fputs("\nNo direction is of any importance for these activations.\n\n", page->stream);
    else {
        char times[32];
        snprintf(times, sizeof times, "%.4g", importance->top_ratio);
        fprintf(page->stream,
                "\nThe first one is %s times as important as the median direction and has %.1f %% "
                "of the sum.\n\n",
                isinf(importance->top_ratio) ? "infinitely many" : times,
                100 * importance->top_share);
    }
}

static void print_curve_titles(const struct page *page) {
    const struct directions_report *report = page->report;
    int columns = 4;
    char top[32];
    fprintf(page->stream, "%*s%*s%*s", NARROW, "kept", NARROW, "of rank", NARROW, "energy");
    if (report->curve.correct) {
        snprintf(top, sizeof top, "top-%" PRId64, report->request.top);
        fprintf(page->stream, "%*s%*s", NARROW, "top-1", NARROW, top);
        columns += 2;
    }
    fprintf(page->stream, "%*s", NARROW, "changed");
    if (report->error) {
        fprintf(page->stream, "%*s%*s", NARROW, "aware", NARROW, "plain");
        columns += 2;
    }
    fputc('\n', page->stream);
    print_rule(page->stream, page->glyphs->rule, columns * NARROW);
}

static double part(double value, double whole) {
    return whole > 0 ? value / whole : 0;
}

static void print_level(const struct page *page, int64_t kept) {
    const struct directions_report *report = page->report;
    const latent_pruning_curve *curve = &report->curve;
    FILE *stream = page->stream;
    char count[32];
    fprintf(stream, "%*s", NARROW, with_commas(count, kept));
    print_share(stream, report->rank > 0 ? part((double)kept, (double)report->rank) : 1, NARROW, 1);
    print_share(stream, curve->energy[kept], NARROW, 2);
    if (curve->correct) {
        print_share(stream, directions_share(report, curve->correct[kept]), NARROW, 2);
        print_share(stream, directions_share(report, curve->correct_top[kept]), NARROW, 2);
    }
    print_share(stream, directions_share(report, curve->changed[kept]), NARROW, 2);
    if (report->error) {
        print_share(stream, part(report->error[kept], report->error[0]), NARROW, 2);
        print_share(stream, part(report->plain_error[kept], report->plain_error[0]), NARROW, 2);
    }
    if (kept == report->sufficient || kept == report->kept)
        fprintf(stream, "  %s%s%s", page->glyphs->left,
                kept == report->sufficient ? " suffices" : "",
                kept == report->kept ? " --keep" : "");
    fputc('\n', stream);
}

static void print_curve(const struct page *page) {
    const struct directions_report *report = page->report;
    const int64_t extra[2] = {report->sufficient, report->kept};
    int64_t counts[KEPT_COUNTS];
    const int size = kept_counts(report->rank, extra, counts);
    fputs("pruning: the most important directions are kept; the bias stays\n", page->stream);
    print_curve_titles(page);
    for (int i = 0; i < size; i++)
        print_level(page, counts[i]);
    if (report->error)
        fprintf(page->stream,
                "aware, plain: %s,\n%s of that rank by activation-aware pruning, and "
                "by the largest singular values\n",
                page->glyphs->loss, page->glyphs->pruned);
    fputc('\n', page->stream);
}

/* How few directions suffice, and what a fifth of them does. */
static void print_answer(const struct page *page) {
    const struct directions_report *report = page->report;
    const latent_pruning_curve *curve = &report->curve;
    const int64_t few = report->sufficient, fifth = kept_of_percent(20, report->rank);
    char count[32], rank[32], twenty[32];
    with_commas(rank, report->rank);
    if (few == report->rank)
        fprintf(page->stream, "All %s directions are needed ", rank);
    else
        fprintf(page->stream, "%s of %s directions (%.1f %%) suffice%s ", with_commas(count, few),
                rank, 100 * part((double)few, (double)report->rank), few == 1 ? "s" : "");
    with_commas(twenty, fifth);
    if (curve->correct)
        fprintf(page->stream,
                "for a top-1 accuracy within 1 percentage point of the\nwhole head's: %.2f %% "
                "instead of %.2f %%. With 20 %% of them (%s) it is %.2f %%.\n",
                100 * directions_share(report, curve->correct[few]),
                100 * directions_share(report, curve->correct[report->rank]), twenty,
                100 * directions_share(report, curve->correct[fifth]));
    else
        fprintf(
            page->stream,
            "to leave 99 %% of the predictions as they are.\nWith 20 %% of them (%s), %.2f %% of "
            "the predictions change.\n",
            twenty, 100 * directions_share(report, curve->changed[fifth]));
}

void directions_table_print(FILE *stream, const struct directions_report *report, bool ascii) {
    const struct page page = {stream, report, ascii ? &ascii_glyphs : &unicode_glyphs, ascii};
    print_head(&page);
    if (report->rank > 0)
        print_directions(&page);
    print_privilege(&page);
    print_curve(&page);
    if (report->rank > 0)
        print_answer(&page);
    fprintf(stream, "\n%-10s%.2f s, reading included\n", "time", report->seconds);
}
