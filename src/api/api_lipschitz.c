/* lipschitz.h */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/rows.h"
#include "base/structs.h"
#include "checks.h"
#include "encoder_checks.h"
#include "geometry/ascent.h"
#include "geometry/directional.h"

static latent_status check_epsilon(latent_context *context, double epsilon, const char *name) {
    if (epsilon > 0 && epsilon < INFINITY)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %g; it must be positive and finite",
                        name, epsilon);
}

static latent_status check_epsilons(latent_context *context,
                                    const latent_lipschitz_options *options) {
    latent_status status =
        latent__check_least(context, options->epsilon_count, 1, "options->epsilon_count");
    if (!status)
        status = latent__need(context, options->epsilons, "options->epsilons");
    for (int64_t k = 0; k < options->epsilon_count && !status; k++) {
        char name[64];
        snprintf(name, sizeof name, "options->epsilons[%" PRId64 "]", k);
        status = check_epsilon(context, options->epsilons[k], name);
    }
    return status;
}

static latent_status check_probabilities(latent_context *context,
                                         const latent_lipschitz_options *options) {
    latent_status status =
        latent__check_least(context, options->quantile_count, 0, "options->quantile_count");
    if (!status && options->quantile_count > 0)
        status = latent__need(context, options->probabilities, "options->probabilities");
    for (int64_t q = 0; q < options->quantile_count && !status; q++)
        if (!(options->probabilities[q] >= 0 && options->probabilities[q] <= 1))
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "options->probabilities[%" PRId64 "] is %g, outside 0 to 1", q,
                                options->probabilities[q]);
    return status;
}

static latent_status read_options(latent_context *context, const latent_lipschitz_options *given,
                                  latent_lipschitz_options *options) {
    latent_status status = latent__need(context, given, "options");
    if (!status)
        status = latent__options_read(context, options, sizeof *options, given, "options");
    if (!status)
        status = check_epsilons(context, options);
    return status ? status : check_probabilities(context, options);
}

/* Directions with so many numbers, or so many constants, each. */
static latent_status check_rows(latent_context *context, int64_t count, int64_t each) {
    if (count <= (INT64_MAX >> 8) / each)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "%" PRId64 " directions with %" PRId64
                        " numbers each are more than memory can address",
                        count, each);
}

/* What along() and sample() are given alike. */
typedef struct arguments {
    latent_encoder encoder;
    latent_lipschitz_options options;
    latent_lipschitz_result result;
} arguments;

static latent_status read_arguments(latent_context *context,
                                    const latent_lipschitz_options *options,
                                    const latent_lipschitz_result *result, int64_t count,
                                    arguments *read) {
    latent_status status = read_options(context, options, &read->options);
    if (!status)
        status = latent__read_result(context, &read->result, sizeof read->result, result);
    return status ? status : check_rows(context, count, read->options.epsilon_count);
}

static latent_status evaluate(latent_context *context, const double *point, const arguments *given,
                              const latent__family *family, latent_encoder_usage *usage) {
    const int64_t rows = family->count * given->options.epsilon_count;
    latent__encoder_calls calls;
    latent__set_budget(
        context, family->given ? latent__view_bytes(family->given) : 0,
        latent__encoder_room(context, &given->encoder, rows) +
            latent__lipschitz_room(context, &given->encoder, family, &given->options));
    latent_status status = latent__encoder_open(context, &given->encoder, rows, &calls);
    if (!status)
        status = latent__lipschitz(&calls, point, family, &given->options, &given->result);
    latent__end_encoder(&calls, usage);
    return status;
}

static latent_status along(latent_context *context, const double *point,
                           const latent_matrix *directions, const latent_lipschitz_options *options,
                           const latent_lipschitz_result *result, arguments *read,
                           latent_encoder_usage *usage) {
    latent_status status = latent__view_check(context, directions, "directions");
    if (!status && directions->columns != read->encoder.inputs)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "directions has %" PRId64 " columns, but the encoder has %" PRId64
                              " inputs",
                              directions->columns, read->encoder.inputs);
    if (!status)
        status = read_arguments(context, options, result, directions->rows, read);
    if (status)
        return status;
    const latent__family family = {.count = directions->rows, .given = directions};
    return evaluate(context, point, read, &family, usage);
}

latent_status latent_lipschitz_along(latent_context *context, const latent_encoder *encoder,
                                     const double *point, const latent_matrix *directions,
                                     const latent_lipschitz_options *options,
                                     latent_lipschitz_result *result, latent_encoder_usage *usage) {
    arguments read;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__check_encoder_at(context, encoder, point, usage, &read.encoder);
    if (!status)
        status = along(context, point, directions, options, result, &read, usage);
    return latent__leave(context, status);
}

