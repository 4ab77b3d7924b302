#include "calls_geometry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prng.h"
#include "toy_encoder.h"

enum { OUTPUTS = 7, TRIPLETS = 3, DIRECTIONS = 9, EPSILONS = 2, QUANTILES = 2, RESTARTS = 3 };

/* An encoder of inputs_of() numbers, and a point. */
struct geometry_inputs {
    toy_encoder toy;
    double *matrix, *point, *directions;
    double values[OUTPUTS]; /* all singular values, of the shorter side */
};

/* The start of this family's place in the block; the arrays follow. */
typedef struct outputs {
    latent_encoder_check_result check;
    latent_jacobian jacobian;
    latent_jacobian_spectrum_result spectrum;
    latent_jacobian_triplets triplets;
    latent_jacobian_norm_result norm;
    latent_lipschitz_result lipschitz;
    latent_lipschitz_ascent ascent;
} outputs;

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)call_set_geometry(set);
}

static int64_t inputs_of(const call_set *set) {
    return set->points.view.columns;
}

/* Doubles of each array; they follow one another, whichever call they belong to. */
static void place_arrays(const call_set *set, outputs *out, double *at, double **end) {
    const int64_t n = inputs_of(set), k = n < OUTPUTS ? n : OUTPUTS;
    out->jacobian.entries = at;
    out->spectrum.values = at += OUTPUTS * n;
    out->spectrum.right = at += k;
    out->spectrum.left = at += k * n;
    out->triplets.values = at += OUTPUTS * k;
    out->triplets.right = at += TRIPLETS;
    out->triplets.left = at += TRIPLETS * n;
    out->triplets.residuals = at += TRIPLETS * OUTPUTS;
    out->triplets.transposed_residuals = at += TRIPLETS;
    out->lipschitz.constants = at += TRIPLETS;
    out->lipschitz.mean = at += DIRECTIONS * EPSILONS;
    out->lipschitz.std = at += EPSILONS;
    out->lipschitz.min = at += EPSILONS;
    out->lipschitz.max = at += EPSILONS;
    out->lipschitz.quantiles = at += EPSILONS;
    out->lipschitz.rounding = at += EPSILONS * QUANTILES;
    out->lipschitz.dominated = (int64_t *)(void *)(at += EPSILONS);
    out->ascent.direction = at += EPSILONS;
    out->ascent.constants = at += n;
    *end = at + RESTARTS;
}

size_t calls_geometry_bytes(const call_set *set) {
    outputs unused;
    double *const start = set->geometry->point, *end = NULL;
    place_arrays(set, &unused, start, &end);
    return sizeof(outputs) + (size_t)(end - start) * sizeof *end;
}

void calls_geometry_prepare(const call_set *set, unsigned char *place) {
    outputs *const out = (outputs *)(void *)place;
    double *end;
    place_arrays(set, out, (double *)(void *)(outputs_of(set) + 1), &end);
    out->check.size = sizeof out->check;
    out->jacobian.size = sizeof out->jacobian;
    out->spectrum.size = sizeof out->spectrum;
    out->triplets.size = sizeof out->triplets;
    out->norm.size = sizeof out->norm;
    out->lipschitz.size = sizeof out->lipschitz;
    out->ascent.size = sizeof out->ascent;
}

static double *normals(prng *g, int64_t count) {
    double *const made = malloc((size_t)count * sizeof *made);
    for (int64_t i = 0; i < count; i++)
        made[i] = prng_normal(g);
    return made;
}

/* All singular values, by a context that the tests do not look at. */
static void decompose(call_set *set) {
    latent_context *const context = testing_context_with(NULL);
    const latent_encoder encoder = toy_encoder_make(&set->geometry->toy, LATENT_F64);
    latent_jacobian_spectrum_result result = {.size = sizeof result,
                                              .values = set->geometry->values};
    expect_ok(context, latent_jacobian_spectrum(context, &encoder, set->geometry->point, NULL,
                                                &result, NULL));
    latent_context_destroy(context);
}

void calls_geometry_inputs(call_set *set) {
    const int64_t n = inputs_of(set);
    prng g = {77};
    struct geometry_inputs *const made = malloc(sizeof *made);
    made->matrix = normals(&g, OUTPUTS * n);
    for (int64_t e = 0; e < OUTPUTS * n; e++)
        made->matrix[e] /= sqrt((double)n);
    made->point = normals(&g, n);
    made->directions = normals(&g, DIRECTIONS * n);
    made->toy = (toy_encoder){.kind = TOY_TANH, .n = n, .m = OUTPUTS, .matrix = made->matrix};
    set->geometry = made;
    decompose(set);
}

