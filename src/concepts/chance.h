/* What random rankings reach. */
#ifndef LATENT__CHANCE_H
#define LATENT__CHANCE_H

#include "labels.h"
#include "latent/encoding.h"

/* What is asked; all but `observed` is checked. */
typedef struct latent__chance_question {
    latent_context *context;
    const latent_concept_labels *labels;
    int64_t directions, permutations;
    bool both;              /* a ranking counts from either end */
    const double *observed; /* by concept; NULL if no p-values are asked for */
} latent__chance_question;

/* Bytes that grow with samples and concepts alone. */
int64_t latent__chance_bytes(const latent__chance_question *question);

/* Computes, and writes the result. */
latent_status latent__chance_run(const latent__chance_question *question,
                                 latent_concepts_chance *result);

#endif
