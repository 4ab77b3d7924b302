/* latent-geometry: how the latent vector of an image reacts to changes of its pixels. */
#define _POSIX_C_SOURCE 200809L

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/cancel_signal.h"
#include "common/geometry_arguments.h"
#include "common/geometry_json.h"
#include "common/geometry_picture.h"
#include "common/geometry_plot.h"
#include "common/geometry_table.h"
#include "common/gnuplot_run.h"
#include "common/output_clash.h"
#include "common/output_file.h"
#include "common/program_run.h"
#include "common/utf8.h"

static const char program[] = "latent-geometry";

/* What there is to write about a run. */
struct findings {
    const struct geometry_report *report;
    const struct concept_names *names;
    enum plot_format plot, picture;
    bool ascii;
};

static bool write_table(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    (void)error; /* a stream that failed says so when it is flushed */
    geometry_table_print(stream, findings->report, findings->names, findings->ascii);
    return true;
}

static bool write_json(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return geometry_json_write(stream, findings->report, error);
}

static bool write_plot(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    return geometry_plot_draw(fileno(stream), findings->report, findings->plot, error);
}

static bool write_picture(FILE *stream, const void *what, struct io_error *error) {
    const struct findings *findings = what;
    const struct geometry_picture picture = {findings->report, findings->names};
    return geometry_picture_draw(fileno(stream), &picture, findings->picture, error);
}

static bool write_results(const struct geometry_arguments *arguments,
                          const struct findings *findings, struct io_error *error) {
    const struct program_result result = {findings, write_table, write_json, write_plot};
    return program_print(&arguments->common, &result, error) &&
           program_write(arguments->picture, write_picture, findings, error) &&
           program_write_files(&arguments->common, &result, error);
}

/* What a run is about. */
struct subject {
    const struct geometry_arguments *arguments;
    const struct vit_model *model;
    const struct image_file *images;
    const struct concept_names *names;
};

static int measure_and_write(const struct subject *subject, latent_context *context,
                             struct geometry_report *report) {
    const struct geometry_arguments *arguments = subject->arguments;
    struct io_error error;
    struct progress_bar bar;
    progress_bar_start(&bar, !utf8_locale());
    bool ok = geometry_report_measure(report, context, &bar, &error);
    progress_bar_clear(&bar);
    if (!ok)
        return cancel_signal_seen() ? program_stopped(program)
                                    : program_fail(program, &error, EXIT_LIBRARY);
    const struct findings findings = {report, subject->names, arguments->common.format,
                                      arguments->picture_format, bar.ascii};
    ok = write_results(arguments, &findings, &error);
    if (cancel_signal_seen())
        return EXIT_CANCELLED;
    return ok ? EXIT_SUCCESS : program_fail(program, &error, EXIT_LIBRARY);
}

static int run_on(const struct subject *subject) {
    const struct program_options *common = &subject->arguments->common;
    const latent_context_options options = {.size = sizeof options,
                                            .threads = common->threads,
                                            .memory_budget = common->memory,
                                            .seed = subject->arguments->seed};
    struct geometry_report report;
    latent_context *context;
    struct io_error error;
    int code = EXIT_LIBRARY;
    const latent_status status = latent_context_create(&context, &options);
    if (status != LATENT_OK) {
        program_fail_call(&error, NULL, status);
        return program_fail(program, &error, EXIT_LIBRARY);
    }
    cancel_signal_install();
    if (geometry_report_begin(&report, subject->model, subject->images,
                              &subject->arguments->request, &error))
        code = measure_and_write(subject, context, &report);
    else
        program_fail(program, &error, code);
    geometry_report_free(&report);
    latent_context_destroy(context);
    return code;
}

static bool check_outputs(const struct geometry_arguments *arguments, struct io_error *error) {
    const struct program_options *common = &arguments->common;
    const struct named_output outputs[] = {{"picture", arguments->picture},
                                           {"json", program_json_file(common)},
                                           {"plot", common->plot}};
    const char *const inputs[] = {arguments->model, arguments->images, arguments->names};
    return outputs_differ(outputs, 3, error) &&
           outputs_spare_inputs(outputs, 3, inputs, 3, error) &&
           (!arguments->picture ||
            (output_file_check(arguments->picture, error) && gnuplot_check(error))) &&
           program_check_outputs(common, error);
}

static int run(const struct geometry_arguments *arguments) {
    struct vit_model model = {.numbers = NULL};
    struct image_file images = {.count = 0};
    struct concept_names names = {.count = 0};
    struct io_error error;
    int code = EXIT_USAGE;
    if (check_outputs(arguments, &error) && vit_model_open(&model, arguments->model, &error) &&
        image_file_open(&images, arguments->images, model.side, &error) &&
        geometry_arguments_suit(arguments, &model, &images, &error) &&
        (!arguments->names || concept_names_open(&names, arguments->names, &error)))
        code = run_on(&(struct subject){arguments, &model, &images, &names});
    else
        program_fail(program, &error, code);
    concept_names_close(&names);
    image_file_close(&images);
    vit_model_close(&model);
    return code;
}

int main(int count, char **words) {
    struct geometry_arguments arguments;
    struct io_error error;
    setlocale(LC_CTYPE, "");
    if (!geometry_arguments_read(&arguments, count, words, &error))
        return program_fail(program, &error, EXIT_USAGE);
    if (arguments.common.help || arguments.common.version)
        return program_introduce(program, &arguments.common, geometry_help);
    return run(&arguments);
}
