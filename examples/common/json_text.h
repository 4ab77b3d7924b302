/* JSON as all programs write it. */
#ifndef EXAMPLES_JSON_TEXT_H
#define EXAMPLES_JSON_TEXT_H

#include <stdio.h>

#include <jansson.h>

#include "common/io_error.h"

/* A number, or null if JSON cannot hold it: infinities and NaN. NULL if memory fails. */
json_t *json_number(double value);

/* Takes over `root`, which is NULL if memory failed, and writes it. */
bool json_write(FILE *stream, json_t *root, struct io_error *error);

#endif
