#include "match_run.h"

#include <stdlib.h>
#include <string.h>

enum { BY_PAIR = 7, TRACES = 4 }; /* arrays with an entry for each pair; traces */

size_t match_run_bytes(int64_t pairs, int64_t n, int64_t m, int64_t trace_rows) {
    return (size_t)(pairs * (n + m + BY_PAIR + TRACES * trace_rows)) * 8;
}

latent_matching_result match_run_result(void *block, int64_t pairs, int64_t n, int64_t m,
                                        int64_t trace_rows) {
    double *const x = block, *const outputs = x + pairs * n, *const at = outputs + pairs * m;
    double *const traces = at + BY_PAIR * pairs;
    const int64_t rows = pairs * trace_rows;
    return (latent_matching_result){.size = sizeof(latent_matching_result),
                                    .x = x,
                                    .outputs = outputs,
                                    .state = (int32_t *)(void *)at,
                                    .steps = (int64_t *)(void *)(at + pairs),
                                    .iterate = (int64_t *)(void *)(at + 2 * pairs),
                                    .loss = at + 3 * pairs,
                                    .cosine = at + 4 * pairs,
                                    .change = at + 5 * pairs,
                                    .distance = at + 6 * pairs,
                                    .trace_rows = trace_rows,
                                    .trace_loss = traces,
                                    .trace_cosine = traces + rows,
                                    .trace_change = traces + 2 * rows,
                                    .trace_step = traces + 3 * rows,
                                    .converged = -1,
                                    .capped = -1,
                                    .stalled = -1,
                                    .diverged = -1};
}

match_run match_run_new(int64_t pairs, int64_t n, int64_t m, int64_t trace_rows) {
    match_run run = {.pairs = pairs, .n = n, .m = m, .trace_rows = trace_rows};
    run.bytes = match_run_bytes(pairs, n, m, trace_rows);
    run.block = poison_new(run.bytes);
    run.result = match_run_result(run.block, pairs, n, m, trace_rows);
    run.usage.size = sizeof run.usage;
    return run;
}

void match_run_free(match_run *run) {
    free(run->block);
}

bool match_run_untouched(const match_run *run) {
    const latent_matching_result *r = &run->result;
    return poison_intact(run->block, run->bytes) && r->converged == -1 && r->capped == -1 &&
           r->stalled == -1 && r->diverged == -1;
}

bool match_run_same(const match_run *a, const match_run *b) {
    return a->bytes == b->bytes && memcmp(a->block, b->block, a->bytes) == 0 &&
           a->result.converged == b->result.converged && a->result.capped == b->result.capped &&
           a->result.stalled == b->result.stalled && a->result.diverged == b->result.diverged;
}

latent_status match_run_targets(latent_context *context, const latent_encoder *encoder,
                                const double *starts, const double *targets,
                                const latent_matching_options *options, match_run *run) {
    const latent_matrix x0 = latent_matrix_view(starts, run->pairs, run->n, LATENT_F64);
    const latent_matrix t = latent_matrix_view(targets, run->pairs, run->m, LATENT_F64);
    return latent_matching_run(context, encoder, &x0, NULL, &t, options, &run->result, &run->usage);
}
