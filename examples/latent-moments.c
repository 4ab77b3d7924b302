/* latent-moments: kurtosis, skewness and outlier features of activations in array files. */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/activation_stream.h"
#include "common/cancel_signal.h"
#include "common/output_clash.h"
#include "common/moments_arguments.h"
#include "common/moments_json.h"
#include "common/moments_parts.h"
#include "common/moments_plot.h"
#include "common/moments_report.h"
#include "common/moments_table.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/progress_bar.h"
#include "common/utf8.h"

static const char program[] = "latent-moments";

/* What there is to write about a run. */
struct findings {
    const struct moments_report *report;
    const latent_moments *moments;
    latent_context *context;
    int64_t top;
    enum plot_format format;
    bool ascii;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    moments_table_print(stream, findings->report, findings->top, findings->ascii);
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return moments_json_write(stream, findings->report, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return moments_plot_draw(fileno(stream), findings->report, findings->format, error);
}

static bool write_saved(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return moments_parts_save(stream, findings->context, findings->moments, error);
}

static bool write_results(const struct moments_arguments *arguments,
                          const struct findings *findings, struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(&arguments->common, &result, error) &&
           program_write(arguments->save, write_saved, findings, error) &&
           program_write_files(&arguments->common, &result, error);
}

static int measure_and_write(const struct moments_arguments *arguments, latent_context *context,
                             latent_moments *moments, struct activation_stream *stream) {
    struct io_error error;
    struct moments_report report;
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    cancel_signal_install();
    bool ok = moments_report_measure(&report, context, moments, stream, &arguments->request, &bar,
                                     &error);
    progress_bar_clear(&bar);
    if (!ok)
        return cancel_signal_seen() ? program_stopped(program)
                                    : program_fail(program, &error, EXIT_LIBRARY);
    const struct findings findings = {.report = &report,
                                      .moments = moments,
                                      .context = context,
                                      .top = arguments->top,
                                      .format = arguments->common.format,
                                      .ascii = bar.ascii};
    ok = write_results(arguments, &findings, &error);
    moments_report_free(&report);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

/* The quantiles come last and take the most memory: better to know now. */
static bool check_memory(const struct moments_arguments *arguments,
                         const struct activation_stream *stream, struct io_error *error) {
    const int64_t memory = arguments->common.memory;
    if (memory == 0 || !arguments->request.of_samples || memory / 16 >= stream->files.rows)
        return true;
    return io_fail(error,
                   "--memory: quantiles of %" PRId64 " samples take 16 bytes for each, but %" PRId64
                   " bytes are allowed; --axis features does without",
                   stream->files.rows, memory);
}

static int run_on(const struct moments_arguments *arguments, struct activation_stream *stream) {
    const latent_context_options options = {.size = sizeof options,
                                            .threads = arguments->common.threads,
                                            .memory_budget = arguments->common.memory};
    latent_context *context;
    struct io_error error;
    if (!check_memory(arguments, stream, &error))
        return program_fail(program, &error, EXIT_USAGE);
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    latent_moments *moments;
    int code = EXIT_USAGE;
    if (moments_parts_begin(&moments, context, &arguments->request, stream->files.columns,
                            arguments->load, arguments->load_count, &error))
        code = measure_and_write(arguments, context, moments, stream);
    else
        program_fail(program, &error, code);
    latent_moments_destroy(moments);
    latent_context_destroy(context);
    return code;
}

/* What was loaded may be saved to the same file: it is how a stream goes on. */
static bool check_outputs(const struct moments_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {
        {"json", program_json_file(common)}, {"plot", common->plot}, {"save", arguments->save}};
    return outputs_differ(outputs, 3, error) &&
           outputs_spare_inputs(outputs, 3, arguments->files, arguments->file_count, error) &&
           outputs_spare_inputs(outputs, 2, arguments->load, arguments->load_count, error) &&
           (!arguments->save || output_file_check(arguments->save, error)) &&
           program_check_outputs(common, error);
}

static int run(const struct moments_arguments *arguments) {
    struct activation_stream stream = {.converted = NULL};
    struct io_error error;
    int code = EXIT_USAGE;
    if (check_outputs(arguments, &error) &&
        (arguments->file_count == 0 ||
         activation_stream_open(&stream, arguments->files, arguments->file_count, &error)))
        code = run_on(arguments, &stream);
    else
        program_fail(program, &error, EXIT_USAGE);
    activation_stream_close(&stream);
    return code;
}

int main(int count, char **words) {
    struct moments_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    int code;
    if (!moments_arguments_read(&arguments, count, words, &error))
        code = program_fail(program, &error, EXIT_USAGE);
    else if (arguments.common.help || arguments.common.version)
        code = program_introduce(program, &arguments.common, moments_help);
    else
        code = run(&arguments);
    moments_arguments_free(&arguments);
    return code;
}
