/* latent-kstar: the k* distribution of labelled points in array files. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/concept_names.h"
#include "common/output_clash.h"
#include "common/kstar_arguments.h"
#include "common/kstar_json.h"
#include "common/kstar_report.h"
#include "common/kstar_table.h"
#include "common/kstar_violin.h"
#include "common/labelled_data.h"
#include "common/memory_share.h"
#include "common/npy_format.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/progress_bar.h"
#include "common/utf8.h"

static const char program[] = "latent-kstar";

/* What there is to write about a run. */
struct findings {
    const struct kstar_report *report;
    const struct concept_names *names;
    enum plot_format format;
    bool ascii;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    kstar_table_print(stream, findings->report, findings->names, findings->ascii);
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return kstar_json_write(stream, findings->report, findings->names, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return kstar_violin_draw(fileno(stream), findings->report, findings->names, findings->format,
                             error);
}

static bool write_values(FILE *stream, const void *what, struct io_error *error) {
    const struct kstar_report *report = ((const struct findings *)what)->report;
    return npy_write_int64(stream, report->kstar, report->points) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool write_results(const struct kstar_arguments *arguments, const struct findings *findings,
                          struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(&arguments->common, &result, error) &&
           program_write(arguments->values, write_values, findings, error) &&
           program_write_files(&arguments->common, &result, error);
}

/* A picture holds only so many concepts, and that is known before the long computation. */
static bool check_plot(const struct kstar_arguments *arguments, latent_context *context,
                       const struct labelled_data *data, struct io_error *error) {
    int64_t concepts = 0;
    if (!arguments->common.plot ||
        latent_labels_distinct(context, data->labels, data->points.rows, &concepts) != LATENT_OK)
        return true; /* the computation will meet the same error */
    return concepts <= VIOLIN_MAX_CONCEPTS ||
           io_fail(error, "--plot draws at most %d concepts; %s holds %" PRId64,
                   VIOLIN_MAX_CONCEPTS, arguments->labels, concepts);
}

static int measure_and_write(const struct kstar_arguments *arguments, latent_context *context,
                             const struct labelled_data *data, const struct concept_names *names,
                             struct progress_bar *bar) {
    struct io_error error;
    struct kstar_report report;
    if (!check_plot(arguments, context, data, &error))
        return program_fail(program, &error, EXIT_USAGE);
    cancel_signal_install();
    const latent_status status =
        kstar_report_measure(&report, context, &data->points, data->labels, &arguments->request);
    progress_bar_clear(bar);
    if (status == LATENT_CANCELLED)
        return program_stopped(program);
    if (status != LATENT_OK) {
        program_fail_call(&error, context, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    const struct findings findings = {&report, names, arguments->common.format, bar->ascii};
    const bool ok = write_results(arguments, &findings, &error);
    kstar_report_free(&report);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

static int run_on(const struct kstar_arguments *arguments, const struct labelled_data *data,
                  const struct concept_names *names) {
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    const int64_t memory = arguments->common.memory
                               ? arguments->common.memory
                               : memory_share(&data->points, memory_physical());
    const latent_context_options options = {.size = sizeof options,
                                            .threads = arguments->common.threads,
                                            .memory_budget = memory,
                                            .seed = arguments->request.seed,
                                            .progress = progress_bar_update,
                                            .progress_user = &bar};
    latent_context *context;
    struct io_error error;
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    const int code = measure_and_write(arguments, context, data, names, &bar);
    latent_context_destroy(context);
    return code;
}

static bool check_outputs(const struct kstar_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {
        {"values", arguments->values}, {"json", program_json_file(common)}, {"plot", common->plot}};
    const char *const inputs[] = {arguments->points, arguments->labels, arguments->names};
    return outputs_differ(outputs, 3, error) &&
           outputs_spare_inputs(outputs, 3, inputs, 3, error) &&
           (!arguments->values || output_file_check(arguments->values, error)) &&
           program_check_outputs(common, error);
}

static int run(const struct kstar_arguments *arguments) {
    struct labelled_data data = {.labels = NULL};
    struct concept_names names = {NULL, NULL, 0};
    struct io_error error;
    int code = EXIT_USAGE;
    if (check_outputs(arguments, &error) &&
        (!arguments->names || concept_names_open(&names, arguments->names, &error)) &&
        labelled_data_open(&data, arguments->points, arguments->labels, &error))
        code = run_on(arguments, &data, &names);
    else
        program_fail(program, &error, EXIT_USAGE);
    labelled_data_close(&data);
    concept_names_close(&names);
    return code;
}

int main(int count, char **words) {
    struct kstar_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    if (!kstar_arguments_read(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.common.help || arguments.common.version)
        return program_introduce(program, &arguments.common, kstar_help);
    return run(&arguments);
}
