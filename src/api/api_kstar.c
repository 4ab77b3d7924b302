/* kstar.h. */
#include <math.h>

#include "base/groups.h"
#include "base/memory.h"
#include "base/structs.h"
#include "checks.h"
#include "kstar/ranks.h"

/* What latent_kstar() and its variants have in common; the views have been checked. */
static latent_status solve(latent_context *context, latent__problem *problem,
                           const latent_kstar_options *given, int64_t *kstar,
                           latent_kstar_extra *given_extra) {
    latent_kstar_options options;
    latent_kstar_extra extra;
    latent_status status =
        latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__options_read(context, &extra, sizeof extra, given_extra, "extra");
    if (!status)
        status = latent__check_metric(context, options.metric, "options->metric");
    if (!status)
        status = latent__check_ties(context, options.ties);
    if (!status)
        status = latent__need(context, kstar, "kstar");
    if (status)
        return status;
    problem->metric = (latent_metric)options.metric;
    status = latent__ranks(context, problem, (latent_ties)options.ties, kstar, &extra);
    if (!status && given_extra)
        latent__struct_write(given_extra, &extra, sizeof extra);
    return status;
}

static latent_status check_points(latent_context *context, const latent_matrix *points,
                                  const int32_t *labels) {
    latent_status status = latent__view_check(context, points, "points");
    if (!status && points->rows < 2)
        status = latent__fail(context, LATENT_ERROR_SHAPE, "points has 1 row; k* needs at least 2");
    return status ? status : latent__need(context, labels, "labels");
}

static latent__problem labelled(const latent_matrix *points, const int32_t *labels) {
    return (latent__problem){
        .references = points, .references_name = "points", .reference_labels = labels};
}

latent_status latent_kstar(latent_context *context, const latent_matrix *points,
                           const int32_t *labels, const latent_kstar_options *options,
                           int64_t *kstar, latent_kstar_extra *extra) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = check_points(context, points, labels);
    if (!status) {
        latent__problem problem = labelled(points, labels);
        status = solve(context, &problem, options, kstar, extra);
    }
    return latent__leave(context, status);
}

latent_status latent_kstar_subset(latent_context *context, const latent_matrix *points,
                                  const int32_t *labels, const int64_t *samples,
                                  int64_t sample_count, const latent_kstar_options *options,
                                  int64_t *kstar, latent_kstar_extra *extra) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = check_points(context, points, labels);
    if (!status)
        status = latent__need(context, samples, "samples");
    if (!status)
        status = latent__check_least(context, sample_count, 1, "sample_count");
    if (!status)
        status = latent__check_rows(context, samples, sample_count, points->rows, "samples");
    if (!status) {
        latent__problem problem = labelled(points, labels);
        problem.rows = samples;
        problem.row_count = sample_count;
        status = solve(context, &problem, options, kstar, extra);
    }
    return latent__leave(context, status);
}

static latent_status check_queries(latent_context *context, const latent_matrix *queries,
                                   const int32_t *query_labels, const latent_matrix *references,
                                   const int32_t *reference_labels) {
    latent_status status = latent__view_check(context, references, "references");
    if (!status)
        status = latent__check_second_view(context, queries, "queries", references, "references");
    if (!status)
        status = latent__need(context, query_labels, "query_labels");
    return status ? status : latent__need(context, reference_labels, "reference_labels");
}

latent_status latent_kstar_queries(latent_context *context, const latent_matrix *queries,
                                   const int32_t *query_labels, const latent_matrix *references,
                                   const int32_t *reference_labels,
                                   const latent_kstar_options *options, int64_t *kstar,
                                   latent_kstar_extra *extra) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = check_queries(context, queries, query_labels, references, reference_labels);
    if (!status) {
        latent__problem problem = {.references = references,
                                   .references_name = "references",
                                   .reference_labels = reference_labels,
                                   .queries = queries,
                                   .queries_name = "queries",
                                   .query_labels = query_labels};
        status = solve(context, &problem, options, kstar, extra);
    }
    return latent__leave(context, status);
}

