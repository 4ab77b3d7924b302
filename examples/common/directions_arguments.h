/* The command line of latent-directions. */
#ifndef EXAMPLES_DIRECTIONS_ARGUMENTS_H
#define EXAMPLES_DIRECTIONS_ARGUMENTS_H

#include "common/directions_report.h"
#include "common/program_options.h"

struct directions_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    struct head_source head;
    const char *const *files; /* the activations */
    int file_count;
    const char *labels, *output, *curve; /* NULL: not given */
    struct directions_request request;
};

extern const char directions_help[];

/* As program_options_read(). */
bool directions_arguments_read(struct directions_arguments *arguments, int count, char **words,
                               struct io_error *error);

#endif
