/* Importance of directions, and accuracy against the number of them that is kept, as a plot. */
#ifndef EXAMPLES_DIRECTIONS_PLOT_H
#define EXAMPLES_DIRECTIONS_PLOT_H

#include "common/directions_report.h"
#include "common/plot_page.h"

/* Has gnuplot draw into the descriptor. */
bool directions_plot_draw(int output, const struct directions_report *report,
                          enum plot_format format, struct io_error *error);

#endif
