/* From what adds up to what users see. */
#include <math.h>

#include "accumulator.h"
#include "kernels/moment_formulas.h"
#include "moment.h"

static void put(double *array, int64_t j, double value) {
    if (array)
        array[j] = value;
}

static void write_feature(const latent_moments_features *out, int64_t j,
                          const latent__moment *moment, const latent_moments_options *options) {
    const bool any = moment->count > 0;
    put(out->mean, j, latent__moment_mean(moment));
    put(out->variance, j, latent__moment_variance(moment));
    put(out->skewness, j, latent__moment_skewness(moment, options->bias));
    put(out->kurtosis, j, latent__moment_kurtosis(moment, options->bias, options->fisher));
    put(out->min, j, any ? moment->low : NAN);
    put(out->max, j, any ? moment->high : NAN);
    put(out->mean_abs, j, any ? moment->magnitude : NAN);
}

void latent__write_features(const latent__tally *tally, const latent_moments_options *options,
                            latent_moments_features *features) {
    const latent__moment unknown = latent__moment_empty();
    features->degenerate = 0;
    for (int64_t j = 0; j < tally->features; j++) {
        const latent__moment moment = latent__moment_get(tally->moments, j);
        const int64_t nonfinite = tally->nonfinite[j];
        const bool known = nonfinite == 0 || options->nan_policy != LATENT_NAN_PROPAGATE;
        if (features->count)
            features->count[j] = (int64_t)moment.count + (known ? 0 : nonfinite);
        write_feature(features, j, known ? &moment : &unknown, options);
        features->degenerate += known && latent__moment_degenerate(&moment);
    }
}

void latent__write_overall(const latent__tally *tally, latent_moments_overall *overall) {
    const latent__samples *samples = &tally->samples;
    overall->samples = samples->rows;
    overall->degenerate = samples->degenerate;
    overall->undefined = samples->undefined;
    overall->nonfinite = samples->nonfinite;
    overall->kurtosis_mean = latent__moment_mean(&samples->kurtosis);
    overall->kurtosis_std = latent__moment_std(&samples->kurtosis);
    overall->skewness_mean = latent__moment_mean(&samples->skewness);
    overall->skewness_std = latent__moment_std(&samples->skewness);
}
