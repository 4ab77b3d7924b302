/* latent-robustness: the effective robustness of models in a table of accuracies. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "common/gnuplot_run.h"
#include "common/output_file.h"
#include "common/robustness_arguments.h"
#include "common/robustness_json.h"
#include "common/robustness_plot.h"
#include "common/robustness_table.h"
#include "common/utf8.h"

enum { EXIT_LIBRARY = 1, EXIT_USAGE = 2 };

static int complain(const char *text, int code) {
    fprintf(stderr, "latent-robustness: %s\n", text);
    return code;
}

static bool json_to_stdout(const struct robustness_arguments *arguments) {
    return arguments->json && strcmp(arguments->json, "-") == 0;
}

/* What would fail at the end should fail before anything is written. */
static bool check_outputs(const struct robustness_arguments *arguments,
                          const struct accuracy_table *table, struct io_error *error) {
    if (arguments->json && !json_to_stdout(arguments) && !output_file_check(arguments->json, error))
        return false;
    if (!arguments->plot)
        return true;
    if (table->shifts > ROBUSTNESS_MAX_PANELS)
        return io_fail(error, "--plot draws at most %d shifts; %s holds %" PRId64,
                       ROBUSTNESS_MAX_PANELS, arguments->table, table->shifts);
    return output_file_check(arguments->plot, error) && gnuplot_check(error);
}

static bool write_json(const char *path, const struct robustness_report *report,
                       struct io_error *error) {
    struct output_file output;
    if (!output_file_open(&output, path, error))
        return false;
    if (robustness_json_write(output.stream, report, error))
        return output_file_commit(&output, error);
    output_file_discard(&output);
    return io_fail_in(error, path);
}

static bool write_plot(const struct robustness_arguments *arguments,
                       const struct robustness_report *report, latent_context *context,
                       struct io_error *error) {
    struct output_file output;
    if (!output_file_open(&output, arguments->plot, error))
        return false;
    if (robustness_plot_draw(fileno(output.stream), report, context, arguments->format, error))
        return output_file_commit(&output, error);
    output_file_discard(&output);
    return io_fail_in(error, arguments->plot);
}

static bool write_results(const struct robustness_arguments *arguments,
                          const struct robustness_report *report, latent_context *context,
                          struct io_error *error) {
    if (!json_to_stdout(arguments))
        robustness_table_print(stdout, report, !utf8_locale());
    else if (!robustness_json_write(stdout, report, error))
        return false;
    if (fflush(stdout) != 0)
        return io_fail(error, "standard output: %s", strerror(errno));
    return (!arguments->json || json_to_stdout(arguments) ||
            write_json(arguments->json, report, error)) &&
           (!arguments->plot || write_plot(arguments, report, context, error));
}

static int run_on(const struct robustness_arguments *arguments,
                  const struct accuracy_table *table) {
    struct io_error error;
    struct robustness_report report;
    latent_context *context;
    const latent_status status = latent_context_create(&context, NULL);
    if (status != LATENT_OK)
        return complain(latent_status_string(status), EXIT_LIBRARY);
    bool ok = robustness_report_measure(&report, context, table, &error);
    if (ok) {
        ok = write_results(arguments, &report, context, &error);
        robustness_report_free(&report);
    }
    latent_context_destroy(context);
    return ok ? EXIT_SUCCESS : complain(error.text, EXIT_LIBRARY);
}

static int run(const struct robustness_arguments *arguments) {
    struct accuracy_table table;
    struct io_error error;
    if (!accuracy_table_open(&table, arguments->table, &arguments->columns, &error))
        return complain(error.text, EXIT_USAGE);
    const int code = check_outputs(arguments, &table, &error) ? run_on(arguments, &table)
                                                              : complain(error.text, EXIT_USAGE);
    accuracy_table_close(&table);
    return code;
}

int main(int count, char **words) {
    struct robustness_arguments arguments;
    struct io_error error;
    int code = EXIT_SUCCESS;
    setlocale(LC_CTYPE, "");
    if (!robustness_arguments_read(&arguments, count, words, &error))
        code = complain(error.text, EXIT_USAGE);
    else if (arguments.help)
        fputs(robustness_help, stdout);
    else if (arguments.version)
        printf("latent-robustness, liblatent %s\n", latent_version());
    else
        code = run(&arguments);
    robustness_arguments_free(&arguments);
    return code == EXIT_SUCCESS && fflush(stdout) != 0 ? EXIT_LIBRARY : code;
}
