/** @file
 * k-nearest neighbours in exact order, and what follows from them.
 *
 * The order is that of latent_distance(), ties by row number, the smaller first. So the answer is
 * unique, and it is the same everywhere.
 */
#ifndef LATENT_NEIGHBORS_H
#define LATENT_NEIGHBORS_H

#include "distance.h"

LATENT_BEGIN

/** Options of latent_knn(). Zero means default. @since 0.1.0 */
typedef struct latent_knn_options {
    size_t size;      /**< sizeof(latent_knn_options). */
    int32_t metric;   /**< A ::latent_metric. Default: Euclidean. */
    int32_t reserved; /**< Must be 0. */
} latent_knn_options;

/**
 * The k nearest references of every query.
 *
 * @param context    The context.
 * @param queries    Q × d view, or NULL: the references are the queries, and none is its own
 *                   neighbour.
 * @param references N × d view of the same element type.
 * @param k          1 … N (1 … N - 1 if `queries` is NULL).
 * @param options    NULL for the defaults.
 * @param indices    Receives Q × k row numbers of `references`, nearest first.
 * @param distances  NULL, or receives Q × k distances.
 * @return ::LATENT_OK; ::LATENT_CANCELLED; ::LATENT_ERROR_ARGUMENT; ::LATENT_ERROR_OPTIONS;
 *         ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_DOMAIN (under cosine a zero row); ::LATENT_ERROR_OVERFLOW;
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_THREAD; ::LATENT_ERROR_BUSY.
 *         On any but ::LATENT_OK nothing is written.
 * @par Cost
 *      Q · N · d multiply-adds of the screen, a ::latent_screen (half of it if `queries` is NULL), and
 *      some times k float64 distances per query. Memory: (Q + N) d to 4 (Q + N) d bytes, by the screen,
 *      within the budget, else blocks of it, and 16 k bytes per query.
 * @since 0.1.0
 */
LATENT_API latent_status latent_knn(latent_context *context, const latent_matrix *queries,
                                    const latent_matrix *references, int64_t k,
                                    const latent_knn_options *options, int64_t *indices,
                                    double *distances);

/**
 * k-NN label agreement: the share of a query's neighbours that carry its label.
 *
 * @param context          The context.
 * @param indices          Q × k row numbers, as latent_knn() writes them.
 * @param query_count      Q, at least 1.
 * @param k                At least 1.
 * @param query_labels     Q labels.
 * @param reference_labels N labels (the same array, when the references were the queries).
 * @param reference_count  N; an index outside 0 … N - 1 is an error that names its place.
 * @param agreement        Receives Q shares, 0 … 1; their mean is the space's agreement.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_SHAPE or ::LATENT_ERROR_BUSY.
 *         Nothing is written on error.
 * @par Cost
 *      O(Q k) time, no memory.
 * @since 0.1.0
 */
LATENT_API latent_status latent_knn_agreement(latent_context *context, const int64_t *indices,
                                              int64_t query_count, int64_t k,
                                              const int32_t *query_labels,
                                              const int32_t *reference_labels,
                                              int64_t reference_count, double *agreement);

/**
 * Hubness: N_k(j), how often reference j is among the k nearest of others, and the skewness of N_k.
 *
 * @param context         The context.
 * @param indices         Q × k row numbers, as latent_knn() writes them.
 * @param query_count     Q, at least 1.
 * @param k               At least 1.
 * @param reference_count N, at least 1.
 * @param counts          NULL, or receives N counts.
 * @param skewness        NULL, or receives m_3 / m_2^1.5 of the counts (denominator N); NaN if they
 *                        are all equal.
 * @return ::LATENT_OK, ::LATENT_ERROR_ARGUMENT, ::LATENT_ERROR_SHAPE, ::LATENT_ERROR_MEMORY,
 *         ::LATENT_ERROR_BUDGET or ::LATENT_ERROR_BUSY. Nothing is written on error.
 * @par Cost
 *      O(Q k + N) time, 8 N bytes.
 * @par Source
 *      Radovanović, Nanopoulos, Ivanović, "Hubs in Space", JMLR 11 (2010).
 * @since 0.1.0
 */
LATENT_API latent_status latent_hubness(latent_context *context, const int64_t *indices,
                                        int64_t query_count, int64_t k, int64_t reference_count,
                                        int64_t *counts, double *skewness);

LATENT_END

#endif
