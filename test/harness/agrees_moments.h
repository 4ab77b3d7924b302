/* The moments calls against the oracle, and against each other. */
#ifndef HARNESS_AGREES_MOMENTS_H
#define HARNESS_AGREES_MOMENTS_H

#include "datagen.h"
#include "moments_results.h"
#include "oracle_moments.h"

/* Whether what was found is right, after so many merges of parts beside those that a pass over the rows
 * makes: counts and range exactly, the rest within a small multiple of the roundings on the way, times
 * the scale that oracle_moments.h names. Says on standard error what is wrong. */
bool agrees_samples(const moments_results *found, const oracle_matrix *expected);
bool agrees_features(const moments_results *found, const oracle_matrix *expected, int64_t merges);
bool agrees_overall(const moments_results *found, const oracle_matrix *expected, int64_t merges);
/* `given`: NULL for the defaults. The criteria have to follow from the figures that were found. */
bool agrees_outliers(const moments_results *found, const oracle_matrix *expected,
                     const latent_outliers_options *given, int64_t merges);

/* latent_moments_compute() with all outputs agrees with the oracle, and has the same bits with each
 * of them alone and from an accumulator that is given all rows at once. */
bool agrees_moments(latent_context *context, const dataset *set,
                    const latent_moments_options *options);

#endif
