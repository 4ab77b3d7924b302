/* What every program does around its computation: errors, exit statuses, outputs. */
#ifndef EXAMPLES_PROGRAM_RUN_H
#define EXAMPLES_PROGRAM_RUN_H

#include <latent.h>

#include "common/io_error.h"
#include "common/program_options.h"

enum { EXIT_LIBRARY = 1, EXIT_USAGE = 2, EXIT_CANCELLED = 130 };

/* Prints the sentence and returns the exit status. */
int program_fail(const char *program, const struct io_error *error, int status);

/* After Ctrl-C stopped the computation. */
int program_stopped(const char *program);

/* Answers --help or --version and returns the exit status. */
int program_introduce(const char *program, const struct program_options *options, const char *help);

/* The sentence for a call that failed; returns false. */
bool program_fail_call(struct io_error *error, latent_context *context, latent_status status);

/* Where --json writes; NULL: nowhere, or to standard output. */
const char *program_json_file(const struct program_options *options);

/* What would fail after the long computation should fail before it. */
bool program_check_outputs(const struct program_options *options, struct io_error *error);

/* Writes `what` in one form. */
typedef bool output_writer(FILE *stream, const void *what, struct io_error *error);

/* A result, and the forms in which --json, --plot or neither of them shows it. */
struct program_result {
    const void *what;
    output_writer *table, *json, *plot;
};

/* The table, or with --json - the JSON, to standard output. */
bool program_print(const struct program_options *options, const struct program_result *result,
                   struct io_error *error);

/* The files of --json and --plot. */
bool program_write_files(const struct program_options *options, const struct program_result *result,
                         struct io_error *error);

/* Writes one file whole, or nothing: not even if Ctrl-C is pressed meanwhile. No path, no file. */
bool program_write(const char *path, output_writer *write, const void *what,
                   struct io_error *error);

#endif
