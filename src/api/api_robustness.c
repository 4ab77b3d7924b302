/* robustness.h. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "robustness/fits.h"
#include "robustness/line.h"

enum { NAME_BYTES = 64 };

static bool has_logit(double accuracy) {
    return accuracy > 0 && accuracy < 100;
}

/* What is wrong with an accuracy that has no logit; LATENT_OK if it need not have one and is 0 or
 * 100. */
static latent_status judge(latent_context *context, double accuracy, bool needs_logit,
                           const char *name) {
    if (!isfinite(accuracy))
        return latent__fail(context, LATENT_ERROR_NONFINITE, "%s is %s", name,
                            isnan(accuracy) ? "NaN"
                            : accuracy < 0  ? "-infinity"
                                            : "infinity");
    if (accuracy < 0 || accuracy > 100)
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %.15g, outside 0 to 100 percent",
                            name, accuracy);
    if (needs_logit)
        return latent__fail(context, LATENT_ERROR_DOMAIN, "%s is %g, which has no logit", name,
                            accuracy);
    return LATENT_OK;
}

static latent_status check_accuracies(latent_context *context, const double *accuracies,
                                      int64_t count, const char *argument) {
    latent_status status = latent__need(context, accuracies, argument);
    for (int64_t i = 0; !status && i < count; i++)
        if (!has_logit(accuracies[i])) {
            char name[NAME_BYTES];
            snprintf(name, sizeof name, "%s[%" PRId64 "]", argument, i);
            status = judge(context, accuracies[i], true, name);
        }
    return status;
}

static latent_status check_shifted(latent_context *context, const latent_matrix *shifted,
                                   bool missing, bool need_logits) {
    latent_status status = LATENT_OK;
    for (int64_t m = 0; m < shifted->rows; m++)
        for (int64_t s = 0; !status && s < shifted->columns; s++) {
            const double accuracy = latent__element(shifted, m, s);
            if (has_logit(accuracy) || (missing && isnan(accuracy)))
                continue;
            char name[NAME_BYTES];
            snprintf(name, sizeof name, "shifted[%" PRId64 "][%" PRId64 "]", m, s);
            status = judge(context, accuracy, need_logits, name);
        }
    return status;
}

static latent_status read_options(latent_context *context, latent_robustness_options *options,
                                  const latent_robustness_options *given) {
    const latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    return status ? status : latent__check_reserved(context, options->reserved);
}

static latent_status read_fits(latent_context *context, latent_robustness_fits *fits,
                               const latent_robustness_fits *given) {
    const latent_status status = latent__need(context, given, "fits");
    return status ? status : latent__options_read(context, fits, sizeof *fits, given, "fits");
}

static latent_status fit(latent_context *context, const double *reference,
                         const latent_matrix *shifted,
                         const latent_robustness_options *given_options,
                         const latent_robustness_fits *given_fits) {
    latent_robustness_options options;
    latent_robustness_fits fits;
    latent_status status = latent__need(context, reference, "reference");
    if (!status)
        status = latent__view_check(context, shifted, "shifted");
    if (!status)
        status = read_options(context, &options, given_options);
    if (!status)
        status = read_fits(context, &fits, given_fits);
    if (!status)
        status = check_accuracies(context, reference, shifted->rows, "reference");
    if (!status)
        status = check_shifted(context, shifted, options.missing != 0, true);
    if (status)
        return status;
    latent__set_budget(context, 0,
                       latent__linear(shifted->rows, 16) +
                           latent__linear(shifted->columns, (int64_t)sizeof(latent__line)));
    return latent__robustness_fit(context, reference, shifted, &fits);
}

latent_status latent_robustness_fit(latent_context *context, const double *reference,
                                    const latent_matrix *shifted,
                                    const latent_robustness_options *options,
                                    latent_robustness_fits *fits) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, fit(context, reference, shifted, options, fits));
}

