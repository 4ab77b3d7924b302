/* latent-kstar: the k* distribution of labelled points in array files. */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "common/cancel_signal.h"
#include "common/concept_names.h"
#include "common/gnuplot_run.h"
#include "common/kstar_arguments.h"
#include "common/kstar_json.h"
#include "common/kstar_report.h"
#include "common/kstar_table.h"
#include "common/labelled_data.h"
#include "common/memory_share.h"
#include "common/npy_format.h"
#include "common/output_file.h"
#include "common/progress_bar.h"
#include "common/utf8.h"

enum { EXIT_LIBRARY = 1, EXIT_USAGE = 2, EXIT_CANCELLED = 130 };

static void complain(const char *text) {
    fprintf(stderr, "latent-kstar: %s\n", text);
}

/* What would fail after the long computation should fail before it. */
static bool check_outputs(const struct kstar_arguments *arguments, struct io_error *error) {
    if (arguments->values && !output_file_check(arguments->values, error))
        return false;
    if (arguments->json && strcmp(arguments->json, "-") != 0 &&
        !output_file_check(arguments->json, error))
        return false;
    return !arguments->plot || (output_file_check(arguments->plot, error) && gnuplot_check(error));
}

static bool write_values(FILE *stream, const struct kstar_report *report, struct io_error *error) {
    return npy_write_int64(stream, report->kstar, report->points) ||
           io_fail(error, "cannot be written: %s", strerror(errno));
}

enum output_kind { OUTPUT_VALUES, OUTPUT_JSON, OUTPUT_PLOT };

/* Writes one file whole, or nothing: not even if Ctrl-C is pressed meanwhile. */
static bool write_output(const char *path, enum output_kind kind,
                         const struct kstar_arguments *arguments, const struct kstar_report *report,
                         const struct concept_names *names, struct io_error *error) {
    struct output_file output;
    if (!path || cancel_signal_seen())
        return true;
    if (!output_file_open(&output, path, error))
        return false;
    bool ok = true;
    if (kind == OUTPUT_VALUES)
        ok = write_values(output.stream, report, error);
    else if (kind == OUTPUT_JSON)
        ok = kstar_json_write(output.stream, report, names, error);
    else
        ok = kstar_violin_draw(fileno(output.stream), report, names, arguments->format, error);
    if (ok && !cancel_signal_seen())
        return output_file_commit(&output, error);
    output_file_discard(&output);
    return ok || io_fail_in(error, path);
}

static bool write_results(const struct kstar_arguments *arguments,
                          const struct kstar_report *report, const struct concept_names *names,
                          bool ascii, struct io_error *error) {
    const bool json_only = arguments->json && strcmp(arguments->json, "-") == 0;
    if (!json_only)
        kstar_table_print(stdout, report, names, ascii);
    else if (!kstar_json_write(stdout, report, names, error))
        return false;
    if (fflush(stdout) != 0)
        return io_fail(error, "standard output: %s", strerror(errno));
    return write_output(arguments->values, OUTPUT_VALUES, arguments, report, names, error) &&
           write_output(json_only ? NULL : arguments->json, OUTPUT_JSON, arguments, report, names,
                        error) &&
           write_output(arguments->plot, OUTPUT_PLOT, arguments, report, names, error);
}

/* A picture holds only so many concepts, and that is known before the long computation. */
static bool check_plot(const struct kstar_arguments *arguments, latent_context *context,
                       const struct labelled_data *data, struct io_error *error) {
    int64_t concepts = 0;
    if (!arguments->plot ||
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
    if (!check_plot(arguments, context, data, &error)) {
        complain(error.text);
        return EXIT_USAGE;
    }
    cancel_signal_install();
    const latent_status status =
        kstar_report_measure(&report, context, &data->points, data->labels, &arguments->request);
    progress_bar_clear(bar);
    if (status == LATENT_CANCELLED) {
        complain("stopped; nothing was written");
        return EXIT_CANCELLED;
    }
    if (status != LATENT_OK) {
        const char *sentence = latent_context_error(context);
        complain(*sentence ? sentence : latent_status_string(status));
        return EXIT_LIBRARY;
    }
    const bool ok = write_results(arguments, &report, names, bar->ascii, &error);
    kstar_report_free(&report);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    if (!ok)
        complain(error.text);
    return ok ? EXIT_SUCCESS : EXIT_LIBRARY;
}

static int run_on(const struct kstar_arguments *arguments, const struct labelled_data *data,
                  const struct concept_names *names) {
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    const int64_t memory =
        arguments->memory ? arguments->memory : memory_share(&data->points, memory_physical());
    const latent_context_options options = {.size = sizeof options,
                                            .threads = arguments->threads,
                                            .memory_budget = memory,
                                            .seed = arguments->request.seed,
                                            .progress = progress_bar_update,
                                            .progress_user = &bar};
    latent_context *context;
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        complain(latent_status_string(status));
        return EXIT_LIBRARY;
    }
    const int code = measure_and_write(arguments, context, data, names, &bar);
    latent_context_destroy(context);
    return code;
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
        complain(error.text);
    labelled_data_close(&data);
    concept_names_close(&names);
    return code;
}

int main(int count, char **words) {
    struct kstar_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    if (!kstar_arguments_read(&arguments, count, words, &error)) {
        complain(error.text);
        return EXIT_USAGE;
    }
    if (arguments.help)
        fputs(kstar_help, stdout);
    else if (arguments.version)
        printf("latent-kstar, liblatent %s\n", latent_version());
    else
        return run(&arguments);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_LIBRARY;
}
