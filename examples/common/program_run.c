#include "common/program_run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/gnuplot_run.h"
#include "common/output_file.h"

int program_fail(const char *program, const struct io_error *error, int status) {
    fprintf(stderr, "%s: %s\n", program, error->text);
    return status;
}

int program_stopped(const char *program) {
    fprintf(stderr, "%s: stopped; nothing was written\n", program);
    return EXIT_CANCELLED;
}

int program_introduce(const char *program, const struct program_options *options,
                      const char *help) {
    if (options->help)
        fputs(help, stdout);
    else
        printf("%s, liblatent %s\n", program, latent_version());
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_LIBRARY;
}

bool program_fail_call(struct io_error *error, latent_context *context, latent_status status) {
    const char *sentence = latent_context_error(context);
    return io_fail(error, "%s", *sentence ? sentence : latent_status_string(status));
}

static bool to_standard_output(const struct program_options *options) {
    return options->json && strcmp(options->json, "-") == 0;
}

const char *program_json_file(const struct program_options *options) {
    return to_standard_output(options) ? NULL : options->json;
}

bool program_check_outputs(const struct program_options *options, struct io_error *error) {
    const char *json = program_json_file(options);
    if (json && !output_file_check(json, error))
        return false;
    return !options->plot || (output_file_check(options->plot, error) && gnuplot_check(error));
}

bool program_print(const struct program_options *options, const struct program_result *result,
                   struct io_error *error) {
    output_writer *write = to_standard_output(options) ? result->json : result->table;
    if (!write(stdout, result->what, error))
        return false;
    return fflush(stdout) == 0 || io_fail(error, "standard output: %s", strerror(errno));
}

bool program_write_files(const struct program_options *options, const struct program_result *result,
                         struct io_error *error) {
    return program_write(program_json_file(options), result->json, result->what, error) &&
           program_write(options->plot, result->plot, result->what, error);
}

bool program_write(const char *path, output_writer *write, const void *what,
                   struct io_error *error) {
    struct output_file output;
    if (!path || cancel_signal_seen())
        return true;
    if (!output_file_open(&output, path, error))
        return false;
    const bool ok = write(output.stream, what, error);
    if (ok && !cancel_signal_seen())
        return output_file_commit(&output, error);
    output_file_discard(&output);
    return ok || io_fail_in(error, path);
}
