/* Library against oracle: every output of one call, bit for bit where the headers promise it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "testing.h"

static bool complain(latent_context *context, const char *what, latent_status status) {
    fprintf(stderr, "%s: status %d, \"%s\"\n", what, (int)status, latent_context_error(context));
    return false;
}

static bool same_integers(const char *what, const int64_t *actual, const int64_t *expected,
                          int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (actual[i] != expected[i]) {
            fprintf(stderr, "%s[%lld] is %lld, should be %lld\n", what, (long long)i,
                    (long long)actual[i], (long long)expected[i]);
            return false;
        }
    return true;
}

static bool same_doubles(const char *what, const double *actual, const double *expected,
                         int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (memcmp(&actual[i], &expected[i], sizeof(double)) != 0) {
            fprintf(stderr, "%s[%lld] is %a, should be %a\n", what, (long long)i, actual[i],
                    expected[i]);
            return false;
        }
    return true;
}

/* Outputs of one k* call. */
typedef struct outputs {
    int64_t *kstar;
    latent_kstar_extra extra;
} outputs;

static outputs outputs_new(int64_t count) {
    outputs out = {poison_new((size_t)count * 8), {.size = sizeof(latent_kstar_extra)}};
    out.extra.foreign_index = poison_new((size_t)count * 8);
    out.extra.foreign_distance = poison_new((size_t)count * 8);
    out.extra.tied_pairs = out.extra.rescored_pairs = -7;
    return out;
}

/* Compares and releases both. */
static bool settle(latent_context *context, latent_status status, outputs *out,
                   oracle_neighborhoods *expected, int64_t count) {
    bool same;
    if (status != LATENT_OK)
        same = complain(context, "k*", status);
    else
        same = same_doubles("foreign_distance", out->extra.foreign_distance,
                            expected->foreign_distance, count) &&
               same_integers("foreign_index", out->extra.foreign_index, expected->foreign_index,
                             count) &&
               same_integers("kstar", out->kstar, expected->kstar, count) &&
               same_integers("tied_pairs", &out->extra.tied_pairs, &expected->tied_pairs, 1);
    if (same && out->extra.rescored_pairs < 0)
        same = complain(context, "rescored_pairs was not written", status);
    free(out->kstar);
    free(out->extra.foreign_index);
    free(out->extra.foreign_distance);
    oracle_kstar_free(expected);
    return same;
}

static int64_t *counting(int64_t count) {
    int64_t *self = malloc((size_t)count * sizeof *self);
    for (int64_t i = 0; i < count; i++)
        self[i] = i;
    return self;
}

bool agrees_kstar(latent_context *context, const dataset *points, latent_metric metric,
                  latent_ties ties) {
    const int64_t n = points->view.rows;
    const latent_kstar_options options = {sizeof options, metric, ties};
    outputs out = outputs_new(n);
    const latent_status status =
        latent_kstar(context, &points->view, points->labels, &options, out.kstar, &out.extra);
    const oracle_points all = dataset_points(points);
    int64_t *self = counting(n);
    oracle_neighborhoods expected = oracle_kstar(&all, &all, self, metric, ties);
    free(self);
    return settle(context, status, &out, &expected, n);
}

bool agrees_kstar_subset(latent_context *context, const dataset *points, const int64_t *samples,
                         int64_t count, latent_metric metric, latent_ties ties) {
    const latent_kstar_options options = {sizeof options, metric, ties};
    outputs out = outputs_new(count);
    const latent_status status = latent_kstar_subset(
        context, &points->view, points->labels, samples, count, &options, out.kstar, &out.extra);
    dataset chosen = dataset_pick(points, samples, count, LATENT_F64, 0);
    const oracle_points some = dataset_points(&chosen), all = dataset_points(points);
    oracle_neighborhoods expected = oracle_kstar(&some, &all, samples, metric, ties);
    dataset_free(&chosen);
    return settle(context, status, &out, &expected, count);
}

bool agrees_kstar_queries(latent_context *context, const dataset *queries,
                          const dataset *references, latent_metric metric, latent_ties ties) {
    const latent_kstar_options options = {sizeof options, metric, ties};
    outputs out = outputs_new(queries->view.rows);
    const latent_status status =
        latent_kstar_queries(context, &queries->view, queries->labels, &references->view,
                             references->labels, &options, out.kstar, &out.extra);
    const oracle_points some = dataset_points(queries), all = dataset_points(references);
    oracle_neighborhoods expected = oracle_kstar(&some, &all, NULL, metric, ties);
    return settle(context, status, &out, &expected, queries->view.rows);
}

bool agrees_knn(latent_context *context, const dataset *queries, const dataset *references,
                int64_t k, latent_metric metric) {
    const latent_knn_options options = {.size = sizeof options, .metric = metric};
    const oracle_points all = dataset_points(references);
    const oracle_points some = queries ? dataset_points(queries) : all;
    const size_t bytes = (size_t)(some.rows * k) * 8;
    int64_t *indices = poison_new(bytes), *expected_indices = malloc(bytes);
    double *distances = poison_new(bytes), *expected_distances = malloc(bytes);
    int64_t *self = queries ? NULL : counting(some.rows);
    const latent_status status = latent_knn(context, queries ? &queries->view : NULL,
                                            &references->view, k, &options, indices, distances);
    oracle_knn(&some, &all, self, k, metric, expected_indices, expected_distances);
    const bool same =
        status != LATENT_OK
            ? complain(context, "k-NN", status)
            : same_integers("indices", indices, expected_indices, some.rows * k) &&
                  same_doubles("distances", distances, expected_distances, some.rows * k);
    free(indices);
    free(expected_indices);
    free(distances);
    free(expected_distances);
    free(self);
    return same;
}
