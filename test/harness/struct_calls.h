/* Every public call that takes a size-prefixed struct, everything else about it being right. */
#ifndef HARNESS_STRUCT_CALLS_H
#define HARNESS_STRUCT_CALLS_H

#include "testing.h"

typedef latent_status (*struct_call)(latent_context *context, void *given);

typedef struct struct_case {
    const char *name; /* of the argument */
    struct_call call;
    size_t bytes;
    int64_t room;    /* what the field after `size` must hold, if any */
    size_t reserved; /* where its reserved field is; 0: it has none */
} struct_case;

enum { STRUCT_CASES = 58 };
extern const struct_case struct_cases[STRUCT_CASES];

/* The context's own options are taken where no context is yet. */
latent_status struct_context_options(latent_context *context, void *given);
/* Those that write into the struct itself: of 6 points of 2 columns and 2 labels, (0, 0) and (9, 9)
 * among them; without activations. */
latent_status struct_summary_overall(latent_context *context, void *given);
latent_status struct_compute_overall(latent_context *context, void *given);
latent_status struct_importance_result(latent_context *context, void *given);
/* Those of concepts.h and encoding.h, of small inputs of their own: 3 samples and 2 concepts, the
 * first of them degenerate; 2 x 2 average precisions, of which those of concept 1 are above the
 * threshold; models that encode 1 and 2 of 2 concepts. */
latent_status struct_concepts_counts(latent_context *context, void *given);
latent_status struct_concepts_options(latent_context *context, void *given);
latent_status struct_concepts_report(latent_context *context, void *given);
latent_status struct_concepts_null_options(latent_context *context, void *given);
latent_status struct_concepts_chance(latent_context *context, void *given);
latent_status struct_concepts_overlap(latent_context *context, void *given);

#endif
