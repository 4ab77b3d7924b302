/* The command line of latent-robustness. */
#ifndef EXAMPLES_ROBUSTNESS_ARGUMENTS_H
#define EXAMPLES_ROBUSTNESS_ARGUMENTS_H

#include "common/accuracy_table.h"
#include "common/program_options.h"

struct robustness_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    const char *table;
    struct accuracy_columns columns;
    const char **shift; /* what columns.shift points to */
};

extern const char robustness_help[];

/* As program_options_read(). */
bool robustness_arguments_read(struct robustness_arguments *arguments, int count, char **words,
                               struct io_error *error);

/* Releases the list of shifts; a struct of zeros is fine. */
void robustness_arguments_free(struct robustness_arguments *arguments);

#endif
