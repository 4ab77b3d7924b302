/* The mathematics of the public headers, evaluated naively in float64: what the library is tested
 * against. Nothing of src/ is used here, and nothing is clever. */
#ifndef HARNESS_ORACLE_H
#define HARNESS_ORACLE_H

#include <stdbool.h>

#include "latent.h"

typedef struct oracle_points {
    const double *values; /* rows x columns */
    const int32_t *labels;
    int64_t rows, columns;
} oracle_points;

/* latent_distance() of two rows, by the formula of distance.h. */
double oracle_distance(const double *a, const double *b, int64_t columns, latent_metric metric);
/* sqrt(S(a, a)). */
double oracle_norm(const double *a, int64_t columns);

typedef struct oracle_neighborhoods {
    int64_t *kstar;
    int64_t *foreign_index;
    double *foreign_distance;
    int64_t tied_pairs;
} oracle_neighborhoods;

/* k* of every query among the references; `self` holds the row that a query does not see (its
 * own), or is NULL. Allocates the result's arrays. */
oracle_neighborhoods oracle_kstar(const oracle_points *queries, const oracle_points *references,
                                  const int64_t *self, latent_metric metric, latent_ties ties);
void oracle_kstar_free(oracle_neighborhoods *result);

/* The k nearest references; `self` as above. */
void oracle_knn(const oracle_points *queries, const oracle_points *references, const int64_t *self,
                int64_t k, latent_metric metric, int64_t *indices, double *distances);

/* Biased Fisher-Pearson skewness m3 / m2^1.5 of values; NaN if they are all equal. */
double oracle_skewness(const double *values, int64_t count);

typedef struct oracle_concept {
    int32_t label;
    int64_t samples;
    double mean, std, skewness;
} oracle_concept;

typedef struct oracle_space {
    oracle_concept *concept;
    int64_t concepts, perfect, undefined;
    double gamma, gamma_weighted, gamma_pooled;
} oracle_space;

/* Summary of k* values; `population` NULL means each label's number of entries. */
oracle_space oracle_summary(const int64_t *kstar, const int32_t *labels, int64_t count,
                            const int64_t *population, bool endpoints);
void oracle_summary_free(oracle_space *space);

/* Whether two numbers agree: both NaN, or equal, or within tolerance * max(1, |expected|). */
bool oracle_close(double actual, double expected, double tolerance);

#endif
