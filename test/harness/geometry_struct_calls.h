/* The calls on an encoder that take a size-prefixed struct, for the table in struct_calls.h. */
#ifndef HARNESS_GEOMETRY_STRUCT_CALLS_H
#define HARNESS_GEOMETRY_STRUCT_CALLS_H

#include "testing.h"

latent_status struct_encoder_usage(latent_context *context, void *given);
latent_status struct_check_options(latent_context *context, void *given);
latent_status struct_check_result(latent_context *context, void *given);
latent_status struct_jacobian_options(latent_context *context, void *given);
latent_status struct_jacobian(latent_context *context, void *given);
latent_status struct_spectrum_options(latent_context *context, void *given);
latent_status struct_spectrum(latent_context *context, void *given);
latent_status struct_leading_options(latent_context *context, void *given);
latent_status struct_triplets(latent_context *context, void *given);
latent_status struct_norm_options(latent_context *context, void *given);
latent_status struct_norm_result(latent_context *context, void *given);
latent_status struct_lipschitz_result(latent_context *context, void *given);
latent_status struct_sampling(latent_context *context, void *given);
latent_status struct_ascent_options(latent_context *context, void *given);
latent_status struct_ascent(latent_context *context, void *given);

#endif
