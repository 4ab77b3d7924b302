#include "tally.h"

#include <string.h>

#include "kernels/moment_formulas.h"
#include "moment.h"

enum { COUNTS = 3 }; /* arrays of integers */

int64_t latent__tally_padded(int64_t features) {
    return (features + 15) / 16 * 16;
}

int64_t latent__tally_bytes(int64_t features) {
    return latent__tally_padded(features) * (LATENT__MOMENT_FIELDS + COUNTS) * 8;
}

latent__tally latent__tally_in(void *bytes, int64_t features) {
    const int64_t padded = latent__tally_padded(features);
    latent__tally tally = {.features = features, .moments = {bytes, padded}};
    if (features > 0) {
        int64_t *counts = (int64_t *)(tally.moments.base + LATENT__MOMENT_FIELDS * padded);
        tally.nonfinite = counts;
        tally.large = counts + padded;
        tally.far = counts + 2 * padded;
    }
    const latent__moment empty = latent__moment_empty();
    if (features > 0)
        memset(bytes, 0, (size_t)latent__tally_bytes(features));
    for (int64_t j = 0; j < padded; j++)
        latent__moment_put(tally.moments, j, &empty);
    latent__tally_clear(&tally);
    return tally;
}

void latent__tally_clear(latent__tally *tally) {
    const latent__moment empty = latent__moment_empty();
    tally->samples = (latent__samples){.skewness = empty, .kurtosis = empty};
    if (tally->features > 0)
        memset(tally->nonfinite, 0, (size_t)tally->moments.stride * COUNTS * sizeof(int64_t));
}

static void join_samples(latent__samples *into, const latent__samples *from) {
    into->rows += from->rows;
    into->degenerate += from->degenerate;
    into->undefined += from->undefined;
    into->nonfinite += from->nonfinite;
    into->skewness = latent__moment_join(&into->skewness, &from->skewness);
    into->kurtosis = latent__moment_join(&into->kurtosis, &from->kurtosis);
}

void latent__tally_join(const latent__kernels *kernels, latent__tally *into,
                        const latent__tally *from) {
    const bool first = into->samples.rows == 0;
    join_samples(&into->samples, &from->samples);
    if (into->features == 0 || from->samples.rows == 0)
        return;
    if (first) {
        memcpy(into->moments.base, from->moments.base, (size_t)latent__tally_bytes(into->features));
        return;
    }
    latent__moments_join(kernels, into->moments, from->moments, into->features);
    for (int64_t j = 0; j < into->features; j++) {
        into->nonfinite[j] += from->nonfinite[j];
        into->large[j] += from->large[j];
        into->far[j] += from->far[j];
    }
}
