#include "common/moments_table.h"

#include <inttypes.h>
#include <math.h>

#include "common/table_text.h"
#include "common/value_histogram.h"

enum { CELLS = 14, BAR_WIDTH = 40, TITLE = 10, COLUMN = 10 };

/* Characters that depend on what the terminal can show. */
struct glyphs {
    const char *times, *rule, *none, *dash, *left, *dots, *at_least, *sigma;
};

static const struct glyphs unicode_glyphs = {"×", "─", "–", "–", "◂", "…", "≥", "|h−μ| >"};
static const struct glyphs ascii_glyphs = {"x", "-", "-", "-", "<-", "...", ">=", "|h-mu| >"};

static void print_number(FILE *stream, double value, const struct glyphs *glyphs) {
    print_figure(stream, value, COLUMN, glyphs == &ascii_glyphs);
}

static void print_moment(FILE *stream, const char *title, double mean, double std,
                         const double *quantile, const struct glyphs *glyphs) {
    print_left(stream, title, TITLE);
    print_number(stream, mean, glyphs);
    print_number(stream, std, glyphs);
    for (int q = 0; quantile && q < MOMENTS_QUANTILES; q++)
        print_number(stream, quantile[q], glyphs);
    fputc('\n', stream);
}

static void print_samples(FILE *stream, const struct moments_report *report,
                          const struct glyphs *glyphs) {
    const latent_moments_overall *overall = &report->overall;
    const bool kept = report->kurtosis != NULL;
    fprintf(stream, "%-*s%*s%*s", TITLE, "samples", COLUMN, "mean", COLUMN, "std");
    for (int q = 0; kept && q < MOMENTS_QUANTILES; q++)
        fprintf(stream, "%*d %%", COLUMN - 2, moments_percent[q]);
    fputc('\n', stream);
    print_rule(stream, glyphs->rule, TITLE + COLUMN * (kept ? 2 + MOMENTS_QUANTILES : 2));
    print_moment(stream, "kurtosis", overall->kurtosis_mean, overall->kurtosis_std,
                 kept ? report->kurtosis_quantile : NULL, glyphs);
    print_moment(stream, "skewness", overall->skewness_mean, overall->skewness_std,
                 kept ? report->skewness_quantile : NULL, glyphs);
    fprintf(
        stream,
        "\nThe mean kurtosis is that of the model; Gaussian values have %s%g (and skewness 0).\n",
        report->request.fisher ? "excess kurtosis " : "", moments_gaussian(&report->request));
    if (report->request.bias == LATENT_UNBIASED)
        fputs("Kurtosis and skewness are corrected for bias.\n", stream);
    char rows[32];
    if (kept && report->rows < overall->samples)
        fprintf(stream, "Quantiles and histogram are of the %s samples that were not loaded.\n",
                with_commas(rows, report->rows));
    else if (report->rows == 0)
        fputs("All samples were loaded, so there are no quantiles and no histogram.\n", stream);
    fputc('\n', stream);
}

static void print_count(FILE *stream, const char *title, int64_t count, const char *meaning) {
    char text[32];
    fprintf(stream, "%-*s%*s   %s\n", TITLE, title, COLUMN, with_commas(text, count), meaning);
}

static void print_counts(FILE *stream, const struct moments_report *report) {
    const latent_moments_overall *overall = &report->overall;
    print_count(stream, "degenerate", overall->degenerate,
                "samples whose values are all equal, or none; in no mean");
    print_count(stream, "undefined", overall->undefined,
                "other samples without a kurtosis; in no mean");
    print_count(stream, "nonfinite", overall->nonfinite, "values that are NaN or infinite");
}

static void print_histogram(FILE *stream, const struct moments_report *report, bool ascii,
                            const struct glyphs *glyphs) {
    const double gaussian = moments_gaussian(&report->request);
    struct value_histogram histogram;
    char bar[3 * BAR_WIDTH + 1], count[32];
    if (!report->kurtosis)
        return;
    value_histogram_fill(&histogram, report->kurtosis, report->rows, CELLS, gaussian - 3);
    if (histogram.cells == 0)
        return;
    fprintf(stream, "\nkurtosis of the samples%s\n",
            histogram.logarithmic ? ", on a logarithmic axis" : "");
    for (int c = 0; c < histogram.cells; c++) {
        const double low = histogram.edge[c], high = histogram.edge[c + 1];
        const bool last = c == histogram.cells - 1;
        print_number(stream, low, glyphs);
        fprintf(stream, " %s", glyphs->dash);
        print_number(stream, high, glyphs);
        fprintf(stream, "%12s  ", with_commas(count, histogram.count[c]));
        table_bar(bar, (double)histogram.count[c], (double)histogram.most, BAR_WIDTH, ascii);
        fputs(bar, stream);
        if (gaussian >= low && (gaussian < high || (last && gaussian <= high)))
            fprintf(stream, " %s %g", glyphs->left, gaussian);
        fputc('\n', stream);
    }
}

