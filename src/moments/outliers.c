/* The criteria of outliers.h. */
#include <math.h>

#include "accumulator.h"
#include "base/memory.h"
#include "kernels/moment_formulas.h"
#include "quantiles.h"

/* A feature's mean of |h| over the median of all, so that a feature of zeros has 0. */
static double ratio_to(double magnitude, double median) {
    return magnitude == 0 ? 0 : magnitude / median;
}

static int32_t criteria_of(double large, double far, double ratio,
                           const latent_outliers_options *options) {
    return (large >= options->share ? LATENT_BY_MAGNITUDE : 0) |
           (far >= options->share ? LATENT_BY_SIGMA : 0) |
           (ratio >= options->ratio ? LATENT_BY_RATIO : 0);
}

/* Whether a feature has figures: it has values, none of them a NaN that propagates. */
static bool known(const latent_moments *moments, int64_t j) {
    const bool propagate = moments->options.nan_policy == LATENT_NAN_PROPAGATE;
    return latent__moment_get(moments->tally.moments, j).count > 0 &&
           !(propagate && moments->tally.nonfinite[j] > 0);
}

static void judge(const latent_moments *moments, int64_t j, const latent_outliers_options *options,
                  latent_outliers *out) {
    const latent__tally *tally = &moments->tally;
    const latent__moment moment = latent__moment_get(tally->moments, j);
    const bool figures = known(moments, j);
    const double magnitude = figures ? moment.magnitude : NAN;
    const double ratio = ratio_to(magnitude, out->median);
    const double large = figures ? (double)tally->large[j] / moment.count : NAN;
    const double far = figures ? (double)tally->far[j] / moment.count : NAN;
    const int32_t criteria = criteria_of(large, far, ratio, options);
    if (out->mean_abs)
        out->mean_abs[j] = magnitude;
    if (out->ratio)
        out->ratio[j] = ratio;
    if (out->over_magnitude)
        out->over_magnitude[j] = tally->large[j];
    if (out->over_sigma)
        out->over_sigma[j] = tally->far[j];
    if (out->share_magnitude)
        out->share_magnitude[j] = large;
    if (out->share_sigma)
        out->share_sigma[j] = far;
    if (out->criteria)
        out->criteria[j] = criteria;
    if (criteria && out->index)
        out->index[out->count] = j;
    out->count += criteria != 0;
    out->by_magnitude += (criteria & LATENT_BY_MAGNITUDE) != 0;
    out->by_sigma += (criteria & LATENT_BY_SIGMA) != 0;
    out->by_ratio += (criteria & LATENT_BY_RATIO) != 0;
}

latent_status latent__outliers(latent_context *context, const latent_moments *moments,
                               const latent_outliers_options *options, latent_outliers *outliers) {
    const int64_t features = moments->tally.features;
    latent_status status = LATENT_OK;
    double *magnitudes =
        latent__allocate(context, features, sizeof *magnitudes, "the features' means", &status);
    if (status)
        return status;
    for (int64_t j = 0; j < features; j++)
        magnitudes[j] =
            known(moments, j) ? latent__moment_get(moments->tally.moments, j).magnitude : NAN;
    outliers->median = 0.5;
    status =
        latent__quantiles(context, magnitudes, features, &outliers->median, 1, &outliers->median);
    latent__release(context, magnitudes, features, sizeof *magnitudes);
    if (status)
        return status;
    outliers->count = outliers->by_magnitude = outliers->by_sigma = outliers->by_ratio = 0;
    for (int64_t j = 0; j < features; j++)
        judge(moments, j, options, outliers);
    return LATENT_OK;
}
