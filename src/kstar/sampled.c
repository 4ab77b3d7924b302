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

/* A concept's skewness from s of its n values. */
typedef struct estimate {
    double gamma, variance;
} estimate;

/* Whether all values but one are equal: of three values two are then the common one. */
static bool one_differs(const double *values, int64_t s) {
    for (int64_t i = 0; i < 3; i++) {
        int64_t equal = 0;
        for (int64_t j = 0; j < s; j++)
            equal += values[j] == values[i];
        if (equal >= s - 1)
            return true;
    }
    return false;
}

/* Sums of the first three powers of x - centre over drawn values. */
typedef struct powers {
    double centre, s1, s2, s3;
} powers;

static void add_power(powers *sum, double x, double weight) {
    const double t = x - sum->centre;
    sum->s1 += weight * t;
    sum->s2 += weight * t * t;
    sum->s3 += weight * t * t * t;
}

/* The skewness of a whole concept of n values that `count` drawn ones stand for: each weighs n /
 * count. The endpoints 0 and 1 weigh 1 each, as they would beside all n. */
static double skewness_of(powers sum, int64_t count, int64_t n, bool endpoints) {
    const double weight = (double)n / (double)count, total = (double)n + (endpoints ? 2 : 0);
    powers all = {.centre = sum.centre};
    if (endpoints) {
        add_power(&all, 0, 1);
        add_power(&all, 1, 1);
    }
    const double v = (weight * sum.s1 + all.s1) / total;
    const double second = (weight * sum.s2 + all.s2) / total;
    const double third = (weight * sum.s3 + all.s3) / total;
    const double m2 = second - v * v, m3 = third - 3 * v * second + 2 * v * v * v;
    return m3 / (m2 * sqrt(m2));
}

/* The sums without value i. Subtracting cancels where that value makes up most of them: then, which
 * can be for two values at the most, they are formed anew about the rest's own mean. */
static powers without(const double *values, int64_t s, int64_t i, powers sum) {
    const double t = values[i] - sum.centre;
    if (t * t <= sum.s2 / 2) {
        add_power(&sum, values[i], -1);
        return sum;
    }
    powers rest = {.centre = 0};
    for (int64_t j = 0; j < s; j++)
        rest.centre += j == i ? 0 : values[j] / (double)(s - 1);
    for (int64_t j = 0; j < s; j++)
        if (j != i)
            add_power(&rest, values[j], 1);
    return rest;
}

/* The skewness of few values is biased towards 0; the jackknife takes the bias of order 1/s away,
 * and gives the variance. Both have the factor 1 - s/n of a finite population, so that nothing is
 * corrected, and nothing uncertain, when every sample was drawn. `left` has room for s, `values`
 * for the endpoints. */
static estimate estimate_of(double *values, int64_t s, int64_t n, bool endpoints, double *left) {
    const latent__concept concept = latent__concept_of(values, s, endpoints, 0);
    if (s == n || !isfinite(concept.skewness))
        return (estimate){concept.skewness, 0};
    powers sum = {.centre = concept.mean};
    for (int64_t i = 0; i < s; i++)
        add_power(&sum, values[i], 1);
    const double gamma = skewness_of(sum, s, n, endpoints);
    /* Without the one that differs the rest has no skewness: there is nothing to estimate from. */
    if (!endpoints && one_differs(values, s))
        return (estimate){gamma, NAN};
    for (int64_t i = 0; i < s; i++)
        left[i] = skewness_of(without(values, s, i, sum), s - 1, n, endpoints);
    const latent__shape spread = latent__shape_of(left, s);
    const double open = 1 - (double)s / (double)n, weight = open * ((double)s - 1);
    return (estimate){gamma + weight * (gamma - spread.mean), weight * spread.std * spread.std};
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

static void estimate_all(const draws *d, const latent_kstar_sampled_options *options,
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
        const estimate one =
            estimate_of(d->values, s, n, options->endpoints != 0, d->values + d->most + 2);
        result->perfect += isinf(one.gamma) != 0;
        result->undefined += isnan(one.gamma) != 0;
        if (!isfinite(one.gamma))
            continue;
        entered++;
        gamma += one.gamma;
        variance += one.variance;
    }
    result->samples = d->count;
    result->concepts = groups->count;
    result->gamma = entered ? gamma / (double)entered : NAN;
    result->standard_error = entered ? sqrt(variance) / (double)entered : NAN;
}

/* Draws from each concept with a stream of its own, so that one concept's draw does not depend on
 * the others'. */
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
    latent__set_budget(context, latent__view_bytes(problem->references), latent__linear(rows, 64));
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
        status =
            latent__ranks(context, &drawn_problem, (latent_ties)options->ties, d.kstar, &extra);
    }
    if (!status)
        estimate_all(&d, options, result);
    latent__release(context, d.values, room, sizeof(double));
    latent__release(context, d.kstar, d.count, sizeof(int64_t));
    latent__release(context, d.rows, d.count, sizeof(int64_t));
    latent__groups_free(context, &d.groups);
    return status;
}
