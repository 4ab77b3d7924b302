/* k-nearest neighbours and what is read off them. */
#ifndef LATENT__KNN_H
#define LATENT__KNN_H

#include "latent/neighbors.h"
#include "neighbors/pairs.h"

/* Solves an unlabelled problem whose views and k have been checked; `distances` may be NULL. Both
 * are written on success only. */
latent_status latent__knn(latent_context *context, const latent__problem *problem, int64_t k,
                          int64_t *indices, double *distances);

/* N_k(j) of every reference, and the skewness of N_k; each may be NULL. Indices are in range. */
latent_status latent__hubness(latent_context *context, const int64_t *indices, int64_t entries,
                              int64_t reference_count, int64_t *counts, double *skewness);

#endif
