/* The part of matching.h and walk.h in the table of calls.h. */
#ifndef HARNESS_CALLS_MATCHING_H
#define HARNESS_CALLS_MATCHING_H

#include "calls.h"

/* Where in the set's block these calls' outputs are. */
unsigned char *call_set_matching(const call_set *set);

/* Bytes of the outputs, a multiple of 8, and their fresh state at `place`, which may be in another
 * block. */
size_t calls_matching_bytes(const call_set *set);
void calls_matching_prepare(const call_set *set, unsigned char *place);

latent_status run_matching(latent_context *context, call_set *set);
latent_status run_walk_split(latent_context *context, call_set *set);
latent_status run_walk_along(latent_context *context, call_set *set);

#endif
