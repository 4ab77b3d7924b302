/* Which samples show which concepts, from array files. */
#ifndef EXAMPLES_CONCEPT_MATRIX_H
#define EXAMPLES_CONCEPT_MATRIX_H

#include <stdint.h>

#include "common/io_error.h"

struct concept_matrix {
    int64_t samples, concepts;
    int8_t *values; /* samples × concepts: 1 present, 0 absent, −1 ignored */
};

/* The argument may name several files, separated by commas, whose rows follow one another. Each has
 * two dimensions, and holds integers or booleans: 1, 0 or −1. The sentence about any other value
 * names file, row and column. */
bool concept_matrix_open(struct concept_matrix *matrix, const char *argument,
                         struct io_error *error);

/* A struct of zeros is fine. */
void concept_matrix_close(struct concept_matrix *matrix);

#endif
