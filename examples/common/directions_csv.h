/* The pruning curve as comma-separated values. */
#ifndef EXAMPLES_DIRECTIONS_CSV_H
#define EXAMPLES_DIRECTIONS_CSV_H

#include <stdio.h>

#include "common/directions_report.h"

/* A header and a line for every number of directions kept, with the direction that it adds; shares
 * are 0 … 1. What does not exist is empty. False if the stream failed. */
bool directions_csv_write(FILE *stream, const struct directions_report *report,
                          struct io_error *error);

#endif
