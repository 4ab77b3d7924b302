/* Effective robustness as JSON. */
#ifndef EXAMPLES_ROBUSTNESS_JSON_H
#define EXAMPLES_ROBUSTNESS_JSON_H

#include <stdio.h>

#include "common/robustness_report.h"

/* Writes one object: reference and shifts (names), baselines (how many), fits (one per shift:
 * shift, models, slope, slope_stderr, intercept, intercept_stderr, r_squared, residual_std), models
 * (in the order of their mean: model, baseline, reference, shifted, er, mean_er; arrays in the
 * order of the shifts). A number that does not exist is null. */
bool robustness_json_write(FILE *stream, const struct robustness_report *report,
                           struct io_error *error);

#endif
