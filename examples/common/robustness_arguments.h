/* The command line of latent-robustness. */
#ifndef EXAMPLES_ROBUSTNESS_ARGUMENTS_H
#define EXAMPLES_ROBUSTNESS_ARGUMENTS_H

#include "common/accuracy_table.h"
#include "common/plot_page.h"

struct robustness_arguments {
    bool help, version; /* asked for: the rest is not filled in */
    const char *table;
    struct accuracy_columns columns;
    const char *json, *plot; /* NULL: not given */
    enum plot_format format;
    const char **shift; /* what columns.shift points to */
};

extern const char robustness_help[];

/* Reads the words of the command line, which must outlive the result. getopt_long() itself complains
 * on standard error about options that do not exist. */
bool robustness_arguments_read(struct robustness_arguments *arguments, int count, char **words,
                               struct io_error *error);

/* Releases the list of shifts; a struct of zeros is fine. */
void robustness_arguments_free(struct robustness_arguments *arguments);

#endif
