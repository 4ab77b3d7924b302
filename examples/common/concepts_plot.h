/* Concepts against directions, and how many are encoded, as a plot. */
#ifndef EXAMPLES_CONCEPTS_PLOT_H
#define EXAMPLES_CONCEPTS_PLOT_H

#include "common/concepts_report.h"
#include "common/plot_page.h"

/* Has gnuplot draw into the descriptor. */
bool concepts_plot_draw(int output, const struct concepts_report *report, enum plot_format format,
                        struct io_error *error);

#endif
