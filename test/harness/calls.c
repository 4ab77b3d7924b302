#include "calls.h"

#include <stdlib.h>
#include <string.h>

#include "calls_concepts.h"
#include "calls_directions.h"
#include "calls_geometry.h"
#include "calls_matching.h"
#include "calls_moments.h"
#include "calls_robustness.h"
#include "prng.h"

/* The start of the block; the arrays follow, and after them what the other
 * families' calls write. */
typedef struct outputs {
    latent_kstar_extra extra;
    latent_kstar_concepts concepts;
    latent_kstar_overall overall;
    latent_kstar_sampled_result sampled;
    int64_t distinct;
    double number;
} outputs;

enum { ARRAYS = 8 };

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)set->block;
}

static int64_t room(const call_set *set) {
    return set->points.view.rows * set->k;
}

/* Output array `which`, with room for rows * k entries of 8 bytes. */
static void *array(const call_set *set, int which) {
    return set->block + sizeof(outputs) + (size_t)(which * room(set)) * 8;
}

unsigned char *call_set_matching(const call_set *set) {
    return array(set, ARRAYS);
}

unsigned char *call_set_robustness(const call_set *set) {
    return call_set_matching(set) + calls_matching_bytes(set);
}

unsigned char *call_set_directions(const call_set *set) {
    return call_set_robustness(set) + calls_robustness_bytes(set);
}

unsigned char *call_set_concepts(const call_set *set) {
    return call_set_directions(set) + calls_directions_bytes(set);
}

unsigned char *call_set_geometry(const call_set *set) {
    return call_set_concepts(set) + calls_concepts_bytes(set);
}

unsigned char *call_set_moments(const call_set *set) {
    return call_set_geometry(set) + calls_geometry_bytes(set);
}

/* Writes a fresh state into `block`, its pointers into the set's own block. */
static void prepare(const call_set *set, unsigned char *block) {
    poison_fill(block, set->bytes);
    outputs *const out = (outputs *)(void *)block;
    out->extra.size = sizeof out->extra;
    out->extra.foreign_index = array(set, 1);
    out->extra.foreign_distance = array(set, 2);
    out->concepts.size = sizeof out->concepts;
    out->concepts.capacity = set->points.view.rows;
    out->concepts.label = array(set, 2);
    out->concepts.samples = array(set, 3);
    out->concepts.mean = array(set, 4);
    out->concepts.std = array(set, 5);
    out->concepts.skewness = array(set, 6);
    out->concepts.pattern = array(set, 7);
    out->overall.size = sizeof out->overall;
    out->sampled.size = sizeof out->sampled;
    calls_matching_prepare(set, block + (call_set_matching(set) - set->block));
    calls_directions_prepare(set, block + (call_set_directions(set) - set->block));
    calls_concepts_prepare(set, block + (call_set_concepts(set) - set->block));
    calls_geometry_prepare(set, block + (call_set_geometry(set) - set->block));
    calls_moments_prepare(set, block + (call_set_moments(set) - set->block));
}

static latent_kstar_options kstar_options(const call_set *set) {
    return (latent_kstar_options){sizeof(latent_kstar_options), set->metric, set->ties};
}

static latent_status run_distance(latent_context *context, call_set *set) {
    return latent_distance(context, &set->points.view, 1, &set->queries.view, 0, set->metric,
                           &outputs_of(set)->number);
}

static latent_status run_kstar(latent_context *context, call_set *set) {
    const latent_kstar_options options = kstar_options(set);
    return latent_kstar(context, &set->points.view, set->points.labels, &options, array(set, 0),
                        &outputs_of(set)->extra);
}

static latent_status run_subset(latent_context *context, call_set *set) {
    const latent_kstar_options options = kstar_options(set);
    return latent_kstar_subset(context, &set->points.view, set->points.labels, set->samples,
                               set->points.view.rows / 2, &options, array(set, 0),
                               &outputs_of(set)->extra);
}

static latent_status run_queries(latent_context *context, call_set *set) {
    const latent_kstar_options options = kstar_options(set);
    return latent_kstar_queries(context, &set->queries.view, set->queries.labels, &set->points.view,
                                set->points.labels, &options, array(set, 0),
                                &outputs_of(set)->extra);
}

static latent_status run_sampled(latent_context *context, call_set *set) {
    const latent_kstar_sampled_options options = {.size = sizeof options,
                                                  .metric = set->metric,
                                                  .ties = set->ties,
                                                  .per_concept = 7,
                                                  .seed = 11};
    return latent_kstar_sampled(context, &set->points.view, set->points.labels, &options,
                                &outputs_of(set)->sampled);
}

