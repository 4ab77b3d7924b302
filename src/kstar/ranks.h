/* k* of labelled samples. */
#ifndef LATENT__RANKS_H
#define LATENT__RANKS_H

#include "latent/kstar.h"
#include "neighbors/pairs.h"

/* Solves a labelled problem whose views have been checked. The arrays of `extra` may be NULL; it
 * and `kstar` are written on success only. */
latent_status latent__ranks(latent_context *context, const latent__problem *problem,
                            latent_ties ties, int64_t *kstar, latent_kstar_extra *extra);

/* Gamma' from `per_concept` samples of each concept. */
latent_status latent__sampled(latent_context *context, const latent__problem *problem,
                              const latent_kstar_sampled_options *options,
                              latent_kstar_sampled_result *result);

/* The rows of both summaries; options are filled in. */
latent_status latent__summary(latent_context *context, const int64_t *kstar, const int32_t *labels,
                              int64_t n, const latent_kstar_summary_options *options,
                              latent_kstar_concepts *concepts, latent_kstar_overall *overall);

/* One concept's normalised k* values in a line: moments, skewness with or without the endpoints 0
 * and 1 (which `values` has room for behind the n), pattern. */
typedef struct latent__concept {
    double mean, std, skewness;
    latent_pattern pattern;
} latent__concept;
latent__concept latent__concept_of(double *values, int64_t n, bool endpoints, double threshold);

#endif
