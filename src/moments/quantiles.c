#include "quantiles.h"

#include <math.h>

#include "base/memory.h"
#include "base/sort.h"

/* At (n - 1) p of an ascending list, by linear interpolation from the nearer neighbour, so that it
 * is never beyond the other. Where no step leads from one to the other, since one is infinite or both
 * are too far apart, by their weighted mean. */
static double quantile(const double *sorted, int64_t n, double p) {
    const double place = (double)(n - 1) * p;
    const int64_t below = (int64_t)place;
    const double part = place - (double)below;
    if (part == 0)
        return sorted[below];
    const double a = sorted[below], b = sorted[below + 1];
    if (a == b)
        return a;
    if (isinf(b - a))
        return (1 - part) * a + part * b;
    return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}

latent_status latent__quantiles(latent_context *context, const double *values, int64_t count,
                                const double *probabilities, int64_t quantile_count,
                                double *quantiles) {
    latent_status status = LATENT_OK;
    double *sorted =
        latent__allocate(context, count, 2 * sizeof *sorted, "the values in order", &status);
    if (status)
        return status;
    int64_t n = 0;
    for (int64_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            sorted[n++] = values[i];
    latent__sort(sorted, sorted + count, n);
    for (int64_t q = 0; q < quantile_count; q++)
        quantiles[q] = n > 0 ? quantile(sorted, n, probabilities[q]) : NAN;
    latent__release(context, sorted, count, 2 * sizeof *sorted);
    return LATENT_OK;
}
