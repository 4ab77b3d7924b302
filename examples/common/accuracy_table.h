/* Accuracies of models on a reference set and under shifts, out of a CSV table. */
#ifndef EXAMPLES_ACCURACY_TABLE_H
#define EXAMPLES_ACCURACY_TABLE_H

#include <stdbool.h>

#include "common/csv_table.h"

/* Which columns to take. NULL: the usual one. */
struct accuracy_columns {
    const char *model;        /* usual: 'model' or, if there is none, the first */
    const char *reference;    /* usual: 'reference' */
    const char *baseline;     /* usual: 'baseline'; if there is none, all models are baselines */
    const char *const *shift; /* `shifts` names; usual: all other columns */
    int64_t shifts;
    bool missing; /* a shift's field may be empty, NA or NaN */
};

/* Names and texts are in the CSV table, which this one keeps. Accuracies are percent. */
struct accuracy_table {
    struct csv_table csv;
    int64_t models, shifts, baselines;
    int64_t model_column, reference_column;
    int64_t baseline_column; /* -1: all models are baselines */
    int64_t *shift_column;
    bool *is_baseline;
    double *reference;
    double *shifted; /* models x shifts; NaN: not measured */
};

/* Every number is checked: between 0 and 100 where a logit will be taken, 0 to 100 elsewhere. An
 * error names the line and the column. */
bool accuracy_table_open(struct accuracy_table *table, const char *path,
                         const struct accuracy_columns *columns, struct io_error *error);

/* Releases the table; a struct of zeros is fine. */
void accuracy_table_close(struct accuracy_table *table);

static inline const char *accuracy_model_name(const struct accuracy_table *table, int64_t model) {
    return csv_table_field(&table->csv, model, table->model_column);
}

static inline const char *accuracy_shift_name(const struct accuracy_table *table, int64_t shift) {
    return csv_table_name(&table->csv, table->shift_column[shift]);
}

static inline const char *accuracy_reference_name(const struct accuracy_table *table) {
    return csv_table_name(&table->csv, table->reference_column);
}

#endif
