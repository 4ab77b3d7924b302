#define _POSIX_C_SOURCE 200809L

#include "common/kstar_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/progress_bar.h"
#include "common/rank_order.h"

const char *kstar_metric_name(latent_metric metric) {
    return metric == LATENT_COSINE ? "cosine" : "euclidean";
}

static void *allocate(int64_t count, size_t item_bytes) {
    return (uint64_t)count > SIZE_MAX / item_bytes ? NULL : malloc((size_t)count * item_bytes);
}

static bool allocate_arrays(struct kstar_report *report, int64_t concepts) {
    report->concepts = concepts;
    report->kstar = allocate(report->points, sizeof *report->kstar);
    report->share = allocate(report->points, sizeof *report->share);
    report->label = allocate(concepts, sizeof *report->label);
    report->samples = allocate(concepts, sizeof *report->samples);
    report->mean = allocate(concepts, sizeof *report->mean);
    report->std = allocate(concepts, sizeof *report->std);
    report->skewness = allocate(concepts, sizeof *report->skewness);
    report->pattern = allocate(concepts, sizeof *report->pattern);
    report->order = allocate(concepts, sizeof *report->order);
    report->first = allocate(concepts + 1, sizeof *report->first);
    return report->kstar && report->share && report->label && report->samples && report->mean &&
           report->std && report->skewness && report->pattern && report->order && report->first;
}

static latent_status measure_exactly(struct kstar_report *report, latent_context *context,
                                     const latent_matrix *points, const int32_t *labels) {
    const latent_kstar_options options = {sizeof options, report->request.metric,
                                          report->request.ties};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    latent_status status = latent_kstar(context, points, labels, &options, report->kstar, NULL);
    report->seconds = seconds_since(&start);
    report->pairs = 0.5 * (double)report->points * (double)(report->points - 1);
    if (status != LATENT_OK)
        return status;

    const latent_kstar_summary_options how = {.size = sizeof how,
                                              .endpoints = report->request.endpoints};
    latent_kstar_concepts rows = {.size = sizeof rows,
                                  .capacity = report->concepts,
                                  .label = report->label,
                                  .samples = report->samples,
                                  .mean = report->mean,
                                  .std = report->std,
                                  .skewness = report->skewness,
                                  .pattern = report->pattern};
    report->overall.size = sizeof report->overall;
    return latent_kstar_summary(context, report->kstar, labels, report->points, &how, &rows,
                                &report->overall);
}

static latent_status measure_sample(struct kstar_report *report, latent_context *context,
                                    const latent_matrix *points, const int32_t *labels) {
    const latent_kstar_sampled_options options = {.size = sizeof options,
                                                  .metric = report->request.metric,
                                                  .ties = report->request.ties,
                                                  .per_concept = report->request.sample,
                                                  .seed = report->request.seed,
                                                  .endpoints = report->request.endpoints};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    report->sampled.size = sizeof report->sampled;
    const latent_status status =
        latent_kstar_sampled(context, points, labels, &options, &report->sampled);
    if (report->request.sample == 0)
        return status;
    report->seconds = seconds_since(&start);
    report->pairs = (double)report->sampled.samples * (double)(report->points - 1);
    report->concepts = report->sampled.concepts;
    report->overall = (latent_kstar_overall){.size = sizeof report->overall,
                                             .concepts = report->sampled.concepts,
                                             .perfect = report->sampled.perfect,
                                             .undefined = report->sampled.undefined,
                                             .gamma = (double)NAN,
                                             .gamma_weighted = (double)NAN,
                                             .gamma_pooled = (double)NAN};
    return status;
}

/* The library's default for the size of the sample from each concept. */
enum { DEFAULT_SAMPLE = 100 };

/* Where the sample would hold every point, the estimate is the coefficient itself. */
static bool sample_is_everything(struct kstar_report *report) {
    for (int64_t c = 0; c < report->concepts; c++) {
        if (report->samples[c] > DEFAULT_SAMPLE)
            return false;
    }
    report->sampled = (latent_kstar_sampled_result){.size = sizeof report->sampled,
                                                    .gamma = report->overall.gamma,
                                                    .standard_error = 0,
                                                    .samples = report->points,
                                                    .concepts = report->overall.concepts,
                                                    .perfect = report->overall.perfect,
                                                    .undefined = report->overall.undefined};
    return true;
}

/* The concept with a label, which exists, in the ascending labels. */
static int64_t concept_of(const struct kstar_report *report, int32_t label) {
    int64_t low = 0, high = report->concepts - 1;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (report->label[middle] < label)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int compare_doubles(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Groups k* / n_c by concept: `first` starts as where each concept's next share goes, which
 * after the last one is where the following concept begins. */
static void group_shares(struct kstar_report *report, const int32_t *labels) {
    int64_t next = 0;
    for (int64_t c = 0; c < report->concepts; c++) {
        report->first[c] = next;
        next += report->samples[c];
    }
    for (int64_t i = 0; i < report->points; i++) {
        const int64_t c = concept_of(report, labels[i]);
        report->share[report->first[c]++] = (double)report->kstar[i] / (double)report->samples[c];
    }
    memmove(report->first + 1, report->first, (size_t)report->concepts * sizeof *report->first);
    report->first[0] = 0;
    for (int64_t c = 0; c < report->concepts; c++)
        qsort(report->share + report->first[c], (size_t)report->samples[c], sizeof *report->share,
              compare_doubles);
}

static latent_status measure(struct kstar_report *report, latent_context *context,
                             const latent_matrix *points, const int32_t *labels) {
    if (report->request.sample > 0)
        return measure_sample(report, context, points, labels);
    int64_t concepts;
    latent_status status = latent_labels_distinct(context, labels, points->rows, &concepts);
    if (status != LATENT_OK)
        return status;
    if (!allocate_arrays(report, concepts))
        return LATENT_ERROR_MEMORY;
    status = measure_exactly(report, context, points, labels);
    if (status == LATENT_OK && !sample_is_everything(report))
        status = measure_sample(report, context, points, labels);
    if (status != LATENT_OK)
        return status;
    group_shares(report, labels);
    /* An undefined skewness is NaN. */
    const bool ok = rank_order(report->skewness, report->concepts, false, report->order);
    return ok ? LATENT_OK : LATENT_ERROR_MEMORY;
}

latent_status kstar_report_measure(struct kstar_report *report, latent_context *context,
                                   const latent_matrix *points, const int32_t *labels,
                                   const struct kstar_request *request) {
    memset(report, 0, sizeof *report);
    report->request = *request;
    report->points = points->rows;
    report->dimension = points->columns;
    const latent_status status = measure(report, context, points, labels);
    if (status != LATENT_OK)
        kstar_report_free(report);
    return status;
}

void kstar_report_free(struct kstar_report *report) {
    free(report->kstar);
    free(report->share);
    free(report->label);
    free(report->samples);
    free(report->mean);
    free(report->std);
    free(report->skewness);
    free(report->pattern);
    free(report->order);
    free(report->first);
    memset(report, 0, sizeof *report);
}
