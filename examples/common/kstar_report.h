/* The k* distribution of labelled data: what latent-kstar computes, and what its table, JSON and plot
 * show. */
#ifndef EXAMPLES_KSTAR_REPORT_H
#define EXAMPLES_KSTAR_REPORT_H

#include <stdbool.h>

#include <latent.h>

/* What to compute. */
struct kstar_request {
    latent_metric metric;
    latent_ties ties;
    bool endpoints;
    int64_t sample; /* per concept: only the sampled estimate. 0: everything, exactly */
    uint64_t seed;
};

/* All arrays are NULL after a sampled run. Concepts are in ascending order of label. */
struct kstar_report {
    struct kstar_request request;
    int64_t points;
    int64_t dimension;
    int64_t *kstar; /* one per point */
    int64_t concepts;
    int32_t *label;
    int64_t *samples;
    double *mean;
    double *std;
    double *skewness;
    int32_t *pattern;
    int64_t *order; /* concepts from the lowest skewness to the highest, undefined ones last */
    double *share;  /* k* / n_c of the points, concept after concept, ascending in each */
    int64_t *first; /* concepts + 1 entries: where a concept's shares begin */
    latent_kstar_overall
        overall; /* after a sampled run only its counts are set; its means are NaN */
    latent_kstar_sampled_result sampled;
    double seconds; /* of the exact run, or of a sampled one */
    double pairs;   /* pairs of samples that these seconds went over */
};

/* Fills in the report. On any status but LATENT_OK it is empty, and latent_context_error() says why
 * (but for LATENT_ERROR_MEMORY, which may be the report's own). */
latent_status kstar_report_measure(struct kstar_report *report, latent_context *context,
                                   const latent_matrix *points, const int32_t *labels,
                                   const struct kstar_request *request);

void kstar_report_free(struct kstar_report *report);

/* "euclidean", "cosine". */
const char *kstar_metric_name(latent_metric metric);

#endif
