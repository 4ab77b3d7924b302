/* Opening and closing the engine: sides, data checks, centre, who matches whom. */
#include "pairs.h"

#include <inttypes.h>

#include "base/memory.h"
#include "linalg/blas.h"

static const size_t word = sizeof(int64_t);

static latent_status make_sides(latent__pairs *pairs, const latent__problem *problem) {
    latent_context *context = pairs->context;
    const latent_matrix *references = problem->references;
    const char *name = problem->references_name;
    pairs->labelled = problem->reference_labels != NULL;
    pairs->symmetric = !problem->queries && !problem->rows;
    pairs->right = &pairs->reference_side;
    pairs->left = pairs->symmetric ? &pairs->reference_side : &pairs->query_side;
    latent_status status =
        pairs->labelled
            ? latent__side_labelled(context, references, name, problem->reference_labels, NULL,
                                    references->rows, &pairs->reference_side)
            : latent__side_plain(context, references, name, &pairs->reference_side);
    if (status || pairs->symmetric)
        return status;
    if (!problem->queries)
        return latent__side_labelled(context, references, name, problem->reference_labels,
                                     problem->rows, problem->row_count, &pairs->query_side);
    return pairs->labelled ? latent__side_labelled(context, problem->queries, problem->queries_name,
                                                   problem->query_labels, NULL,
                                                   problem->queries->rows, &pairs->query_side)
                           : latent__side_plain(context, problem->queries, problem->queries_name,
                                                &pairs->query_side);
}

static double *make_norms(latent_context *context, const latent_matrix *view,
                          latent_status *status) {
    return latent__allocate(context, view->rows, sizeof(double), "the norms", status);
}

/* Checks the data of both sides; the scale comes from the largest magnitude in either. */
static latent_status inspect_sides(latent__pairs *pairs, const latent__problem *problem) {
    latent_context *context = pairs->context;
    latent__side *references = &pairs->reference_side, *queries = &pairs->query_side;
    const bool cosine = pairs->space.metric == LATENT_COSINE;
    latent_status status = LATENT_OK;
    double largest = 0;
    if (problem->queries) {
        if (cosine)
            pairs->query_norm = make_norms(context, queries->view, &status);
        queries->norm = pairs->query_norm;
        if (!status)
            status = latent__inspect(context, queries->view, queries->name, 0, &pairs->space,
                                     pairs->query_norm, &largest);
    }
    if (!status && cosine)
        pairs->reference_norm = make_norms(context, references->view, &status);
    references->norm = pairs->reference_norm;
    if (!problem->queries)
        queries->norm = pairs->reference_norm;
    if (!status)
        status = latent__inspect(context, references->view, references->name, 0, &pairs->space,
                                 pairs->reference_norm, &largest);
    latent__space_set_scale(&pairs->space, largest);
    return status;
}

static latent_status find_centre(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    const int64_t columns = pairs->space.columns;
    latent_status status = LATENT_OK;
    pairs->shift = latent__allocate(context, columns, sizeof(double), "the centre", &status);
    if (status)
        return status;
    double *zeros = latent__allocate(context, columns, sizeof(double), "the centre", &status);
    float *values =
        status ? NULL : latent__allocate(context, columns, sizeof(float), "the centre", &status);
    if (!status)
        latent__centre(context, &pairs->space, pairs->right, pairs->shift, zeros, values);
    latent__release(context, values, columns, sizeof(float));
    latent__release(context, zeros, columns, sizeof(double));
    return status;
}

/* Which reference group has each query group's label. */
static latent_status match_groups(latent__pairs *pairs) {
    if (pairs->symmetric || !pairs->labelled)
        return LATENT_OK;
    const latent__side *queries = pairs->left;
    latent_status status = LATENT_OK;
    pairs->match =
        latent__allocate(pairs->context, queries->group_count, word, "the labels", &status);
    if (status)
        return status;
    for (int64_t g = 0; g < queries->group_count; g++)
        pairs->match[g] = latent__side_find(pairs->right, queries->group_label[g]);
    return LATENT_OK;
}

/* Each chosen row's own position among the references: within a group, rows ascend. */
static latent_status find_selves(latent__pairs *pairs, const latent__problem *problem) {
    if (!problem->rows)
        return LATENT_OK;
    const latent__side *queries = pairs->left, *references = pairs->right;
    latent_status status = LATENT_OK;
    pairs->self =
        latent__allocate(pairs->context, queries->count, word, "the chosen rows", &status);
    if (status)
        return status;
    for (int64_t g = 0; g < queries->group_count; g++) {
        const latent__range same = latent__same_label(pairs, g);
        for (int64_t p = queries->group_start[g]; p < queries->group_start[g + 1]; p++) {
            int64_t low = same.first, high = same.end;
            while (low < high) {
                const int64_t middle = low + (high - low) / 2;
                if (references->row[middle] < queries->row[p])
                    low = middle + 1;
                else
                    high = middle;
            }
            pairs->self[p] = low;
        }
    }
    return LATENT_OK;
}

