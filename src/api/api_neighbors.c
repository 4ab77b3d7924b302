/* neighbors.h. */
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "knn/knn.h"

static latent_status search(latent_context *context, const latent_matrix *queries,
                            const latent_matrix *references, int64_t k,
                            const latent_knn_options *given, int64_t *indices, double *distances) {
    latent_knn_options options;
    latent_status status = latent__view_check(context, references, "references");
    if (!status && queries)
        status = latent__check_second_view(context, queries, "queries", references, "references");
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__check_metric(context, options.metric, "options->metric");
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status)
        status = latent__need(context, indices, "indices");
    if (status)
        return status;
    const int64_t most = references->rows - (queries ? 0 : 1);
    if (k < 1 || k > most)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "k is %" PRId64 ", outside 1 to %" PRId64
                            ", the neighbours that each query has",
                            k, most);
    const latent__problem problem = {.metric = (latent_metric)options.metric,
                                     .references = references,
                                     .references_name = "references",
                                     .queries = queries,
                                     .queries_name = "queries"};
    return latent__knn(context, &problem, k, indices, distances);
}

latent_status latent_knn(latent_context *context, const latent_matrix *queries,
                         const latent_matrix *references, int64_t k,
                         const latent_knn_options *options, int64_t *indices, double *distances) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, search(context, queries, references, k, options, indices,
                                                  distances));
}

/* The list of neighbours that latent_knn() wrote. */
static latent_status check_neighbors(latent_context *context, const int64_t *indices,
                                     int64_t query_count, int64_t k, int64_t reference_count) {
    latent_status status = latent__need(context, indices, "indices");
    if (!status)
        status = latent__check_least(context, query_count, 1, "query_count");
    if (!status)
        status = latent__check_least(context, k, 1, "k");
    if (!status)
        status = latent__check_least(context, reference_count, 1, "reference_count");
    if (status)
        return status;
    if (query_count > INT64_MAX / 8 / k)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "query_count %" PRId64 " times k %" PRId64
                            " is more than can be addressed",
                            query_count, k);
    for (int64_t e = 0; e < query_count * k; e++)
        if (indices[e] < 0 || indices[e] >= reference_count)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "indices[%" PRId64 "][%" PRId64 "] is %" PRId64
                                ", outside 0 to %" PRId64,
                                e / k, e % k, indices[e], reference_count - 1);
    return LATENT_OK;
}

latent_status latent_knn_agreement(latent_context *context, const int64_t *indices,
                                   int64_t query_count, int64_t k, const int32_t *query_labels,
                                   const int32_t *reference_labels, int64_t reference_count,
                                   double *agreement) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = check_neighbors(context, indices, query_count, k, reference_count);
    if (!status)
        status = latent__need(context, query_labels, "query_labels");
    if (!status)
        status = latent__need(context, reference_labels, "reference_labels");
    if (!status)
        status = latent__need(context, agreement, "agreement");
    for (int64_t q = 0; !status && q < query_count; q++) {
        int64_t same = 0;
        for (int64_t n = 0; n < k; n++)
            same += reference_labels[indices[q * k + n]] == query_labels[q];
        agreement[q] = (double)same / (double)k;
    }
    return latent__leave(context, status);
}

latent_status latent_hubness(latent_context *context, const int64_t *indices, int64_t query_count,
                             int64_t k, int64_t reference_count, int64_t *counts,
                             double *skewness) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = check_neighbors(context, indices, query_count, k, reference_count);
    if (!status) {
        latent__set_budget(context, 0, latent__linear(reference_count, 8));
        status =
            latent__hubness(context, indices, query_count * k, reference_count, counts, skewness);
    }
    return latent__leave(context, status);
}