void calls_geometry_free(call_set *set) {
    free(set->geometry->matrix);
    free(set->geometry->point);
    free(set->geometry->directions);
    free(set->geometry);
}

/* In small batches, from several threads where there are, or as the library finds fitting. */
static latent_encoder shared(call_set *set) {
    latent_encoder encoder = toy_encoder_make(&set->geometry->toy, LATENT_F64);
    encoder.concurrent = 1;
    encoder.max_batch = 2;
    return encoder;
}

static latent_encoder alone(call_set *set, latent_type type) {
    return toy_encoder_make(&set->geometry->toy, type);
}

latent_status run_encoder_check(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F64);
    return latent_encoder_check(context, &encoder, set->geometry->point, NULL,
                                &outputs_of(set)->check, NULL);
}

latent_status run_jacobian_explicit(latent_context *context, call_set *set) {
    const latent_encoder encoder = shared(set);
    return latent_jacobian_explicit(context, &encoder, set->geometry->point, NULL,
                                    &outputs_of(set)->jacobian, NULL);
}

latent_status run_jacobian_differences(latent_context *context, call_set *set) {
    const latent_encoder encoder = shared(set);
    const latent_jacobian_options options = {.size = sizeof options,
                                             .method = LATENT_JACOBIAN_DIFFERENCES};
    return latent_jacobian_explicit(context, &encoder, set->geometry->point, &options,
                                    &outputs_of(set)->jacobian, NULL);
}

/* LAPACK's last bits depend on its threads: what it gave is compared, and then wiped out. */
latent_status run_jacobian_spectrum(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F64);
    latent_jacobian_spectrum_result *const out = &outputs_of(set)->spectrum;
    const int64_t n = inputs_of(set), k = n < OUTPUTS ? n : OUTPUTS;
    const latent_status status =
        latent_jacobian_spectrum(context, &encoder, set->geometry->point, NULL, out, NULL);
    if (status == LATENT_OK) {
        for (int64_t i = 0; i < k; i++)
            assert_true(fabs(out->values[i] - set->geometry->values[i]) < 1e-12);
        memset(out->values, 0, (size_t)(k + k * n + OUTPUTS * k) * sizeof(double));
        out->stable_rank = 0;
    }
    return status;
}

latent_status run_jacobian_leading(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F64);
    return latent_jacobian_leading(context, &encoder, set->geometry->point, TRIPLETS, NULL,
                                   &outputs_of(set)->triplets, NULL);
}

latent_status run_jacobian_norm(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F32);
    return latent_jacobian_norm(context, &encoder, set->geometry->point, NULL,
                                &outputs_of(set)->norm, NULL);
}

static const double epsilons[EPSILONS] = {0.5, 0.01}, probabilities[QUANTILES] = {0.1, 0.5};
static const latent_lipschitz_options evaluated = {.size = sizeof evaluated,
                                                   .epsilons = epsilons,
                                                   .epsilon_count = EPSILONS,
                                                   .probabilities = probabilities,
                                                   .quantile_count = QUANTILES};

latent_status run_lipschitz_along(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F32);
    const latent_matrix directions =
        latent_matrix_view(set->geometry->directions, DIRECTIONS, inputs_of(set), LATENT_F64);
    return latent_lipschitz_along(context, &encoder, set->geometry->point, &directions, &evaluated,
                                  &outputs_of(set)->lipschitz, NULL);
}

latent_status run_lipschitz_sample(latent_context *context, call_set *set) {
    const latent_encoder encoder = shared(set);
    const latent_lipschitz_sampling sampling = {.size = sizeof sampling,
                                                .count = DIRECTIONS,
                                                .complement_of = set->geometry->directions,
                                                .complement_count = 2};
    return latent_lipschitz_sample(context, &encoder, set->geometry->point, &sampling, &evaluated,
                                   &outputs_of(set)->lipschitz, NULL);
}

latent_status run_lipschitz_ascend(latent_context *context, call_set *set) {
    const latent_encoder encoder = alone(set, LATENT_F64);
    const latent_lipschitz_ascent_options options = {
        .size = sizeof options, .epsilon = 0.5, .restarts = RESTARTS, .iterations = 5};
    return latent_lipschitz_ascend(context, &encoder, set->geometry->point, &options,
                                   &outputs_of(set)->ascent, NULL);
}
