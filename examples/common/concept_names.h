/* Names of labels, from a text file: line i, counted from 0, names label i. */
#ifndef EXAMPLES_CONCEPT_NAMES_H
#define EXAMPLES_CONCEPT_NAMES_H

#include <stdint.h>

#include "common/io_error.h"

struct concept_names {
    char *text; /* the lines, each terminated */
    char **line;
    int64_t count;
};

/* Lines end with \n or \r\n and hold valid UTF-8 without control characters; an empty line names
 * nothing. */
bool concept_names_open(struct concept_names *names, const char *path, struct io_error *error);

/* NULL if the label has no name. */
const char *concept_names_get(const struct concept_names *names, int32_t label);

void concept_names_close(struct concept_names *names);

#endif
