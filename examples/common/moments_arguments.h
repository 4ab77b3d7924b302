/* The command line of latent-moments. */
#ifndef EXAMPLES_MOMENTS_ARGUMENTS_H
#define EXAMPLES_MOMENTS_ARGUMENTS_H

#include "common/moments_report.h"
#include "common/program_options.h"

struct moments_arguments {
    struct program_options common; /* --help or --version: the rest is not filled in */
    const char *const *files;
    int file_count;
    const char **load; /* allocated */
    int load_count;
    const char *save; /* NULL: not given */
    int64_t top;      /* features to list at most */
    struct moments_request request;
};

extern const char moments_help[];

/* As program_options_read(). */
bool moments_arguments_read(struct moments_arguments *arguments, int count, char **words,
                            struct io_error *error);

/* Whatever the reading said. */
void moments_arguments_free(struct moments_arguments *arguments);

#endif
