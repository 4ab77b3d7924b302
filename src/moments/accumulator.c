#include "accumulator.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "moment.h"
#include "pass.h"

latent_status latent__tally_open(latent_context *context, int64_t features, latent__tally *tally) {
    latent_status status = LATENT_OK;
    const int64_t bytes = latent__tally_bytes(features);
    void *memory = features ? latent__allocate(context, bytes, 1, "the sums", &status) : NULL;
    if (!status)
        *tally = latent__tally_in(memory, features);
    return status;
}

void latent__tally_close(latent_context *context, latent__tally *tally) {
    latent__release(context, tally->moments.base, latent__tally_bytes(tally->features), 1);
}

enum { ARRAYS = 5, ENTRY = 8 }; /* of latent_moments_samples, all of 8-byte entries */

latent_status latent__view_moments(const latent__question *question, latent__tally *sum) {
    latent_context *context = question->context;
    const int64_t rows = question->view->rows;
    const latent_moments_samples *out = &question->out;
    void *const theirs[ARRAYS] = {out->count, out->mean, out->variance, out->skewness,
                                  out->kurtosis};
    void *mine[ARRAYS] = {NULL};
    latent_status status = LATENT_OK;
    for (int a = 0; a < ARRAYS && !status; a++)
        if (theirs[a])
            mine[a] = latent__allocate(context, rows, ENTRY, "the samples' results", &status);
    latent__question own = *question;
    own.out.count = mine[0];
    own.out.mean = mine[1];
    own.out.variance = mine[2];
    own.out.skewness = mine[3];
    own.out.kurtosis = mine[4];
    if (!status)
        status = latent__pass(&own, sum);
    for (int a = 0; a < ARRAYS; a++) {
        if (!status && mine[a])
            memcpy(theirs[a], mine[a], (size_t)rows * ENTRY);
        latent__release(context, mine[a], rows, ENTRY);
    }
    return status;
}

latent_status latent__accumulator_create(latent_context *context, int64_t columns,
                                         const latent_moments_options *options,
                                         latent_moments **moments) {
    const latent_context_options *given = &context->options;
    if (columns > INT64_MAX / 1024)
        return latent__fail(context, LATENT_ERROR_MEMORY,
                            "columns is %" PRId64 ", more than memory can address", columns);
    latent_moments *made = latent__allocate_lasting(given, sizeof *made);
    const int64_t bytes = latent__tally_bytes(columns);
    void *memory = made ? latent__allocate_lasting(given, (size_t)bytes) : NULL;
    if (!memory) {
        latent__release_lasting(given, made, sizeof *made);
        return latent__fail(context, LATENT_ERROR_MEMORY,
                            "cannot allocate %" PRId64 " bytes for the accumulator", bytes);
    }
    *made = (latent_moments){.options = *options,
                             .tally = latent__tally_in(memory, columns),
                             .allocator = latent__allocator_of(context)};
    *moments = made;
    return LATENT_OK;
}

void latent_moments_destroy(latent_moments *moments) {
    if (!moments)
        return;
    const latent_context_options allocator = moments->allocator;
    latent__release_lasting(&allocator, moments->tally.moments.base,
                            (size_t)latent__tally_bytes(moments->tally.features));
    latent__release_lasting(&allocator, moments, sizeof *moments);
}

int64_t latent_moments_columns(const latent_moments *moments) {
    return moments ? moments->tally.features : 0;
}
