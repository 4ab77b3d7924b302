#include "struct_calls.h"

#include <stddef.h>

#include "geometry_struct_calls.h"
#include "matching_struct_calls.h"

enum { N = 6, D = 2 };
static const float points_data[N * D] = {0, 0, 1, 0, 0, 2, 9, 9, 8, 9, 9, 7};
static const int32_t labels[N] = {1, 1, 1, 2, 2, 2};
static const int64_t ranks[N] = {1, 2, 3, 1, 2, 2};
static int64_t integers[N * N];

static latent_matrix points(void) {
    return latent_matrix_view(points_data, N, D, LATENT_F32);
}

latent_status struct_context_options(latent_context *context, void *given) {
    (void)context;
    latent_context *made = NULL;
    const latent_status status = latent_context_create(&made, given);
    latent_context_destroy(made);
    return status;
}

static latent_status kstar_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar(context, &view, labels, given, integers, NULL);
}

static latent_status kstar_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar(context, &view, labels, NULL, integers, given);
}

static latent_status subset_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    static const int64_t samples[] = {3, 1};
    return latent_kstar_subset(context, &view, labels, samples, 2, given, integers, NULL);
}

static latent_status subset_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    static const int64_t samples[] = {3, 1};
    return latent_kstar_subset(context, &view, labels, samples, 2, NULL, integers, given);
}

static latent_status queries_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_queries(context, &view, labels, &view, labels, given, integers, NULL);
}

static latent_status queries_extra(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_queries(context, &view, labels, &view, labels, NULL, integers, given);
}

static latent_status summary_options(latent_context *context, void *given) {
    latent_kstar_overall overall = {.size = sizeof overall};
    return latent_kstar_summary(context, ranks, labels, N, given, NULL, &overall);
}

static latent_status summary_concepts(latent_context *context, void *given) {
    return latent_kstar_summary(context, ranks, labels, N, NULL, given, NULL);
}

latent_status struct_summary_overall(latent_context *context, void *given) {
    return latent_kstar_summary(context, ranks, labels, N, NULL, NULL, given);
}

static latent_status sampled_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_kstar_sampled_result result = {.size = sizeof result};
    return latent_kstar_sampled(context, &view, labels, given, &result);
}

static latent_status sampled_result(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_kstar_sampled(context, &view, labels, NULL, given);
}

static latent_status knn_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_knn(context, NULL, &view, 2, given, integers, NULL);
}

static latent_status compute_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_moments_overall overall = {.size = sizeof overall};
    return latent_moments_compute(context, &view, given, NULL, NULL, &overall);
}

static latent_status compute_samples(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, given, NULL, NULL);
}

static latent_status compute_features(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, NULL, given, NULL);
}

latent_status struct_compute_overall(latent_context *context, void *given) {
    const latent_matrix view = points();
    return latent_moments_compute(context, &view, NULL, NULL, NULL, given);
}

static latent_status create_options(latent_context *context, void *given) {
    latent_moments *made = NULL;
    const latent_status status = latent_moments_create(context, D, given, &made);
    latent_moments_destroy(made);
    return status;
}

/* An accumulator of all points, made apart from the context under test. */
static latent_moments *accumulated(void) {
    const latent_matrix view = points();
    const latent_moments_options options = {.size = sizeof options, .samples = 1, .outliers = 1};
    latent_context *const context = testing_context();
    latent_moments *made = NULL;
    expect_ok(context, latent_moments_create(context, D, &options, &made));
    expect_ok(context, latent_moments_update(context, made, &view, NULL));
    latent_context_destroy(context);
    return made;
}

static latent_status update_samples(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_update(context, moments, &view, given);
    latent_moments_destroy(moments);
    return status;
}

static latent_status finish_features(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_finish(context, moments, given, NULL);
    latent_moments_destroy(moments);
    return status;
}

static latent_status finish_overall(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_finish(context, moments, NULL, given);
    latent_moments_destroy(moments);
    return status;
}

static latent_status outliers_options(latent_context *context, void *given) {
    latent_outliers outliers = {.size = sizeof outliers};
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_outliers(context, moments, given, &outliers);
    latent_moments_destroy(moments);
    return status;
}

static latent_status outliers_result(latent_context *context, void *given) {
    latent_moments *const moments = accumulated();
    const latent_status status = latent_moments_outliers(context, moments, NULL, given);
    latent_moments_destroy(moments);
    return status;
}

