/* latent-directions: which directions of a latent space a head uses, and how many it needs. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/activation_stream.h"
#include "common/cancel_signal.h"
#include "common/directions_arguments.h"
#include "common/directions_csv.h"
#include "common/directions_json.h"
#include "common/directions_plot.h"
#include "common/directions_table.h"
#include "common/output_clash.h"
#include "common/labelled_data.h"
#include "common/npy_format.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/utf8.h"

static const char program[] = "latent-directions";

/* What there is to write about a run. */
struct findings {
    const struct directions_report *report;
    enum plot_format format;
    bool ascii;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    directions_table_print(stream, findings->report, findings->ascii);
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return directions_json_write(stream, findings->report, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return directions_plot_draw(fileno(stream), findings->report, findings->format, error);
}

static bool write_curve(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return directions_csv_write(stream, findings->report, error);
}

static bool write_pruned(FILE *stream, const void *what, struct io_error *error) {
    const struct directions_report *report = ((const struct findings *)what)->report;
    return npy_write_floats(stream, report->pruned, report->outputs, report->inputs,
                            report->input->head->single) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool write_results(const struct directions_arguments *arguments,
                          const struct findings *findings, struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(&arguments->common, &result, error) &&
           program_write(arguments->output, write_pruned, findings, error) &&
           program_write(arguments->curve, write_curve, findings, error) &&
           program_write_files(&arguments->common, &result, error);
}

static int measure_and_write(const struct directions_arguments *arguments, latent_context *context,
                             struct directions_report *report) {
    struct io_error error;
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    bool ok = directions_report_measure(report, context, &bar, &error);
    progress_bar_clear(&bar);
    if (!ok)
        return cancel_signal_seen() ? program_stopped(program)
                                    : program_fail(program, &error, EXIT_LIBRARY);
    const struct findings findings = {report, arguments->common.format, bar.ascii};
    ok = write_results(arguments, &findings, &error);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

static int run_on(const struct directions_arguments *arguments,
                  const struct directions_input *input) {
    const latent_context_options options = {.size = sizeof options,
                                            .threads = arguments->common.threads,
                                            .memory_budget = arguments->common.memory};
    struct directions_report report;
    latent_context *context;
    struct io_error error;
    int code = EXIT_LIBRARY;
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    cancel_signal_install();
    if (!directions_report_begin(&report, context, input, &arguments->request, &error))
        program_fail(program, &error, code);
    else if (!directions_report_keep(&report, arguments->head.path, &error))
        code = program_fail(program, &error, EXIT_USAGE);
    else
        code = measure_and_write(arguments, context, &report);
    directions_report_free(&report);
    latent_context_destroy(context);
    return code;
}

static bool check_outputs(const struct directions_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {{"output", arguments->output},
                                           {"curve", arguments->curve},
                                           {"json", program_json_file(common)},
                                           {"plot", common->plot}};
    const char *const inputs[] = {arguments->head.path, arguments->head.bias, arguments->labels};
    return outputs_differ(outputs, 4, error) &&
           outputs_spare_inputs(outputs, 4, inputs, 3, error) &&
           outputs_spare_inputs(outputs, 4, arguments->files, arguments->file_count, error) &&
           (!arguments->output || output_file_check(arguments->output, error)) &&
           (!arguments->curve || output_file_check(arguments->curve, error)) &&
           program_check_outputs(common, error);
}

/* Whether activations and --top suit the head. */
static bool check_shapes(const struct directions_arguments *arguments, const struct head_file *head,
                         const struct activation_stream *stream, struct io_error *error) {
    const struct file_set *files = &stream->files;
    if (files->columns != head->inputs)
        return io_fail(error, "the head in %s has %" PRId64 " columns, but %s has %" PRId64,
                       arguments->head.path, head->inputs, files->list.path[0], files->columns);
    return arguments->request.top <= head->outputs ||
           io_fail(error,
                   "--top: %" PRId64 " is more than the %" PRId64 " classes of the head in %s",
                   arguments->request.top, head->outputs, arguments->head.path);
}

static bool read_labels(int32_t **labels, const struct directions_arguments *arguments,
                        const struct head_file *head, const struct activation_stream *stream,
                        struct io_error *error) {
    int64_t count;
    if (!labels_read(labels, &count, arguments->labels, error))
        return false;
    if (count != stream->files.rows)
        return io_fail(error, "%s has %" PRId64 " labels, but %s%s has %" PRId64 " rows",
                       arguments->labels, count, arguments->files[0],
                       arguments->file_count > 1 ? " with the files after it" : "",
                       stream->files.rows);
    for (int64_t i = 0; i < count; i++) {
        const int32_t label = (*labels)[i];
        if (label < 0 || label >= head->outputs)
            return io_fail(error,
                           "%s: label %" PRId64 " is %" PRId32
                           ", but the head in %s has classes 0 to %" PRId64,
                           arguments->labels, i, label, arguments->head.path, head->outputs - 1);
    }
    return true;
}

static int run(const struct directions_arguments *arguments) {
    struct head_file head = {.weights = NULL};
    struct activation_stream stream = {.converted = NULL};
    int32_t *labels = NULL;
    struct io_error error;
    int code = EXIT_USAGE;
    if (check_outputs(arguments, &error) && head_file_open(&head, &arguments->head, &error) &&
        activation_stream_open(&stream, arguments->files, arguments->file_count, &error) &&
        check_shapes(arguments, &head, &stream, &error) &&
        (!arguments->labels || read_labels(&labels, arguments, &head, &stream, &error))) {
        const struct directions_input input = {&head, &stream, labels};
        code = run_on(arguments, &input);
    } else {
        program_fail(program, &error, code);
    }
    free(labels);
    activation_stream_close(&stream);
    head_file_close(&head);
    return code;
}

int main(int count, char **words) {
    struct directions_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    if (!directions_arguments_read(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.common.help || arguments.common.version)
        return program_introduce(program, &arguments.common, directions_help);
    return run(&arguments);
}
