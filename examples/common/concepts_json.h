/* What latent-concepts found, as JSON. */
#ifndef EXAMPLES_CONCEPTS_JSON_H
#define EXAMPLES_CONCEPTS_JSON_H

#include <stdio.h>

#include "common/concepts_report.h"

bool concepts_json_write(FILE *stream, const struct concepts_report *report,
                         struct io_error *error);

#endif
