/* Directions and pruning as JSON; latent-directions(1) lists the keys. */
#ifndef EXAMPLES_DIRECTIONS_JSON_H
#define EXAMPLES_DIRECTIONS_JSON_H

#include <stdio.h>

#include "common/directions_report.h"

bool directions_json_write(FILE *stream, const struct directions_report *report,
                           struct io_error *error);

#endif
