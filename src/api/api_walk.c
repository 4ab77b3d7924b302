/* walk.h */
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "encoder_checks.h"
#include "encoder_views.h"
#include "geometry/span_split.h"
#include "geometry/walk_points.h"

static latent_status read_tolerance(latent_context *context, const latent_walk_split_options *given,
                                    double *tolerance) {
    latent_walk_split_options options;
    latent_status status =
        latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__check_not_negative(context, options.tolerance, "options->tolerance");
    *tolerance = options.tolerance == 0 ? 1e-5 : options.tolerance;
    return status;
}

static latent_status split(latent_context *context, const latent_matrix *directions,
                           const latent_matrix *displacements,
                           const latent_walk_split_options *given_options,
                           latent_walk_parts *given_parts) {
    latent_walk_parts parts;
    double tolerance = 0;
    latent_status status = latent__view_check(context, directions, "directions");
    if (!status)
        status = latent__check_finite_view(context, directions, "directions", directions->columns,
                                           "they");
    if (!status)
        status = latent__check_finite_view(context, displacements, "displacements",
                                           directions->columns, "those of directions");
    if (!status && directions->rows > directions->columns)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "directions has %" PRId64 " rows of %" PRId64
                              " columns; no more rows than columns can be orthonormal",
                              directions->rows, directions->columns);
    if (!status)
        status = read_tolerance(context, given_options, &tolerance);
    if (!status)
        status = latent__need(context, given_parts, "parts");
    if (!status)
        status = latent__options_read(context, &parts, sizeof parts, given_parts, "parts");
    if (status)
        return status;
    latent__set_budget(context, latent__view_bytes(directions) + latent__view_bytes(displacements),
                       latent__split_room(directions, displacements));
    status = latent__split(context, directions, displacements, tolerance, &parts);
    if (!status)
        latent__struct_write(given_parts, &parts, sizeof parts);
    return status;
}

latent_status latent_walk_split(latent_context *context, const latent_matrix *directions,
                                const latent_matrix *displacements,
                                const latent_walk_split_options *options,
                                latent_walk_parts *parts) {
    const latent_status status = latent__enter(context);
    return status
               ? status
               : latent__leave(context, split(context, directions, displacements, options, parts));
}

static latent_status read_options(latent_context *context, const latent_walk_options *given,
                                  latent_walk_options *options) {
    latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    if (!status)
        status = latent__check_reserved(context, options->reserved);
    if (!status)
        status = latent__check_not_negative(context, options->linear_tolerance,
                                            "options->linear_tolerance");
    if (!status)
        status =
            latent__check_not_negative(context, options->same_tolerance, "options->same_tolerance");
    if (options->linear_tolerance == 0)
        options->linear_tolerance = 0.1;
    if (options->same_tolerance == 0)
        options->same_tolerance = 0.01;
    return status;
}

/* Rising lengths above 0, of all walks or of each. */
static latent_status check_lengths(latent_context *context, const latent__walk_question *q) {
    const latent_matrix *lengths = q->lengths;
    latent_status status = latent__view_check(context, lengths, "lengths");
    if (!status)
        status = latent__check_finite_view(context, lengths, "lengths", lengths->columns, "they");
    if (!status && lengths->rows != 1)
        status = latent__check_same_rows(context, lengths, "lengths", q->starts, "starts");
    for (int64_t p = 0; !status && p < lengths->rows; p++)
        for (int64_t i = 0; i < lengths->columns; i++) {
            const double before = i > 0 ? latent__element(lengths, p, i - 1) : 0;
            const double t = latent__element(lengths, p, i);
            if (t <= before)
                return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                    "lengths[%" PRId64 "][%" PRId64
                                    "] is %.15g; it must be above %s, %.15g",
                                    p, i, t, i > 0 ? "the one before" : "0", before);
        }
    return status;
}

static latent_status check_question(latent_context *context, const latent__walk_question *q) {
    latent_status status = latent__check_input_view(context, q->encoder, q->starts, "starts");
    if (!status)
        status = latent__check_input_view(context, q->encoder, q->directions, "directions");
    if (!status)
        status = latent__check_same_rows(context, q->directions, "directions", q->starts, "starts");
    return status ? status : check_lengths(context, q);
}

static latent_status walk(latent_context *context, latent__walk_question *question,
                          const latent_walk_options *given_options,
                          latent_walk_result *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_walk_result result;
    latent_encoder_usage counted = {.size = sizeof counted};
    latent_status status = latent__check_usage(context, usage);
    if (!status)
        status = latent__check_encoder(context, question->encoder, &encoder);
    question->encoder = &encoder;
    if (!status)
        status = check_question(context, question);
    if (!status)
        status = read_options(context, given_options, &question->options);
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    latent__set_budget(
        context, latent__view_bytes(question->starts) + latent__view_bytes(question->directions),
        latent__walk_room(context, question));
    status = latent__walk_along(context, question, &result, &counted);
    if (usage)
        latent__struct_write(usage, &counted, sizeof counted);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    return status;
}

latent_status latent_walk_along(latent_context *context, const latent_encoder *encoder,
                                const latent_matrix *starts, const latent_matrix *directions,
                                const latent_matrix *lengths, const latent_walk_options *options,
                                latent_walk_result *result, latent_encoder_usage *usage) {
    latent__walk_question question = {
        .encoder = encoder, .starts = starts, .directions = directions, .lengths = lengths};
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, walk(context, &question, options, result, usage));
}
