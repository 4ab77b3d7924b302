/* Keeps programs from replacing what they read, and one result by another. */
#ifndef EXAMPLES_OUTPUT_CLASH_H
#define EXAMPLES_OUTPUT_CLASH_H

#include "common/io_error.h"

/* A file that is to be written. */
struct named_output {
    const char *option; /* that named it, without dashes */
    const char *path;   /* NULL: none */
};

/* Whether no output is the same file as an input, by whatever names and links. An input may be NULL,
 * what was not given, or several files separated by commas (path_list.h). The sentence names both. */
bool outputs_spare_inputs(const struct named_output *outputs, int output_count,
                          const char *const *inputs, int input_count, struct io_error *error);

/* Whether the outputs are different files. Devices may be named twice. */
bool outputs_differ(const struct named_output *outputs, int count, struct io_error *error);

#endif
