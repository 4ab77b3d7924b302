/* moments.h, what needs no accumulator. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/structs.h"
#include "moments_checks.h"
#include "moments/accumulator.h"
#include "moments/quantiles.h"

static latent_status compute(latent_context *context, const latent_matrix *points,
                             const latent_moments_options *given,
                             latent_moments_samples *given_samples,
                             latent_moments_features *given_features,
                             latent_moments_overall *given_overall) {
    latent_moments_options options;
    latent_moments_features features;
    latent_moments_overall overall;
    latent__question question = {.context = context, .view = points, .options = &options};
    latent_status status = latent__view_check(context, points, "points");
    if (!status)
        status = latent__read_moments_options(context, &options, given);
    if (!status)
        status = latent__options_read(context, &question.out, sizeof question.out, given_samples,
                                      "samples");
    if (!status)
        status =
            latent__options_read(context, &features, sizeof features, given_features, "features");
    if (!status)
        status = latent__options_read(context, &overall, sizeof overall, given_overall, "overall");
    if (!status && !given_samples && !given_features && !given_overall)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "samples, features and overall are all NULL: nothing is asked for");
    if (status)
        return status;
    question.samples = given_samples || given_overall;
    question.features = given_features != NULL;
    latent__tally sum;
    latent__set_moments_budget(context, points, question.features);
    status = latent__tally_open(context, question.features ? points->columns : 0, &sum);
    if (status)
        return status;
    status = latent__view_moments(&question, &sum);
    if (!status && given_features) {
        latent__write_features(&sum, &options, &features);
        latent__struct_write(given_features, &features, sizeof features);
    }
    if (!status && given_overall) {
        latent__write_overall(&sum, &overall);
        latent__struct_write(given_overall, &overall, sizeof overall);
    }
    latent__tally_close(context, &sum);
    return status;
}

latent_status latent_moments_compute(latent_context *context, const latent_matrix *points,
                                     const latent_moments_options *options,
                                     latent_moments_samples *samples,
                                     latent_moments_features *features,
                                     latent_moments_overall *overall) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context,
                                  compute(context, points, options, samples, features, overall));
}

static latent_status quantiles_of(latent_context *context, const double *values, int64_t count,
                                  const double *probabilities, int64_t quantile_count,
                                  double *quantiles) {
    latent_status status = latent__need(context, values, "values");
    if (!status)
        status = latent__check_least(context, count, 1, "count");
    if (!status)
        status = latent__need(context, probabilities, "probabilities");
    if (!status)
        status = latent__check_least(context, quantile_count, 1, "quantile_count");
    if (!status)
        status = latent__need(context, quantiles, "quantiles");
    for (int64_t q = 0; !status && q < quantile_count; q++)
        if (!(probabilities[q] >= 0 && probabilities[q] <= 1))
            status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                                  "probabilities[%" PRId64 "] is %g, outside 0 to 1", q,
                                  probabilities[q]);
    if (status)
        return status;
    latent__set_budget(context, 0, latent__linear(count, 16));
    return latent__quantiles(context, values, count, probabilities, quantile_count, quantiles);
}

latent_status latent_moments_quantiles(latent_context *context, const double *values, int64_t count,
                                       const double *probabilities, int64_t quantile_count,
                                       double *quantiles) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, quantiles_of(context, values, count, probabilities,
                                                        quantile_count, quantiles));
}
