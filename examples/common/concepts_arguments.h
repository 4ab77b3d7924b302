/* The command line of latent-concepts. */
#ifndef EXAMPLES_CONCEPTS_ARGUMENTS_H
#define EXAMPLES_CONCEPTS_ARGUMENTS_H

#include "common/concepts_report.h"
#include "common/head_file.h"
#include "common/program_options.h"

struct concepts_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    const char *activations, *concepts;
    const char *basis, *names, *ap; /* NULL: not given */
    struct head_source head;        /* `path` NULL: not given */
    int sign;                       /* a latent_concepts_sign; -1: not given */
    struct concepts_request request;
};

extern const char concepts_help[];

/* As program_options_read(). */
bool concepts_arguments_read(struct concepts_arguments *arguments, int count, char **words,
                             struct io_error *error);

#endif
