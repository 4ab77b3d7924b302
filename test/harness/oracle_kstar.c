#include <stdlib.h>

#include "oracle.h"

/* One query: its row of distances is at hand. */
static void one_query(const oracle_points *references, const double *distance, int32_t label,
                      int64_t self, latent_ties ties, oracle_neighborhoods *result, int64_t q) {
    int64_t nearest = -1;
    for (int64_t j = 0; j < references->rows; j++)
        if (references->labels[j] != label && (nearest < 0 || distance[j] < distance[nearest]))
            nearest = j;
    const double m = distance[nearest];
    int64_t below = 0, equal = 0;
    for (int64_t j = 0; j < references->rows; j++)
        if (references->labels[j] == label && j != self) {
            below += distance[j] < m;
            equal += distance[j] == m;
        }
    result->kstar[q] = 1 + below + (ties == LATENT_TIES_INCLUDE ? equal : 0);
    result->foreign_index[q] = nearest;
    result->foreign_distance[q] = m;
    result->tied_pairs += equal;
}

oracle_neighborhoods oracle_kstar(const oracle_points *queries, const oracle_points *references,
                                  const int64_t *self, latent_metric metric, latent_ties ties) {
    const size_t count = (size_t)queries->rows;
    oracle_neighborhoods result = {malloc(count * sizeof(int64_t)), malloc(count * sizeof(int64_t)),
                                   malloc(count * sizeof(double)), 0};
    double *distance = malloc((size_t)references->rows * sizeof(double));
    for (int64_t q = 0; q < queries->rows; q++) {
        for (int64_t j = 0; j < references->rows; j++)
            distance[j] = oracle_distance(queries->values + q * queries->columns,
                                          references->values + j * references->columns,
                                          references->columns, metric);
        one_query(references, distance, queries->labels[q], self ? self[q] : -1, ties, &result, q);
    }
    free(distance);
    return result;
}

void oracle_kstar_free(oracle_neighborhoods *result) {
    free(result->kstar);
    free(result->foreign_index);
    free(result->foreign_distance);
}
