/* latent_kstar_summary() against the oracle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "testing.h"

/* Means and deviations of numbers in (0, 1]; skewness divides by a small power of the deviation. */
static const double moment_tolerance = 1e-13, skewness_tolerance = 1e-9;

static bool near(const char *what, double actual, double expected, double tolerance) {
    if (oracle_close(actual, expected, tolerance))
        return true;
    fprintf(stderr, "%s is %.17g, should be %.17g\n", what, actual, expected);
    return false;
}

/* The pattern that follows from a skewness; -1 where rounding could decide. */
static int32_t pattern_of(double skewness, double threshold) {
    if (isnan(skewness))
        return LATENT_UNDEFINED;
    if (fabs(fabs(skewness) - threshold) < 1e-6)
        return -1;
    if (skewness > threshold)
        return LATENT_FRACTURED;
    return skewness < -threshold ? LATENT_CLUSTERED : LATENT_OVERLAPPED;
}

static bool same_concept(const latent_kstar_concepts *rows, int64_t c,
                         const oracle_concept *expected, double threshold) {
    const int32_t pattern = pattern_of(expected->skewness, threshold);
    return near("label", rows->label[c], expected->label, 0.0) &&
           near("samples", (double)rows->samples[c], (double)expected->samples, 0.0) &&
           near("mean", rows->mean[c], expected->mean, moment_tolerance) &&
           near("std", rows->std[c], expected->std, moment_tolerance) &&
           near("skewness", rows->skewness[c], expected->skewness, skewness_tolerance) &&
           (pattern < 0 || near("pattern", rows->pattern[c], pattern, 0.0));
}

static bool same_space(const latent_kstar_concepts *rows, const latent_kstar_overall *actual,
                       const oracle_space *expected, double threshold) {
    if (!near("count", (double)rows->count, (double)expected->concepts, 0.0))
        return false;
    for (int64_t c = 0; c < expected->concepts; c++)
        if (!same_concept(rows, c, &expected->concept[c], threshold))
            return false;
    return near("concepts", (double)actual->concepts, (double)expected->concepts, 0.0) &&
           near("perfect", (double)actual->perfect, (double)expected->perfect, 0.0) &&
           near("undefined", (double)actual->undefined, (double)expected->undefined, 0.0) &&
           near("gamma", actual->gamma, expected->gamma, skewness_tolerance) &&
           near("gamma_weighted", actual->gamma_weighted, expected->gamma_weighted,
                skewness_tolerance) &&
           near("gamma_pooled", actual->gamma_pooled, expected->gamma_pooled, skewness_tolerance);
}

bool agrees_summary(latent_context *context, const int64_t *kstar, const int32_t *labels, int64_t n,
                    const int64_t *population, bool endpoints, double threshold) {
    oracle_space expected = oracle_summary(kstar, labels, n, population, endpoints);
    const size_t room = (size_t)expected.concepts;
    latent_kstar_summary_options options = {.size = sizeof options,
                                            .threshold = threshold,
                                            .endpoints = endpoints,
                                            .population = population};
    latent_kstar_concepts rows = {.size = sizeof rows, .capacity = expected.concepts};
    rows.label = poison_new(room * 4);
    rows.samples = poison_new(room * 8);
    rows.mean = poison_new(room * 8);
    rows.std = poison_new(room * 8);
    rows.skewness = poison_new(room * 8);
    rows.pattern = poison_new(room * 4);
    latent_kstar_overall overall = {.size = sizeof overall};
    const latent_status status =
        latent_kstar_summary(context, kstar, labels, n, &options, &rows, &overall);
    bool same = false;
    if (status == LATENT_OK)
        same = same_space(&rows, &overall, &expected, threshold == 0.0 ? 0.5 : threshold);
    else
        fprintf(stderr, "summary: status %d, \"%s\"\n", (int)status, latent_context_error(context));
    free(rows.label);
    free(rows.samples);
    free(rows.mean);
    free(rows.std);
    free(rows.skewness);
    free(rows.pattern);
    oracle_summary_free(&expected);
    return same;
}
