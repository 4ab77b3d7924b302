#include "common/accuracy_table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "line 5, column 'v2': " before the sentence; returns false. */
static bool fail_at(const struct csv_table *csv, int64_t row, int64_t column,
                    struct io_error *error) {
    char place[128];
    snprintf(place, sizeof place, "line %" PRId64 ", column '%.80s'", csv->line[row],
             csv_table_name(csv, column));
    return io_fail_in(error, place);
}

/* A column that was named, or the usual one; -1 if that is not there. */
static bool find_column(const struct csv_table *csv, const char *option, const char *name,
                        const char *usual, int64_t *column, struct io_error *error) {
    return csv_table_find(csv, name ? name : usual, column, error) &&
           (*column >= 0 || !name || io_fail(error, "--%s: no column is named '%s'", option, name));
}

static bool find_single_columns(struct accuracy_table *table,
                                const struct accuracy_columns *columns, struct io_error *error) {
    const struct csv_table *csv = &table->csv;
    if (!find_column(csv, "model", columns->model, "model", &table->model_column, error) ||
        !find_column(csv, "reference", columns->reference, "reference", &table->reference_column,
                     error) ||
        !find_column(csv, "baseline", columns->baseline, "baseline", &table->baseline_column,
                     error))
        return false;
    if (table->model_column < 0)
        table->model_column = 0;
    if (table->reference_column < 0)
        return io_fail(error, "no column is named 'reference'; --reference names another");
    return true;
}

static bool is_taken(const struct accuracy_table *table, int64_t column) {
    return column == table->model_column || column == table->reference_column ||
           column == table->baseline_column;
}

static bool find_named_shifts(struct accuracy_table *table, const struct accuracy_columns *columns,
                              struct io_error *error) {
    for (int64_t s = 0; s < columns->shifts; s++)
        if (!find_column(&table->csv, "shift", columns->shift[s], NULL,
                         &table->shift_column[table->shifts++], error))
            return false;
    return true;
}

static bool find_other_shifts(struct accuracy_table *table, struct io_error *error) {
    for (int64_t c = 0; c < table->csv.columns; c++) {
        int64_t found;
        if (is_taken(table, c))
            continue;
        if (!*csv_table_name(&table->csv, c))
            return io_fail(error, "column %" PRId64 " has no name", c + 1);
        if (!csv_table_find(&table->csv, csv_table_name(&table->csv, c), &found, error))
            return false;
        table->shift_column[table->shifts++] = c;
    }
    return table->shifts > 0 || io_fail(error, "no column is left for a shift");
}

/* Two uses of one column are a mistake. */
static bool check_columns(const struct accuracy_table *table, struct io_error *error) {
    if (table->model_column == table->reference_column ||
        table->model_column == table->baseline_column ||
        table->reference_column == table->baseline_column)
        return io_fail(error, "one column cannot hold two of the model's name, its reference "
                              "accuracy and whether it is a baseline");
    for (int64_t s = 0; s < table->shifts; s++) {
        bool twice = is_taken(table, table->shift_column[s]);
        for (int64_t t = 0; t < s; t++)
            twice = twice || table->shift_column[t] == table->shift_column[s];
        if (twice)
            return io_fail(error, "column '%s' is taken twice", accuracy_shift_name(table, s));
    }
    return true;
}

/* A decimal number and nothing else: no hexadecimal, no infinity. */
static bool read_number(const char *text, double *value) {
    char *end;
    if (!*text || strspn(text, "+-.0123456789eE") != strlen(text))
        return false;
    *value = strtod(text, &end);
    return end != text && *end == '\0';
}

/* `needs_logit`: neither 0 nor 100. */
static bool read_accuracy(const char *text, bool needs_logit, double *value,
                          struct io_error *error) {
    if (!read_number(text, value))
        return io_fail(error, "'%.80s' is no number", text);
    if (*value < 0 || *value > 100)
        return io_fail(error, "%s is no accuracy in percent, 0 to 100", text);
    return !needs_logit || (*value > 0 && *value < 100) || io_fail(error, "%s has no logit", text);
}

static bool is_missing(const char *text) {
    return !*text || strcasecmp(text, "NA") == 0 || strcasecmp(text, "NaN") == 0;
}

static bool read_shifted(const char *text, bool needs_logit, bool missing, double *value,
                         struct io_error *error) {
    if (!is_missing(text))
        return read_accuracy(text, needs_logit, value, error);
    *value = NAN;
    return missing || io_fail(error, "no accuracy here; --missing allows that");
}

static bool read_flag(const char *text, bool *flag, struct io_error *error) {
    static const char *const words[2][3] = {{"0", "no", "false"}, {"1", "yes", "true"}};
    for (int value = 0; value < 2; value++)
        for (int w = 0; w < 3; w++)
            if (strcasecmp(text, words[value][w]) == 0) {
                *flag = value;
                return true;
            }
    return io_fail(error, "'%.80s' is neither 1, yes, true nor 0, no, false", text);
}

