#include <math.h>
#include <stdlib.h>

#include "oracle.h"

static long double central_moment(const double *values, int64_t count, long double mean, int r) {
    long double sum = 0.0L;
    for (int64_t i = 0; i < count; i++) {
        const long double x = (long double)values[i] - mean;
        sum += r == 2 ? x * x : x * x * x;
    }
    return sum / (long double)count;
}

static long double mean_of(const double *values, int64_t count) {
    long double sum = 0.0L;
    for (int64_t i = 0; i < count; i++)
        sum += (long double)values[i];
    return sum / (long double)count;
}

static bool all_equal(const double *values, int64_t count) {
    for (int64_t i = 1; i < count; i++)
        if (values[i] != values[0])
            return false;
    return true;
}

double oracle_skewness(const double *values, int64_t count) {
    if (all_equal(values, count))
        return (double)NAN;
    const long double mean = mean_of(values, count);
    const long double m2 = central_moment(values, count, mean, 2);
    return (double)(central_moment(values, count, mean, 3) / (m2 * sqrtl(m2)));
}

/* Skewness with the rules for constants; `values` has room for two more. */
static double concept_skewness(double *values, int64_t count, bool endpoints) {
    if (count == 1)
        return (double)NAN;
    if (all_equal(values, count))
        return values[0] == 1.0 ? -(double)INFINITY : (double)NAN;
    values[count] = 0.0;
    values[count + 1] = 1.0;
    return oracle_skewness(values, endpoints ? count + 2 : count);
}

static int by_label(const void *left, const void *right) {
    const int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    return (a > b) - (a < b);
}

/* The distinct labels in ascending order; returns how many. */
static int64_t distinct_labels(const int32_t *labels, int64_t count, int32_t *distinct) {
    for (int64_t i = 0; i < count; i++)
        distinct[i] = labels[i];
    qsort(distinct, (size_t)count, sizeof *distinct, by_label);
    int64_t kept = 1;
    for (int64_t i = 1; i < count; i++)
        if (distinct[i] != distinct[kept - 1])
            distinct[kept++] = distinct[i];
    return kept;
}

static int64_t count_label(const int32_t *labels, int64_t count, int32_t label) {
    int64_t found = 0;
    for (int64_t i = 0; i < count; i++)
        found += labels[i] == label;
    return found;
}

static oracle_concept one_concept(const int64_t *kstar, const int32_t *labels, int64_t count,
                                  const int64_t *population, bool endpoints, int32_t label,
                                  double *values) {
    oracle_concept concept = {label, count_label(labels, count, label), 0.0, 0.0, 0.0};
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++)
        if (labels[i] == label)
            values[n++] = (double)kstar[i] / (double)(population ? population[i] : concept.samples);
    const long double mean = mean_of(values, n);
    concept.mean = (double)mean;
    concept.std = (double)sqrtl(central_moment(values, n, mean, 2));
    concept.skewness = concept_skewness(values, n, endpoints);
    return concept;
}

static void overall(oracle_space *space, double *values, int64_t count, bool endpoints) {
    long double sum = 0.0L, weighted = 0.0L;
    int64_t used = 0, weight = 0;
    for (int64_t c = 0; c < space->concepts; c++) {
        const oracle_concept *concept = &space->concept[c];
        if (isnan(concept->skewness)) {
            space->undefined++;
        } else if (isinf(concept->skewness)) {
            space->perfect++;
        } else {
            sum += (long double)concept->skewness;
            weighted += (long double)concept->skewness * (long double)concept->samples;
            used++;
            weight += concept->samples;
        }
    }
    space->gamma = used ? (double)(sum / (long double)used) : (double)NAN;
    space->gamma_weighted = used ? (double)(weighted / (long double)weight) : (double)NAN;
    space->gamma_pooled = concept_skewness(values, count, endpoints);
}

oracle_space oracle_summary(const int64_t *kstar, const int32_t *labels, int64_t count,
                            const int64_t *population, bool endpoints) {
    int32_t *distinct = malloc((size_t)count * sizeof *distinct);
    double *values = malloc((size_t)(count + 2) * sizeof *values);
    oracle_space space = {NULL, distinct_labels(labels, count, distinct), 0, 0, 0.0, 0.0, 0.0};
    space.concept = malloc((size_t)space.concepts * sizeof *space.concept);
    for (int64_t c = 0; c < space.concepts; c++)
    space.concept[c] =
        one_concept(kstar, labels, count, population, endpoints, distinct[c], values);
    for (int64_t i = 0; i < count; i++)
        values[i] = (double)kstar[i] /
                    (double)(population ? population[i] : count_label(labels, count, labels[i]));
    overall(&space, values, count, endpoints);
    free(values);
    free(distinct);
    return space;
}

void oracle_summary_free(oracle_space *space) {
    free(space->concept);
}
