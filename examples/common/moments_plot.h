/* Moments of activations as a plot, drawn by gnuplot: how the samples' kurtosis is distributed,
 * and the mean |h| of all features, the outlier features marked. */
#ifndef EXAMPLES_MOMENTS_PLOT_H
#define EXAMPLES_MOMENTS_PLOT_H

#include "common/moments_report.h"
#include "common/plot_page.h"

/* Draws into the descriptor. Without samples' moments only the features are drawn. */
bool moments_plot_draw(int output, const struct moments_report *report, enum plot_format format,
                       struct io_error *error);

#endif