static const double percents[4] = {60, 70, 50, 65}; /* two models: reference, then shifted */

static latent_matrix shifted(void) {
    return latent_matrix_view(percents + 2, 2, 1, LATENT_F64);
}

static latent_status fit_options(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    latent_robustness_fits fits = {.size = sizeof fits};
    return latent_robustness_fit(context, percents, &view, given, &fits);
}

static latent_status fit_fits(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    return latent_robustness_fit(context, percents, &view, NULL, given);
}

static latent_status effective_options(latent_context *context, void *given) {
    const latent_matrix view = shifted();
    double slope = 1, intercept = 0, mean[2];
    const latent_robustness_fits fits = {
        .size = sizeof fits, .slope = &slope, .intercept = &intercept};
    return latent_robustness_effective(context, &fits, percents, &view, given, NULL, mean);
}

static const double weights[2 * D] = {1, 2, 3, 4}; /* a head of two classes */
static const int32_t classes[N] = {0, 1, 1, 0, 0, 1};

static latent_status directions_options(latent_context *context, void *given) {
    const latent_matrix view = latent_matrix_view(weights, 2, D, LATENT_F64);
    latent_directions *made = NULL;
    const latent_status status = latent_directions_create(context, &view, given, &made);
    latent_directions_destroy(made);
    return status;
}

/* Directions made apart from the context under test. */
static latent_directions *decomposed(void) {
    const latent_matrix view = latent_matrix_view(weights, 2, D, LATENT_F64);
    latent_context *const context = testing_context();
    latent_directions *made = NULL;
    expect_ok(context, latent_directions_create(context, &view, NULL, &made));
    latent_context_destroy(context);
    return made;
}

latent_status struct_importance_result(latent_context *context, void *given) {
    latent_directions *const directions = decomposed();
    const latent_status status =
        latent_importance_finish(context, NULL, directions, LATENT_IMPORTANCE_SINGULAR, given);
    latent_directions_destroy(directions);
    return status;
}

static latent_status pruning_options(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_pruning_curve curve = {.size = sizeof curve};
    latent_directions *const directions = decomposed();
    const latent_status status =
        latent_pruning_evaluate(context, directions, &view, classes, NULL, NULL, given, &curve);
    latent_directions_destroy(directions);
    return status;
}

static latent_status pruning_curve(latent_context *context, void *given) {
    const latent_matrix view = points();
    latent_directions *const directions = decomposed();
    const latent_status status =
        latent_pruning_evaluate(context, directions, &view, classes, NULL, NULL, NULL, given);
    latent_directions_destroy(directions);
    return status;
}

static latent_status aware_result(latent_context *context, void *given) {
    static const double gram[D * D] = {2, 1, 1, 3};
    latent_directions *const directions = decomposed();
    const latent_status status = latent_pruning_aware(context, directions, gram, given);
    latent_directions_destroy(directions);
    return status;
}

/* The bits of 0.5, for a first field that is a positive number. */
#define ONE_HALF INT64_C(0x3fe0000000000000)

