/* Moments of views, and the accumulator: a tally that outlives calls. */
#ifndef LATENT__ACCUMULATOR_H
#define LATENT__ACCUMULATOR_H

#include "block.h"
#include "latent/outliers.h"

struct latent_moments {
    latent_moments_options options; /* defaults filled in */
    latent__tally tally;
    latent_context_options allocator; /* of all this; nothing else in it is used */
};

/* A tally for `features` (0: none) in counted memory, and its release. */
latent_status latent__tally_open(latent_context *context, int64_t features, latent__tally *tally);
void latent__tally_close(latent_context *context, latent__tally *tally);

/* Adds all rows of the question's view to `sum`, which holds nothing yet. The caller's arrays in the
 * question's `out` are written on success alone. */
latent_status latent__view_moments(const latent__question *question, latent__tally *sum);

/* An empty accumulator; `options` have been checked and filled in. */
latent_status latent__accumulator_create(latent_context *context, int64_t columns,
                                         const latent_moments_options *options,
                                         latent_moments **moments);

/* What users see of a tally. */
void latent__write_features(const latent__tally *tally, const latent_moments_options *options,
                            latent_moments_features *features);
void latent__write_overall(const latent__tally *tally, latent_moments_overall *overall);

/* Criteria of outliers.h; options have been filled in. */
latent_status latent__outliers(latent_context *context, const latent_moments *moments,
                               const latent_outliers_options *options, latent_outliers *outliers);

#endif