static bool check_name(const char *name, struct io_error *error) {
    if (!*name)
        return io_fail(error, "the model has no name");
    return !strpbrk(name, "\t\n\r") || io_fail(error, "a name holds a tab or a line end");
}

static bool read_row(struct accuracy_table *table, int64_t row, bool missing,
                     struct io_error *error) {
    const struct csv_table *csv = &table->csv;
    int64_t column = table->model_column;
    bool baseline = true;
    if (!check_name(csv_table_field(csv, row, column), error))
        return fail_at(csv, row, column, error);
    column = table->baseline_column;
    if (column >= 0 && !read_flag(csv_table_field(csv, row, column), &baseline, error))
        return fail_at(csv, row, column, error);
    column = table->reference_column;
    if (!read_accuracy(csv_table_field(csv, row, column), true, &table->reference[row], error))
        return fail_at(csv, row, column, error);
    for (int64_t s = 0; s < table->shifts; s++) {
        column = table->shift_column[s];
        if (!read_shifted(csv_table_field(csv, row, column), baseline, missing,
                          &table->shifted[row * table->shifts + s], error))
            return fail_at(csv, row, column, error);
    }
    table->is_baseline[row] = baseline;
    table->baselines += baseline;
    return true;
}

/* Shares of 1 in the place of percent would give numbers, and wrong ones. */
static bool check_unit(const struct accuracy_table *table, struct io_error *error) {
    for (int64_t m = 0; m < table->models; m++)
        if (table->reference[m] > 1)
            return true;
    return io_fail(error, "no accuracy in column '%s' is above 1: percent are needed, not shares",
                   accuracy_reference_name(table));
}

/* Enough for a line under a shift. */
static bool check_baselines(const struct accuracy_table *table, int64_t shift,
                            struct io_error *error) {
    int64_t measured = 0;
    double least = INFINITY, most = -INFINITY;
    for (int64_t m = 0; m < table->models; m++) {
        if (!table->is_baseline[m] || isnan(table->shifted[m * table->shifts + shift]))
            continue;
        measured++;
        least = fmin(least, table->reference[m]);
        most = fmax(most, table->reference[m]);
    }
    if (measured < 2)
        return io_fail(error,
                       "column '%.80s' holds accuracies of %" PRId64
                       " baseline%s; a line needs two at least",
                       accuracy_shift_name(table, shift), measured, measured == 1 ? "" : "s");
    return least < most ||
           io_fail(error,
                   "column '%.80s' is %.15g for all baselines that have an accuracy in column "
                   "'%.80s'; a line needs two that differ",
                   accuracy_reference_name(table), least, accuracy_shift_name(table, shift));
}

static bool check_names(const struct accuracy_table *table, struct io_error *error) {
    bool ok = check_name(accuracy_reference_name(table), error);
    for (int64_t s = 0; ok && s < table->shifts; s++)
        ok = check_name(accuracy_shift_name(table, s), error);
    return ok || io_fail_in(error, "the header");
}

static bool read_rows(struct accuracy_table *table, const struct accuracy_columns *columns,
                      struct io_error *error) {
    if (table->csv.columns == 1)
        return io_fail(error, "the header line is one column; commas must separate columns");
    if (!find_single_columns(table, columns, error))
        return false;
    const int64_t most = columns->shifts > 0 ? columns->shifts : table->csv.columns;
    table->shift_column = malloc((size_t)most * sizeof *table->shift_column);
    if (!table->shift_column)
        return io_fail_memory(error, 8.0 * (double)most);
    if (!(columns->shifts > 0 ? find_named_shifts(table, columns, error)
                              : find_other_shifts(table, error)) ||
        !check_columns(table, error) || !check_names(table, error))
        return false;
    /* Fields of the table are in memory already, so their number times 8 is no more than that. */
    const size_t models = (size_t)table->csv.rows, shifts = (size_t)table->shifts;
    table->models = table->csv.rows;
    table->is_baseline = malloc(models * sizeof *table->is_baseline);
    table->reference = malloc(models * sizeof *table->reference);
    table->shifted = malloc(models * shifts * sizeof *table->shifted);
    if (!table->is_baseline || !table->reference || !table->shifted)
        return io_fail_memory(error, 8.0 * (double)models * (double)shifts);
    for (int64_t row = 0; row < table->models; row++)
        if (!read_row(table, row, columns->missing, error))
            return false;
    bool ok = check_unit(table, error);
    for (int64_t s = 0; ok && s < table->shifts; s++)
        ok = check_baselines(table, s, error);
    return ok;
}

bool accuracy_table_open(struct accuracy_table *table, const char *path,
                         const struct accuracy_columns *columns, struct io_error *error) {
    memset(table, 0, sizeof *table);
    if (!csv_table_open(&table->csv, path, error))
        return false;
    if (read_rows(table, columns, error))
        return true;
    accuracy_table_close(table);
    return io_fail_in(error, path);
}

void accuracy_table_close(struct accuracy_table *table) {
    csv_table_close(&table->csv);
    free(table->shift_column);
    free(table->is_baseline);
    free(table->reference);
    free(table->shifted);
    memset(table, 0, sizeof *table);
}
