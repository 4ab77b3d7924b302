/* The k* distribution as a table that a person reads. */
#ifndef EXAMPLES_KSTAR_TABLE_H
#define EXAMPLES_KSTAR_TABLE_H

#include <stdio.h>

#include "common/concept_names.h"
#include "common/kstar_report.h"

/* Cells of the small histogram of k* / n_c. */
#define HISTOGRAM_CELLS 20

/* Prints one row per concept (of more than 200 the first and the last 100), from the most clustered
 * to the most fractured, and the coefficients of the whole space. `ascii`: no other characters. */
void kstar_table_print(FILE *stream, const struct kstar_report *report,
                       const struct concept_names *names, bool ascii);

/* The concept's name or, if it has none, its label in digits; `room` at least 12. */
const char *concept_title(const struct concept_names *names, int32_t label, char *digits,
                          size_t room);

/* Counts the ascending shares, each in (0, 1], by cell ((c, c + 1] / HISTOGRAM_CELLS). */
void share_histogram(const double *share, int64_t n, int64_t counts[HISTOGRAM_CELLS]);

#endif
