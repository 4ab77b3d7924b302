/* Accuracy under shift against accuracy on the reference set, both scaled by the logit: a panel for
 * each shift, drawn by gnuplot. */
#ifndef EXAMPLES_ROBUSTNESS_PLOT_H
#define EXAMPLES_ROBUSTNESS_PLOT_H

#include "common/plot_page.h"
#include "common/robustness_report.h"

/* More would not fit into one picture. */
#define ROBUSTNESS_MAX_PANELS 30

/* Draws into the descriptor. The context computes the lines. */
bool robustness_plot_draw(int output, const struct robustness_report *report,
                          latent_context *context, enum plot_format format, struct io_error *error);

#endif
