/* Importance of directions, accumulated over activations. */
#ifndef LATENT__IMPORTANCES_H
#define LATENT__IMPORTANCES_H

#include "decomposition.h"
#include "latent/importance.h"

/* Sums over activations, an entry per direction (and some of padding) in each array. */
typedef struct latent__sums {
    double *cosine, *absolute; /* of |<v, h>| / |h| and of |<v, h>| */
    double *mean, *away;       /* of <v, h>, and of the squared distance from it */
    int64_t samples, zeros;
} latent__sums;

struct latent_importance {
    int64_t count, inputs;
    latent__sums sums;
    latent_context_options allocator; /* of all this; nothing else in it is used */
};

latent_status latent__importance_create(latent_context *context,
                                        const latent_directions *directions,
                                        latent_importance **importance);

/* Adds to `into` what `from` holds, for `count` directions; LATENT_ERROR_OVERFLOW, and nothing
 * added, if that is beyond float64. */
latent_status latent__sums_join(latent_context *context, latent__sums *into,
                                const latent__sums *from, int64_t count);

/* Adds activations; shapes have been checked. Nothing is added on error. */
latent_status latent__importance_update(latent_context *context, latent_importance *importance,
                                        const latent_directions *directions,
                                        const latent_matrix *points);

/* Fills in what the result asks for; `importance` may be NULL where the kind needs none. */
latent_status latent__importance_finish(latent_context *context,
                                        const latent_importance *importance,
                                        const latent_directions *directions, int32_t kind,
                                        latent_importance_result *result);

#endif
