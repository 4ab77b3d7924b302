/* The concepts family's part of the table in calls.h. */
#ifndef HARNESS_CALLS_CONCEPTS_H
#define HARNESS_CALLS_CONCEPTS_H

#include "calls.h"

/* Where in the set's block this family's outputs are. */
unsigned char *call_set_concepts(const call_set *set);

/* Makes labels for the points, and average precisions; the head is there. */
void calls_concepts_inputs(call_set *set);
void calls_concepts_free(call_set *set);
/* Bytes of the outputs, a multiple of 8, and their fresh state at `place`, which may be in another
 * block. */
size_t calls_concepts_bytes(const call_set *set);
void calls_concepts_prepare(const call_set *set, unsigned char *place);

latent_status run_concepts_count(latent_context *context, call_set *set);
latent_status run_concepts_ap(latent_context *context, call_set *set);
latent_status run_concepts_ap_basis(latent_context *context, call_set *set);
latent_status run_concepts_encoded(latent_context *context, call_set *set);
latent_status run_concepts_curve(latent_context *context, call_set *set);
latent_status run_concepts_null(latent_context *context, call_set *set);
latent_status run_concepts_compare(latent_context *context, call_set *set);

#endif
