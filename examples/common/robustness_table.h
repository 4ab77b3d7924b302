/* Effective robustness as a table that a person reads. */
#ifndef EXAMPLES_ROBUSTNESS_TABLE_H
#define EXAMPLES_ROBUSTNESS_TABLE_H

#include <stdio.h>

#include "common/robustness_report.h"

/* Prints the lines, one per shift, and the models from the highest mean to the lowest. `ascii`: no
 * other characters. */
void robustness_table_print(FILE *stream, const struct robustness_report *report, bool ascii);

#endif
