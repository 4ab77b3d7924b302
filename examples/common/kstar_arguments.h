/* The command line of latent-kstar. */
#ifndef EXAMPLES_KSTAR_ARGUMENTS_H
#define EXAMPLES_KSTAR_ARGUMENTS_H

#include "common/io_error.h"
#include "common/kstar_report.h"
#include "common/program_options.h"

struct kstar_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    const char *points, *labels;
    const char *names, *values; /* NULL: not given */
    struct kstar_request request;
};

extern const char kstar_help[];

/* As program_options_read(). */
bool kstar_arguments_read(struct kstar_arguments *arguments, int count, char **words,
                          struct io_error *error);

#endif
