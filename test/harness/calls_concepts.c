#include "calls_concepts.h"

#include <stdlib.h>

#include "prng.h"

enum { CONCEPTS = 13, DIRECTIONS = 11, THRESHOLDS = 6, DRAWS = 3 };

/* The start of this family's place in the block; of the features' results there are as many as
 * points have columns, and they follow. The lengths of bytes are such that nothing is between the
 * fields. */
typedef struct outputs {
    latent_concepts_counts counts;
    latent_concepts_report report;
    latent_concepts_overlap overlap;
    int64_t numbers[3][CONCEPTS];
    double best_ap[CONCEPTS];
    int64_t best_direction[CONCEPTS], directions_of_concept[CONCEPTS];
    int64_t concepts_of_direction[DIRECTIONS], histogram[CONCEPTS + 1];
    int64_t curve[2][THRESHOLDS];
    double chance[3][CONCEPTS];
    double along[DIRECTIONS * CONCEPTS];
    int8_t signs[(DIRECTIONS * CONCEPTS + 7) / 8 * 8];
    uint8_t flags[2][(CONCEPTS + 7) / 8 * 8];
} outputs;

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)call_set_concepts(set);
}

static float *features_output(const call_set *set) {
    return (float *)(void *)(outputs_of(set) + 1);
}

size_t calls_concepts_bytes(const call_set *set) {
    const size_t pairs = (size_t)(set->points.view.columns * CONCEPTS);
    return sizeof(outputs) + (pairs * sizeof(float) + 7) / 8 * 8;
}

void calls_concepts_prepare(const call_set *set, unsigned char *place) {
    outputs *const out = (outputs *)(void *)place, *const in = outputs_of(set);
    out->counts = (latent_concepts_counts){.size = sizeof out->counts,
                                           .present = in->numbers[0],
                                           .absent = in->numbers[1],
                                           .ignored = in->numbers[2],
                                           .degenerate = in->flags[0]};
    out->report = (latent_concepts_report){.size = sizeof out->report,
                                           .best_ap = in->best_ap,
                                           .best_direction = in->best_direction,
                                           .directions_of_concept = in->directions_of_concept,
                                           .encoded = in->flags[1],
                                           .concepts_of_direction = in->concepts_of_direction,
                                           .histogram = in->histogram};
    out->overlap.size = sizeof out->overlap;
}

void calls_concepts_inputs(call_set *set) {
    prng g = {(uint64_t)set->points.view.rows};
    set->marks =
        concept_marks_make(IGNORED_DIFFERENT, set->points.view.rows, CONCEPTS, prng_next(&g));
    set->precisions = malloc(DIRECTIONS * CONCEPTS * sizeof *set->precisions);
    for (int i = 0; i < DIRECTIONS * CONCEPTS; i++)
        set->precisions[i] = (double)prng_below(&g, 65) / 64;
}

void calls_concepts_free(call_set *set) {
    concept_marks_free(&set->marks);
    free(set->precisions);
}

latent_status run_concepts_count(latent_context *context, call_set *set) {
    const latent_concept_labels labels = concept_marks_lists(&set->marks);
    return latent_concepts_count(context, &labels, &outputs_of(set)->counts);
}

latent_status run_concepts_ap(latent_context *context, call_set *set) {
    const latent_concept_labels labels = concept_marks_dense(&set->marks);
    const latent_concepts_result result = {
        .size = sizeof result, .ap = features_output(set), .type = LATENT_F32};
    return latent_concepts_ap(context, &set->points.view, NULL, &labels, NULL, &result);
}

latent_status run_concepts_ap_basis(latent_context *context, call_set *set) {
    const latent_concept_labels labels = concept_marks_lists(&set->marks);
    const latent_matrix basis =
        latent_matrix_view(set->head, DIRECTIONS, set->points.view.columns, LATENT_F64);
    const latent_concepts_options options = {.size = sizeof options, .sign = LATENT_SIGN_BOTH};
    const latent_concepts_result result = {
        .size = sizeof result, .ap = outputs_of(set)->along, .signs = outputs_of(set)->signs};
    return latent_concepts_ap(context, &set->points.view, &basis, &labels, &options, &result);
}

static const uint8_t flags[3][CONCEPTS] = {
    {1, 0, 0, 1, 0, 0, 1, 1}, {1, 1, 0, 0, 0, 1, 0, 1}, {0, 0, 0, 1, 0, 1, 1, 1, 1}};

static latent_matrix precisions_view(const call_set *set) {
    return latent_matrix_view(set->precisions, DIRECTIONS, CONCEPTS, LATENT_F64);
}

latent_status run_concepts_encoded(latent_context *context, call_set *set) {
    const latent_matrix ap = precisions_view(set);
    return latent_concepts_encoded(context, &ap, flags[0], LATENT_ENCODING_THRESHOLD,
                                   &outputs_of(set)->report);
}

latent_status run_concepts_curve(latent_context *context, call_set *set) {
    static const double thresholds[THRESHOLDS] = {0.9, 0.5, 0, 1, 0.75, 0.5};
    const latent_matrix ap = precisions_view(set);
    outputs *const out = outputs_of(set);
    return latent_concepts_curve(context, &ap, NULL, thresholds, THRESHOLDS, out->curve[0],
                                 out->curve[1]);
}

latent_status run_concepts_null(latent_context *context, call_set *set) {
    const latent_concept_labels labels = concept_marks_lists(&set->marks);
    const latent_concepts_null_options options = {
        .size = sizeof options, .sign = LATENT_SIGN_BOTH, .permutations = DRAWS};
    outputs *const out = outputs_of(set);
    const latent_concepts_chance chance = {.size = sizeof chance,
                                           .mean = out->chance[0],
                                           .largest = out->chance[1],
                                           .p_value = out->chance[2]};
    return latent_concepts_null(context, &labels, DIRECTIONS, set->precisions, &options, &chance);
}

latent_status run_concepts_compare(latent_context *context, call_set *set) {
    static const uint8_t *const models[] = {flags[0], flags[1], flags[2]};
    return latent_concepts_compare(context, models, 3, CONCEPTS, &outputs_of(set)->overlap);
}
