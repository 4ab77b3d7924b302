#include "geometry_struct_calls.h"

#include "toy_encoder.h"

enum { N = 2, M = 3 };

static const double matrix[M * N] = {1, 0.5, -0.5, 1, 2, 0}, point[N] = {0.25, -1};
static const double epsilon = 0.5;
static toy_encoder toy = {.kind = TOY_LINEAR, .n = N, .m = M, .matrix = matrix};

static latent_encoder encoder(void) {
    return toy_encoder_make(&toy, LATENT_F64);
}

static latent_status check(latent_context *context, void *options, void *result, void *usage) {
    const latent_encoder f = encoder();
    latent_encoder_check_result own = {.size = sizeof own};
    return latent_encoder_check(context, &f, point, options, result ? result : &own, usage);
}

latent_status struct_encoder_usage(latent_context *context, void *given) {
    return check(context, NULL, NULL, given);
}

latent_status struct_check_options(latent_context *context, void *given) {
    return check(context, given, NULL, NULL);
}

latent_status struct_check_result(latent_context *context, void *given) {
    return check(context, NULL, given, NULL);
}

latent_status struct_jacobian_options(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    latent_jacobian own = {.size = sizeof own};
    return latent_jacobian_explicit(context, &f, point, given, &own, NULL);
}

latent_status struct_jacobian(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    return latent_jacobian_explicit(context, &f, point, NULL, given, NULL);
}

latent_status struct_spectrum_options(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    latent_jacobian_spectrum_result own = {.size = sizeof own};
    return latent_jacobian_spectrum(context, &f, point, given, &own, NULL);
}

latent_status struct_spectrum(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    return latent_jacobian_spectrum(context, &f, point, NULL, given, NULL);
}

latent_status struct_leading_options(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    latent_jacobian_triplets own = {.size = sizeof own};
    return latent_jacobian_leading(context, &f, point, 1, given, &own, NULL);
}

latent_status struct_triplets(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    return latent_jacobian_leading(context, &f, point, 1, NULL, given, NULL);
}

latent_status struct_norm_options(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    latent_jacobian_norm_result own = {.size = sizeof own};
    return latent_jacobian_norm(context, &f, point, given, &own, NULL);
}

latent_status struct_norm_result(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    return latent_jacobian_norm(context, &f, point, NULL, given, NULL);
}

static latent_status sample(latent_context *context, void *sampling, void *result) {
    const latent_encoder f = encoder();
    const latent_lipschitz_sampling other = {.size = sizeof other, .count = 3};
    const latent_lipschitz_options options = {
        .size = sizeof options, .epsilons = &epsilon, .epsilon_count = 1};
    latent_lipschitz_result own = {.size = sizeof own};
    return latent_lipschitz_sample(context, &f, point, sampling ? sampling : &other, &options,
                                   result ? result : &own, NULL);
}

latent_status struct_lipschitz_result(latent_context *context, void *given) {
    return sample(context, NULL, given);
}

latent_status struct_sampling(latent_context *context, void *given) {
    return sample(context, given, NULL);
}

latent_status struct_ascent_options(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    latent_lipschitz_ascent own = {.size = sizeof own};
    return latent_lipschitz_ascend(context, &f, point, given, &own, NULL);
}

latent_status struct_ascent(latent_context *context, void *given) {
    const latent_encoder f = encoder();
    const latent_lipschitz_ascent_options options = {.size = sizeof options, .epsilon = epsilon};
    return latent_lipschitz_ascend(context, &f, point, &options, given, NULL);
}
