#include "struct_calls.h"

enum { SAMPLES = 3, CONCEPTS = 2 };
static const int8_t marks[SAMPLES * CONCEPTS] = {0, 1, 0, 0, 0, -1};
static const double numbers[2 * CONCEPTS] = {0.25, 0.95, 0.5, 1};

static latent_matrix square(void) {
    return latent_matrix_view(numbers, 2, CONCEPTS, LATENT_F64);
}

static latent_concept_labels labels(void) {
    return (latent_concept_labels){.size = sizeof(latent_concept_labels),
                                   .samples = SAMPLES,
                                   .concepts = CONCEPTS,
                                   .values = marks};
}

latent_status struct_concepts_counts(latent_context *context, void *given) {
    const latent_concept_labels some = labels();
    return latent_concepts_count(context, &some, given);
}

latent_status struct_concepts_options(latent_context *context, void *given) {
    static const double scores[SAMPLES] = {1, 2, 3};
    const latent_matrix view = latent_matrix_view(scores, SAMPLES, 1, LATENT_F64);
    const latent_concept_labels some = labels();
    double ap[CONCEPTS];
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    return latent_concepts_ap(context, &view, NULL, &some, given, &result);
}

latent_status struct_concepts_report(latent_context *context, void *given) {
    const latent_matrix view = square();
    return latent_concepts_encoded(context, &view, NULL, LATENT_ENCODING_THRESHOLD, given);
}

latent_status struct_concepts_null_options(latent_context *context, void *given) {
    const latent_concept_labels some = labels();
    const latent_concepts_chance chance = {.size = sizeof chance};
    return latent_concepts_null(context, &some, 2, NULL, given, &chance);
}

latent_status struct_concepts_chance(latent_context *context, void *given) {
    const latent_concept_labels some = labels();
    return latent_concepts_null(context, &some, 2, NULL, NULL, given);
}

latent_status struct_concepts_overlap(latent_context *context, void *given) {
    static const uint8_t one[CONCEPTS] = {1, 0}, other[CONCEPTS] = {1, 1};
    static const uint8_t *const models[] = {one, other};
    return latent_concepts_compare(context, models, 2, CONCEPTS, given);
}