static latent_status check_finite(latent_context *context, const double *values, int64_t count,
                                  const char *name) {
    const latent_status status = latent__need(context, values, name);
    for (int64_t s = 0; !status && s < count; s++)
        if (!isfinite(values[s]))
            return latent__fail(context, LATENT_ERROR_NONFINITE, "%s[%" PRId64 "] is %s", name, s,
                                isnan(values[s]) ? "NaN" : "infinite");
    return status;
}

/* What beta needs. */
static latent_status check_lines(latent_context *context, const latent_robustness_fits *fits,
                                 int64_t shifts) {
    const latent_status status = check_finite(context, fits->slope, shifts, "fits->slope");
    return status ? status : check_finite(context, fits->intercept, shifts, "fits->intercept");
}

/* What its errors need beside it. */
static latent_status check_errors(latent_context *context, const latent_robustness_fits *fits,
                                  int64_t shifts) {
    latent_status status = latent__need(context, fits->models, "fits->models");
    if (!status)
        status = latent__need(context, fits->slope_error, "fits->slope_error");
    if (!status)
        status = latent__need(context, fits->residual_std, "fits->residual_std");
    if (!status)
        status = latent__need(context, fits->reference_mean, "fits->reference_mean");
    char name[NAME_BYTES];
    for (int64_t s = 0; !status && s < shifts; s++) {
        snprintf(name, sizeof name, "fits->models[%" PRId64 "]", s);
        status = latent__check_least(context, fits->models[s], 2, name);
    }
    return status;
}

static latent_status predict(latent_context *context, const latent_robustness_fits *given,
                             int64_t shifts, const double *accuracies, int64_t count,
                             double *predicted, double *line_error, double *model_error) {
    latent_robustness_fits fits;
    latent_status status = read_fits(context, &fits, given);
    if (!status)
        status = latent__check_least(context, shifts, 1, "shifts");
    if (!status)
        status = latent__check_least(context, count, 1, "count");
    if (!status)
        status = latent__need(context, predicted, "predicted");
    if (!status)
        status = check_lines(context, &fits, shifts);
    if (!status && (line_error || model_error))
        status = check_errors(context, &fits, shifts);
    if (!status)
        status = check_accuracies(context, accuracies, count, "accuracies");
    if (!status)
        latent__robustness_predict(&fits, shifts, accuracies, count, predicted, line_error,
                                   model_error);
    return status;
}

latent_status latent_robustness_predict(latent_context *context, const latent_robustness_fits *fits,
                                        int64_t shifts, const double *accuracies, int64_t count,
                                        double *predicted, double *line_error,
                                        double *model_error) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, predict(context, fits, shifts, accuracies, count,
                                                   predicted, line_error, model_error));
}

static latent_status effective_of(latent_context *context, const latent_robustness_fits *given_fits,
                                  const double *reference, const latent_matrix *shifted,
                                  const latent_robustness_options *given_options, double *effective,
                                  double *mean) {
    latent_robustness_options options;
    latent_robustness_fits fits;
    latent_status status = read_fits(context, &fits, given_fits);
    if (!status)
        status = latent__need(context, reference, "reference");
    if (!status)
        status = latent__view_check(context, shifted, "shifted");
    if (!status)
        status = read_options(context, &options, given_options);
    if (!status && !effective && !mean)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "effective and mean are both NULL: nothing is asked for");
    if (!status)
        status = check_lines(context, &fits, shifted->columns);
    if (!status)
        status = check_accuracies(context, reference, shifted->rows, "reference");
    if (!status)
        status = check_shifted(context, shifted, options.missing != 0, false);
    if (!status)
        latent__robustness_effective(&fits, reference, shifted, effective, mean);
    return status;
}

latent_status latent_robustness_effective(latent_context *context,
                                          const latent_robustness_fits *fits,
                                          const double *reference, const latent_matrix *shifted,
                                          const latent_robustness_options *options,
                                          double *effective, double *mean) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, effective_of(context, fits, reference, shifted, options,
                                                        effective, mean));
}
