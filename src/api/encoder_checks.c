#include "encoder_checks.h"

#include <inttypes.h>
#include <math.h>

#include "base/structs.h"
#include "checks.h"

static latent_status check_callbacks(latent_context *context, const latent_encoder *encoder) {
    if (encoder->type != LATENT_F32 && encoder->type != LATENT_F64)
        return latent__fail(context, LATENT_ERROR_TYPE,
                            "encoder->type is %d; it must be LATENT_F32 or LATENT_F64",
                            (int)encoder->type);
    if (encoder->concurrent != 0 && encoder->concurrent != 1)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "encoder->concurrent is %" PRId32 "; it must be 0 or 1",
                            encoder->concurrent);
    if (!encoder->forward)
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "encoder->forward is NULL");
    return LATENT_OK;
}

latent_status latent__check_encoder(latent_context *context, const latent_encoder *given,
                                    latent_encoder *encoder) {
    /* Vectors of more numbers than this cannot be allocated, and their bytes could not be counted. */
    const int64_t most = INT64_MAX >> 24;
    latent_status status = latent__need(context, given, "encoder");
    if (!status)
        status = latent__options_read(context, encoder, sizeof *encoder, given, "encoder");
    if (!status)
        status = latent__check_least(context, encoder->inputs, 1, "encoder->inputs");
    if (!status)
        status = latent__check_least(context, encoder->outputs, 1, "encoder->outputs");
    if (!status && (encoder->inputs > most || encoder->outputs > most))
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "encoder has %" PRId64 " inputs and %" PRId64
                              " outputs, more than memory can address",
                              encoder->inputs, encoder->outputs);
    if (!status)
        status = check_callbacks(context, encoder);
    if (!status)
        status = latent__check_least(context, encoder->max_batch, 0, "encoder->max_batch");
    if (!status)
        status =
            latent__check_least(context, encoder->max_evaluations, 0, "encoder->max_evaluations");
    return status;
}

latent_status latent__check_usage(latent_context *context, latent_encoder_usage *usage) {
    latent_encoder_usage counted;
    const latent_status status =
        latent__options_read(context, &counted, sizeof counted, usage, "usage");
    if (!status)
        latent__write_usage(usage, &(latent_encoder_usage){.size = sizeof counted});
    return status;
}

void latent__write_usage(latent_encoder_usage *usage, const latent_encoder_usage *counted) {
    if (usage)
        latent__struct_write(usage, counted, sizeof *counted);
}

latent_status latent__check_numbers(latent_context *context, const latent_encoder *encoder,
                                    const double *numbers, int64_t count, const char *name) {
    const latent_status status = latent__need(context, numbers, name);
    for (int64_t j = 0; j < count && !status; j++) {
        if (!isfinite(numbers[j]))
            return latent__fail(context, LATENT_ERROR_NONFINITE, "%s[%" PRId64 "] is %s", name, j,
                                isnan(numbers[j]) ? "NaN"
                                : numbers[j] < 0  ? "-infinity"
                                                  : "infinity");
        if (!isfinite(latent__encoder_rounded(encoder, numbers[j])))
            return latent__fail(context, LATENT_ERROR_OVERFLOW,
                                "%s[%" PRId64 "] is %g, beyond the encoder's float32", name, j,
                                numbers[j]);
    }
    return status;
}

latent_status latent__check_encoder_at(latent_context *context, const latent_encoder *given,
                                       const double *point, latent_encoder_usage *usage,
                                       latent_encoder *encoder) {
    latent_status status = latent__check_usage(context, usage);
    if (!status)
        status = latent__check_encoder(context, given, encoder);
    if (!status)
        status = latent__check_numbers(context, encoder, point, encoder->inputs, "point");
    return status;
}

void latent__end_encoder(latent__encoder_calls *calls, latent_encoder_usage *usage) {
    latent__write_usage(usage, &calls->usage);
    latent__encoder_close(calls);
}

latent_status latent__read_result(latent_context *context, void *known, size_t bytes,
                                  const void *given) {
    const latent_status status = latent__need(context, given, "result");
    return status ? status : latent__options_read(context, known, bytes, given, "result");
}
