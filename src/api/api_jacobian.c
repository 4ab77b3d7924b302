/* jacobian.h */
#include <inttypes.h>
#include <math.h>

#include "base/structs.h"
#include "checks.h"
#include "encoder_checks.h"
#include "geometry/explicit.h"
#include "geometry/leading.h"
#include "linalg/lapack.h"

/* Reads the options of an explicit Jacobian; *method is what will be used. */
static latent_status read_method(latent_context *context, const latent_encoder *encoder,
                                 const latent_jacobian_options *given,
                                 latent_jacobian_method *method) {
    latent_jacobian_options options;
    latent_status status =
        latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status &&
        (options.method < LATENT_JACOBIAN_AUTO || options.method > LATENT_JACOBIAN_DIFFERENCES))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->method is %" PRId32 ", no method for a Jacobian",
                              options.method);
    if (status)
        return status;
    *method = (latent_jacobian_method)options.method;
    if (*method == LATENT_JACOBIAN_AUTO)
        *method = latent__jacobian_method(encoder);
    if (*method == LATENT_JACOBIAN_VJP)
        return latent__encoder_needs_vjp(context, encoder, "options->method");
    if (*method == LATENT_JACOBIAN_JVP && !encoder->jvp)
        return latent__fail(context, LATENT_ERROR_UNSUPPORTED,
                            "encoder->jvp is NULL, but options->method asks for it");
    return LATENT_OK;
}

static latent_status check_entries(latent_context *context, const latent_encoder *encoder) {
    if (encoder->inputs <= (INT64_MAX >> 8) / encoder->outputs)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "a Jacobian of %" PRId64 " x %" PRId64 " is more than memory can address",
                        encoder->outputs, encoder->inputs);
}

/* Opens the calls of an explicit Jacobian, of which singular vectors will be wanted or not. */
static latent_status open_explicit(latent_context *context, const latent_encoder *encoder,
                                   bool vectors, latent__encoder_calls *calls) {
    const int64_t rows = latent__explicit_rows(encoder);
    latent__set_budget(context, 0,
                       latent__encoder_room(context, encoder, rows) +
                           latent__explicit_room(encoder, vectors));
    return latent__encoder_open(context, encoder, rows, calls);
}

/* What both calls that need all entries are asked, but for the result. */
static latent_status read_explicit(latent_context *context, const latent_encoder *given,
                                   const double *point, const latent_jacobian_options *options,
                                   latent_encoder_usage *usage, latent_encoder *encoder,
                                   latent_jacobian_method *method) {
    latent_status status = latent__check_encoder_at(context, given, point, usage, encoder);
    if (!status)
        status = check_entries(context, encoder);
    if (!status)
        status = read_method(context, encoder, options, method);
    return status;
}

static latent_status explicit_jacobian(latent_context *context, const latent_encoder *given,
                                       const double *point, const latent_jacobian_options *options,
                                       latent_jacobian *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_jacobian result;
    latent_jacobian_method method = LATENT_JACOBIAN_AUTO;
    latent__encoder_calls calls;
    latent_status status = read_explicit(context, given, point, options, usage, &encoder, &method);
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    status = open_explicit(context, &encoder, false, &calls);
    if (!status)
        status = latent__explicit(&calls, point, method, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_jacobian_explicit(latent_context *context, const latent_encoder *encoder,
                                       const double *point, const latent_jacobian_options *options,
                                       latent_jacobian *result, latent_encoder_usage *usage) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, explicit_jacobian(context, encoder, point, options,
                                                             result, usage));
}

