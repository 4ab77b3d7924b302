#include <inttypes.h>
#include <math.h>

#include "base/groups.h"
#include "base/memory.h"
#include "base/skewness.h"
#include "ranks.h"

static latent_pattern pattern_of(double skewness, double threshold) {
    if (isnan(skewness))
        return LATENT_UNDEFINED;
    if (skewness > threshold)
        return LATENT_FRACTURED;
    return skewness < -threshold ? LATENT_CLUSTERED : LATENT_OVERLAPPED;
}

latent__concept latent__concept_of(double *values, int64_t n, bool endpoints, double threshold) {
    const latent__shape shape = latent__shape_of(values, n);
    double skewness = shape.skewness;
    if (shape.constant) {
        /* All 1 is a perfect cluster; one sample's k* / n can only be 1, which says nothing. */
        skewness = n > 1 && values[0] == 1 ? -INFINITY : NAN;
    } else if (endpoints) {
        values[n] = 0;
        values[n + 1] = 1;
        skewness = latent__shape_of(values, n + 2).skewness;
    }
    return (latent__concept){shape.mean, shape.std, skewness, pattern_of(skewness, threshold)};
}

/* The sums over concepts that become the overall coefficients. */
typedef struct totals {
    double gamma, weighted, weight;
    int64_t entered, perfect, undefined;
} totals;

static void add(totals *sum, double gamma, int64_t samples) {
    if (isnan(gamma)) {
        sum->undefined++;
    } else if (isinf(gamma)) {
        sum->perfect++;
    } else {
        sum->entered++;
        sum->gamma += gamma;
        sum->weighted += gamma * (double)samples;
        sum->weight += (double)samples;
    }
}

static void write_concept(latent_kstar_concepts *to, int64_t g, int32_t label, int64_t samples,
                          const latent__concept *concept) {
    if (to->label)
        to->label[g] = label;
    if (to->samples)
        to->samples[g] = samples;
    if (to->mean)
    to->mean[g] = concept->mean;
    if (to->std)
    to->std[g] = concept->std;
    if (to->skewness)
    to->skewness[g] = concept->skewness;
    if (to->pattern)
    to->pattern[g] = (int32_t) concept->pattern;
}

/* Normalises each group's values, which stand one after the other in `values`; n + 2 entries. */
static void summarise(const int64_t *kstar, const latent__groups *groups,
                      const latent_kstar_summary_options *options, double *values,
                      latent_kstar_concepts *concepts, totals *sum) {
    for (int64_t g = 0; g < groups->count; g++) {
        const int64_t first = groups->start[g], n = groups->start[g + 1] - first;
        for (int64_t p = 0; p < n; p++) {
            const int64_t entry = groups->order[first + p];
            const int64_t population = options->population ? options->population[entry] : n;
            values[p] = (double)kstar[entry] / (double)population;
        }
        const latent__concept concept =
            latent__concept_of(values, n, options->endpoints != 0, options->threshold);
        add(sum, concept.skewness, n);
        if (concepts)
            write_concept(concepts, g, groups->label[g], n, &concept);
    }
}

/* Every value of the whole set, in group order, for the pooled coefficient. */
static double pooled(const int64_t *kstar, const latent__groups *groups,
                     const latent_kstar_summary_options *options, double *values) {
    for (int64_t g = 0; g < groups->count; g++)
        for (int64_t p = groups->start[g]; p < groups->start[g + 1]; p++) {
            const int64_t entry = groups->order[p];
            const int64_t population = options->population
                                           ? options->population[entry]
                                           : groups->start[g + 1] - groups->start[g];
            values[p] = (double)kstar[entry] / (double)population;
        }
    return latent__concept_of(values, groups->n, options->endpoints != 0, 0).skewness;
}

static latent_status check_values(latent_context *context, const int64_t *kstar,
                                  const int32_t *labels, const latent__groups *groups,
                                  const int64_t *population) {
    for (int64_t e = 0; e < groups->n; e++) {
        const int64_t g = population ? 0 : latent__groups_find(groups, labels[e]);
        const int64_t most = population ? population[e] : groups->start[g + 1] - groups->start[g];
        if (population && most < 1)
            return latent__fail(
                context, LATENT_ERROR_ARGUMENT,
                "options->population[%" PRId64 "] is %" PRId64 "; it must be at least 1", e, most);
        if (kstar[e] < 1 || kstar[e] > most)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "kstar[%" PRId64 "] is %" PRId64 ", outside 1 to %" PRId64, e,
                                kstar[e], most);
    }
    return LATENT_OK;
}

static latent_status check_capacity(latent_context *context, const latent__groups *groups,
                                    latent_kstar_concepts *concepts) {
    if (!concepts)
        return LATENT_OK;
    concepts->count = groups->count;
    if (concepts->capacity >= groups->count)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "concepts->capacity is %" PRId64 "; there are %" PRId64 " concepts",
                        concepts->capacity, groups->count);
}

latent_status latent__summary(latent_context *context, const int64_t *kstar, const int32_t *labels,
                              int64_t n, const latent_kstar_summary_options *options,
                              latent_kstar_concepts *concepts, latent_kstar_overall *overall) {
    latent__groups groups;
    latent_status status = latent__groups_make(context, labels, NULL, n, &groups);
    if (status)
        return status;
    double *values = latent__allocate(context, n + 2, sizeof(double), "the values", &status);
    if (!status)
        status = check_values(context, kstar, labels, &groups, options->population);
    if (!status)
        status = check_capacity(context, &groups, concepts);
    if (!status) {
        totals sum = {0};
        summarise(kstar, &groups, options, values, concepts, &sum);
        overall->concepts = groups.count;
        overall->perfect = sum.perfect;
        overall->undefined = sum.undefined;
        overall->gamma = sum.entered ? sum.gamma / (double)sum.entered : NAN;
        overall->gamma_weighted = sum.entered ? sum.weighted / sum.weight : NAN;
        overall->gamma_pooled = pooled(kstar, &groups, options, values);
    }
    latent__release(context, values, n + 2, sizeof(double));
    latent__groups_free(context, &groups);
    return status;
}
