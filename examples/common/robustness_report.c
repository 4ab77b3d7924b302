#include "common/robustness_report.h"

#include <stdlib.h>
#include <string.h>

#include "common/program_run.h"
#include "common/rank_order.h"

/* NaN belongs to what was not measured; accuracy_table.h allows it only where
 * that was asked for. */
static const latent_robustness_options options = {.size = sizeof options, .missing = 1};

/* One block of memory holds the figures of the lines, the slopes first. */
enum { FIGURES = 7 };

static bool allocate(struct robustness_report *report, struct io_error *error) {
    const size_t models = (size_t)report->table->models, shifts = (size_t)report->table->shifts;
    double *figures = malloc(FIGURES * shifts * sizeof *figures);
    report->fits = (latent_robustness_fits){
        .size = sizeof report->fits, .models = malloc(shifts * sizeof(int64_t)), .slope = figures};
    report->effective = malloc(models * shifts * sizeof *report->effective);
    report->mean = malloc(models * sizeof *report->mean);
    report->order = malloc(models * sizeof *report->order);
    if (!figures || !report->fits.models || !report->effective || !report->mean || !report->order)
        return io_fail_memory(error, 8.0 * (double)models * (double)shifts);
    double **const figure[FIGURES - 1] = {
        &report->fits.intercept, &report->fits.slope_error,  &report->fits.intercept_error,
        &report->fits.r_squared, &report->fits.residual_std, &report->fits.reference_mean};
    for (size_t i = 0; i < FIGURES - 1; i++)
        *figure[i] = figures + (i + 1) * shifts;
    return true;
}

/* The baselines' rows, one after the other. */
static bool fit(struct robustness_report *report, latent_context *context, struct io_error *error) {
    const struct accuracy_table *table = report->table;
    const size_t shifts = (size_t)table->shifts;
    double *rows = malloc((size_t)table->baselines * (shifts + 1) * sizeof *rows);
    if (!rows)
        return io_fail_memory(error, 8.0 * (double)table->baselines * (double)(shifts + 1));
    double *const shifted = rows + table->baselines;
    int64_t b = 0;
    for (int64_t m = 0; m < table->models; m++)
        if (table->is_baseline[m]) {
            rows[b] = table->reference[m];
            memcpy(shifted + b++ * table->shifts, table->shifted + m * table->shifts,
                   shifts * sizeof *shifted);
        }
    const latent_matrix view = latent_matrix_view(shifted, b, table->shifts, LATENT_F64);
    const latent_status status =
        latent_robustness_fit(context, rows, &view, &options, &report->fits);
    free(rows);
    return status == LATENT_OK || program_fail_call(error, context, status) ||
           io_fail_in(error, "the line through the baselines");
}

static bool compare(struct robustness_report *report, latent_context *context,
                    struct io_error *error) {
    const struct accuracy_table *table = report->table;
    const latent_matrix view =
        latent_matrix_view(table->shifted, table->models, table->shifts, LATENT_F64);
    const latent_status status = latent_robustness_effective(
        context, &report->fits, table->reference, &view, &options, report->effective, report->mean);
    return status == LATENT_OK || program_fail_call(error, context, status);
}

bool robustness_report_measure(struct robustness_report *report, latent_context *context,
                               const struct accuracy_table *table, struct io_error *error) {
    *report = (struct robustness_report){.table = table};
    if (allocate(report, error) && fit(report, context, error) && compare(report, context, error) &&
        (rank_order(report->mean, table->models, true, report->order) ||
         io_fail_memory(error, 16.0 * (double)table->models)))
        return true;
    robustness_report_free(report);
    return false;
}

void robustness_report_free(struct robustness_report *report) {
    free(report->fits.models);
    free(report->fits.slope);
    free(report->effective);
    free(report->mean);
    free(report->order);
    memset(report, 0, sizeof *report);
}
