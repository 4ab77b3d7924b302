/* Moments of activations as a table that a person reads. */
#ifndef EXAMPLES_MOMENTS_TABLE_H
#define EXAMPLES_MOMENTS_TABLE_H

#include <stdio.h>

#include "common/moments_report.h"

/* Prints the moments, how the samples' kurtosis is distributed, and at most `top` outlier features.
 * `ascii`: no other characters. */
void moments_table_print(FILE *stream, const struct moments_report *report, int64_t top,
                         bool ascii);

#endif
