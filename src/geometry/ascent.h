/* Gradient ascent on directional Lipschitz constants. */
#ifndef LATENT__ASCENT_H
#define LATENT__ASCENT_H

#include "displacement.h"
#include "latent/lipschitz.h"

/* Bytes beside the encoder's. */
int64_t latent__ascent_room(const latent_encoder *encoder,
                            const latent_lipschitz_ascent_options *options);

/* latent_lipschitz_ascend(), arguments checked, defaults filled in. Results are written on success
 * alone. */
latent_status latent__ascent(latent__encoder_calls *calls, const double *point,
                             const latent_lipschitz_ascent_options *options,
                             latent_lipschitz_ascent *result);

#endif
