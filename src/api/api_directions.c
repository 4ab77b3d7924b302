/* directions.h */
#include <float.h>
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "directions/decomposition.h"
#include "directions_checks.h"

static latent_status create(latent_context *context, const latent_matrix *head,
                            const latent_directions_options *given,
                            latent_directions **directions) {
    latent_directions_options options;
    latent_status status = latent__view_check(context, head, "head");
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given, "options");
    if (!status && !(options.tolerance >= 0 && options.tolerance < 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->tolerance is %g; it must be 0 or more, and below 1",
                              options.tolerance);
    if (status)
        return status;
    const int64_t longer = head->rows > head->columns ? head->rows : head->columns;
    const int64_t shorter = head->rows > head->columns ? head->columns : head->rows;
    if (options.tolerance == 0)
        options.tolerance = (double)longer * DBL_EPSILON;
    latent__set_budget(context, latent__view_bytes(head),
                       latent__linear(longer, 8 * 40) + latent__linear(shorter * longer, 8 * 12));
    return latent__directions_create(context, head, options.tolerance, directions);
}

latent_status latent_directions_create(latent_context *context, const latent_matrix *head,
                                       const latent_directions_options *options,
                                       latent_directions **directions) {
    if (directions)
        *directions = NULL;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__need(context, directions, "directions");
    if (!status)
        status = create(context, head, options, directions);
    return latent__leave(context, status);
}

int64_t latent_directions_outputs(const latent_directions *directions) {
    return directions ? directions->outputs : 0;
}

int64_t latent_directions_inputs(const latent_directions *directions) {
    return directions ? directions->inputs : 0;
}

int64_t latent_directions_count(const latent_directions *directions) {
    return directions ? directions->count : 0;
}

int64_t latent_directions_rank(const latent_directions *directions) {
    return directions ? directions->rank : 0;
}

const double *latent_directions_values(const latent_directions *directions) {
    return directions ? directions->values : NULL;
}

const double *latent_directions_right(const latent_directions *directions) {
    return directions ? directions->right : NULL;
}

const double *latent_directions_left(const latent_directions *directions) {
    return directions ? directions->left : NULL;
}

static latent_status pruned_head(latent_context *context, const latent_directions *directions,
                                 const int64_t *kept, int64_t count, double *head) {
    latent_status status = latent__need(context, directions, "directions");
    if (!status)
        status = latent__check_least(context, count, 0, "count");
    if (!status && count > 0)
        status = latent__need(context, kept, "kept");
    if (!status)
        status = latent__need(context, head, "head");
    if (status)
        return status;
    latent__set_budget(context, 0,
                       latent__linear(directions->outputs * directions->inputs, 8) +
                           latent__linear(directions->count, sizeof(bool)));
    bool *chosen = NULL;
    status = latent__choose_directions(context, directions, kept, count, "kept", &chosen);
    if (!status)
        status = latent__directions_head(context, directions, chosen, head);
    latent__release(context, chosen, directions->count, sizeof *chosen);
    return status;
}

latent_status latent_directions_head(latent_context *context, const latent_directions *directions,
                                     const int64_t *kept, int64_t count, double *head) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, pruned_head(context, directions, kept, count, head));
}
