/* matching.h */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "encoder_checks.h"
#include "encoder_views.h"
#include "geometry/match_rounds.h"

static latent_status check_bounds(latent_context *context, const latent_matching_options *options) {
    const double lower = options->lower, upper = options->upper;
    if (options->bounds == LATENT_BOUNDS_GIVEN) {
        latent_status status = latent__check_finite(context, lower, "options->lower");
        if (!status)
            status = latent__check_finite(context, upper, "options->upper");
        if (!status && lower >= upper)
            status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                                  "options->lower is %.15g, not below options->upper, %.15g", lower,
                                  upper);
        return status;
    }
    if (options->bounds != LATENT_BOUNDS_START && options->bounds != LATENT_BOUNDS_NONE)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->bounds is %d, no kind of bounds", (int)options->bounds);
    if (lower != 0 || upper != 0)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->lower is %.15g and options->upper is %.15g, but "
                            "options->bounds is not LATENT_BOUNDS_GIVEN",
                            lower, upper);
    return LATENT_OK;
}

static latent_status check_stop(latent_context *context, const latent_matching_options *options) {
    latent_status status = latent__check_finite(context, options->tolerance, "options->tolerance");
    if (!status && !(options->cosine >= -1 && options->cosine < 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->cosine is %g; it must be at least -1 and below 1",
                              options->cosine);
    if (!status)
        status = latent__check_least(context, options->max_steps, 0, "options->max_steps");
    if (!status && options->divergence != 0 && !(options->divergence > 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->divergence is %g; it must be above 1", options->divergence);
    return status;
}

static latent_status read_options(latent_context *context, const latent_matching_options *given,
                                  latent_matching_options *options) {
    latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    if (!status)
        status = latent__check_reserved(context, options->reserved);
    if (!status)
        status = latent__check_not_negative(context, options->step, "options->step");
    if (!status)
        status = latent__check_not_negative(context, options->radius, "options->radius");
    if (!status)
        status = check_bounds(context, options);
    if (!status)
        status = check_stop(context, options);
    if (status)
        return status;
    if (options->tolerance == 0)
        options->tolerance = 1e-4;
    if (options->cosine == 0)
        options->cosine = 0.97;
    if (options->max_steps == 0)
        options->max_steps = 15000;
    if (options->divergence == 0)
        options->divergence = 1000;
    return LATENT_OK;
}

static latent_status read_result(latent_context *context, const latent_matching_result *given,
                                 latent_matching_result *result) {
    const latent_status status = latent__read_result(context, result, sizeof *result, given);
    if (status)
        return status;
    const bool traced =
        result->trace_loss || result->trace_cosine || result->trace_change || result->trace_step;
    if (!traced && result->trace_rows == 0)
        return LATENT_OK;
    if (!traced)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "result->trace_rows is %" PRId64 ", but there is no place for a trace",
                            result->trace_rows);
    if (result->trace_rows > INT32_MAX)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "result->trace_rows is %" PRId64 ", more than %d", result->trace_rows,
                            INT32_MAX);
    return latent__check_least(context, result->trace_rows, 1, "result->trace_rows");
}

static latent_status check_targets(latent_context *context, const latent__match_question *q) {
    if (!q->target_inputs == !q->targets)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            q->targets ? "target_inputs and targets are both given: which is it?"
                                       : "target_inputs and targets are both NULL");
    const latent_matrix *given = q->targets ? q->targets : q->target_inputs;
    const char *name = q->targets ? "targets" : "target_inputs";
    const latent_status status = q->targets
                                     ? latent__check_output_view(context, q->encoder, given, name)
                                     : latent__check_input_view(context, q->encoder, given, name);
    return status ? status : latent__check_same_rows(context, given, name, q->starts, "starts");
}

static latent_status check_starts(latent_context *context, const latent__match_question *q) {
    const latent_matching_options *options = &q->options;
    const latent_status status = latent__check_input_view(context, q->encoder, q->starts, "starts");
    if (status || options->bounds != LATENT_BOUNDS_GIVEN)
        return status;
    for (int64_t p = 0; p < q->starts->rows; p++)
        for (int64_t j = 0; j < q->starts->columns; j++) {
            const double x = latent__element(q->starts, p, j);
            if (x < options->lower || x > options->upper)
                return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                    "starts[%" PRId64 "][%" PRId64
                                    "] is %.15g, outside options->lower to options->upper, %.15g "
                                    "to %.15g",
                                    p, j, x, options->lower, options->upper);
        }
    return LATENT_OK;
}

static latent_status match(latent_context *context, latent__match_question *question,
                           const latent_matching_options *given_options,
                           latent_matching_result *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_matching_result result;
    latent_encoder_usage counted = {.size = sizeof counted};
    latent_status status = latent__check_usage(context, usage);
    if (!status)
        status = latent__check_encoder(context, question->encoder, &encoder);
    if (!status)
        status = latent__encoder_needs_vjp(context, &encoder, "matching");
    question->encoder = &encoder;
    if (!status)
        status = read_options(context, given_options, &question->options);
    if (!status)
        status = check_starts(context, question);
    if (!status)
        status = check_targets(context, question);
    if (!status)
        status = read_result(context, given_result, &result);
    if (status)
        return status;
    const latent_matrix *targets = question->targets ? question->targets : question->target_inputs;
    latent__set_budget(context, latent__view_bytes(question->starts) + latent__view_bytes(targets),
                       latent__match_room(context, question, &result));
    status = latent__match(context, question, &result, &counted);
    if (usage)
        latent__struct_write(usage, &counted, sizeof counted);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    return status;
}

latent_status latent_matching_run(latent_context *context, const latent_encoder *encoder,
                                  const latent_matrix *starts, const latent_matrix *target_inputs,
                                  const latent_matrix *targets,
                                  const latent_matching_options *options,
                                  latent_matching_result *result, latent_encoder_usage *usage) {
    latent__match_question question = {
        .encoder = encoder, .starts = starts, .target_inputs = target_inputs, .targets = targets};
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, match(context, &question, options, result, usage));
}
