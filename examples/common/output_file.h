/* Files that appear whole or not at all. */
#ifndef EXAMPLES_OUTPUT_FILE_H
#define EXAMPLES_OUTPUT_FILE_H

#include <stdio.h>

#include "common/io_error.h"

/* What is written goes to a temporary file beside the target, which takes the target's name when it is
 * complete. A target that exists and is no regular file (/dev/null, a pipe) is written directly. */
struct output_file {
    const char *path; /* the caller's */
    char *temporary;  /* NULL: written directly */
    FILE *stream;
};

/* Whether the file can be written later, as far as one can know now. */
bool output_file_check(const char *path, struct io_error *error);

/* `path` must outlive the output. */
bool output_file_open(struct output_file *output, const char *path, struct io_error *error);

/* Closes the stream and gives the file its name; on an error nothing is left. */
bool output_file_commit(struct output_file *output, struct io_error *error);

/* Closes the stream and removes what was written; a struct of zeros is fine. */
void output_file_discard(struct output_file *output);

#endif
