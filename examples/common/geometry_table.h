/* A geometry report as a table that a person reads. */
#ifndef EXAMPLES_GEOMETRY_TABLE_H
#define EXAMPLES_GEOMETRY_TABLE_H

#include <stdio.h>

#include "common/concept_names.h"
#include "common/geometry_report.h"

/* Prints the Jacobian's spectrum, Lipschitz constants of each family, and how matching went.
 * `ascii`: no other characters. */
void geometry_table_print(FILE *stream, const struct geometry_report *report,
                          const struct concept_names *names, bool ascii);

#endif
