/* Library against oracle: every output of one call, bit for bit where the headers promise it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agrees.h"
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

/* Compares, and releases what was found. */
static bool settle(latent_context *context, latent_status status, outputs *out,
                   const oracle_neighborhoods *expected, int64_t count) {
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
    return same;
}

static int64_t *counting(int64_t count) {
    int64_t *self = malloc((size_t)count * sizeof *self);
    for (int64_t i = 0; i < count; i++)
        self[i] = i;
    return self;
}

/* Rows of the references that are queries, as a set of their own. */
static dataset chosen_rows(const agrees_question *q) {
    return dataset_pick(q->references, q->samples, q->count, LATENT_F64, 0);
}

oracle_neighborhoods agrees_kstar_oracle(const agrees_question *q) {
    const oracle_points all = dataset_points(q->references);
    oracle_neighborhoods expected;
    if (q->queries) {
        const oracle_points some = dataset_points(q->queries);
        expected = oracle_kstar(&some, &all, NULL, q->metric, q->ties);
    } else if (q->samples) {
        dataset chosen = chosen_rows(q);
        const oracle_points some = dataset_points(&chosen);
        expected = oracle_kstar(&some, &all, q->samples, q->metric, q->ties);
        dataset_free(&chosen);
    } else {
        int64_t *self = counting(all.rows);
        expected = oracle_kstar(&all, &all, self, q->metric, q->ties);
        free(self);
    }
    return expected;
}

bool agrees_kstar_known(latent_context *context, const agrees_question *q,
                        const oracle_neighborhoods *expected) {
    const dataset *const all = q->references;
    const latent_kstar_options options = {sizeof options, q->metric, q->ties};
    const int64_t count = q->queries   ? q->queries->view.rows
                          : q->samples ? q->count
                                       : all->view.rows;
    outputs out = outputs_new(count);
    latent_status status;
    if (q->queries)
        status = latent_kstar_queries(context, &q->queries->view, q->queries->labels, &all->view,
                                      all->labels, &options, out.kstar, &out.extra);
    else if (q->samples)
        status = latent_kstar_subset(context, &all->view, all->labels, q->samples, count, &options,
                                     out.kstar, &out.extra);
    else
        status = latent_kstar(context, &all->view, all->labels, &options, out.kstar, &out.extra);
    return settle(context, status, &out, expected, count);
}

static bool agrees(latent_context *context, const agrees_question *q) {
    oracle_neighborhoods expected = agrees_kstar_oracle(q);
    const bool same = agrees_kstar_known(context, q, &expected);
    oracle_kstar_free(&expected);
    return same;
}

bool agrees_kstar(latent_context *context, const dataset *points, latent_metric metric,
                  latent_ties ties) {
    return agrees(context,
                  &(agrees_question){.references = points, .metric = metric, .ties = ties});
}

bool agrees_kstar_subset(latent_context *context, const dataset *points, const int64_t *samples,
                         int64_t count, latent_metric metric, latent_ties ties) {
    return agrees(context, &(agrees_question){.references = points,
                                              .samples = samples,
                                              .count = count,
                                              .metric = metric,
                                              .ties = ties});
}

bool agrees_kstar_queries(latent_context *context, const dataset *queries,
                          const dataset *references, latent_metric metric, latent_ties ties) {
    return agrees(
        context, &(agrees_question){
                     .references = references, .queries = queries, .metric = metric, .ties = ties});
}

agrees_lists agrees_knn_oracle(const agrees_question *q, int64_t k) {
    const oracle_points all = dataset_points(q->references);
    const oracle_points some = q->queries ? dataset_points(q->queries) : all;
    int64_t *self = q->queries ? NULL : counting(some.rows);
    const agrees_lists lists = {k, malloc((size_t)(some.rows * k) * sizeof(int64_t)),
                                malloc((size_t)(some.rows * k) * sizeof(double))};
    oracle_knn(&some, &all, self, k, q->metric, lists.index, lists.distance);
    free(self);
    return lists;
}

void agrees_lists_free(agrees_lists *lists) {
    free(lists->index);
    free(lists->distance);
}

bool agrees_knn_known(latent_context *context, const agrees_question *q, int64_t k,
                      const agrees_lists *expected) {
    const latent_knn_options options = {.size = sizeof options, .metric = q->metric};
    const int64_t rows = q->queries ? q->queries->view.rows : q->references->view.rows;
    int64_t *const index = poison_new((size_t)(rows * k) * sizeof *index);
    double *const distance = poison_new((size_t)(rows * k) * sizeof *distance);
    const latent_status status = latent_knn(context, q->queries ? &q->queries->view : NULL,
                                            &q->references->view, k, &options, index, distance);
    bool same = status == LATENT_OK || complain(context, "k-NN", status);
    for (int64_t r = 0; same && r < rows; r++)
        same = same_integers("indices", index + r * k, expected->index + r * expected->k, k) &&
               same_doubles("distances", distance + r * k, expected->distance + r * expected->k, k);
    free(index);
    free(distance);
    return same;
}

bool agrees_knn(latent_context *context, const dataset *queries, const dataset *references,
                int64_t k, latent_metric metric) {
    const agrees_question question = {
        .references = references, .queries = queries, .metric = metric};
    agrees_lists expected = agrees_knn_oracle(&question, k);
    const bool same = agrees_knn_known(context, &question, k, &expected);
    agrees_lists_free(&expected);
    return same;
}
