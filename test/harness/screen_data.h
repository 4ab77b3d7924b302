/* Labelled points on which a screen in a short number format has a hard time: distances that it cannot
 * tell apart, features or rows that take all of its range, magnitudes at both ends. */
#ifndef HARNESS_SCREEN_DATA_H
#define HARNESS_SCREEN_DATA_H

#include "datagen.h"

typedef enum screen_kind {
    SCREEN_BLOBS,    /* Clouds: nothing special. */
    SCREEN_ULP,      /* Copies of a few points, one feature a unit in the last place away. */
    SCREEN_NEAR_6,   /* Copies, every feature off by a millionth of itself. */
    SCREEN_NEAR_3,   /* By a thousandth. */
    SCREEN_TWINS,    /* Exact copies. */
    SCREEN_PARALLEL, /* Multiples of a few points: under cosine all but the same. */
    SCREEN_GRID,     /* Small whole numbers: ties. */
    SCREEN_LOUD_1,   /* One feature a hundred times as large; */
    SCREEN_LOUD_4,   /* four; */
    SCREEN_LOUD_20,  /* twenty; */
    SCREEN_LOUDER_1, /* the same with ten thousand. */
    SCREEN_LOUDER_4,
    SCREEN_LOUDER_20,
    SCREEN_LOUD_HALF,   /* Half of the features three hundred times as large. */
    SCREEN_FAR_ROW,     /* One row a thousand times as large; */
    SCREEN_FAR_ROWS,    /* one in a hundred, thirty times. */
    SCREEN_UNSEEN,      /* One row so large that all others are within half a step of int8. */
    SCREEN_OFFSET_3,    /* Unit noise around 1000, */
    SCREEN_OFFSET_6,    /* around 1e6. */
    SCREEN_TINY,        /* Near 1e-30, or as small as the type and the metric allow. */
    SCREEN_DENORMAL,    /* Small multiples of the smallest number. */
    SCREEN_HUGE,        /* Near the end of the type; float64: 1e150. */
    SCREEN_ONE_FEATURE, /* All rows the same but for one feature. */
    SCREEN_BESIDE, /* The same large feature in all rows, the others so small beside it that products
                    * of packed rows leave float32's range; float16: as small as can be. */
    SCREEN_ONE_HOT,   /* One feature is 1, all others 0. */
    SCREEN_ZERO_ROWS, /* Every third row 0; not under cosine. */
    SCREEN_KINDS
} screen_kind;

typedef struct screen_spec {
    screen_kind kind;
    latent_type type;
    latent_metric metric;
    int64_t rows, columns;
    int64_t concepts; /* 2 ... rows; row r has number r % concepts */
    int64_t gap;      /* as in data_spec */
    uint64_t seed;
} screen_spec;

dataset screen_data_make(const screen_spec *spec);
/* All of it in a static buffer, for messages. */
const char *screen_spec_text(const screen_spec *spec);

#endif
