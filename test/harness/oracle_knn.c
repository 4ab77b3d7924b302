#include <stdlib.h>

#include "oracle.h"

typedef struct neighbor {
    double distance;
    int64_t index;
} neighbor;

static int nearer(const void *left, const void *right) {
    const neighbor *const a = left, *const b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    return a->index < b->index ? -1 : 1;
}

void oracle_knn(const oracle_points *queries, const oracle_points *references, const int64_t *self,
                int64_t k, latent_metric metric, int64_t *indices, double *distances) {
    neighbor *all = malloc((size_t)references->rows * sizeof *all);
    for (int64_t q = 0; q < queries->rows; q++) {
        int64_t count = 0;
        for (int64_t j = 0; j < references->rows; j++)
            if (!self || j != self[q]) {
                all[count].index = j;
                all[count++].distance = oracle_distance(
                    queries->values + q * queries->columns,
                    references->values + j * references->columns, references->columns, metric);
            }
        qsort(all, (size_t)count, sizeof *all, nearer);
        for (int64_t r = 0; r < k; r++) {
            indices[q * k + r] = all[r].index;
            distances[q * k + r] = all[r].distance;
        }
    }
    free(all);
}
