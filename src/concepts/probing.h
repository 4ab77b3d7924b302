/* Average precision of directions for concepts. */
#ifndef LATENT__PROBE_H
#define LATENT__PROBE_H

#include "labels.h"
#include "score_columns.h"

/* What is asked, all of it checked. */
typedef struct latent__probe {
    latent_context *context;
    latent__score_source source;
    const latent_concept_labels *labels;
    int64_t first_direction, directions;
    latent__concept_range concepts;
    bool both; /* the better sign */
} latent__probe;

/* Bytes that grow with samples, concepts and results alone, and those of scores along one direction
 * at a time. */
int64_t latent__probe_bytes(const latent__probe *probe);

/* Computes, and writes the result. */
latent_status latent__probe_run(const latent__probe *probe, latent_concepts_result *result);

#endif