static latent_status make_state(latent__pairs *pairs, int64_t k) {
    latent_context *context = pairs->context;
    const int64_t count = pairs->left->count;
    latent_status status = LATENT_OK;
    if (k > INT64_MAX / 16 / count)
        return latent__fail(context, LATENT_ERROR_MEMORY,
                            "%" PRId64 " queries times %" PRId64
                            " neighbours are more than memory can address",
                            count, k);
    pairs->k = k;
    pairs->distance =
        latent__allocate(context, count * k, sizeof(double), "the neighbours", &status);
    if (!status)
        pairs->neighbor = latent__allocate(context, count * k, word, "the neighbours", &status);
    if (!status && pairs->labelled)
        pairs->below = latent__allocate(context, count, word, "the counts", &status);
    return status;
}

/* Both inputs, and beside them the order of rows, norms, state: some words a row, 16 k bytes a
 * query. */
static void set_budget(latent_context *context, const latent__problem *problem, int64_t k) {
    const latent_matrix *references = problem->references, *queries = problem->queries;
    const int64_t input =
        latent__view_bytes(references) + (queries ? latent__view_bytes(queries) : 0);
    const int64_t query_count = queries         ? queries->rows
                                : problem->rows ? problem->row_count
                                                : references->rows;
    latent__set_budget(context, input,
                       context->in_use + latent__linear(references->rows, 64) +
                           latent__linear(query_count, 64) +
                           latent__linear(query_count, 16 * (k < INT32_MAX ? k : INT32_MAX)));
}

latent_status latent__pairs_open(latent_context *context, const latent__problem *problem, int64_t k,
                                 latent__pairs *pairs) {
    const latent_matrix *references = problem->references;
    *pairs = (latent__pairs){.context = context};
    if (references->columns > LATENT__BLAS_MOST)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has %" PRId64 " columns, more than OpenBLAS can multiply",
                            problem->references_name, references->columns);
    pairs->space = latent__space_make(context, problem->metric, references->columns,
                                      (latent_type)references->type);
    set_budget(context, problem, k);
    latent__phase(context, "checking the data", 0, 0);
    latent_status status = make_sides(pairs, problem);
    if (!status)
        status = inspect_sides(pairs, problem);
    if (!status)
        status = find_centre(pairs);
    if (!status)
        status = match_groups(pairs);
    if (!status)
        status = find_selves(pairs, problem);
    if (!status)
        status = make_state(pairs, k);
    return status;
}

void latent__pairs_close(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    const latent__side *left = pairs->left, *right = pairs->right;
    if (!left) /* not even the sides were begun */
        return;
    latent__plan_free(pairs);
    latent__release(context, pairs->below, left->count, word);
    latent__release(context, pairs->neighbor, left->count * pairs->k, word);
    latent__release(context, pairs->distance, left->count * pairs->k, sizeof(double));
    latent__release(context, pairs->self, left->count, word);
    latent__release(context, pairs->match, left->group_count, word);
    latent__release(context, pairs->shift, pairs->space.columns, sizeof(double));
    if (right->view)
        latent__release(context, pairs->reference_norm, right->view->rows, sizeof(double));
    if (left->view)
        latent__release(context, pairs->query_norm, left->view->rows, sizeof(double));
    latent__side_free(context, &pairs->query_side);
    latent__side_free(context, &pairs->reference_side);
}

double latent__pairs_distance(const latent__pairs *pairs, int64_t query, int64_t reference) {
    const latent__side *left = pairs->left, *right = pairs->right;
    const int64_t a = latent__side_row(left, query), b = latent__side_row(right, reference);
    return latent__space_distance(&pairs->space, latent__row(left->view, a),
                                  latent__side_norm(left, a), latent__row(right->view, b),
                                  latent__side_norm(right, b));
}

latent__range latent__same_label(const latent__pairs *pairs, int64_t query_group) {
    const int64_t group = pairs->symmetric ? query_group : pairs->match[query_group];
    if (group < 0)
        return (latent__range){0, 0};
    return (latent__range){pairs->right->group_start[group], pairs->right->group_start[group + 1]};
}
