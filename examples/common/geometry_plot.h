/* Singular values and directional Lipschitz constants, as a plot. */
#ifndef EXAMPLES_GEOMETRY_PLOT_H
#define EXAMPLES_GEOMETRY_PLOT_H

#include "common/geometry_report.h"
#include "common/plot_page.h"

/* Has gnuplot draw into the descriptor. */
bool geometry_plot_draw(int output, const struct geometry_report *report, enum plot_format format,
                        struct io_error *error);

#endif
