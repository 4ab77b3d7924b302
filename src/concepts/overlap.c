#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "encoded.h"

enum { MODELS = 3, REGIONS = 1 << MODELS };

/* Concepts in regions whose index has any, or all, of these bits. */
static int64_t with_any(const int64_t regions[REGIONS], int bits) {
    int64_t sum = 0;
    for (int r = 0; r < REGIONS; r++)
        sum += r & bits ? regions[r] : 0;
    return sum;
}

static int64_t with_all(const int64_t regions[REGIONS], int bits) {
    int64_t sum = 0;
    for (int r = 0; r < REGIONS; r++)
        sum += (r & bits) == bits ? regions[r] : 0;
    return sum;
}

/* Jaccard's index of the models whose bits are set. */
static double jaccard(const int64_t regions[REGIONS], int bits) {
    const int64_t any = with_any(regions, bits);
    return any == 0 ? NAN : (double)with_all(regions, bits) / (double)any;
}

static void summarise(const int64_t regions[REGIONS], int32_t models,
                      latent_concepts_overlap *overlap) {
    const int everyone = (1 << models) - 1;
    memcpy(overlap->regions, regions, sizeof overlap->regions);
    for (int m = 0; m < MODELS; m++)
        overlap->totals[m] = with_all(regions, 1 << m);
    overlap->any = with_any(regions, everyone);
    overlap->all = with_all(regions, everyone);
    overlap->jaccard = jaccard(regions, everyone);
    overlap->pairs[0] = jaccard(regions, 1 | 2);
    overlap->pairs[1] = models < MODELS ? NAN : jaccard(regions, 1 | 4);
    overlap->pairs[2] = models < MODELS ? NAN : jaccard(regions, 2 | 4);
}

latent_status latent__overlap(latent_context *context, const uint8_t *const *encoded,
                              int32_t models, int64_t concepts, latent_concepts_overlap *overlap) {
    int64_t regions[REGIONS] = {0};
    for (int64_t c = 0; c < concepts; c++) {
        int region = 0;
        for (int m = 0; m < models; m++) {
            if (encoded[m][c] > 1)
                return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                    "encoded[%d][%" PRId64 "] is %d; it must be 0 or 1", m, c,
                                    encoded[m][c]);
            region |= encoded[m][c] << m;
        }
        regions[region]++;
    }
    summarise(regions, models, overlap);
    return LATENT_OK;
}
