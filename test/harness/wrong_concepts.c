#include "wrong_concepts.h"

#include <string.h>

enum { N = ARGUMENT_SAMPLES, D = ARGUMENT_FEATURES, C = ARGUMENT_CONCEPTS };

/* The same labels twice: concept 3 is degenerate, the first sample ignores concepts 0 and 2. */
static const concepts_arguments right = {
    .values = {1, 0, 3, 0, 2, 1, -1, 0, 1, 2, -1, 1, 0, 3, 1},
    .vectors = {1, 2, 0, -1, 0, 1},
    .marks = {-1, 1, -1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0, -1},
    .present_offsets = {0, 2, 4, 7, 8, 8},
    .ignored_offsets = {0, 2, 2, 2, 2, 3},
    .ap_options = {.size = sizeof(latent_concepts_options)},
    .null_options = {.size = sizeof(latent_concepts_null_options)},
    .precisions = {0.5, 0.95, 1, 0, 0.25, 0.9, 0.91, 1},
    .threshold = LATENT_ENCODING_THRESHOLD,
    .some = {0.9, 0.5, 1},
    .best = {0.5, 0.95, 1, 0.75},
    .count = ARGUMENT_THRESHOLDS,
    .draws = 2,
    .compared = C,
    .sets = {{1, 0, 0, 1}, {1, 1, 0, 0}, {0, 1, 0, 1}},
    .model_count = ARGUMENT_MODELS,
};

void concepts_arguments_make(concepts_arguments *a) {
    static const int32_t present[ARGUMENT_PRESENT] = {1, 3, 0, 3, 1, 2, 3};
    static const int32_t ignored[ARGUMENT_IGNORED] = {0, 2, 3};
    *a = right;
    memcpy(a->present, present, sizeof present);
    memcpy(a->ignored, ignored, sizeof ignored);
    a->points = latent_matrix_view(a->values, N, D, LATENT_F64);
    a->rows = latent_matrix_view(a->vectors, ARGUMENT_DIRECTIONS, D, LATENT_F64);
    a->table = latent_matrix_view(a->precisions, ARGUMENT_DIRECTIONS, C, LATENT_F64);
    a->dense = (latent_concept_labels){
        .size = sizeof a->dense, .samples = N, .concepts = C, .values = a->marks};
    a->lists = (latent_concept_labels){.size = sizeof a->lists,
                                       .samples = N,
                                       .concepts = C,
                                       .present_offsets = a->present_offsets,
                                       .present = a->present,
                                       .ignored_offsets = a->ignored_offsets,
                                       .ignored = a->ignored};
    for (int m = 0; m < ARGUMENT_MODELS; m++)
        a->models[m] = a->sets[m];
    a->activations = &a->points;
    a->ap = &a->table;
    a->labels = &a->dense;
    a->thresholds = a->some;
    a->observed = a->best;
    a->degenerate = a->flags;
    a->encoded = a->models;
}

static void prepare(concepts_outputs *out) {
    poison_fill(out, sizeof *out);
    out->counts = (latent_concepts_counts){.size = sizeof out->counts,
                                           .present = out->integers[0],
                                           .absent = out->integers[1],
                                           .ignored = out->integers[2],
                                           .degenerate = out->bytes[0]};
    out->report = (latent_concepts_report){.size = sizeof out->report,
                                           .best_ap = out->numbers[0],
                                           .best_direction = out->integers[3],
                                           .directions_of_concept = out->integers[4],
                                           .encoded = out->bytes[1],
                                           .concepts_of_direction = out->integers[5],
                                           .histogram = out->integers[6]};
    out->overlap.size = sizeof out->overlap;
}

latent_status call_count(latent_context *context, const concepts_arguments *a,
                         concepts_outputs *out) {
    return latent_concepts_count(context, a->labels, a->no_result ? NULL : &out->counts);
}

latent_status call_ap(latent_context *context, const concepts_arguments *a, concepts_outputs *out) {
    const latent_concepts_result result = {.size = sizeof result,
                                           .ap = a->no_ap ? NULL : out->ap,
                                           .type = a->type,
                                           .reserved = a->reserved,
                                           .stride = a->stride,
                                           .signs = out->signs};
    return latent_concepts_ap(context, a->activations, a->basis, a->labels, &a->ap_options,
                              a->no_result ? NULL : &result);
}

latent_status call_encoded(latent_context *context, const concepts_arguments *a,
                           concepts_outputs *out) {
    return latent_concepts_encoded(context, a->ap, a->degenerate, a->threshold,
                                   a->no_result ? NULL : &out->report);
}

latent_status call_curve(latent_context *context, const concepts_arguments *a,
                         concepts_outputs *out) {
    return latent_concepts_curve(context, a->ap, a->degenerate, a->thresholds, a->count,
                                 a->no_counts ? NULL : out->integers[6],
                                 a->no_pairs ? NULL : out->integers[7]);
}

latent_status call_null(latent_context *context, const concepts_arguments *a,
                        concepts_outputs *out) {
    const latent_concepts_chance chance = {.size = sizeof chance,
                                           .mean = out->numbers[1],
                                           .largest = out->numbers[2],
                                           .p_value = out->numbers[3]};
    return latent_concepts_null(context, a->labels, a->draws, a->observed, &a->null_options,
                                a->no_result ? NULL : &chance);
}

latent_status call_compare(latent_context *context, const concepts_arguments *a,
                           concepts_outputs *out) {
    return latent_concepts_compare(context, a->encoded, a->model_count, a->compared,
                                   a->no_result ? NULL : &out->overlap);
}

void expect_concepts_call(concepts_call call, const concepts_arguments *a, latent_status expected,
                          const char *pieces) {
    latent_context *const context = testing_context();
    concepts_outputs out, before;
    concepts_arguments good;
    prepare(&out);
    memcpy(&before, &out, sizeof out);
    expect_status(context, call(context, a, &out), expected, pieces);
    if (expected != LATENT_OK)
        assert_memory_equal(&out, &before, sizeof out);
    concepts_arguments_make(&good);
    expect_ok(context, call(context, &good, &out));
    latent_context_destroy(context);
}
