/* Moments of activations as JSON. */
#ifndef EXAMPLES_MOMENTS_JSON_H
#define EXAMPLES_MOMENTS_JSON_H

#include <stdio.h>

#include "common/moments_report.h"

/* Writes one object: samples, features, kurtosis and skewness (objects of mean, std, quantiles),
 * quantile_samples (how many the quantiles are of), degenerate, undefined, nonfinite,
 * median_mean_abs, outlier_features (an array of index, mean_abs, ratio, share_over_6,
 * share_over_6_sigma, criteria, from the largest mean |h| on), feature_moments (an object of
 * arrays, or null), options. A number that JSON cannot hold is null, and so are quantiles that
 * were not computed. */
bool moments_json_write(FILE *stream, const struct moments_report *report, struct io_error *error);

#endif
