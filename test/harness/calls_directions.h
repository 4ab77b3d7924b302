/* The directions family's part of the table in calls.h. */
#ifndef HARNESS_CALLS_DIRECTIONS_H
#define HARNESS_CALLS_DIRECTIONS_H

#include "calls.h"

/* Where in the set's block this family's outputs are. */
unsigned char *call_set_directions(const call_set *set);

/* Makes a head for the points, and what the calls are given beside it; points and queries are
 * there. */
void calls_directions_inputs(call_set *set);
void calls_directions_free(call_set *set);
/* Bytes of the outputs, a multiple of 8, and their fresh state at `place`, which may be in another
 * block. */
size_t calls_directions_bytes(const call_set *set);
void calls_directions_prepare(const call_set *set, unsigned char *place);

latent_status run_directions_create(latent_context *context, call_set *set);
latent_status run_directions_head(latent_context *context, call_set *set);
latent_status run_importance_create(latent_context *context, call_set *set);
latent_status run_importance_update(latent_context *context, call_set *set);
latent_status run_importance_merge(latent_context *context, call_set *set);
latent_status run_importance_finish(latent_context *context, call_set *set);
latent_status run_pruning_evaluate(latent_context *context, call_set *set);
latent_status run_pruning_gram(latent_context *context, call_set *set);
latent_status run_pruning_aware(latent_context *context, call_set *set);

#endif
