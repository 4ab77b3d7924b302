/* Directional Lipschitz constants. */
#ifndef LATENT__DIRECTIONAL_H
#define LATENT__DIRECTIONAL_H

#include "displacement.h"
#include "latent/lipschitz.h"

/* A family of directions: given rows, or random ones. */
typedef struct latent__family {
    int64_t count;
    const latent_matrix *given;                /* NULL: random */
    const latent_lipschitz_sampling *sampling; /* for random ones, defaults filled in */
} latent__family;

/* Bytes beside the encoder's. */
int64_t latent__lipschitz_room(const latent_context *context, const latent_encoder *encoder,
                               const latent__family *family,
                               const latent_lipschitz_options *options);

/* latent_lipschitz_along() and latent_lipschitz_sample(), arguments checked. The arrays of `result` are
 * written on success alone. */
latent_status latent__lipschitz(latent__encoder_calls *calls, const double *point,
                                const latent__family *family,
                                const latent_lipschitz_options *options,
                                const latent_lipschitz_result *result);

#endif