static void print_outlier(FILE *stream, const struct moments_report *report, int64_t i,
                          const struct glyphs *glyphs) {
    const latent_outliers *outliers = &report->outliers;
    const char *names[4];
    fprintf(stream, "%*" PRId64, TITLE, i);
    print_number(stream, report->feature.mean_abs[i], glyphs);
    print_number(stream, outliers->ratio[i], glyphs);
    print_share(stream, outliers->share_magnitude[i], COLUMN + 2, 1);
    print_share(stream, outliers->share_sigma[i], COLUMN + 6, 1);
    fputs("  ", stream);
    moments_criteria_names(outliers->criteria[i], names);
    for (int n = 0; names[n]; n++)
        fprintf(stream, " %s", names[n]);
    fputc('\n', stream);
}

static void print_more(FILE *stream, int64_t count, int64_t top, const struct glyphs *glyphs) {
    char text[32];
    if (count > top)
        fprintf(stream, "%*s %s more; --top shows more, --json all\n", TITLE, glyphs->dots,
                with_commas(text, count - top));
}

static void print_outliers(FILE *stream, const struct moments_report *report, int64_t top,
                           const struct glyphs *glyphs) {
    const latent_outliers *outliers = &report->outliers;
    char count[32], features[32], large[40], far[40], median[32];
    snprintf(median, sizeof median, "%.4g", outliers->median);
    fprintf(stream,
            "\noutlier features: %s of %s (magnitude %" PRId64 ", sigma %" PRId64 ", ratio %" PRId64
            "); mean |h| of the median feature: %s\n",
            with_commas(count, outliers->count), with_commas(features, report->features),
            outliers->by_magnitude, outliers->by_sigma, outliers->by_ratio,
            isnan(outliers->median) ? glyphs->none : median);
    if (outliers->count == 0 || top == 0)
        return;
    snprintf(large, sizeof large, "|h| %s %g", glyphs->at_least, report->request.magnitude);
    snprintf(far, sizeof far, "%s %g std", glyphs->sigma, report->request.sigma);
    fprintf(stream, "%*s%*s%*s", TITLE, "feature", COLUMN, "mean |h|", COLUMN, "ratio");
    print_right(stream, large, COLUMN + 2);
    print_right(stream, far, COLUMN + 6);
    fputs("   criteria\n", stream);
    print_rule(stream, glyphs->rule, TITLE + 4 * COLUMN + 2 + 6 + 3 + 21);
    for (int64_t place = 0; place < outliers->count && place < top; place++)
        print_outlier(stream, report, report->outlier[place], glyphs);
    print_more(stream, outliers->count, top, glyphs);
}

/* Features without a kurtosis, whatever the reason: they come last. */
static int64_t without_kurtosis(const struct moments_report *report) {
    int64_t count = 0;
    while (count < report->features &&
           isnan(report->feature.kurtosis[report->by_kurtosis[report->features - 1 - count]]))
        count++;
    return count;
}

static void print_features(FILE *stream, const struct moments_report *report, int64_t top,
                           const struct glyphs *glyphs) {
    static const char *const titles[] = {"kurtosis", "skewness", "mean", "std", "min", "max"};
    const latent_moments_features *feature = &report->feature;
    char count[32];
    if (!report->request.of_features)
        return;
    fprintf(stream, "\nfeatures with the largest kurtosis over the samples; %s without one\n",
            with_commas(count, without_kurtosis(report)));
    fprintf(stream, "%*s", TITLE, "feature");
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
        fprintf(stream, "%*s", COLUMN, titles[i]);
    fputc('\n', stream);
    print_rule(stream, glyphs->rule, TITLE + 6 * COLUMN);
    for (int64_t place = 0; place < report->features && place < top; place++) {
        const int64_t i = report->by_kurtosis[place];
        fprintf(stream, "%*" PRId64, TITLE, i);
        print_number(stream, feature->kurtosis[i], glyphs);
        print_number(stream, feature->skewness[i], glyphs);
        print_number(stream, feature->mean[i], glyphs);
        print_number(stream, sqrt(feature->variance[i]), glyphs);
        print_number(stream, feature->min[i], glyphs);
        print_number(stream, feature->max[i], glyphs);
        fputc('\n', stream);
    }
    print_more(stream, report->features, top, glyphs);
}

void moments_table_print(FILE *stream, const struct moments_report *report, int64_t top,
                         bool ascii) {
    const struct glyphs *glyphs = ascii ? &ascii_glyphs : &unicode_glyphs;
    char samples[32], features[32];
    fprintf(stream, "moments of %s samples %s %s features\n\n",
            with_commas(samples, report->overall.samples), glyphs->times,
            with_commas(features, report->features));
    print_samples(stream, report, glyphs);
    print_counts(stream, report);
    print_histogram(stream, report, ascii, glyphs);
    print_outliers(stream, report, top, glyphs);
    print_features(stream, report, top, glyphs);
    if (report->rows == 0)
        return;
    const double rate =
        (double)report->rows * (double)report->features / fmax(report->seconds, 1e-9);
    fprintf(stream, "\n%-*s%*.2f s %.1f million values per second, reading included\n", TITLE,
            "time", COLUMN - 2, report->seconds, rate / 1e6);
}
