/* The leading singular triplets of a Jacobian from products alone. */
#ifndef LATENT__LEADING_H
#define LATENT__LEADING_H

#include "encoder_calls.h"
#include "latent/jacobian.h"

/* Bytes beside the encoder's. */
int64_t latent__leading_room(const latent_context *context, const latent_encoder *encoder,
                             int64_t count, const latent_jacobian_leading_options *options);

/* latent_jacobian_leading(), arguments checked, defaults filled in. The arrays of `result` are written,
 * and its figures, on success alone. */
latent_status latent__leading(latent__encoder_calls *calls, const double *point, int64_t count,
                              const latent_jacobian_leading_options *options,
                              latent_jacobian_triplets *result);

#endif
