/* Any bytes as a labelled set in any shape, type and stride, given to every form of k* and to k-NN:
 * what is wrong must be said, and everything else must equal the oracle. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/testing.h"

/* The input, read byte by byte; zeros follow its end. */
typedef struct reader {
    const uint8_t *data;
    size_t size, at;
} reader;

static unsigned next(reader *r) {
    return r->at < r->size ? r->data[r->at++] : 0;
}

typedef struct fuzz_case {
    latent_type type;
    latent_metric metric;
    latent_ties ties;
    int64_t rows, queries, columns, gap, k;
    unsigned label_mask; /* few labels or many */
    bool raw;            /* elements are bit patterns; else small numbers */
    latent_context_options options;
} fuzz_case;

static fuzz_case read_case(reader *r) {
    fuzz_case c;
    const unsigned kinds = next(r);
    c.type = (latent_type)(LATENT_F16 + (kinds & 3));
    c.metric = kinds & 4 ? LATENT_COSINE : LATENT_EUCLIDEAN;
    c.ties = kinds & 8 ? LATENT_TIES_INCLUDE : LATENT_TIES_EXCLUDE;
    c.raw = kinds & 16;
    c.label_mask = kinds & 32 ? 255 : 3;
    c.rows = 2 + next(r) % 60;
    c.queries = 1 + next(r) % 20;
    c.columns = 1 + next(r) % 40;
    const unsigned gap = next(r);
    c.gap = gap % 4;
    c.k = 1 + next(r) % (c.rows - 1);
    const unsigned context = next(r);
    c.options = (latent_context_options){.size = sizeof c.options};
    c.options.threads = 1 + (int32_t)(context & 3);
    c.options.memory_budget = context & 4 ? 1000 * (1 + (int64_t)next(r)) : 0;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    c.options.isa = isas[(context >> 4) % (unsigned)count];
    c.options.screen = (int32_t)(gap / 4 % (LATENT_SCREEN_INT8 + 1));
    return c;
}

static double read_element(reader *r, const fuzz_case *c) {
    if (!c->raw)
        return (double)((int)next(r) % 16 - 8);
    uint8_t bits[8] = {0};
    for (int64_t i = 0; i < narrow_size(c->type); i++)
        bits[i] = (uint8_t)next(r);
    double cell;
    memcpy(&cell, bits, sizeof cell);
    return narrow_load(c->type, &cell, 0);
}

static dataset read_set(reader *r, const fuzz_case *c, int64_t rows) {
    double *const values = malloc((size_t)(rows * c->columns) * sizeof *values);
    int32_t *const labels = malloc((size_t)rows * sizeof *labels);
    for (int64_t n = 0; n < rows; n++)
        labels[n] = (int32_t)(next(r) & c->label_mask) - 1;
    for (int64_t i = 0; i < rows * c->columns; i++)
        values[i] = read_element(r, c);
    dataset set = dataset_from(c->type, values, labels, rows, c->columns, c->gap);
    free(values);
    free(labels);
    return set;
}

/* Faults of a set, as bits: each alone explains its status. */
enum { NONFINITE = 1, TOO_LARGE = 2, NO_NORM = 4, NO_FOREIGN = 8 };

static unsigned faults_of(const dataset *set, latent_metric metric) {
    const int64_t d = set->view.columns;
    const double limit = sqrt(ldexp(1.0, 1021) / (double)d);
    unsigned faults = 0;
    for (int64_t n = 0; n < set->view.rows; n++) {
        for (int64_t i = 0; i < d; i++) {
            const double x = set->values[n * d + i];
            faults |= !isfinite(x) ? NONFINITE : fabs(x) > limit ? TOO_LARGE : 0;
        }
        const double *const row = set->values + n * d;
        if (metric == LATENT_COSINE && oracle_norm(row, d) < ldexp(1.0, -450))
            faults |= NO_NORM;
    }
    return faults;
}

static bool foreign_for_all(const dataset *queries, const dataset *references) {
    for (int64_t q = 0; q < queries->view.rows; q++) {
        bool found = false;
        for (int64_t j = 0; j < references->view.rows && !found; j++)
            found = references->labels[j] != queries->labels[q];
        if (!found)
            return false;
    }
    return true;
}

