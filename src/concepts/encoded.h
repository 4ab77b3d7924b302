/* What average precisions say about directions, concepts and models. */
#ifndef LATENT__ENCODED_H
#define LATENT__ENCODED_H

#include "base/rows.h"
#include "latent/encoding.h"

/* Average precisions, float64 or float32, and which concepts are degenerate, or NULL. */
typedef struct latent__precisions {
    latent_context *context;
    const latent_matrix *ap;
    const uint8_t *degenerate;
} latent__precisions;

/* Bytes that the two calls below need. */
int64_t latent__encoded_bytes(const latent__precisions *precisions, int64_t thresholds);

/* The answers of latent_concepts_encoded(). */
latent_status latent__encoded(const latent__precisions *precisions, double threshold,
                              latent_concepts_report *report);

/* The answers of latent_concepts_curve(). */
latent_status latent__encoded_curve(const latent__precisions *precisions, const double *thresholds,
                                    int64_t count, int64_t *unique_concepts,
                                    int64_t *encoded_pairs);

/* The answers of latent_concepts_compare(), whose entries are checked here. */
latent_status latent__overlap(latent_context *context, const uint8_t *const *encoded,
                              int32_t models, int64_t concepts, latent_concepts_overlap *overlap);

#endif
