/* Matrices whose moments are hard to get right, each in its own way. */
#ifndef HARNESS_MOMENTS_DATA_H
#define HARNESS_MOMENTS_DATA_H

#include "datagen.h"

typedef enum moments_kind {
    MOMENTS_NORMAL,           /* Unit noise. */
    MOMENTS_INTEGERS,         /* Whole numbers -3 ... 3. */
    MOMENTS_LARGE_MEAN,       /* Unit noise around a number with few digits left for it (1e8). */
    MOMENTS_FEW_ULPS,         /* A number and its next few neighbours: 1e15 in float64. */
    MOMENTS_ADJACENT,         /* Two neighbouring numbers in turns. */
    MOMENTS_MIXTURE,          /* Noise, and now and then a number near the largest (1e300). */
    MOMENTS_EXTREMES,         /* The largest number and minus it. */
    MOMENTS_DENORMALS,        /* Small multiples of the type's smallest number. */
    MOMENTS_ONE_HOT,          /* One element that is not 0 in every row, at scales far apart. */
    MOMENTS_HEAVY,            /* Fifth powers of noise: kurtosis far above 3. */
    MOMENTS_OUTLIERS,         /* Noise, and features with values around 60. */
    MOMENTS_CONSTANT_ROWS,    /* Every other row is constant. */
    MOMENTS_CONSTANT_COLUMNS, /* Every third feature is constant. */
    MOMENTS_STEPS,            /* Features that change once in 64 rows, and hardly else. */
    MOMENTS_FIRST_FAR_AWAY,   /* The first tenth of the rows is far larger than all others. */
    MOMENTS_ROW_SCALES,       /* Every row at a scale of its own in the whole range of the type. */
    MOMENTS_COLUMN_SCALES,    /* Every feature, likewise. */
    MOMENTS_ZEROS,            /* 0, -0 and seldom 1. */
    MOMENTS_KINDS
} moments_kind;

typedef struct moments_spec {
    moments_kind kind;
    latent_type type;
    int64_t rows, columns, gap;
    uint64_t seed;
    double holes; /* the share of elements that are NaN or infinite */
} moments_spec;

dataset moments_data(const moments_spec *spec);
/* "heavy f16 N=130 d=17 ..." in a static buffer, for messages. */
const char *moments_spec_text(const moments_spec *spec);

/* The shapes that vector lengths and blocks make interesting, one per index from 0. */
enum { MOMENTS_SHAPES = 24 };
void moments_shape(int index, int64_t *rows, int64_t *columns);

/* Rows [first, first + count) of a view. */
latent_matrix view_rows(const latent_matrix *view, int64_t first, int64_t count);

#endif
