/* latent-robustness: the effective robustness of models in a table of accuracies. */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/cancel_signal.h"
#include "common/output_clash.h"
#include "common/program_run.h"
#include "common/robustness_arguments.h"
#include "common/robustness_json.h"
#include "common/robustness_plot.h"
#include "common/robustness_table.h"
#include "common/utf8.h"

static const char program[] = "latent-robustness";

/* What there is to write about a run. */
struct findings {
    const struct robustness_report *report;
    latent_context *context;
    enum plot_format format;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    robustness_table_print(stream, findings->report, !utf8_locale());
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return robustness_json_write(stream, findings->report, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return robustness_plot_draw(fileno(stream), findings->report, findings->context,
                                findings->format, error);
}

static bool write_results(const struct program_options *options, const struct findings *findings,
                          struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(options, &result, error) && program_write_files(options, &result, error);
}

static int measure_and_write(const struct program_options *options, latent_context *context,
                             const struct accuracy_table *table) {
    struct io_error error;
    struct robustness_report report;
    if (!robustness_report_measure(&report, context, table, &error))
        return program_fail(program, &error, EXIT_LIBRARY);
    /* Until here Ctrl-C may simply end the program; from here on it might leave a temporary
     * file behind. */
    cancel_signal_install();
    const struct findings findings = {&report, context, options->format};
    const bool ok = write_results(options, &findings, &error);
    robustness_report_free(&report);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

static int run_on(const struct program_options *options, const struct accuracy_table *table) {
    latent_context *context;
    struct io_error error;
    const latent_status status = latent_context_create(&context, NULL);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    const int code = measure_and_write(options, context, table);
    latent_context_destroy(context);
    return code;
}

/* A picture holds only so many panels. */
static bool check_plot(const struct robustness_arguments *arguments,
                       const struct accuracy_table *table, struct io_error *error) {
    return !arguments->common.plot || table->shifts <= ROBUSTNESS_MAX_PANELS ||
           io_fail(error, "--plot draws at most %d shifts; %s holds %" PRId64,
                   ROBUSTNESS_MAX_PANELS, arguments->table, table->shifts);
}

static bool check_outputs(const struct robustness_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {{"json", program_json_file(common)},
                                           {"plot", common->plot}};
    return outputs_differ(outputs, 2, error) &&
           outputs_spare_inputs(outputs, 2, &arguments->table, 1, error) &&
           program_check_outputs(common, error);
}

static int run(const struct robustness_arguments *arguments) {
    struct accuracy_table table = {.shifts = 0};
    struct io_error error;
    int code = EXIT_USAGE;
    if (accuracy_table_open(&table, arguments->table, &arguments->columns, &error) &&
        check_plot(arguments, &table, &error) && check_outputs(arguments, &error))
        code = run_on(&arguments->common, &table);
    else
        program_fail(program, &error, EXIT_USAGE);
    accuracy_table_close(&table);
    return code;
}

int main(int count, char **words) {
    struct robustness_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    int code;
    if (!robustness_arguments_read(&arguments, count, words, &error))
        code = program_fail(program, &error, EXIT_USAGE);
    else if (arguments.common.help || arguments.common.version)
        code = program_introduce(program, &arguments.common, robustness_help);
    else
        code = run(&arguments);
    robustness_arguments_free(&arguments);
    return code;
}
