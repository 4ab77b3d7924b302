/* The calls of matching.h and walk.h for struct_calls.h. */
#ifndef HARNESS_MATCHING_STRUCT_CALLS_H
#define HARNESS_MATCHING_STRUCT_CALLS_H

#include "testing.h"

latent_status struct_matching_options(latent_context *context, void *given);
latent_status struct_matching_result(latent_context *context, void *given);
latent_status struct_split_options(latent_context *context, void *given);
latent_status struct_split_parts(latent_context *context, void *given);
latent_status struct_walk_options(latent_context *context, void *given);
latent_status struct_walk_result(latent_context *context, void *given);

#endif
