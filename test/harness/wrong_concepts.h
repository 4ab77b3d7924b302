/* Right arguments of all calls of concepts.h and encoding.h, for tests that make one of them
 * wrong. */
#ifndef HARNESS_WRONG_CONCEPTS_H
#define HARNESS_WRONG_CONCEPTS_H

#include "testing.h"

enum {
    ARGUMENT_SAMPLES = 5,
    ARGUMENT_FEATURES = 3,
    ARGUMENT_DIRECTIONS = 2,
    ARGUMENT_CONCEPTS = 4,
    ARGUMENT_PRESENT = 7,
    ARGUMENT_IGNORED = 3,
    ARGUMENT_THRESHOLDS = 3,
    ARGUMENT_MODELS = 3
};

/* What the calls take. Pointers point into the struct itself. The two kinds of labels are the
 * same. */
typedef struct concepts_arguments {
    double values[ARGUMENT_SAMPLES * ARGUMENT_FEATURES];
    double vectors[ARGUMENT_DIRECTIONS * ARGUMENT_FEATURES];
    latent_matrix points, rows;
    int8_t marks[ARGUMENT_SAMPLES * ARGUMENT_CONCEPTS];
    int64_t present_offsets[ARGUMENT_SAMPLES + 1], ignored_offsets[ARGUMENT_SAMPLES + 1];
    int32_t present[ARGUMENT_PRESENT], ignored[ARGUMENT_IGNORED];
    latent_concept_labels dense, lists;
    latent_concepts_options ap_options;
    latent_concepts_null_options null_options;
    int32_t type, reserved; /* of the result */
    int64_t stride;
    double precisions[ARGUMENT_DIRECTIONS * ARGUMENT_CONCEPTS];
    latent_matrix table; /* of the precisions */
    uint8_t flags[ARGUMENT_CONCEPTS];
    double threshold, some[ARGUMENT_THRESHOLDS], best[ARGUMENT_CONCEPTS];
    int64_t count, draws, compared;
    uint8_t sets[ARGUMENT_MODELS][ARGUMENT_CONCEPTS];
    const uint8_t *models[ARGUMENT_MODELS];
    int32_t model_count;
    /* The pointers that are given. */
    const latent_matrix *activations, *basis, *ap;
    const latent_concept_labels *labels;
    const double *thresholds, *observed;
    const uint8_t *degenerate, *const *encoded;
    bool no_result, no_ap, no_counts, no_pairs;
} concepts_arguments;

/* Dense labels, and the unit basis. */
void concepts_arguments_make(concepts_arguments *a);

/* Where calls write. */
typedef struct concepts_outputs {
    latent_concepts_counts counts;
    latent_concepts_report report;
    latent_concepts_overlap overlap;
    int64_t integers[8][ARGUMENT_CONCEPTS + 1];
    double numbers[4][ARGUMENT_CONCEPTS];
    double ap[ARGUMENT_FEATURES * ARGUMENT_CONCEPTS];
    int8_t signs[16]; /* more than there are: 12 */
    uint8_t bytes[2][8];
} concepts_outputs;

typedef latent_status (*concepts_call)(latent_context *context, const concepts_arguments *a,
                                       concepts_outputs *out);
latent_status call_count(latent_context *context, const concepts_arguments *a,
                         concepts_outputs *out);
latent_status call_ap(latent_context *context, const concepts_arguments *a, concepts_outputs *out);
latent_status call_encoded(latent_context *context, const concepts_arguments *a,
                           concepts_outputs *out);
latent_status call_curve(latent_context *context, const concepts_arguments *a,
                         concepts_outputs *out);
latent_status call_null(latent_context *context, const concepts_arguments *a,
                        concepts_outputs *out);
latent_status call_compare(latent_context *context, const concepts_arguments *a,
                           concepts_outputs *out);

/* Runs the call and checks all that an error promises; then again with right arguments. */
void expect_concepts_call(concepts_call call, const concepts_arguments *a, latent_status expected,
                          const char *pieces);

#define CONCEPTS_CASE(call, change, expected, pieces)                                              \
    do {                                                                                           \
        concepts_arguments a;                                                                      \
        concepts_arguments_make(&a);                                                               \
        change;                                                                                    \
        expect_concepts_call(call, &a, LATENT_##expected, pieces);                                 \
    } while (0)

#endif
