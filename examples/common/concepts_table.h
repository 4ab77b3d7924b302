/* What latent-concepts found, as a table that a person reads. */
#ifndef EXAMPLES_CONCEPTS_TABLE_H
#define EXAMPLES_CONCEPTS_TABLE_H

#include <stdio.h>

#include "common/concepts_report.h"

/* With `ascii`, in ASCII alone. */
void concepts_table_print(FILE *stream, const struct concepts_report *report, bool ascii);

#endif
