#include "moments_checks.h"

#include <math.h>

#include "base/memory.h"
#include "base/structs.h"
#include "moments/block.h"

latent_status latent__default_positive(latent_context *context, double *value, double usual,
                                       const char *name) {
    if (!(*value >= 0 && *value < INFINITY))
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %g; it must be positive", name,
                            *value);
    if (*value == 0)
        *value = usual;
    return LATENT_OK;
}

latent_status latent__read_moments_options(latent_context *context, latent_moments_options *options,
                                           const latent_moments_options *given) {
    latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    if (!status)
        status = latent__check_reserved(context, options->reserved);
    if (!status && options->bias != LATENT_BIASED && options->bias != LATENT_UNBIASED)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT, "options->bias is %d, no estimator",
                              (int)options->bias);
    if (!status &&
        (options->nan_policy < LATENT_NAN_RAISE || options->nan_policy > LATENT_NAN_PROPAGATE))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->nan_policy is %d, no policy", (int)options->nan_policy);
    if (!status)
        status = latent__default_positive(context, &options->magnitude, 6, "options->magnitude");
    if (!status)
        status = latent__default_positive(context, &options->sigma, 6, "options->sigma");
    options->size = sizeof *options;
    options->fisher = options->fisher != 0;
    options->samples = options->samples != 0;
    options->outliers = options->outliers != 0;
    return status;
}

void latent__set_moments_budget(latent_context *context, const latent_matrix *points,
                                bool features) {
    const int64_t threads = latent_context_threads(context);
    int64_t linear = latent__linear(points->rows, 40) +
                     latent__linear(threads, (int64_t)sizeof(latent__desk) + 1024);
    if (features)
        linear += latent__linear(points->columns, 3 * 112);
    latent__set_budget(context, latent__view_bytes(points), linear);
}
