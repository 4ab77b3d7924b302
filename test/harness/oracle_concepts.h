/* Average precision and what follows from it by the formulas of concepts.h and encoding.h: samples
 * are sorted, and steps of equal scores are taken one after another, in long double. Nothing of
 * src/ is used here. */
#ifndef HARNESS_ORACLE_CONCEPTS_H
#define HARNESS_ORACLE_CONCEPTS_H

#include <stdbool.h>
#include <stdint.h>

/* One column of numbers: entry n is values[n * stride]. */
typedef struct oracle_column {
    const double *values;
    int64_t stride;
} oracle_column;

typedef struct oracle_precision {
    long double value;
    int64_t present, absent, ignored;
    bool degenerate;
} oracle_precision;

/* Of one direction for one concept, whose marks (1, 0, -1) are `stride` apart; `negated`: of the
 * opposite direction. */
oracle_precision oracle_ap(oracle_column scores, const int8_t *marks, int64_t stride,
                           int64_t samples, bool negated);
/* Whether the library's number is within the error that concepts.h states. */
bool oracle_ap_is(const oracle_precision *expected, double found);

/* Scores of all rows along v: chains of fused multiply-adds in the order of the features. */
void oracle_scores(const double *points, int64_t rows, int64_t inputs, const double *v,
                   double *scores);

/* What one threshold makes of D × C average precisions. The arrays are the caller's. */
typedef struct oracle_encoded {
    double *best_ap;
    int64_t *best_direction, *directions_of_concept, *concepts_of_direction, *histogram;
    uint8_t *encoded;
    int64_t encoded_pairs, unique_concepts, degenerate_concepts, encoding_directions, most_concepts;
} oracle_encoded;
/* `degenerate` may be NULL. */
void oracle_report(const double *ap, int64_t directions, int64_t concepts,
                   const uint8_t *degenerate, double threshold, oracle_encoded *found);

#endif
