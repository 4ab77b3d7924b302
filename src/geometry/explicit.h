/* The Jacobian written down, its singular values, its norm by sampling. */
#ifndef LATENT__EXPLICIT_H
#define LATENT__EXPLICIT_H

#include "encoder_calls.h"
#include "latent/jacobian.h"

/* The method that needs the fewest rows. */
latent_jacobian_method latent__jacobian_method(const latent_encoder *encoder);

/* Rows of unit vectors that are multiplied together. */
int64_t latent__explicit_rows(const latent_encoder *encoder);

/* Bytes beside the encoder's; `vectors`: also those of singular vectors, and LAPACK's. */
int64_t latent__explicit_room(const latent_encoder *encoder, bool vectors);

/* latent_jacobian_explicit() and latent_jacobian_spectrum(), arguments checked. Results are written on
 * success alone. */
latent_status latent__explicit(latent__encoder_calls *calls, const double *point,
                               latent_jacobian_method method, latent_jacobian *result);
latent_status latent__spectrum(latent__encoder_calls *calls, const double *point,
                               latent_jacobian_method method,
                               latent_jacobian_spectrum_result *result);

/* Bytes of norm() beside the encoder's. */
int64_t latent__jacobian_norm_room(const latent_encoder *encoder);

/* latent_jacobian_norm(), arguments checked. */
latent_status latent__jacobian_norm(latent__encoder_calls *calls, const double *point,
                                    const latent_jacobian_norm_options *options,
                                    latent_jacobian_norm_result *result);

#endif
