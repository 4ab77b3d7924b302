#include "matching_struct_calls.h"

#include "toy_encoder.h"

enum { N = 6, D = 2 };
static const float points[N * D] = {0, 0, 1, 0, 0, 2, 9, 9, 8, 9, 9, 7};

/* f(x) = x_0 + 2 x_1 at the points, towards 3. */
static latent_status match(latent_context *context, const void *options, void *result) {
    static const double matrix[D] = {1, 2}, targets[N] = {3, 3, 3, 3, 3, 3};
    const latent_matrix starts = latent_matrix_view(points, N, D, LATENT_F32);
    const latent_matrix ends = latent_matrix_view(targets, N, 1, LATENT_F64);
    toy_encoder toy = {.kind = TOY_LINEAR, .n = D, .m = 1, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    return latent_matching_run(context, &encoder, &starts, NULL, &ends, options, result, NULL);
}

latent_status struct_matching_options(latent_context *context, void *given) {
    latent_matching_result result = {.size = sizeof result};
    return match(context, given, &result);
}

latent_status struct_matching_result(latent_context *context, void *given) {
    return match(context, NULL, given);
}

static latent_status split(latent_context *context, const void *options, void *parts) {
    static const double axis[D] = {0, 1};
    const latent_matrix directions = latent_matrix_view(axis, 1, D, LATENT_F64);
    const latent_matrix displacements = latent_matrix_view(points, N, D, LATENT_F32);
    return latent_walk_split(context, &directions, &displacements, options, parts);
}

latent_status struct_split_options(latent_context *context, void *given) {
    latent_walk_parts parts = {.size = sizeof parts};
    return split(context, given, &parts);
}

latent_status struct_split_parts(latent_context *context, void *given) {
    return split(context, NULL, given);
}

/* From each point along (1, 1). */
static latent_status walk(latent_context *context, const void *options, void *result) {
    static const double matrix[D] = {1, 2}, length = 1;
    static const double ones[N * D] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const latent_matrix starts = latent_matrix_view(points, N, D, LATENT_F32);
    const latent_matrix directions = latent_matrix_view(ones, N, D, LATENT_F64);
    const latent_matrix lengths = latent_matrix_view(&length, 1, 1, LATENT_F64);
    toy_encoder toy = {.kind = TOY_LINEAR, .n = D, .m = 1, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    return latent_walk_along(context, &encoder, &starts, &directions, &lengths, options, result,
                             NULL);
}

latent_status struct_walk_options(latent_context *context, void *given) {
    latent_walk_result result = {.size = sizeof result};
    return walk(context, given, &result);
}

latent_status struct_walk_result(latent_context *context, void *given) {
    return walk(context, NULL, given);
}
