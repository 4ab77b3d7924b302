/* Axes of plots that are logarithmic, or may be. */
#ifndef EXAMPLES_PLOT_AXIS_H
#define EXAMPLES_PLOT_AXIS_H

#include <stdbool.h>
#include <stdio.h>

/* An axis on which values are plotted, or logarithms of their distance from `base`. */
struct plot_axis {
    bool logarithmic;
    double base;
    double low, high; /* places on it */
};

double plot_axis_place(const struct plot_axis *axis, double value);

/* Marks a logarithmic axis, 'x' or 'y', at 1, 2 and 5 times powers of ten, or of many powers only
 * at some. Where the base is negative, so are the first marks. */
void plot_axis_tics(FILE *script, char name, const struct plot_axis *axis);

#endif
