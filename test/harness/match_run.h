/* A run of latent_matching_run() with all that it can write. */
#ifndef HARNESS_MATCH_RUN_H
#define HARNESS_MATCH_RUN_H

#include "toy_encoder.h"

typedef struct match_run {
    int64_t pairs, n, m, trace_rows;
    latent_matching_result result; /* its arrays are in `block` */
    latent_encoder_usage usage;
    void *block;
    size_t bytes;
} match_run;

/* Bytes of the arrays, a multiple of 8, and a result that has them at `block`. */
size_t match_run_bytes(int64_t pairs, int64_t n, int64_t m, int64_t trace_rows);
latent_matching_result match_run_result(void *block, int64_t pairs, int64_t n, int64_t m,
                                        int64_t trace_rows);

/* Room for what a run writes, poisoned. */
match_run match_run_new(int64_t pairs, int64_t n, int64_t m, int64_t trace_rows);
void match_run_free(match_run *run);
bool match_run_untouched(const match_run *run);
bool match_run_same(const match_run *a, const match_run *b);

/* Row k of a pair's trace. */
#define MATCH_TRACE(run, which, pair, k) ((run)->result.which[(pair) * (run)->trace_rows + (k)])

/* Runs with x₀ and targets in float64. */
latent_status match_run_targets(latent_context *context, const latent_encoder *encoder,
                                const double *starts, const double *targets,
                                const latent_matching_options *options, match_run *run);

#endif
