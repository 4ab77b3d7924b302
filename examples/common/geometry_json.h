/* A geometry report as JSON. */
#ifndef EXAMPLES_GEOMETRY_JSON_H
#define EXAMPLES_GEOMETRY_JSON_H

#include <stdio.h>

#include "common/geometry_report.h"

bool geometry_json_write(FILE *stream, const struct geometry_report *report,
                         struct io_error *error);

#endif