static latent_status run_knn_self(latent_context *context, call_set *set) {
    const latent_knn_options options = {.size = sizeof options, .metric = set->metric};
    return latent_knn(context, NULL, &set->points.view, set->k, &options, array(set, 0),
                      array(set, 1));
}

static latent_status run_knn_queries(latent_context *context, call_set *set) {
    const latent_knn_options options = {.size = sizeof options, .metric = set->metric};
    return latent_knn(context, &set->queries.view, &set->points.view, set->k, &options,
                      array(set, 0), array(set, 1));
}

static latent_status run_summary(latent_context *context, call_set *set) {
    outputs *const out = outputs_of(set);
    return latent_kstar_summary(context, set->ranks, set->points.labels, set->points.view.rows,
                                NULL, &out->concepts, &out->overall);
}

static latent_status run_hubness(latent_context *context, call_set *set) {
    return latent_hubness(context, set->indices, set->points.view.rows, set->k,
                          set->points.view.rows, array(set, 0), &outputs_of(set)->number);
}

static latent_status run_distinct(latent_context *context, call_set *set) {
    return latent_labels_distinct(context, set->points.labels, set->points.view.rows,
                                  &outputs_of(set)->distinct);
}

const public_call public_calls[PUBLIC_CALLS] = {
    {"latent_kstar", run_kstar, true, true, NOTHING, false},
    {"latent_kstar_subset", run_subset, true, true, NOTHING, false},
    {"latent_kstar_queries", run_queries, true, true, NOTHING, false},
    {"latent_kstar_sampled", run_sampled, true, true, NOTHING, false},
    {"latent_knn", run_knn_self, true, true, NOTHING, false},
    {"latent_knn with queries", run_knn_queries, true, true, NOTHING, false},
    {"latent_kstar_summary", run_summary, true, false, NOTHING, false},
    {"latent_hubness", run_hubness, true, false, NOTHING, false},
    {"latent_labels_distinct", run_distinct, true, false, NOTHING, false},
    {"latent_distance", run_distance, false, false, NOTHING, false},
    {"latent_moments_compute", run_moments_compute, true, true, NOTHING, false},
    {"latent_moments_compute for features", run_moments_features, true, true, NOTHING, false},
    {"latent_moments_quantiles", run_moments_quantiles, true, true, NOTHING, true},
    {"latent_moments_create", run_moments_create, true, false, EVERYTHING, false},
    {"latent_moments_update", run_moments_update, true, true, NOTHING, false},
    {"latent_moments_merge", run_moments_merge, false, false, NOTHING, false},
    {"latent_moments_finish", run_moments_finish, false, false, NOTHING, false},
    {"latent_moments_outliers", run_moments_outliers, true, true, NOTHING, true},
    {"latent_moments_save", run_moments_save, false, false, NOTHING, false},
    {"latent_moments_load", run_moments_load, true, false, EVERYTHING, false},
    {"latent_robustness_fit", run_robustness_fit, true, false, NOTHING, false},
    {"latent_robustness_predict", run_robustness_predict, false, false, NOTHING, false},
    {"latent_robustness_effective", run_robustness_effective, false, false, NOTHING, false},
    {"latent_matching_run", run_matching, true, true, NOTHING, false},
    {"latent_walk_split", run_walk_split, true, true, NOTHING, false},
    {"latent_walk_along", run_walk_along, true, true, NOTHING, false},
    {"latent_directions_create", run_directions_create, true, false, SOMETHING, false},
    {"latent_directions_head", run_directions_head, true, true, NOTHING, false},
    {"latent_importance_create", run_importance_create, true, false, EVERYTHING, false},
    {"latent_importance_update", run_importance_update, true, true, NOTHING, false},
    {"latent_importance_merge", run_importance_merge, false, false, NOTHING, false},
    {"latent_importance_finish", run_importance_finish, true, false, NOTHING, false},
    {"latent_pruning_evaluate", run_pruning_evaluate, true, true, NOTHING, false},
    {"latent_pruning_gram", run_pruning_gram, true, true, NOTHING, false},
    {"latent_pruning_aware", run_pruning_aware, true, true, NOTHING, false},
    {"latent_concepts_count", run_concepts_count, true, true, NOTHING, true},
    {"latent_concepts_ap", run_concepts_ap, true, true, NOTHING, false},
    {"latent_concepts_ap with a basis", run_concepts_ap_basis, true, true, NOTHING, false},
    {"latent_concepts_encoded", run_concepts_encoded, true, true, NOTHING, true},
    {"latent_concepts_curve", run_concepts_curve, true, true, NOTHING, true},
    {"latent_concepts_null", run_concepts_null, true, true, NOTHING, false},
    {"latent_concepts_compare", run_concepts_compare, false, false, NOTHING, false},
    {"latent_encoder_check", run_encoder_check, true, true, NOTHING, true},
    {"latent_jacobian_explicit", run_jacobian_explicit, true, true, NOTHING, false},
    {"latent_jacobian_explicit by differences", run_jacobian_differences, true, true, NOTHING,
     false},
    {"latent_jacobian_spectrum", run_jacobian_spectrum, true, true, NOTHING, true},
    {"latent_jacobian_leading", run_jacobian_leading, true, true, NOTHING, true},
    {"latent_jacobian_norm", run_jacobian_norm, true, true, NOTHING, true},
    {"latent_lipschitz_along", run_lipschitz_along, true, true, NOTHING, true},
    {"latent_lipschitz_sample", run_lipschitz_sample, true, true, NOTHING, false},
    {"latent_lipschitz_ascend", run_lipschitz_ascend, true, true, NOTHING, true},
};

