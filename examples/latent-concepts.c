/* latent-concepts: which concepts a latent space encodes, and in which directions. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/concepts_arguments.h"
#include "common/concepts_json.h"
#include "common/concepts_plot.h"
#include "common/concepts_table.h"
#include "common/labelled_data.h"
#include "common/memory_share.h"
#include "common/npy_format.h"
#include "common/output_clash.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/progress_bar.h"
#include "common/utf8.h"

static const char program[] = "latent-concepts";

/* All that files hold. */
struct inputs {
    struct labelled_data activations, basis; /* without labels */
    struct head_file head;
    struct concept_matrix concepts;
    struct concept_names names;
};

/* What there is to write about a run. */
struct findings {
    const struct concepts_report *report;
    enum plot_format format;
    bool ascii;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    concepts_table_print(stream, findings->report, findings->ascii);
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return concepts_json_write(stream, findings->report, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return concepts_plot_draw(fileno(stream), findings->report, findings->format, error);
}

static bool write_ap(FILE *stream, const void *what, struct io_error *error) {
    const struct concepts_report *report = ((const struct findings *)what)->report;
    return npy_write_floats(stream, report->ap, report->directions, report->concepts, false) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

static bool write_results(const struct concepts_arguments *arguments,
                          const struct findings *findings, struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(&arguments->common, &result, error) &&
           program_write(arguments->ap, write_ap, findings, error) &&
           program_write_files(&arguments->common, &result, error);
}

static int measure_and_write(const struct concepts_arguments *arguments, latent_context *context,
                             const struct concepts_input *input, struct progress_bar *bar) {
    struct io_error error;
    struct concepts_report report;
    const latent_status status =
        concepts_report_measure(&report, context, input, &arguments->request);
    progress_bar_clear(bar);
    if (status == LATENT_CANCELLED)
        return program_stopped(program);
    if (status != LATENT_OK) {
        program_fail_call(&error, context, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    const struct findings findings = {&report, arguments->common.format, bar->ascii};
    const bool ok = write_results(arguments, &findings, &error);
    concepts_report_free(&report);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

/* The singular vectors that the head's singular values do not leave open. */
static int run_on_head(const struct concepts_arguments *arguments, latent_context *context,
                       struct concepts_input *input, const struct head_file *head,
                       struct progress_bar *bar) {
    const latent_matrix weights =
        latent_matrix_view(head->weights, head->outputs, head->inputs, LATENT_F64);
    latent_directions *directions = NULL;
    struct io_error error;
    const latent_status status = latent_directions_create(context, &weights, NULL, &directions);
    const int64_t rank = latent_directions_rank(directions);
    const latent_matrix basis =
        latent_matrix_view(latent_directions_right(directions), rank, head->inputs, LATENT_F64);
    int code = EXIT_LIBRARY;
    input->basis = &basis;
    if (status != LATENT_OK) {
        program_fail_call(&error, context, status);
        program_fail(program, &error, code);
    } else if (rank == 0) {
        io_fail(&error, "--head: the head in %s is zero: it has no directions",
                arguments->head.path);
        code = program_fail(program, &error, EXIT_USAGE);
    } else {
        code = measure_and_write(arguments, context, input, bar);
    }
    latent_directions_destroy(directions);
    return code;
}

static int run_on(const struct concepts_arguments *arguments, const struct inputs *inputs) {
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    const latent_matrix *activations = &inputs->activations.points;
    const int64_t memory = arguments->common.memory ? arguments->common.memory
                                                    : memory_share(activations, memory_physical());
    const latent_context_options options = {.size = sizeof options,
                                            .threads = arguments->common.threads,
                                            .memory_budget = memory,
                                            .seed = arguments->request.seed,
                                            .progress = progress_bar_update,
                                            .progress_user = &bar};
    struct concepts_input input = {.activations = activations,
                                   .basis = arguments->basis ? &inputs->basis.points : NULL,
                                   .head = arguments->head.path != NULL,
                                   .concepts = &inputs->concepts,
                                   .names = &inputs->names};
    latent_context *context;
    struct io_error error;
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    cancel_signal_install();
    const int code = input.head ? run_on_head(arguments, context, &input, &inputs->head, &bar)
                                : measure_and_write(arguments, context, &input, &bar);
    latent_context_destroy(context);
    return code;
}

static bool check_outputs(const struct concepts_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {
        {"ap", arguments->ap}, {"json", program_json_file(common)}, {"plot", common->plot}};
    const char *const inputs[] = {arguments->activations, arguments->concepts, arguments->basis,
                                  arguments->head.path, arguments->names};
    return outputs_differ(outputs, 3, error) &&
           outputs_spare_inputs(outputs, 3, inputs, 5, error) &&
           (!arguments->ap || output_file_check(arguments->ap, error)) &&
           program_check_outputs(common, error);
}

/* Whether what was read goes together. */
static bool check_shapes(const struct concepts_arguments *arguments, const struct inputs *inputs,
                         struct io_error *error) {
    const latent_matrix *activations = &inputs->activations.points;
    const struct concept_matrix *concepts = &inputs->concepts;
    const int64_t features =
        arguments->head.path ? inputs->head.inputs : inputs->basis.points.columns;
    if (concepts->samples != activations->rows)
        return io_fail(error, "%s has %" PRId64 " rows, but %s has %" PRId64, arguments->concepts,
                       concepts->samples, arguments->activations, activations->rows);
    if ((arguments->head.path || arguments->basis) && features != activations->columns)
        return io_fail(error, "--%s: %s has %" PRId64 " columns, but %s has %" PRId64,
                       arguments->basis ? "basis" : "head",
                       arguments->basis ? arguments->basis : arguments->head.path, features,
                       arguments->activations, activations->columns);
    for (int64_t line = concepts->concepts; line < inputs->names.count; line++)
        if (inputs->names.line[line][0] != '\0')
            return io_fail(error,
                           "--names: line %" PRId64 " of %s, '%s', is one more than %s has "
                           "concepts, %" PRId64,
                           line + 1, arguments->names, inputs->names.line[line],
                           arguments->concepts, concepts->concepts);
    return true;
}

static int run(const struct concepts_arguments *arguments) {
    struct inputs inputs = {.head = {.weights = NULL}};
    struct io_error error;
    int code = EXIT_USAGE;
    if (check_outputs(arguments, &error) &&
        (!arguments->names || concept_names_open(&inputs.names, arguments->names, &error)) &&
        (!arguments->head.path || head_file_open(&inputs.head, &arguments->head, &error)) &&
        (!arguments->basis || labelled_data_open(&inputs.basis, arguments->basis, NULL, &error)) &&
        concept_matrix_open(&inputs.concepts, arguments->concepts, &error) &&
        labelled_data_open(&inputs.activations, arguments->activations, NULL, &error) &&
        check_shapes(arguments, &inputs, &error))
        code = run_on(arguments, &inputs);
    else
        program_fail(program, &error, EXIT_USAGE);
    labelled_data_close(&inputs.activations);
    labelled_data_close(&inputs.basis);
    head_file_close(&inputs.head);
    concept_matrix_close(&inputs.concepts);
    concept_names_close(&inputs.names);
    return code;
}

int main(int count, char **words) {
    struct concepts_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    if (!concepts_arguments_read(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.common.help || arguments.common.version)
        return program_introduce(program, &arguments.common, concepts_help);
    return run(&arguments);
}