static latent_status read_sampling(latent_context *context, const latent_encoder *encoder,
                                   const latent_lipschitz_sampling *given,
                                   latent_lipschitz_sampling *sampling) {
    latent_status status = latent__need(context, given, "sampling");
    if (!status)
        status = latent__options_read(context, sampling, sizeof *sampling, given, "sampling");
    if (!status)
        status = latent__check_least(context, sampling->count, 1, "sampling->count");
    if (!status)
        status = latent__check_least(context, sampling->complement_count, 0,
                                     "sampling->complement_count");
    if (!status && sampling->complement_count >= encoder->inputs)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "sampling->complement_count is %" PRId64
                              "; it must be below the %" PRId64 " inputs",
                              sampling->complement_count, encoder->inputs);
    if (!status)
        status = check_rows(context, sampling->complement_count, encoder->inputs);
    if (!status && sampling->complement_count > 0)
        status = latent__check_numbers(context, encoder, sampling->complement_of,
                                       sampling->complement_count * encoder->inputs,
                                       "sampling->complement_of");
    if (!status && sampling->seed == 0)
        sampling->seed = context->options.seed;
    return status;
}

static latent_status sample(latent_context *context, const double *point,
                            const latent_lipschitz_sampling *given,
                            const latent_lipschitz_options *options,
                            const latent_lipschitz_result *result, arguments *read,
                            latent_encoder_usage *usage) {
    latent_lipschitz_sampling sampling;
    latent_status status = read_sampling(context, &read->encoder, given, &sampling);
    if (!status)
        status = read_arguments(context, options, result, sampling.count, read);
    if (status)
        return status;
    const latent__family family = {.count = sampling.count, .sampling = &sampling};
    return evaluate(context, point, read, &family, usage);
}

latent_status latent_lipschitz_sample(latent_context *context, const latent_encoder *encoder,
                                      const double *point,
                                      const latent_lipschitz_sampling *sampling,
                                      const latent_lipschitz_options *options,
                                      latent_lipschitz_result *result,
                                      latent_encoder_usage *usage) {
    arguments read;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__check_encoder_at(context, encoder, point, usage, &read.encoder);
    if (!status)
        status = sample(context, point, sampling, options, result, &read, usage);
    return latent__leave(context, status);
}

static latent_status fill_ascent(latent_context *context, const latent_encoder *encoder,
                                 latent_lipschitz_ascent_options *options) {
    latent_status status = check_epsilon(context, options->epsilon, "options->epsilon");
    if (!status)
        status = latent__check_least(context, options->restarts, 0, "options->restarts");
    if (!status)
        status = latent__check_least(context, options->iterations, 0, "options->iterations");
    if (!status)
        status = latent__check_least(context, options->start_count, 0, "options->start_count");
    if (!status && !(options->tolerance >= 0 && options->tolerance < 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->tolerance is %g; it must be 0 or more, and below 1",
                              options->tolerance);
    if (!status)
        status = check_rows(context, options->start_count, encoder->inputs);
    if (!status && options->start_count > 0)
        status = latent__check_numbers(context, encoder, options->starts,
                                       options->start_count * encoder->inputs, "options->starts");
    if (status)
        return status;
    if (options->restarts == 0)
        options->restarts = options->start_count > 8 ? options->start_count : 8;
    if (options->iterations == 0)
        options->iterations = 100;
    if (options->tolerance == 0)
        options->tolerance = 1e-6;
    if (options->seed == 0)
        options->seed = context->options.seed;
    if (options->start_count <= options->restarts)
        return check_rows(context, options->restarts, 3 * encoder->inputs + 2 * encoder->outputs);
    return latent__fail(context, LATENT_ERROR_ARGUMENT,
                        "options->start_count is %" PRId64 ", but options->restarts is %" PRId64,
                        options->start_count, options->restarts);
}

static latent_status read_ascent(latent_context *context, const latent_encoder *encoder,
                                 const latent_lipschitz_ascent_options *given,
                                 latent_lipschitz_ascent_options *options) {
    latent_status status = latent__encoder_needs_vjp(context, encoder, "gradient ascent");
    if (!status)
        status = latent__need(context, given, "options");
    if (!status)
        status = latent__options_read(context, options, sizeof *options, given, "options");
    return status ? status : fill_ascent(context, encoder, options);
}

static latent_status ascend(latent_context *context, const latent_encoder *given,
                            const double *point,
                            const latent_lipschitz_ascent_options *given_options,
                            latent_lipschitz_ascent *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_lipschitz_ascent_options options;
    latent_lipschitz_ascent result;
    latent__encoder_calls calls;
    latent_status status = latent__check_encoder_at(context, given, point, usage, &encoder);
    if (!status)
        status = read_ascent(context, &encoder, given_options, &options);
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    latent__set_budget(context, 0,
                       latent__encoder_room(context, &encoder, options.restarts) +
                           latent__ascent_room(&encoder, &options));
    status = latent__encoder_open(context, &encoder, options.restarts, &calls);
    if (!status)
        status = latent__ascent(&calls, point, &options, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_lipschitz_ascend(latent_context *context, const latent_encoder *encoder,
                                      const double *point,
                                      const latent_lipschitz_ascent_options *options,
                                      latent_lipschitz_ascent *result,
                                      latent_encoder_usage *usage) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, ascend(context, encoder, point, options, result, usage));
}
