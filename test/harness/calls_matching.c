#include "calls_matching.h"

#include "match_run.h"
#include "walk_run.h"

enum { PAIRS = 5, N = 4, M = 3, STEPS = 4, LENGTHS = 3, DIRECTIONS = 2 };

/* The start of this part's place in the block; the arrays follow. */
typedef struct outputs {
    latent_matching_result matching;
    latent_walk_parts parts;
    latent_walk_result walk;
} outputs;

static const double matrix[M * N] = {0.5, -1, 0.25, 0.75, 1, 0.5, -0.5, 0, -0.25, 0.5, 1, -0.75};
static const double starts[PAIRS * N] = {0,    1, 0.5, 0.25, 1,   0,    0.75, 0.5, 0.125, 0.875,
                                         0.25, 1, 0,   0.5,  0.5, 0.25, 1,    1,   0,     0.5};
static const double inputs[PAIRS * N] = {1, 0, 0.25, 0.5,  0.5, 0.25, 1,   0,    0.75, 0.5,
                                         0, 1, 0.25, 0.75, 1,   0.5,  0.5, 0.25, 0,    1};
static const double directions[DIRECTIONS * N] = {0.6, 0.8, 0, 0, 0, 0, 0, 1};
static const double lengths[LENGTHS] = {0.125, 0.5, 2};

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)call_set_matching(set);
}

static double *matching_output(const call_set *set) {
    return (double *)(void *)(outputs_of(set) + 1);
}

static double *walk_output(const call_set *set) {
    return matching_output(set) + match_run_bytes(PAIRS, N, M, STEPS + 1) / sizeof(double);
}

static double *parts_output(const call_set *set) {
    return walk_output(set) + walk_run_bytes(PAIRS, LENGTHS) / sizeof(double);
}

size_t calls_matching_bytes(const call_set *set) {
    (void)set;
    return sizeof(outputs) + match_run_bytes(PAIRS, N, M, STEPS + 1) +
           walk_run_bytes(PAIRS, LENGTHS) + (2 * PAIRS * N + 2 * PAIRS) * sizeof(double);
}

void calls_matching_prepare(const call_set *set, unsigned char *place) {
    outputs *const out = (outputs *)(void *)place;
    double *const within = parts_output(set), *const rest = within + PAIRS * N;
    out->matching = match_run_result(matching_output(set), PAIRS, N, M, STEPS + 1);
    out->walk = walk_run_result(walk_output(set), PAIRS, LENGTHS);
    out->parts = (latent_walk_parts){.size = sizeof out->parts,
                                     .within = within,
                                     .rest = rest,
                                     .within_norm = rest + PAIRS * N,
                                     .rest_norm = rest + PAIRS * N + PAIRS,
                                     .deviation = -1};
}

static latent_matrix view(const double *rows, int64_t count) {
    return latent_matrix_view(rows, count, N, LATENT_F64);
}

static toy_encoder toy(void) {
    return (toy_encoder){.kind = TOY_TANH, .n = N, .m = M, .matrix = matrix};
}

latent_status run_matching(latent_context *context, call_set *set) {
    const latent_matching_options options = {
        .size = sizeof options, .max_steps = STEPS, .tolerance = -1, .radius = 0.5};
    const latent_matrix from = view(starts, PAIRS), to = view(inputs, PAIRS);
    toy_encoder own = toy();
    latent_encoder encoder = toy_encoder_make(&own, LATENT_F32);
    encoder.max_batch = 2;
    encoder.concurrent = 1;
    return latent_matching_run(context, &encoder, &from, &to, NULL, &options,
                               &outputs_of(set)->matching, NULL);
}

latent_status run_walk_split(latent_context *context, call_set *set) {
    const latent_matrix v = view(directions, DIRECTIONS), d = view(starts, PAIRS);
    return latent_walk_split(context, &v, &d, NULL, &outputs_of(set)->parts);
}

latent_status run_walk_along(latent_context *context, call_set *set) {
    const latent_matrix from = view(starts, PAIRS), u = view(inputs, PAIRS);
    const latent_matrix t = latent_matrix_view(lengths, 1, LENGTHS, LATENT_F64);
    toy_encoder own = toy();
    latent_encoder encoder = toy_encoder_make(&own, LATENT_F64);
    encoder.max_batch = 2;
    encoder.jvp = NULL;
    return latent_walk_along(context, &encoder, &from, &u, &t, NULL, &outputs_of(set)->walk, NULL);
}
