#include "directions_checks.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"

static latent_status choose(latent_context *context, const latent_directions *directions,
                            const int64_t *list, int64_t count, const char *name, bool *chosen) {
    memset(chosen, 0, (size_t)directions->count * sizeof *chosen);
    for (int64_t e = 0; e < count; e++) {
        if (list[e] < 0 || list[e] >= directions->rank)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "%s[%" PRId64 "] is %" PRId64 ", but the rank is %" PRId64, name, e,
                                list[e], directions->rank);
        if (chosen[list[e]])
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "%s[%" PRId64 "] is %" PRId64 ", which came before", name, e,
                                list[e]);
        chosen[list[e]] = true;
    }
    return LATENT_OK;
}

latent_status latent__choose_directions(latent_context *context,
                                        const latent_directions *directions, const int64_t *list,
                                        int64_t count, const char *name, bool **chosen) {
    latent_status status = LATENT_OK;
    *chosen = latent__allocate(context, directions->count, sizeof **chosen,
                               "which directions are kept", &status);
    return status ? status : choose(context, directions, list, count, name, *chosen);
}

latent_status latent__check_activations(latent_context *context,
                                        const latent_directions *directions,
                                        const latent_matrix *points) {
    latent_status status = latent__view_check(context, points, "points");
    if (!status && points->columns != directions->inputs)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "points has %" PRId64 " columns, but the head has %" PRId64 " inputs",
                              points->columns, directions->inputs);
    return status;
}