bool public_call_screens(const public_call *call) {
    return call->progresses && strncmp(call->name, "latent_k", 8) == 0;
}

call_set call_set_make(const data_spec *spec, int64_t k, latent_ties ties) {
    data_spec other = *spec;
    other.rows = spec->rows / 2 + 1;
    other.concepts = spec->concepts < other.rows ? spec->concepts : other.rows;
    other.seed = spec->seed + 1;
    call_set set = {.k = k, .metric = spec->metric, .ties = ties};
    set.points = dataset_make(spec);
    set.queries = dataset_make(&other);
    const int64_t n = spec->rows;
    prng g = {spec->seed + 2};
    set.samples = malloc((size_t)n * 8);
    set.ranks = malloc((size_t)n * 8);
    set.indices = malloc((size_t)(n * k) * 8);
    for (int64_t i = 0; i < n; i++) {
        set.samples[i] = prng_below(&g, n);
        int64_t same = 0;
        for (int64_t j = 0; j < n; j++)
            same += set.points.labels[j] == set.points.labels[i];
        set.ranks[i] = 1 + prng_below(&g, same);
    }
    for (int64_t i = 0; i < n * k; i++)
        set.indices[i] = prng_below(&g, n);
    calls_moments_inputs(&set);
    calls_robustness_inputs(&set);
    calls_directions_inputs(&set);
    calls_concepts_inputs(&set);
    calls_geometry_inputs(&set);
    set.bytes = sizeof(outputs) + (size_t)(ARRAYS * room(&set)) * 8 + calls_matching_bytes(&set) +
                calls_robustness_bytes(&set) + calls_directions_bytes(&set) +
                calls_concepts_bytes(&set) + calls_geometry_bytes(&set) + calls_moments_bytes(&set);
    set.block = malloc(set.bytes);
    return set;
}

void call_set_free(call_set *set) {
    dataset_free(&set->points);
    dataset_free(&set->queries);
    free(set->samples);
    free(set->ranks);
    free(set->indices);
    free(set->numbers);
    free(set->saved);
    free(set->saved_too);
    calls_robustness_free(set);
    calls_directions_free(set);
    calls_concepts_free(set);
    calls_geometry_free(set);
    free(set->block);
}

latent_status public_call_run(const public_call *call, latent_context *context, call_set *set) {
    prepare(set, set->block);
    const latent_status status = call->run(context, set);
    if (status == LATENT_OK)
        outputs_of(set)->extra.rescored_pairs = outputs_of(set)->extra.nearest_screen =
            outputs_of(set)->extra.count_screen = 0;
    return status;
}

bool public_call_wrote_nothing(const call_set *set) {
    unsigned char *const fresh = malloc(set->bytes);
    prepare(set, fresh);
    const bool same = memcmp(fresh, set->block, set->bytes) == 0;
    free(fresh);
    return same;
}

void *public_call_outputs(const call_set *set) {
    void *copy = malloc(set->bytes);
    memcpy(copy, set->block, set->bytes);
    return copy;
}

bool public_call_same(const call_set *set, const void *outputs_before) {
    return memcmp(set->block, outputs_before, set->bytes) == 0;
}
