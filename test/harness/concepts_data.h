/* Scores and labels that make rankings hard in different ways. */
#ifndef HARNESS_CONCEPTS_DATA_H
#define HARNESS_CONCEPTS_DATA_H

#include "datagen.h"

typedef enum score_kind {
    SCORES_NORMAL,
    SCORES_RELU,       /* Most are 0, some of them -0. */
    SCORES_INTEGERS,   /* Whole numbers -3 … 3. */
    SCORES_ZEROS,      /* 0, -0, 1 and -1. */
    SCORES_CONSTANT,   /* One tie of all. */
    SCORES_SMALLEST,   /* Small multiples of the type's smallest number, of both signs. */
    SCORES_LARGEST,    /* The type's largest numbers, its smallest, and zeros. */
    SCORES_LOW_BITS,   /* Float64 numbers around a few others: only the lower 32 bits differ. */
    SCORES_UPPER_HALF, /* All float64 numbers have the same upper 32 bits. */
    SCORES_PAIRS,      /* Each number twice or three times. */
    SCORES_FALLING,
    SCORES_RISING,
    SCORES_KINDS
} score_kind;

typedef enum ignored_kind {
    IGNORED_NONE,
    IGNORED_SHARED,    /* Three concepts each ignore the same samples. */
    IGNORED_DIFFERENT, /* Every concept ignores others; some ignore all. */
    IGNORED_KINDS
} ignored_kind;

/* Dense labels, and the same as lists. Nothing is beyond the arrays' ends. */
typedef struct concept_marks {
    int64_t samples, concepts;
    int8_t *values;
    int64_t *present_offsets, *ignored_offsets;
    int32_t *present, *ignored;
} concept_marks;

/* Concepts that no sample shows, one, few, half, most, all, the first or the last ones. */
concept_marks concept_marks_make(ignored_kind ignored, int64_t samples, int64_t concepts,
                                 uint64_t seed);
/* Of these dense labels, which are copied. */
concept_marks concept_marks_from(const int8_t *values, int64_t samples, int64_t concepts);
void concept_marks_free(concept_marks *marks);
latent_concept_labels concept_marks_dense(const concept_marks *marks);
latent_concept_labels concept_marks_lists(const concept_marks *marks);

typedef struct concepts_spec {
    score_kind scores;
    ignored_kind ignored;
    latent_type type;
    int64_t samples, directions, concepts;
    int64_t gap; /* between the rows of activations */
    uint64_t seed;
} concepts_spec;

/* Activations whose features are the scores, and labels. */
typedef struct concepts_data {
    dataset scores;
    concept_marks marks;
} concepts_data;

concepts_data concepts_data_make(const concepts_spec *spec);
void concepts_data_free(concepts_data *data);
const char *concepts_spec_text(const concepts_spec *spec);

/* Average precisions and signs, one row for each direction. */
typedef struct precisions {
    int64_t directions, concepts;
    double *ap;
    int8_t *signs;
} precisions;
/* What the library says: of `basis`, or of the features if it is NULL. It has to succeed. */
precisions precisions_of(latent_context *context, const latent_matrix *activations,
                         const latent_matrix *basis, const latent_concept_labels *labels,
                         latent_concepts_sign sign);
void precisions_free(precisions *found);
bool precisions_same(const precisions *a, const precisions *b);

/* Whether the library and the oracle agree, for dense labels and lists, with either sign; said on
 * standard error if not. */
bool agrees_precisions(latent_context *context, const concepts_data *data);

#endif
