/* Moments of activations as a table that a person reads. */
#ifndef EXAMPLES_MOMENTS_TABLE_H
#define EXAMPLES_MOMENTS_TABLE_H

#include <stdio.h>

#include "common/moments_report.h"

/* Prints the moments, how the samples' kurtosis is distributed, and at most `top` outlier features.
 * `ascii`: no other characters. */
void moments_table_print(FILE *stream, const struct moments_report *report, int64_t top,
                         bool ascii);

/* A bar of `width` columns, of which part / whole are filled, at least a little if part is not
 * 0; `text` has room for 3 * width + 1 bytes. */
void table_bar(char *text, int64_t part, int64_t whole, int width, bool ascii);

#endif
