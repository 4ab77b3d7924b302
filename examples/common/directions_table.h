/* Directions and pruning as a table that a person reads. */
#ifndef EXAMPLES_DIRECTIONS_TABLE_H
#define EXAMPLES_DIRECTIONS_TABLE_H

#include <stdio.h>

#include "common/directions_report.h"

/* Prints the most important directions, the pruning curve at some numbers of directions kept, and
 * how few of them suffice. `ascii`: no other characters. */
void directions_table_print(FILE *stream, const struct directions_report *report, bool ascii);

#endif
