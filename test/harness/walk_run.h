/* A run of latent_walk_along() with all that it can write. */
#ifndef HARNESS_WALK_RUN_H
#define HARNESS_WALK_RUN_H

#include "toy_encoder.h"

typedef struct walk_run {
    int64_t walks, steps;
    latent_walk_result result; /* its arrays are in `block` */
    latent_encoder_usage usage;
    void *block;
    size_t bytes;
} walk_run;

/* Bytes of the arrays, a multiple of 8, and a result that has them at `block`. */
size_t walk_run_bytes(int64_t walks, int64_t steps);
latent_walk_result walk_run_result(void *block, int64_t walks, int64_t steps);

/* Room for what a run writes, poisoned. */
walk_run walk_run_new(int64_t walks, int64_t steps);
void walk_run_free(walk_run *run);
bool walk_run_untouched(const walk_run *run);

/* Runs with everything in float64; all walks have the same lengths. */
latent_status walk_run_along(latent_context *context, const latent_encoder *encoder,
                             const double *starts, const double *directions, const double *lengths,
                             const latent_walk_options *options, walk_run *run);

#endif