static latent_status spectrum(latent_context *context, const latent_encoder *given,
                              const double *point, const latent_jacobian_options *options,
                              latent_jacobian_spectrum_result *given_result,
                              latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_jacobian_spectrum_result result;
    latent_jacobian_method method = LATENT_JACOBIAN_AUTO;
    latent__encoder_calls calls;
    latent_status status = read_explicit(context, given, point, options, usage, &encoder, &method);
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    status = open_explicit(context, &encoder, true, &calls);
    if (!status)
        status = latent__spectrum(&calls, point, method, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_jacobian_spectrum(latent_context *context, const latent_encoder *encoder,
                                       const double *point, const latent_jacobian_options *options,
                                       latent_jacobian_spectrum_result *result,
                                       latent_encoder_usage *usage) {
    const latent_status status = latent__enter(context);
    return status
               ? status
               : latent__leave(context, spectrum(context, encoder, point, options, result, usage));
}

/* Reads the options of a search for `count` triplets, and fills in the defaults. */
static latent_status read_leading(latent_context *context, const latent_encoder *encoder,
                                  int64_t count, const latent_jacobian_leading_options *given,
                                  latent_jacobian_leading_options *options) {
    const int64_t n = encoder->inputs, m = encoder->outputs, most = m < n ? m : n;
    const bool rough = encoder->type == LATENT_F32 || !encoder->jvp;
    latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    if (!status && !(options->tolerance >= 0 && options->tolerance < 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->tolerance is %g; it must be 0 or more, and below 1",
                              options->tolerance);
    if (!status)
        status = latent__check_least(context, options->block, 0, "options->block");
    if (!status)
        status = latent__check_least(context, options->basis, 0, "options->basis");
    if (!status)
        status = latent__check_least(context, options->restarts, 0, "options->restarts");
    if (status)
        return status;
    if (options->seed == 0)
        options->seed = context->options.seed;
    if (options->tolerance == 0)
        options->tolerance = rough ? 1e-5 : 1e-10;
    if (options->restarts == 0)
        options->restarts = 300;
    if (options->block == 0)
        options->block = 1;
    if (options->block > most)
        options->block = most;
    if (options->basis == 0)
        options->basis = count > 10 ? 3 * count : count + 20;
    if (options->basis - 8 * options->block < count)
        options->basis = count + 8 * options->block;
    if (options->basis > most)
        options->basis = most;
    return latent__svd_fits(context, options->basis, options->basis, "the projected Jacobian");
}

static latent_status check_count(latent_context *context, const latent_encoder *encoder,
                                 int64_t count) {
    const int64_t n = encoder->inputs, m = encoder->outputs, most = m < n ? m : n;
    if (count >= 1 && count <= most)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT,
                        "count is %" PRId64 "; a Jacobian of %" PRId64 " x %" PRId64
                        " has 1 to %" PRId64 " singular values",
                        count, m, n, most);
}

/* Rows that the search multiplies at a time at the most. */
static int64_t leading_rows(int64_t count, const latent_jacobian_leading_options *options) {
    return count > options->block ? count : options->block;
}

static latent_status leading(latent_context *context, const latent_encoder *encoder,
                             const double *point, int64_t count,
                             const latent_jacobian_leading_options *options,
                             latent_jacobian_triplets *given_result, latent_encoder_usage *usage) {
    latent_jacobian_triplets result;
    latent__encoder_calls calls;
    const int64_t rows = leading_rows(count, options);
    latent_status status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    latent__set_budget(context, 0,
                       latent__encoder_room(context, encoder, rows) +
                           latent__leading_room(context, encoder, count, options));
    status = latent__encoder_open(context, encoder, rows, &calls);
    if (!status)
        status = latent__leading(&calls, point, count, options, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_jacobian_leading(latent_context *context, const latent_encoder *encoder,
                                      const double *point, int64_t count,
                                      const latent_jacobian_leading_options *options,
                                      latent_jacobian_triplets *result,
                                      latent_encoder_usage *usage) {
    latent_encoder copy;
    latent_jacobian_leading_options filled;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__check_encoder_at(context, encoder, point, usage, &copy);
    if (!status)
        status = check_count(context, &copy, count);
    if (!status)
        status = latent__encoder_needs_vjp(context, &copy, "a search for singular triplets");
    if (!status)
        status = read_leading(context, &copy, count, options, &filled);
    if (!status)
        status = leading(context, &copy, point, count, &filled, result, usage);
    return latent__leave(context, status);
}

static latent_status read_norm(latent_context *context, const latent_jacobian_norm_options *given,
                               latent_jacobian_norm_options *options) {
    const latent_status status =
        latent__options_read(context, options, sizeof *options, given, "options");
    if (status)
        return status;
    if (!(options->largest >= 0 && options->largest < INFINITY))
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->largest is %g; a singular value is 0 or more, and finite",
                            options->largest);
    if (options->seed == 0)
        options->seed = context->options.seed;
    if (options->probes == 0)
        options->probes = 32;
    return latent__check_least(context, options->probes, 2, "options->probes");
}

static latent_status norm(latent_context *context, const latent_encoder *given, const double *point,
                          const latent_jacobian_norm_options *given_options,
                          latent_jacobian_norm_result *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_jacobian_norm_options options;
    latent_jacobian_norm_result result;
    latent__encoder_calls calls;
    latent_status status = latent__check_encoder_at(context, given, point, usage, &encoder);
    if (!status)
        status = read_norm(context, given_options, &options);
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    const int64_t rows = latent__explicit_rows(&encoder);
    latent__set_budget(context, 0,
                       latent__encoder_room(context, &encoder, rows) +
                           latent__jacobian_norm_room(&encoder));
    status = latent__encoder_open(context, &encoder, rows, &calls);
    if (!status)
        status = latent__jacobian_norm(&calls, point, &options, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_jacobian_norm(latent_context *context, const latent_encoder *encoder,
                                   const double *point, const latent_jacobian_norm_options *options,
                                   latent_jacobian_norm_result *result,
                                   latent_encoder_usage *usage) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, norm(context, encoder, point, options, result, usage));
}