static latent_status summary(latent_context *context, const int64_t *kstar, const int32_t *labels,
                             int64_t n, const latent_kstar_summary_options *given,
                             latent_kstar_concepts *given_concepts,
                             latent_kstar_overall *given_overall) {
    latent_kstar_summary_options options;
    latent_kstar_concepts concepts;
    latent_kstar_overall overall;
    latent_status status = latent__need(context, kstar, "kstar");
    if (!status)
        status = latent__need(context, labels, "labels");
    if (!status)
        status = latent__check_least(context, n, 1, "n");
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status =
            latent__options_read(context, &concepts, sizeof concepts, given_concepts, "concepts");
    if (!status)
        status = latent__options_read(context, &overall, sizeof overall, given_overall, "overall");
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status && !(options.threshold >= 0 && isfinite(options.threshold)))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->threshold is %g; it must be positive", options.threshold);
    if (status)
        return status;
    if (options.threshold == 0)
        options.threshold = 0.5;
    concepts.count = 0;
    latent__set_budget(context, 0, latent__linear(n, 40));
    status = latent__summary(context, kstar, labels, n, &options, given_concepts ? &concepts : NULL,
                             &overall);
    if (given_concepts && concepts.count > 0)
        latent__struct_write(given_concepts, &concepts, sizeof concepts);
    if (!status && given_overall)
        latent__struct_write(given_overall, &overall, sizeof overall);
    return status;
}

latent_status latent_kstar_summary(latent_context *context, const int64_t *kstar,
                                   const int32_t *labels, int64_t n,
                                   const latent_kstar_summary_options *options,
                                   latent_kstar_concepts *concepts, latent_kstar_overall *overall) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context,
                                  summary(context, kstar, labels, n, options, concepts, overall));
}

static latent_status sampled(latent_context *context, const latent_matrix *points,
                             const int32_t *labels, const latent_kstar_sampled_options *given,
                             latent_kstar_sampled_result *given_result) {
    latent_kstar_sampled_options options;
    latent_kstar_sampled_result result;
    latent_status status = check_points(context, points, labels);
    if (!status)
        status = latent__need(context, given_result, "result");
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__options_read(context, &result, sizeof result, given_result, "result");
    if (!status)
        status = latent__check_metric(context, options.metric, "options->metric");
    if (!status)
        status = latent__check_ties(context, options.ties);
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (status)
        return status;
    if (options.per_concept == 0)
        options.per_concept = 100;
    status = latent__check_least(context, options.per_concept, 3, "options->per_concept");
    if (status)
        return status;
    latent__problem problem = labelled(points, labels);
    problem.metric = (latent_metric)options.metric;
    result = (latent_kstar_sampled_result){.size = sizeof result};
    status = latent__sampled(context, &problem, &options, &result);
    if (!status)
        latent__struct_write(given_result, &result, sizeof result);
    return status;
}

latent_status latent_kstar_sampled(latent_context *context, const latent_matrix *points,
                                   const int32_t *labels,
                                   const latent_kstar_sampled_options *options,
                                   latent_kstar_sampled_result *result) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, sampled(context, points, labels, options, result));
}

latent_status latent_labels_distinct(latent_context *context, const int32_t *labels, int64_t n,
                                     int64_t *distinct) {
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__need(context, labels, "labels");
    if (!status)
        status = latent__need(context, distinct, "distinct");
    if (!status)
        status = latent__check_least(context, n, 1, "n");
    latent__groups groups;
    if (!status) {
        latent__set_budget(context, 0, latent__linear(n, 40));
        status = latent__groups_make(context, labels, NULL, n, &groups);
    }
    if (!status) {
        *distinct = groups.count;
        latent__groups_free(context, &groups);
    }
    return latent__leave(context, status);
}
