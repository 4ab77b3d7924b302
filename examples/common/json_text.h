/* JSON as all programs write it. */
#ifndef EXAMPLES_JSON_TEXT_H
#define EXAMPLES_JSON_TEXT_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "common/io_error.h"

/* A number, or null if JSON cannot hold it: infinities and NaN. NULL if memory fails. */
json_t *json_number(double value);

/* Appends to an array, which takes over the item, and returns it. If either is NULL, because memory
 * failed, the other is released and NULL returned. */
json_t *json_append(json_t *array, json_t *item);

/* An array of such numbers. NULL if memory fails. */
json_t *json_numbers(const double *values, int64_t count);

/* Takes over `root`, which is NULL if memory failed, and writes it. */
bool json_write(FILE *stream, json_t *root, struct io_error *error);

#endif