const struct_case struct_cases[STRUCT_CASES] = {
    {"options", struct_context_options, sizeof(latent_context_options), 0, 0},
    {"options", kstar_options, sizeof(latent_kstar_options), 0, 0},
    {"extra", kstar_extra, sizeof(latent_kstar_extra), 0, 0},
    {"options", subset_options, sizeof(latent_kstar_options), 0, 0},
    {"extra", subset_extra, sizeof(latent_kstar_extra), 0, 0},
    {"options", queries_options, sizeof(latent_kstar_options), 0, 0},
    {"extra", queries_extra, sizeof(latent_kstar_extra), 0, 0},
    {"options", summary_options, sizeof(latent_kstar_summary_options), 0,
     offsetof(latent_kstar_summary_options, reserved)},
    {"concepts", summary_concepts, sizeof(latent_kstar_concepts), 2, 0},
    {"overall", struct_summary_overall, sizeof(latent_kstar_overall), 0, 0},
    {"options", sampled_options, sizeof(latent_kstar_sampled_options), 0,
     offsetof(latent_kstar_sampled_options, reserved)},
    {"result", sampled_result, sizeof(latent_kstar_sampled_result), 0, 0},
    {"options", knn_options, sizeof(latent_knn_options), 0, offsetof(latent_knn_options, reserved)},
    {"options", compute_options, sizeof(latent_moments_options), 0,
     offsetof(latent_moments_options, reserved)},
    {"samples", compute_samples, sizeof(latent_moments_samples), 0, 0},
    {"features", compute_features, sizeof(latent_moments_features), 0, 0},
    {"overall", struct_compute_overall, sizeof(latent_moments_overall), 0, 0},
    {"options", create_options, sizeof(latent_moments_options), 0,
     offsetof(latent_moments_options, reserved)},
    {"samples", update_samples, sizeof(latent_moments_samples), 0, 0},
    {"features", finish_features, sizeof(latent_moments_features), 0, 0},
    {"overall", finish_overall, sizeof(latent_moments_overall), 0, 0},
    {"options", outliers_options, sizeof(latent_outliers_options), 0, 0},
    {"outliers", outliers_result, sizeof(latent_outliers), 0, 0},
    {"options", fit_options, sizeof(latent_robustness_options), 0,
     offsetof(latent_robustness_options, reserved)},
    {"fits", fit_fits, sizeof(latent_robustness_fits), 0, 0},
    {"options", effective_options, sizeof(latent_robustness_options), 0,
     offsetof(latent_robustness_options, reserved)},
    {"options", directions_options, sizeof(latent_directions_options), 0, 0},
    {"result", struct_importance_result, sizeof(latent_importance_result), 0, 0},
    {"options", pruning_options, sizeof(latent_pruning_options), 0,
     offsetof(latent_pruning_options, reserved)},
    {"curve", pruning_curve, sizeof(latent_pruning_curve), 0, 0},
    {"result", aware_result, sizeof(latent_pruning_aware_result), 0, 0},
    {"counts", struct_concepts_counts, sizeof(latent_concepts_counts), 0, 0},
    {"options", struct_concepts_options, sizeof(latent_concepts_options), 0,
     offsetof(latent_concepts_options, reserved)},
    {"report", struct_concepts_report, sizeof(latent_concepts_report), 0, 0},
    {"options", struct_concepts_null_options, sizeof(latent_concepts_null_options), 0,
     offsetof(latent_concepts_null_options, reserved)},
    {"chance", struct_concepts_chance, sizeof(latent_concepts_chance), 0, 0},
    {"overlap", struct_concepts_overlap, sizeof(latent_concepts_overlap), 0, 0},
    {"options", struct_matching_options, sizeof(latent_matching_options), 0,
     offsetof(latent_matching_options, reserved)},
    {"result", struct_matching_result, sizeof(latent_matching_result), 0, 0},
    {"options", struct_split_options, sizeof(latent_walk_split_options), 0, 0},
    {"parts", struct_split_parts, sizeof(latent_walk_parts), 0, 0},
    {"options", struct_walk_options, sizeof(latent_walk_options), 0,
     offsetof(latent_walk_options, reserved)},
    {"result", struct_walk_result, sizeof(latent_walk_result), 0, 0},
    {"usage", struct_encoder_usage, sizeof(latent_encoder_usage), 0, 0},
    {"options", struct_check_options, sizeof(latent_encoder_check_options), 0, 0},
    {"result", struct_check_result, sizeof(latent_encoder_check_result), 0, 0},
    {"options", struct_jacobian_options, sizeof(latent_jacobian_options), 0,
     offsetof(latent_jacobian_options, reserved)},
    {"result", struct_jacobian, sizeof(latent_jacobian), 0, 0},
    {"options", struct_spectrum_options, sizeof(latent_jacobian_options), 0,
     offsetof(latent_jacobian_options, reserved)},
    {"result", struct_spectrum, sizeof(latent_jacobian_spectrum_result), 0, 0},
    {"options", struct_leading_options, sizeof(latent_jacobian_leading_options), 0, 0},
    {"result", struct_triplets, sizeof(latent_jacobian_triplets), 0, 0},
    {"options", struct_norm_options, sizeof(latent_jacobian_norm_options), 0, 0},
    {"result", struct_norm_result, sizeof(latent_jacobian_norm_result), 0, 0},
    {"result", struct_lipschitz_result, sizeof(latent_lipschitz_result), 0, 0},
    {"sampling", struct_sampling, sizeof(latent_lipschitz_sampling), 2, 0},
    {"options", struct_ascent_options, sizeof(latent_lipschitz_ascent_options), ONE_HALF, 0},
    {"result", struct_ascent, sizeof(latent_lipschitz_ascent), 0, 0},
};
