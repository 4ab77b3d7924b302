/* Pruning and importance by the formulas of pruning.h and importance.h, one class, level and sample
 * after another. Nothing of src/ is used here but the decomposition that is given. */
#ifndef HARNESS_ORACLE_DIRECTIONS_H
#define HARNESS_ORACLE_DIRECTIONS_H

#include "latent.h"

/* What a curve is asked for. */
typedef struct oracle_head {
    const double *values, *right, *left; /* as the accessors of directions.h give them */
    int64_t outputs, inputs, count, rank;
    const double *bias;   /* NULL: none */
    const int64_t *order; /* NULL: as they come */
} oracle_head;

oracle_head oracle_head_of(const latent_directions *directions);

/* Logits of one activation at every level: (rank + 1) × outputs numbers. */
void oracle_logits(const oracle_head *head, const double *h, double *logits);

/* Counts at every level over `rows` activations, rows of `points`; `labels` may be NULL if
 * `correct` is. */
typedef struct oracle_counts {
    int64_t *correct, *correct_top, *changed;
} oracle_counts;
void oracle_curve(const oracle_head *head, const double *points, const int32_t *labels,
                  int64_t rows, int32_t top, const oracle_counts *counts);

/* The means of importance.h for one direction v, and what they may be wrong by, in units of
 * 2^-53. */
typedef struct oracle_means {
    long double cosine, projection, variance;
    long double cosine_room, projection_room, variance_room;
} oracle_means;
oracle_means oracle_importance(const double *v, const double *points, int64_t rows, int64_t inputs);

#endif
