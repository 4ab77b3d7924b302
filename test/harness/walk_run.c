#include "walk_run.h"

#include <stdlib.h>

enum { BY_POINT = 3, BY_WALK = 3 };

size_t walk_run_bytes(int64_t walks, int64_t steps) {
    return (size_t)(walks * (BY_POINT * steps + BY_WALK)) * sizeof(double);
}

latent_walk_result walk_run_result(void *block, int64_t walks, int64_t steps) {
    double *const points = block, *const by_walk = points + BY_POINT * walks * steps;
    return (latent_walk_result){.size = sizeof(latent_walk_result),
                                .change = points,
                                .deviation = points + walks * steps,
                                .cosine = points + 2 * walks * steps,
                                .slope = by_walk,
                                .linear_until = by_walk + walks,
                                .same_until = by_walk + 2 * walks,
                                .differences = -1};
}

walk_run walk_run_new(int64_t walks, int64_t steps) {
    walk_run run = {.walks = walks, .steps = steps, .bytes = walk_run_bytes(walks, steps)};
    run.block = poison_new(run.bytes);
    run.result = walk_run_result(run.block, walks, steps);
    run.usage.size = sizeof run.usage;
    return run;
}

void walk_run_free(walk_run *run) {
    free(run->block);
}

bool walk_run_untouched(const walk_run *run) {
    return poison_intact(run->block, run->bytes) && run->result.differences == -1;
}

latent_status walk_run_along(latent_context *context, const latent_encoder *encoder,
                             const double *starts, const double *directions, const double *lengths,
                             const latent_walk_options *options, walk_run *run) {
    const latent_matrix x = latent_matrix_view(starts, run->walks, encoder->inputs, LATENT_F64);
    const latent_matrix u = latent_matrix_view(directions, run->walks, encoder->inputs, LATENT_F64);
    const latent_matrix t = latent_matrix_view(lengths, 1, run->steps, LATENT_F64);
    return latent_walk_along(context, encoder, &x, &u, &t, options, &run->result, &run->usage);
}
