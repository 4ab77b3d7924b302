/* importance.h */
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "directions/importances.h"
#include "directions_checks.h"

latent_status latent_importance_create(latent_context *context, const latent_directions *directions,
                                       latent_importance **importance) {
    if (importance)
        *importance = NULL;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__need(context, directions, "directions");
    if (!status)
        status = latent__need(context, importance, "importance");
    if (!status)
        status = latent__importance_create(context, directions, importance);
    return latent__leave(context, status);
}

static latent_status check_same_shape(latent_context *context, const latent_importance *importance,
                                      const latent_directions *directions) {
    if (importance->count == directions->count && importance->inputs == directions->inputs)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "importance is for %" PRId64 " directions of %" PRId64
                        " inputs, but directions has %" PRId64 " of %" PRId64,
                        importance->count, importance->inputs, directions->count,
                        directions->inputs);
}

static latent_status update(latent_context *context, latent_importance *importance,
                            const latent_directions *directions, const latent_matrix *points) {
    latent_status status = latent__need(context, importance, "importance");
    if (!status)
        status = latent__need(context, directions, "directions");
    if (!status)
        status = check_same_shape(context, importance, directions);
    if (!status)
        status = latent__check_activations(context, directions, points);
    if (status)
        return status;
    const int64_t threads = latent_context_threads(context);
    const int64_t by_thread = latent__linear(directions->inputs, 1200) +
                              latent__linear(directions->count, 32 * 5) + 65536;
    latent__set_budget(context, latent__view_bytes(points), latent__linear(threads, by_thread));
    return latent__importance_update(context, importance, directions, points);
}

latent_status latent_importance_update(latent_context *context, latent_importance *importance,
                                       const latent_directions *directions,
                                       const latent_matrix *points) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, update(context, importance, directions, points));
}

static latent_status merge(latent_context *context, latent_importance *into,
                           const latent_importance *from) {
    latent_status status = latent__need(context, into, "into");
    if (!status)
        status = latent__need(context, from, "from");
    if (status)
        return status;
    if (into == from)
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "into and from are the same");
    if (into->count != from->count || into->inputs != from->inputs)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "from is for %" PRId64 " directions of %" PRId64
                            " inputs, but into for %" PRId64 " of %" PRId64,
                            from->count, from->inputs, into->count, into->inputs);
    latent__sums_join(&into->sums, &from->sums, into->count);
    return LATENT_OK;
}

latent_status latent_importance_merge(latent_context *context, latent_importance *into,
                                      const latent_importance *from) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, merge(context, into, from));
}

static latent_status finish(latent_context *context, const latent_importance *importance,
                            const latent_directions *directions, int32_t kind,
                            latent_importance_result *given) {
    latent_importance_result result;
    latent_status status = latent__need(context, directions, "directions");
    if (!status && (kind < LATENT_IMPORTANCE_COSINE || kind > LATENT_IMPORTANCE_VARIANCE))
        status =
            latent__fail(context, LATENT_ERROR_ARGUMENT, "kind is %d, no importance", (int)kind);
    if (!status && kind != LATENT_IMPORTANCE_SINGULAR)
        status = latent__need(context, importance, "importance");
    if (!status && importance)
        status = check_same_shape(context, importance, directions);
    if (!status && importance && importance->sums.samples == 0)
        status = latent__fail(context, LATENT_ERROR_DOMAIN,
                              "importance has been given no activations yet");
    if (!status)
        status = latent__need(context, given, "result");
    if (!status)
        status = latent__options_read(context, &result, sizeof result, given, "result");
    if (status)
        return status;
    latent__set_budget(context, 0, latent__linear(directions->count, 24));
    status = latent__importance_finish(context, importance, directions, kind, &result);
    if (!status)
        latent__struct_write(given, &result, sizeof result);
    return status;
}

latent_status latent_importance_finish(latent_context *context, const latent_importance *importance,
                                       const latent_directions *directions, int32_t kind,
                                       latent_importance_result *result) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, finish(context, importance, directions, kind, result));
}
