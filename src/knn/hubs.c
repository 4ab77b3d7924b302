#include "base/memory.h"
#include "base/skewness.h"
#include "knn.h"

latent_status latent__hubness(latent_context *context, const int64_t *indices, int64_t entries,
                              int64_t reference_count, int64_t *counts, double *skewness) {
    latent_status status = LATENT_OK;
    /* Counts below 2^53 are exact in float64. */
    double *tally =
        latent__allocate(context, reference_count, sizeof(double), "the counts", &status);
    if (status)
        return status;
    for (int64_t j = 0; j < reference_count; j++)
        tally[j] = 0;
    for (int64_t e = 0; e < entries; e++)
        tally[indices[e]]++;
    for (int64_t j = 0; counts && j < reference_count; j++)
        counts[j] = (int64_t)tally[j];
    if (skewness)
        *skewness = latent__shape_of(tally, reference_count).skewness;
    latent__release(context, tally, reference_count, sizeof(double));
    return LATENT_OK;
}
