/* Scores of all samples along some directions at a time. */
#ifndef LATENT__SCORE_COLUMNS_H
#define LATENT__SCORE_COLUMNS_H

#include "base/rows.h"
#include "ordering.h"

/* What gives scores: activations, and directions or NULL for the features themselves; those from
 * `begin` to before `end` are asked for. */
typedef struct latent__score_source {
    const latent_matrix *activations, *basis;
    int64_t begin, end;
} latent__score_source;

/* Scores of directions first … first + count - 1: column after column, each of all samples. */
typedef struct latent__score_columns {
    latent_context *context;
    const latent__score_source *source;
    int64_t samples, capacity; /* directions at a time, at most */
    int64_t first, count;
    bool wide; /* float64 */
    void *values;
    double *rows, *panels; /* the threads' rows; the directions at hand, packed */
    int64_t row_doubles, panel_doubles;
    atomic_int_fast64_t bad; /* the first sample that has something wrong; samples if none has */
    atomic_int_fast64_t
        bad_direction; /* likewise the first row of the basis; its rows if none has */
} latent__score_columns;

/* Bytes of one column. */
int64_t latent__column_bytes(const latent__score_source *source);

/* Bytes for `directions` at a time beside the columns, with that many threads. */
int64_t latent__source_bytes(const latent__score_source *source, int64_t directions,
                             int32_t threads);

/* Directions at a time beyond which nothing is gained. */
int64_t latent__enough_directions(const latent__score_source *source);

/* Memory for `capacity` columns; released by latent__columns_close(), also after an error. */
latent_status latent__columns_open(latent_context *context, const latent__score_source *source,
                                   int64_t capacity, latent__score_columns *columns);
void latent__columns_close(latent__score_columns *columns);

/* Computes the scores of these directions. LATENT_ERROR_NONFINITE names the first place of all that
 * is asked for, however the directions come in blocks; LATENT_ERROR_OVERFLOW the first sample
 * here. */
latent_status latent__columns_fill(latent__score_columns *columns, int64_t first, int64_t count);

/* One of the columns. */
latent__scores latent__column(const latent__score_columns *columns, int64_t direction);

#endif
