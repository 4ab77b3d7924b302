/* The moments family's part of the table in calls.h. */
#ifndef HARNESS_CALLS_MOMENTS_H
#define HARNESS_CALLS_MOMENTS_H

#include "calls.h"

/* Where in the set's block this family's outputs are. */
unsigned char *call_set_moments(const call_set *set);

/* Fills in `numbers` and the saved accumulators; points and queries are there. */
void calls_moments_inputs(call_set *set);
/* Bytes of the outputs, and their fresh state at `place`, which may be in another block. */
size_t calls_moments_bytes(const call_set *set);
void calls_moments_prepare(const call_set *set, unsigned char *place);

latent_status run_moments_compute(latent_context *context, call_set *set);
latent_status run_moments_features(latent_context *context, call_set *set);
latent_status run_moments_quantiles(latent_context *context, call_set *set);
latent_status run_moments_create(latent_context *context, call_set *set);
latent_status run_moments_update(latent_context *context, call_set *set);
latent_status run_moments_merge(latent_context *context, call_set *set);
latent_status run_moments_finish(latent_context *context, call_set *set);
latent_status run_moments_outliers(latent_context *context, call_set *set);
latent_status run_moments_save(latent_context *context, call_set *set);
latent_status run_moments_load(latent_context *context, call_set *set);

#endif
