/* encoder.h */
#include "base/structs.h"
#include "checks.h"
#include "encoder_checks.h"
#include "geometry/agreement.h"

static latent_status check(latent_context *context, const latent_encoder *given,
                           const double *point, const latent_encoder_check_options *given_options,
                           latent_encoder_check_result *given_result, latent_encoder_usage *usage) {
    latent_encoder encoder;
    latent_encoder_check_options options;
    latent_encoder_check_result result;
    latent__encoder_calls calls;
    latent_status status = latent__check_encoder_at(context, given, point, usage, &encoder);
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given_options, "options");
    if (!status)
        status = latent__check_least(context, options.pairs, 0, "options->pairs");
    if (!status)
        status = latent__read_result(context, &result, sizeof result, given_result);
    if (status)
        return status;
    if (options.seed == 0)
        options.seed = context->options.seed;
    if (options.pairs == 0)
        options.pairs = 8;
    latent__set_budget(
        context, 0, latent__encoder_room(context, &encoder, 1) + latent__agreement_room(&encoder));
    status = latent__encoder_open(context, &encoder, 1, &calls);
    if (!status)
        status = latent__agreement(&calls, point, &options, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    latent__end_encoder(&calls, usage);
    return status;
}

latent_status latent_encoder_check(latent_context *context, const latent_encoder *encoder,
                                   const double *point, const latent_encoder_check_options *options,
                                   latent_encoder_check_result *result,
                                   latent_encoder_usage *usage) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, check(context, encoder, point, options, result, usage));
}
