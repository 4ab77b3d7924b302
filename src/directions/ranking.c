/* From sums over activations to the importance of every direction. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "importances.h"

static double importance_of(const latent__sums *sums, const latent_directions *d, int64_t i,
                            int32_t kind) {
    const double value = d->values[i];
    if (i >= d->rank)
        return 0;
    switch ((latent_importance_kind)kind) {
    case LATENT_IMPORTANCE_COSINE:
        return value * (sums->cosine[i] / (double)sums->samples);
    case LATENT_IMPORTANCE_PROJECTION:
        return value * (sums->absolute[i] / (double)sums->samples);
    case LATENT_IMPORTANCE_VARIANCE:
        return value * (value * (sums->away[i] / (double)sums->samples));
    case LATENT_IMPORTANCE_SINGULAR:
        break;
    }
    return value;
}

/* Descending; equal ones by number, which merging keeps. `spare` has room for as many. */
static void sort_order(const double *importance, int64_t *order, int64_t *spare, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        order[i] = i;
    for (int64_t width = 1; width < count; width *= 2) {
        for (int64_t start = 0; start < count; start += 2 * width) {
            const int64_t middle = start + width < count ? start + width : count;
            const int64_t end = start + 2 * width < count ? start + 2 * width : count;
            int64_t a = start, b = middle;
            for (int64_t at = start; at < end; at++) {
                const bool first =
                    a < middle && (b >= end || importance[order[a]] >= importance[order[b]]);
                spare[at] = order[first ? a++ : b++];
            }
        }
        memcpy(order, spare, (size_t)count * sizeof *order);
    }
}

/* How far the first direction stands above the rest. In units of the first, whose sum is in range. */
static void summarize(latent_importance_result *result, const double *importance,
                      const int64_t *order, int64_t rank) {
    const double top = rank > 0 ? importance[order[0]] : 0;
    double total = top > 0 ? 0 : NAN;
    for (int64_t i = 0; i < rank; i++)
        total += importance[order[i]] / top;
    const double upper = rank > 0 ? importance[order[(rank - 1) / 2]] : 0;
    const double lower = rank > 0 ? importance[order[rank / 2]] : 0;
    result->top_ratio = top / (upper + (lower - upper) / 2);
    result->top_share = 1 / total;
}

static latent_status check_importances(latent_context *context, const double *importance,
                                       int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (!isfinite(importance[i]))
            return latent__fail(context, LATENT_ERROR_OVERFLOW,
                                "the importance of direction %" PRId64 " is beyond float64", i);
    return LATENT_OK;
}

static void write_means(const latent__sums *sums, int64_t count,
                        const latent_importance_result *result) {
    const double n = sums ? (double)sums->samples : NAN;
    for (int64_t i = 0; i < count; i++) {
        if (result->cosine)
            result->cosine[i] = sums ? sums->cosine[i] / n : NAN;
        if (result->projection)
            result->projection[i] = sums ? sums->absolute[i] / n : NAN;
        if (result->variance)
            result->variance[i] = sums ? sums->away[i] / n : NAN;
    }
}

latent_status latent__importance_finish(latent_context *context,
                                        const latent_importance *importance,
                                        const latent_directions *directions, int32_t kind,
                                        latent_importance_result *result) {
    const int64_t count = directions->count;
    const latent__sums *sums = importance ? &importance->sums : NULL;
    latent_status status = LATENT_OK;
    double *values = latent__allocate(context, count, sizeof *values, "importances", &status);
    if (status)
        return status;
    int64_t *order = latent__allocate(context, 2 * count, sizeof *order, "their order", &status);
    for (int64_t i = 0; i < count; i++)
        values[i] = importance_of(sums, directions, i, kind);
    if (!status)
        status = check_importances(context, values, count);
    if (!status) {
        /* Those beyond the rank stay where they are, at the end. */
        sort_order(values, order, order + count, directions->rank);
        for (int64_t i = directions->rank; i < count; i++)
            order[i] = i;
        if (result->importance)
            memcpy(result->importance, values, (size_t)count * sizeof *values);
        if (result->order)
            memcpy(result->order, order, (size_t)count * sizeof *order);
        write_means(sums, count, result);
        summarize(result, values, order, directions->rank);
        result->samples = sums ? sums->samples : 0;
        result->zeros = sums ? sums->zeros : 0;
    }
    latent__release(context, order, 2 * count, sizeof *order);
    latent__release(context, values, count, sizeof *values);
    return status;
}