static void demand(bool holds, const char *what, const fuzz_case *c) {
    if (holds)
        return;
    fprintf(stderr,
            "%s: %s N=%d Q=%d d=%d gap=%d k=%d metric=%d ties=%d threads=%d isa=%d screen=%d\n",
            what, data_type_text(c->type), (int)c->rows, (int)c->queries, (int)c->columns,
            (int)c->gap, (int)c->k, (int)c->metric, (int)c->ties, (int)c->options.threads,
            (int)c->options.isa, (int)c->options.screen);
    abort();
}

/* A status other than OK must have its fault in the data, or be about the budget that was set. */
static bool explained(latent_status status, unsigned faults, const fuzz_case *c) {
    switch (status) {
    case LATENT_OK:
        return faults == 0;
    case LATENT_ERROR_NONFINITE:
        return faults & NONFINITE;
    case LATENT_ERROR_OVERFLOW:
        return faults & TOO_LARGE;
    case LATENT_ERROR_DOMAIN:
        return faults & (NO_NORM | NO_FOREIGN);
    case LATENT_ERROR_BUDGET:
        return c->options.memory_budget > 0;
    default:
        return false;
    }
}

static void check_kstar(latent_context *context, const fuzz_case *c, const dataset *set) {
    const unsigned faults =
        faults_of(set, c->metric) | (foreign_for_all(set, set) ? 0 : NO_FOREIGN);
    const latent_kstar_options options = {sizeof options, c->metric, c->ties};
    int64_t kstar[64];
    poison_fill(kstar, sizeof kstar);
    const latent_status status =
        latent_kstar(context, &set->view, set->labels, &options, kstar, NULL);
    demand(explained(status, faults, c), latent_context_error(context), c);
    if (status != LATENT_OK) {
        demand(poison_intact(kstar, sizeof kstar), "written on error", c);
        return;
    }
    demand(agrees_kstar(context, set, c->metric, c->ties), "k*", c);
    const int64_t samples[] = {c->rows - 1, 0, c->k, c->k};
    if (c->options.memory_budget == 0)
        demand(agrees_kstar_subset(context, set, samples, 4, c->metric, c->ties), "subset", c);
    demand(agrees_summary(context, kstar, set->labels, c->rows, NULL, c->gap & 1, 0.0), "summary",
           c);
}

static void check_queries(latent_context *context, const fuzz_case *c, const dataset *queries,
                          const dataset *set) {
    const unsigned faults = faults_of(set, c->metric) | faults_of(queries, c->metric) |
                            (foreign_for_all(queries, set) ? 0 : NO_FOREIGN);
    const latent_kstar_options options = {sizeof options, c->metric, c->ties};
    int64_t kstar[64];
    const latent_status status = latent_kstar_queries(
        context, &queries->view, queries->labels, &set->view, set->labels, &options, kstar, NULL);
    demand(explained(status, faults, c), latent_context_error(context), c);
    if (status == LATENT_OK)
        demand(agrees_kstar_queries(context, queries, set, c->metric, c->ties), "queries", c);
}

static void check_knn(latent_context *context, const fuzz_case *c, const dataset *queries,
                      const dataset *set) {
    const unsigned faults = faults_of(set, c->metric) | faults_of(queries, c->metric);
    const latent_knn_options options = {.size = sizeof options, .metric = c->metric};
    int64_t indices[20 * 64];
    const latent_status status =
        latent_knn(context, &queries->view, &set->view, c->k, &options, indices, NULL);
    demand(explained(status, faults, c), latent_context_error(context), c);
    if (status != LATENT_OK)
        return;
    demand(agrees_knn(context, queries, set, c->k, c->metric), "k-NN", c);
    if (c->options.memory_budget == 0)
        demand(agrees_knn(context, NULL, set, c->k, c->metric), "k-NN of itself", c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reader r = {data, size, 0};
    const fuzz_case c = read_case(&r);
    dataset set = read_set(&r, &c, c.rows), queries = read_set(&r, &c, c.queries);
    latent_context *const context = testing_context_with(&c.options);
    check_kstar(context, &c, &set);
    check_queries(context, &c, &queries, &set);
    check_knn(context, &c, &queries, &set);
    latent_context_destroy(context);
    dataset_free(&set);
    dataset_free(&queries);
    return 0;
}
