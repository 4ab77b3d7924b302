#define _POSIX_C_SOURCE 200809L

#include "common/geometry_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/geometry_measure.h"
#include "common/program_run.h"

const char *const geometry_families[GEOMETRY_FAMILIES] = {"right", "gaussian", "projected",
                                                          "ascent", "displacement"};

const char *geometry_state(latent_matching_state state) {
    switch (state) {
    case LATENT_MATCHING_CONVERGED:
        return "converged";
    case LATENT_MATCHING_STALLED:
        return "stalled";
    case LATENT_MATCHING_DIVERGED:
        return "diverged";
    case LATENT_MATCHING_CAPPED:
        break;
    }
    return "capped";
}

/* Runs the head too. Of equal logits the first is the largest. */
static bool see(struct geometry_image *image, const struct vit_model *model,
                struct io_error *error) {
    const int64_t classes = model->classes;
    double *logits = calloc((size_t)classes, sizeof *logits), sum = 0;
    bool ok = logits || io_fail_memory(error, (double)classes * sizeof *logits);
    ok = ok && vit_model_run(model, 1, image->pixels, NULL, logits, error);
    image->label = 0;
    for (int64_t c = 1; ok && c < classes; c++)
        image->label = logits[c] > logits[image->label] ? c : image->label;
    for (int64_t c = 0; ok && c < classes; c++)
        sum += exp(logits[c] - logits[image->label]);
    image->probability = 1 / sum;
    free(logits);
    return ok;
}

static bool read_image(struct geometry_report *report, struct geometry_image *image,
                       const struct image_file *images, int64_t number, struct io_error *error) {
    return image_file_read(images, number, 1, image->pixels, error) &&
           see(image, report->model, error);
}

bool geometry_report_begin(struct geometry_report *report, const struct vit_model *model,
                           const struct image_file *images, const struct geometry_request *request,
                           struct io_error *error) {
    const int64_t n = vit_pixels(model);
    *report = (struct geometry_report){.request = *request,
                                       .model = model,
                                       .inputs = n,
                                       .outputs = model->dimension,
                                       .usage = {.size = sizeof report->usage}};
    report->request.matching.size = sizeof report->request.matching;
    report->pixels = calloc(3 * (size_t)n, sizeof *report->pixels);
    if (!report->pixels)
        return io_fail_memory(error, 3 * (double)n * sizeof *report->pixels);
    report->start.pixels = report->pixels;
    report->target.pixels = report->pixels + n;
    report->result.pixels = report->pixels + 2 * n;
    return read_image(report, &report->start, images, request->image, error) &&
           (request->target < 0 ||
            read_image(report, &report->target, images, request->target, error));
}

static bool measure(struct geometry_report *report, latent_context *context,
                    struct io_error *error) {
    const bool matches = report->request.target >= 0;
    if (!vit_encoder_open(&report->encoder, report->model, latent_context_threads(context), error))
        return false;
    const struct geometry_measure at = {report, context, vit_encoder_callbacks(&report->encoder)};
    return geometry_measure_jacobian(&at, error) && geometry_measure_families(&at, error) &&
           (!matches ||
            (geometry_measure_matching(&at, error) && see(&report->result, report->model, error)));
}

bool geometry_report_measure(struct geometry_report *report, latent_context *context,
                             struct progress_bar *bar, struct io_error *error) {
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    latent_context_set_progress(context, progress_bar_update, bar, 0);
    const bool ok = measure(report, context, error);
    latent_context_set_progress(context, NULL, NULL, 0);
    report->seconds = seconds_since(&start);
    return ok;
}

void geometry_report_free(struct geometry_report *report) {
    vit_encoder_close(&report->encoder);
    free(report->pixels);
    free(report->jacobian.sigma);
    free(report->jacobian.right);
    free(report->jacobian.residual);
    for (int f = 0; f < GEOMETRY_FAMILIES; f++)
        free(report->family[f].value);
    free(report->matching.loss);
    memset(report, 0, sizeof *report);
}
