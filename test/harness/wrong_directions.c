#include "wrong_directions.h"

#include <stdlib.h>

enum {
    OUTPUTS = ARGUMENT_OUTPUTS,
    INPUTS = ARGUMENT_INPUTS,
    ROWS = ARGUMENT_ROWS,
    LEVELS = ARGUMENT_RANK + 1,
    RANK = ARGUMENT_RANK
};

static latent_directions *decomposed(latent_context *context, const double *weights,
                                     int64_t outputs, int64_t inputs) {
    const latent_matrix view = latent_matrix_view(weights, outputs, inputs, LATENT_F64);
    latent_directions *made = NULL;
    expect_ok(context, latent_directions_create(context, &view, NULL, &made));
    return made;
}

directions_arguments directions_arguments_make(void) {
    directions_arguments a = {
        .weights = {1, 2, 0, 2, 4, 0, 0, 1, 3, 1, 3,
                    3}, /* the last row is the first plus the third */
        .values = {1, 0, 0, 0, 1, 0, 0, 0, 1, 2, -1, 1, 0, 3, 1},
        .bias = {0.5, 0, -0.5, 1},
        .gram = {2, 0, 0, 1, 3, 0, 0, 1, 4},
        .labels = {0, 1, 2, 3, 0},
        .kept = {1, 0},
        .order = {1, 0, 2},
        .count = 2,
        .head = latent_matrix_view(NULL, OUTPUTS, INPUTS, LATENT_F64),
        .points = latent_matrix_view(NULL, ROWS, INPUTS, LATENT_F64),
        .directions_options = {.size = sizeof(latent_directions_options)},
        .pruning_options = {.size = sizeof(latent_pruning_options)},
    };
    latent_context *const context = testing_context_with(NULL);
    a.directions = decomposed(context, a.weights, OUTPUTS, INPUTS);
    a.other = decomposed(context, a.weights, 3, 2);
    assert_int_equal(latent_directions_rank(a.directions), RANK);
    const latent_matrix view = latent_matrix_view(a.values, ROWS, INPUTS, LATENT_F64);
    expect_ok(context, latent_importance_create(context, a.directions, &a.importance));
    expect_ok(context, latent_importance_update(context, a.importance, a.directions, &view));
    latent_context_destroy(context);
    return a;
}

void directions_arguments_free(directions_arguments *a) {
    latent_directions_destroy(a->directions);
    latent_directions_destroy(a->other);
    latent_importance_destroy(a->importance);
}

/* The next `count` entries of 8 bytes. */
static void *take(unsigned char **at, int64_t count) {
    void *const taken = *at;
    *at += count * 8;
    return taken;
}

static directions_outputs outputs_new(void) {
    enum { ENTRIES = 5 * INPUTS + 4 * LEVELS + (OUTPUTS + INPUTS) * RANK + 2 * LEVELS };
    const size_t bytes = (ENTRIES + OUTPUTS * INPUTS) * 8;
    unsigned char *const block = poison_new(bytes), *at = block;
    directions_outputs out = {.block = block, .bytes = bytes};
    out.importance = (latent_importance_result){.size = sizeof out.importance,
                                                .importance = take(&at, INPUTS),
                                                .order = take(&at, INPUTS),
                                                .cosine = take(&at, INPUTS),
                                                .projection = take(&at, INPUTS),
                                                .variance = take(&at, INPUTS)};
    out.curve = (latent_pruning_curve){.size = sizeof out.curve,
                                       .correct = take(&at, LEVELS),
                                       .correct_top = take(&at, LEVELS),
                                       .changed = take(&at, LEVELS),
                                       .energy = take(&at, LEVELS)};
    out.aware = (latent_pruning_aware_result){.size = sizeof out.aware,
                                              .left = take(&at, OUTPUTS * RANK),
                                              .right = take(&at, RANK * INPUTS),
                                              .error = take(&at, LEVELS),
                                              .plain_error = take(&at, LEVELS)};
    out.head = take(&at, OUTPUTS * INPUTS);
    return out;
}

void expect_directions_call(directions_call call, directions_arguments *a, latent_status expected,
                            const char *pieces) {
    latent_context *const context = testing_context();
    directions_outputs out = outputs_new();
    const latent_importance_result importance = out.importance;
    const latent_pruning_curve curve = out.curve;
    const latent_pruning_aware_result aware = out.aware;
    expect_status(context, call(context, a, &out), expected, pieces);
    assert_true(poison_intact(out.block, out.bytes));
    assert_memory_equal(&out.importance, &importance, sizeof importance);
    assert_memory_equal(&out.curve, &curve, sizeof curve);
    assert_memory_equal(&out.aware, &aware, sizeof aware);
    directions_arguments good = directions_arguments_make();
    expect_ok(context, call(context, &good, &out));
    directions_arguments_free(&good);
    free(out.block);
    latent_context_destroy(context);
}
