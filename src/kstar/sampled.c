/* Gamma': the overall coefficient from some samples of each concept. */
#include <math.h>

#include "base/groups.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/skewness.h"
#include "ranks.h"

/* Draws `s` of the n entries without replacement, to the front (Fisher and Yates). */
static void draw(int64_t *entries, int64_t n, int64_t s, latent__random random) {
    for (int64_t i = 0; i < s; i++) {
        const int64_t j = i + (int64_t)latent__random_below(&random, (uint64_t)(n - i));
        const int64_t swap = entries[i];
        entries[i] = entries[j];
        entries[j] = swap;
    }
}

/* The jackknife variance of a concept's skewness: (s - 1)/s · sum (gamma_(-i) - mean)², with the
 * factor 1 - s/n of a finite population. Leaving one out in turn costs O(s²); s is small. */
static double jackknife(const double *values, int64_t s, int64_t n, bool endpoints, double *left) {
    if (s == n)
        return 0;
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < s; i++) {
        int64_t kept = 0;
        for (int64_t j = 0; j < s; j++)
            if (j != i)
                left[kept++] = values[j];
        const double gamma = latent__concept_of(left, kept, endpoints, 0).skewness;
        /* Without this sample the rest may be constant: the estimate says nothing then. */
        if (!isfinite(gamma))
            return NAN;
        sum += gamma;
        squares += gamma * gamma;
    }
    const double count = (double)s, mean = sum / count;
    const double spread = fmax(squares - count * mean * mean, 0);
    return (count - 1) / count * spread * (1 - count / (double)n);
}

typedef struct draws {
    latent__groups groups;
    int64_t *rows;       /* the drawn ones, concept after concept */
    int64_t *kstar;      /* theirs */
    double *values;      /* one concept's, and its leave-one-out list behind it */
    int64_t count, most; /* drawn in all; drawn from one concept at the most */
} draws;

static int64_t drawn(const latent__groups *groups, int64_t g, int64_t per_concept) {
    const int64_t n = groups->start[g + 1] - groups->start[g];
    return n < per_concept ? n : per_concept;
}

static void estimate(const draws *d, const latent_kstar_sampled_options *options,
                     latent_kstar_sampled_result *result) {
    const latent__groups *groups = &d->groups;
    double gamma = 0, variance = 0;
    int64_t entered = 0, first = 0;
    for (int64_t g = 0; g < groups->count; g++) {
        const int64_t n = groups->start[g + 1] - groups->start[g];
        const int64_t s = drawn(groups, g, options->per_concept);
        for (int64_t i = 0; i < s; i++)
            d->values[i] = (double)d->kstar[first + i] / (double)n;
        first += s;
        double *rest = d->values + d->most + 2;
        const bool endpoints = options->endpoints != 0;
        const double variance_of = jackknife(d->values, s, n, endpoints, rest);
        const double skewness = latent__concept_of(d->values, s, endpoints, 0).skewness;
        result->perfect += isinf(skewness) != 0;
        result->undefined += isnan(skewness) != 0;
        if (!isfinite(skewness))
            continue;
        entered++;
        gamma += skewness;
        variance += variance_of;
    }
    result->samples = d->count;
    result->concepts = groups->count;
    result->gamma = entered ? gamma / (double)entered : NAN;
    result->standard_error = entered ? sqrt(variance) / (double)entered : NAN;
}

/* Draws from each concept with a stream of its own, so that one concept's draw does not depend on the
 * others'. */
static void choose(latent_context *context, draws *d, const latent_kstar_sampled_options *options) {
    const uint64_t seed = options->seed ? options->seed : context->options.seed;
    int64_t first = 0;
    for (int64_t g = 0; g < d->groups.count; g++) {
        int64_t *entries = d->groups.order + d->groups.start[g];
        const int64_t n = d->groups.start[g + 1] - d->groups.start[g];
        const int64_t s = drawn(&d->groups, g, options->per_concept);
        if (s < n)
            draw(entries, n, s,
                 latent__random_stream(seed, (uint64_t)(uint32_t)d->groups.label[g]));
        for (int64_t i = 0; i < s; i++)
            d->rows[first++] = entries[i];
    }
}

latent_status latent__sampled(latent_context *context, const latent__problem *problem,
                              const latent_kstar_sampled_options *options,
                              latent_kstar_sampled_result *result) {
    draws d = {0};
    const int64_t rows = problem->references->rows;
    latent_status status =
        latent__groups_make(context, problem->reference_labels, NULL, rows, &d.groups);
    if (status)
        return status;
    for (int64_t g = 0; g < d.groups.count; g++) {
        const int64_t s = drawn(&d.groups, g, options->per_concept);
        d.count += s;
        d.most = s > d.most ? s : d.most;
    }
    const int64_t room = 2 * (d.most + 2);
    d.rows = latent__allocate(context, d.count, sizeof(int64_t), "the drawn samples", &status);
    if (!status)
        d.kstar = latent__allocate(context, d.count, sizeof(int64_t), "their k*", &status);
    if (!status)
        d.values = latent__allocate(context, room, sizeof(double), "a concept's values", &status);
    if (!status) {
        choose(context, &d, options);
        latent__problem drawn_problem = *problem;
        drawn_problem.rows = d.rows;
        drawn_problem.row_count = d.count;
        latent_kstar_extra extra = {0};
        status = latent__ranks(context, &drawn_problem, options->ties, d.kstar, &extra);
    }
    if (!status)
        estimate(&d, options, result);
    latent__release(context, d.values, room, sizeof(double));
    latent__release(context, d.kstar, d.count, sizeof(int64_t));
    latent__release(context, d.rows, d.count, sizeof(int64_t));
    latent__groups_free(context, &d.groups);
    return status;
}
