#define _POSIX_C_SOURCE 200809L

#include "common/moments_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/activation_pass.h"
#include "common/program_run.h"
#include "common/rank_order.h"

const int moments_percent[MOMENTS_QUANTILES] = {0, 5, 25, 50, 75, 95, 100};

double moments_gaussian(const struct moments_request *request) {
    return request->fisher ? 0 : 3;
}

void moments_criteria_names(int32_t criteria, const char *names[4]) {
    static const char *const all[] = {"magnitude", "sigma", "ratio"}; /* bits 1, 2, 4 */
    int count = 0;
    for (int bit = 0; bit < 3; bit++) {
        if (criteria >> bit & 1)
            names[count++] = all[bit];
    }
    names[count] = NULL;
}

static void *allocate(int64_t count, size_t item_bytes, struct io_error *error) {
    void *block =
        (uint64_t)count > SIZE_MAX / item_bytes ? NULL : malloc((size_t)count * item_bytes);
    if (!block)
        io_fail_memory(error, (double)count * (double)item_bytes);
    return block;
}

/* Gives every column of the features' figures its place in three blocks. */
static bool allocate_features(struct moments_report *report, struct io_error *error) {
    latent_moments_features *feature = &report->feature;
    latent_outliers *outliers = &report->outliers;
    double **const columns[] = {
        &feature->mean,        &feature->variance, &feature->skewness,
        &feature->kurtosis,    &feature->min,      &feature->max,
        &feature->mean_abs,    &outliers->ratio,   &outliers->share_magnitude,
        &outliers->share_sigma};
    int64_t **const lists[] = {&feature->count, &outliers->index, &report->by_mean_abs,
                               &report->by_kurtosis, &report->outlier};
    enum { COLUMNS = sizeof columns / sizeof *columns, LISTS = sizeof lists / sizeof *lists };
    const int64_t d = report->features;
    report->numbers = allocate(d, COLUMNS * sizeof *report->numbers, error);
    report->integers = allocate(d, LISTS * sizeof *report->integers, error);
    report->criteria = allocate(d, sizeof *report->criteria, error);
    if (!report->numbers || !report->integers || !report->criteria)
        return false;
    for (int i = 0; i < COLUMNS; i++)
        *columns[i] = report->numbers + i * d;
    for (int i = 0; i < LISTS; i++)
        *lists[i] = report->integers + i * d;
    outliers->criteria = report->criteria;
    feature->size = sizeof *feature;
    outliers->size = sizeof *outliers;
    report->overall.size = sizeof report->overall;
    return true;
}

static bool allocate_samples(struct moments_report *report, struct io_error *error) {
    if (!report->request.of_samples || report->rows == 0)
        return true;
    report->kurtosis = allocate(report->rows, sizeof *report->kurtosis, error);
    report->skewness = allocate(report->rows, sizeof *report->skewness, error);
    return report->kurtosis && report->skewness;
}

struct accumulation {
    latent_moments *moments;
    double *kurtosis, *skewness; /* of all samples, or NULL */
};

static latent_status accumulate(void *user, latent_context *context, const latent_matrix *chunk,
                                int64_t first) {
    const struct accumulation *work = user;
    if (!work->kurtosis)
        return latent_moments_update(context, work->moments, chunk, NULL);
    latent_moments_samples samples = {.size = sizeof samples,
                                      .kurtosis = work->kurtosis + first,
                                      .skewness = work->skewness + first};
    return latent_moments_update(context, work->moments, chunk, &samples);
}

static latent_status take_quantiles(struct moments_report *report, latent_context *context) {
    double part[MOMENTS_QUANTILES];
    for (int q = 0; q < MOMENTS_QUANTILES; q++) {
        part[q] = moments_percent[q] / 100.0;
        report->kurtosis_quantile[q] = report->skewness_quantile[q] = (double)NAN;
    }
    if (!report->kurtosis)
        return LATENT_OK;
    const int64_t n = report->rows;
    const latent_status status = latent_moments_quantiles(
        context, report->kurtosis, n, part, MOMENTS_QUANTILES, report->kurtosis_quantile);
    return status ? status
                  : latent_moments_quantiles(context, report->skewness, n, part, MOMENTS_QUANTILES,
                                             report->skewness_quantile);
}

static latent_status take_results(struct moments_report *report, latent_context *context,
                                  const latent_moments *moments) {
    const latent_outliers_options how = {
        .size = sizeof how, .share = report->request.share, .ratio = report->request.ratio};
    latent_status status =
        latent_moments_finish(context, moments, &report->feature, &report->overall);
    if (!status)
        status = latent_moments_outliers(context, moments, &how, &report->outliers);
    return status ? status : take_quantiles(report, context);
}

static bool rank_features(struct moments_report *report, struct io_error *error) {
    const int64_t d = report->features;
    if (!rank_order(report->feature.mean_abs, d, true, report->by_mean_abs) ||
        !rank_order(report->feature.kurtosis, d, true, report->by_kurtosis))
        return io_fail_memory(error, 16 * (double)d);
    int64_t count = 0;
    for (int64_t place = 0; place < d; place++) {
        if (report->criteria[report->by_mean_abs[place]] != 0)
            report->outlier[count++] = report->by_mean_abs[place];
    }
    return true;
}

static bool measure(struct moments_report *report, latent_context *context, latent_moments *moments,
                    struct activation_stream *stream, struct progress_bar *bar,
                    struct io_error *error) {
    const struct activation_pass pass = {.stream = stream,
                                         .context = context,
                                         .bar = bar,
                                         .phase = "moments",
                                         .advice = "; --nan-policy says what else to do"};
    if (!allocate_features(report, error) || !allocate_samples(report, error))
        return false;
    struct accumulation work = {moments, report->kurtosis, report->skewness};
    if (!activation_pass(&pass, accumulate, &work, error))
        return false;
    const latent_status status = take_results(report, context, moments);
    if (status != LATENT_OK)
        return program_fail_call(error, context, status);
    return rank_features(report, error);
}

bool moments_report_measure(struct moments_report *report, latent_context *context,
                            latent_moments *moments, struct activation_stream *stream,
                            const struct moments_request *request, struct progress_bar *bar,
                            struct io_error *error) {
    *report = (struct moments_report){.request = *request,
                                      .features = latent_moments_columns(moments),
                                      .rows = stream->files.rows};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    const bool ok = measure(report, context, moments, stream, bar, error);
    report->seconds = seconds_since(&start);
    if (!ok)
        moments_report_free(report);
    return ok;
}

void moments_report_free(struct moments_report *report) {
    free(report->kurtosis);
    free(report->skewness);
    free(report->numbers);
    free(report->integers);
    free(report->criteria);
    memset(report, 0, sizeof *report);
}
