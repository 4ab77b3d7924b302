#include "fits.h"

#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "line.h"

/* What a fit works on: logits of the models that were measured under one shift. */
typedef struct pairs {
    double *x, *y;
    int64_t n;
    int64_t first; /* the first of the models */
} pairs;

static void gather(pairs *found, const double *reference, const latent_matrix *shifted,
                   int64_t shift) {
    found->n = 0;
    for (int64_t m = 0; m < shifted->rows; m++) {
        const double accuracy = latent__element(shifted, m, shift);
        if (isnan(accuracy))
            continue;
        if (found->n == 0)
            found->first = m;
        found->x[found->n] = latent__logit(reference[m]);
        found->y[found->n++] = latent__logit(accuracy);
    }
}

static latent_status check_distinct(latent_context *context, const pairs *found,
                                    const double *reference, int64_t shift) {
    for (int64_t i = 1; i < found->n; i++)
        if (found->x[i] != found->x[0])
            return LATENT_OK;
    if (found->n < 2)
        return latent__fail(context, LATENT_ERROR_DOMAIN,
                            "the number of models measured in column %" PRId64
                            " of shifted is %" PRId64 "; a line needs two",
                            shift, found->n);
    return latent__fail(context, LATENT_ERROR_DOMAIN,
                        "reference is %.15g for all %" PRId64 " models measured in column %" PRId64
                        " of shifted; a line needs two that differ",
                        reference[found->first], found->n, shift);
}

static void put(double *array, int64_t entry, double value) {
    if (array)
        array[entry] = value;
}

static void write_line(const latent_robustness_fits *fits, int64_t shift,
                       const latent__line *line) {
    if (fits->models)
        fits->models[shift] = line->n;
    put(fits->slope, shift, line->slope);
    put(fits->intercept, shift, line->intercept);
    put(fits->slope_error, shift, line->slope_error);
    put(fits->intercept_error, shift, line->intercept_error);
    put(fits->r_squared, shift, line->r_squared);
    put(fits->residual_std, shift, line->residual_std);
    put(fits->reference_mean, shift, line->x_mean);
}

static void write_residuals(double *residuals, const double *reference,
                            const latent_matrix *shifted, const latent__line *lines) {
    for (int64_t m = 0; m < shifted->rows; m++) {
        const double x = latent__logit(reference[m]);
        for (int64_t s = 0; s < shifted->columns; s++) {
            const double accuracy = latent__element(shifted, m, s);
            const latent__line *line = &lines[s];
            residuals[m * shifted->columns + s] =
                isnan(accuracy)
                    ? (double)NAN
                    : (latent__logit(accuracy) - line->y_mean) - line->slope * (x - line->x_mean);
        }
    }
}

latent_status latent__robustness_fit(latent_context *context, const double *reference,
                                     const latent_matrix *shifted,
                                     const latent_robustness_fits *fits) {
    const int64_t models = shifted->rows, shifts = shifted->columns;
    latent_status status = LATENT_OK;
    latent__line *lines = latent__allocate(context, shifts, sizeof *lines, "the lines", &status);
    double *logits =
        status ? NULL
               : latent__allocate(context, models, 2 * sizeof *logits, "the logits", &status);
    for (int64_t s = 0; !status && s < shifts; s++) {
        pairs found = {.x = logits, .y = logits + models};
        gather(&found, reference, shifted, s);
        status = check_distinct(context, &found, reference, s);
        if (!status)
            lines[s] = latent__line_through(found.x, found.y, found.n);
    }
    for (int64_t s = 0; !status && s < shifts; s++)
        write_line(fits, s, &lines[s]);
    if (!status && fits->residuals)
        write_residuals(fits->residuals, reference, shifted, lines);
    latent__release(context, logits, models, 2 * sizeof *logits);
    latent__release(context, lines, shifts, sizeof *lines);
    return status;
}

void latent__robustness_predict(const latent_robustness_fits *fits, int64_t shifts,
                                const double *accuracies, int64_t count, double *predicted,
                                double *line_error, double *model_error) {
    for (int64_t i = 0; i < count; i++) {
        const double x = latent__logit(accuracies[i]);
        for (int64_t s = 0; s < shifts; s++) {
            const double z = fits->slope[s] * x + fits->intercept[s];
            predicted[i * shifts + s] = latent__accuracy_at(z);
            if (!line_error && !model_error)
                continue;
            const double deviation = fits->residual_std[s];
            const double line = hypot(deviation / sqrt((double)fits->models[s]),
                                      fits->slope_error[s] * (x - fits->reference_mean[s]));
            put(line_error, i * shifts + s, latent__accuracy_slope(z) * line);
            put(model_error, i * shifts + s, latent__accuracy_slope(z) * hypot(line, deviation));
        }
    }
}

void latent__robustness_effective(const latent_robustness_fits *fits, const double *reference,
                                  const latent_matrix *shifted, double *effective, double *mean) {
    const int64_t shifts = shifted->columns;
    for (int64_t m = 0; m < shifted->rows; m++) {
        const double x = latent__logit(reference[m]);
        double sum = 0;
        int64_t measured = 0;
        for (int64_t s = 0; s < shifts; s++) {
            const double er = latent__element(shifted, m, s) -
                              latent__accuracy_at(fits->slope[s] * x + fits->intercept[s]);
            put(effective, m * shifts + s, er);
            if (!isnan(er)) {
                sum += er;
                measured++;
            }
        }
        put(mean, m, measured > 0 ? sum / (double)measured : (double)NAN);
    }
}
