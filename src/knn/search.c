#include <string.h>

#include "knn.h"

latent_status latent__knn(latent_context *context, const latent__problem *problem, int64_t k,
                          int64_t *indices, double *distances) {
    latent__pairs pairs;
    latent_status status = latent__pairs_open(context, problem, k, &pairs);
    if (!status)
        status = latent__pairs_nearest(&pairs, 0, 1);
    if (!status) {
        const size_t entries = (size_t)(pairs.left->count * k);
        memcpy(indices, pairs.neighbor, entries * sizeof *indices);
        if (distances)
            memcpy(distances, pairs.distance, entries * sizeof *distances);
    }
    latent__pairs_close(&pairs);
    return status;
}
