/* The k* distribution as a plot: one violin per concept on a 0–1 axis, drawn by gnuplot. */
#ifndef EXAMPLES_KSTAR_VIOLIN_H
#define EXAMPLES_KSTAR_VIOLIN_H

#include "common/concept_names.h"
#include "common/io_error.h"
#include "common/kstar_report.h"
#include "common/plot_page.h"

/* More would not fit into one picture. */
#define VIOLIN_MAX_CONCEPTS 1000

/* Draws into the descriptor. The report must be of an exact run. Concepts go from the most
 * clustered, at the top, to the most fractured. */
bool kstar_violin_draw(int output, const struct kstar_report *report,
                       const struct concept_names *names, enum plot_format format,
                       struct io_error *error);

#endif
