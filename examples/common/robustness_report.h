/* Effective robustness of the models of a table: what latent-robustness computes, and what its
 * table, JSON and plot show. */
#ifndef EXAMPLES_ROBUSTNESS_REPORT_H
#define EXAMPLES_ROBUSTNESS_REPORT_H

#include <latent.h>

#include "common/accuracy_table.h"

struct robustness_report {
    const struct accuracy_table *table;
    latent_robustness_fits fits;
    double *effective; /* models x shifts; NaN: not measured */
    double *mean;      /* NaN: not measured at all */
    int64_t *order;    /* models from the highest mean to the lowest, NaN last */
};

/* `table` must outlive the report. */
bool robustness_report_measure(struct robustness_report *report, latent_context *context,
                               const struct accuracy_table *table, struct io_error *error);

/* Releases the report; a struct of zeros is fine. */
void robustness_report_free(struct robustness_report *report);

#endif
