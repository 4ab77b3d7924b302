/* Heads and activations that make pruning hard in different ways. */
#ifndef HARNESS_DIRECTIONS_DATA_H
#define HARNESS_DIRECTIONS_DATA_H

#include "datagen.h"

typedef enum head_kind {
    HEAD_NORMAL,
    HEAD_INTEGERS,   /* Whole numbers -2 … 2. */
    HEAD_DUPLICATES, /* Every class has a twin, equal to the last bit in W. */
    HEAD_NEAR,       /* Classes that differ by a millionth. */
    HEAD_LOW_RANK,
    HEAD_ZERO,
    HEAD_DIAGONAL, /* Powers of two: all but one class are equal at every level. */
    HEAD_SCALES,   /* Singular values over many orders of magnitude. */
    HEAD_KINDS
} head_kind;

typedef enum activation_kind {
    ACTIVATIONS_NORMAL,
    ACTIVATIONS_INTEGERS,
    ACTIVATIONS_ZEROS,     /* Every third one is. */
    ACTIVATIONS_HUGE,      /* 1e30 */
    ACTIVATIONS_WILD,      /* 1e150, beyond float32 */
    ACTIVATIONS_TINY,      /* 1e-40 */
    ACTIVATIONS_SUBNORMAL, /* 1e-318 */
    ACTIVATIONS_SCALES,    /* Rows at scales from 1e-300 to 1e200 */
    ACTIVATIONS_KINDS
} activation_kind;

typedef enum bias_kind {
    BIAS_NONE,
    BIAS_NORMAL,
    BIAS_LARGE, /* 1e7 and less than float32 can tell apart around it */
    BIAS_EQUAL, /* One number for all classes. */
    BIAS_WILD,  /* 1e200 for one class. */
    BIAS_KINDS
} bias_kind;

typedef enum order_kind { ORDER_NONE, ORDER_REVERSED, ORDER_RANDOM, ORDER_KINDS } order_kind;

typedef struct pruning_spec {
    head_kind head;
    activation_kind activations;
    bias_kind bias;
    order_kind order;
    int64_t outputs, inputs, rows;
    int32_t top;
    uint64_t seed;
} pruning_spec;

/* Everything that one curve needs. */
typedef struct pruning_data {
    latent_directions *directions;
    double *head, *points;
    int32_t *labels; /* mostly what the full head predicts */
    double *bias;    /* NULL for BIAS_NONE */
    int64_t *order;  /* NULL for ORDER_NONE */
} pruning_data;

pruning_data pruning_data_make(const pruning_spec *spec);
void pruning_data_free(pruning_data *data);
const char *pruning_spec_text(const pruning_spec *spec);

/* A head of that kind, to be freed. */
double *head_make(head_kind kind, int64_t outputs, int64_t inputs, uint64_t seed);
/* The decomposition of a float64 head; the default options. */
latent_directions *directions_of(const double *head, int64_t outputs, int64_t inputs);

/* Compares the library's curve with the oracle's; all counts have to be equal, asked for
 * together and one by one. Says on standard error what differs. */
bool agrees_curve(latent_context *context, const pruning_spec *spec, const pruning_data *data);

#endif
