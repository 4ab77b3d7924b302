#include "robustness_data.h"

#include <math.h>
#include <stdlib.h>

#include "prng.h"
#include "testing.h"

static double percent(double logit) {
    return 100.0 / (1.0 + exp(-logit));
}

robustness_inputs robustness_inputs_make(int64_t models, int64_t shifts, uint64_t seed) {
    robustness_inputs table = {malloc((size_t)models * sizeof(double)),
                               malloc((size_t)(models * shifts) * sizeof(double)),
                               {0}};
    prng g = {seed};
    for (int64_t m = 0; m < models; m++) {
        const double x = 4.0 * prng_uniform(&g) - 1.0;
        table.reference[m] = percent(x);
        for (int64_t s = 0; s < shifts; s++)
            table.values[m * shifts + s] =
                percent((1.0 - 0.1 * (double)s) * x - 0.5 + 0.2 * (prng_uniform(&g) - 0.5));
    }
    table.shifted = latent_matrix_view(table.values, models, shifts, LATENT_F64);
    return table;
}

void robustness_inputs_free(robustness_inputs *table) {
    free(table->reference);
    free(table->values);
}

enum { PER_SHIFT = 8, PER_PAIR = 5 };

size_t robustness_results_bytes(int64_t models, int64_t shifts) {
    return (size_t)(PER_SHIFT * shifts + PER_PAIR * models * shifts + models) * 8;
}

robustness_results robustness_results_in(unsigned char *block, int64_t models, int64_t shifts) {
    robustness_results r = {.models = models, .shifts = shifts, .block = block};
    r.bytes = robustness_results_bytes(models, shifts);
    double *at = (double *)(void *)block;
    r.fits.size = sizeof r.fits;
    r.fits.models = (int64_t *)(void *)at;
    at += shifts;
    double **const figures[] = {&r.fits.slope,           &r.fits.intercept, &r.fits.slope_error,
                                &r.fits.intercept_error, &r.fits.r_squared, &r.fits.residual_std,
                                &r.fits.reference_mean};
    for (int i = 0; i < PER_SHIFT - 1; i++, at += shifts)
        *figures[i] = at;
    double **const pairs[] = {&r.fits.residuals, &r.predicted, &r.line_error, &r.model_error,
                              &r.effective};
    for (int i = 0; i < PER_PAIR; i++, at += models * shifts)
        *pairs[i] = at;
    r.mean = at;
    return r;
}

robustness_results robustness_results_new(int64_t models, int64_t shifts) {
    return robustness_results_in(poison_new(robustness_results_bytes(models, shifts)), models,
                                 shifts);
}

void robustness_results_free(robustness_results *results) {
    free(results->block);
}

void robustness_results_fill(latent_context *context, const double *reference,
                             const latent_matrix *shifted, const latent_robustness_options *options,
                             robustness_results *results) {
    expect_ok(context, latent_robustness_fit(context, reference, shifted, options, &results->fits));
    expect_ok(context, latent_robustness_predict(context, &results->fits, shifted->columns,
                                                 reference, shifted->rows, results->predicted,
                                                 results->line_error, results->model_error));
    expect_ok(context, latent_robustness_effective(context, &results->fits, reference, shifted,
                                                   options, results->effective, results->mean));
}
