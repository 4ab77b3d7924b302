/* Moments and outlier features of a stream of activations: what latent-moments computes, and
 * what its table, JSON and plot show. */
#ifndef EXAMPLES_MOMENTS_REPORT_H
#define EXAMPLES_MOMENTS_REPORT_H

#include <latent.h>

#include "common/activation_stream.h"
#include "common/progress_bar.h"

/* What to compute. */
struct moments_request {
    bool of_samples;  /* keep the samples' moments, for quantiles and the histogram */
    bool of_features; /* show the features' moments */
    latent_bias bias;
    bool fisher;
    latent_nan_policy nan_policy;
    double magnitude, sigma, share, ratio; /* of outliers.h, all of them positive */
};

#define MOMENTS_QUANTILES 7
/* 0, 5, 25, 50, 75, 95 and 100. */
extern const int moments_percent[MOMENTS_QUANTILES];

/* The moments of samples are NULL, and their quantiles NaN, if none were to be kept or none
 * came. */
struct moments_report {
    struct moments_request request;
    int64_t features;
    latent_moments_overall overall;
    int64_t rows;     /* samples of this run; `overall` and the features know of loaded ones too */
    double *kurtosis; /* one per sample of this run */
    double *skewness;
    double kurtosis_quantile[MOMENTS_QUANTILES];
    double skewness_quantile[MOMENTS_QUANTILES];
    latent_moments_features feature;
    latent_outliers outliers;
    int64_t *by_mean_abs; /* features from the largest mean |h| to the smallest, NaN last */
    int64_t *by_kurtosis; /* likewise */
    int64_t *outlier;     /* outliers.count of them, in the order of by_mean_abs */
    double seconds;       /* of the whole computation, reading included */
    double *numbers;      /* where the features' figures lie */
    int64_t *integers;
    int32_t *criteria;
};

/* Gives the stream, which may be one of zeros, to the accumulator and fills in the report, with
 * progress on the bar. After an error or Ctrl-C the report is empty. */
bool moments_report_measure(struct moments_report *report, latent_context *context,
                            latent_moments *moments, struct activation_stream *stream,
                            const struct moments_request *request, struct progress_bar *bar,
                            struct io_error *error);

void moments_report_free(struct moments_report *report);

/* The kurtosis of Gaussian values: 3, or 0 in Fisher's convention. */
double moments_gaussian(const struct moments_request *request);

/* "magnitude", "sigma", "ratio" for the criteria of a feature, in this order; NULL after the
 * last. */
void moments_criteria_names(int32_t criteria, const char *names[4]);

#endif
