/* The geometry family's part of the table in calls.h. */
#ifndef HARNESS_CALLS_GEOMETRY_H
#define HARNESS_CALLS_GEOMETRY_H

#include "calls.h"

/* Where in the set's block this family's outputs are. */
unsigned char *call_set_geometry(const call_set *set);

/* Makes an encoder with as many inputs as the points have columns. */
void calls_geometry_inputs(call_set *set);
void calls_geometry_free(call_set *set);
/* Bytes of the outputs, a multiple of 8, and their fresh state at `place`, which may be in another
 * block. */
size_t calls_geometry_bytes(const call_set *set);
void calls_geometry_prepare(const call_set *set, unsigned char *place);

latent_status run_encoder_check(latent_context *context, call_set *set);
latent_status run_jacobian_explicit(latent_context *context, call_set *set);
latent_status run_jacobian_differences(latent_context *context, call_set *set);
latent_status run_jacobian_spectrum(latent_context *context, call_set *set);
latent_status run_jacobian_leading(latent_context *context, call_set *set);
latent_status run_jacobian_norm(latent_context *context, call_set *set);
latent_status run_lipschitz_along(latent_context *context, call_set *set);
latent_status run_lipschitz_sample(latent_context *context, call_set *set);
latent_status run_lipschitz_ascend(latent_context *context, call_set *set);

#endif
