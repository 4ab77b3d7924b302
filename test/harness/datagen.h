/* Labelled point sets that are hard in different ways, in every element type and stride. */
#ifndef HARNESS_DATAGEN_H
#define HARNESS_DATAGEN_H

#include "oracle.h"

typedef enum data_kind {
    DATA_BLOBS,      /* One Gaussian cloud per concept. */
    DATA_INTEGERS,   /* Whole numbers -3 ... 3: many exactly equal distances. */
    DATA_DUPLICATES, /* Blobs; half of the rows repeat others, within and across concepts. */
    DATA_OFFSET,     /* Unit noise around 1000. */
    DATA_NEAR,       /* Tight clusters whose members carry all labels. */
    DATA_HUGE,       /* Close to the largest numbers that distances allow. */
    DATA_TINY,       /* So small that squares are out of single precision's reach. */
    DATA_ZEROS,      /* 0, -0, 1 and -1. */
    DATA_DENORMALS,  /* Small multiples of the type's smallest number. */
    DATA_CONSTANT,   /* One point, many times. */
    DATA_OUTLIERS,   /* Every seventh feature a hundred times as large. */
    DATA_ROW_SCALES, /* Every row at a scale of its own, far from the others'. */
    DATA_KINDS
} data_kind;

typedef struct data_spec {
    data_kind kind;
    latent_type type;
    int64_t rows, columns;
    int64_t concepts; /* 1 ... rows, of very unequal sizes. */
    int64_t gap;      /* Elements between the rows, filled with NaN. */
    uint64_t seed;
    latent_metric metric; /* Under cosine no row is zero. */
} data_spec;

typedef struct dataset {
    latent_matrix view;
    double *values; /* What the view holds, as float64 without gaps. */
    int32_t *labels;
    void *buffer; /* Ends with the view's last element, so that a checker sees an overrun. */
} dataset;

dataset dataset_make(const data_spec *spec);
/* A set with the given float64 values and labels (both copied) in `type`, which must hold them. */
dataset dataset_from(latent_type type, const double *values, const int32_t *labels, int64_t rows,
                     int64_t columns, int64_t gap);
/* Another set with rows `rows[0 ... count - 1]` of `source`, in `type` and with `gap`. */
dataset dataset_pick(const dataset *source, const int64_t *rows, int64_t count, latent_type type,
                     int64_t gap);
void dataset_free(dataset *set);
oracle_points dataset_points(const dataset *set);

/* "N=130 d=17 f16 blobs ..." in a static buffer, for messages. */
const char *data_spec_text(const data_spec *spec);
const char *data_type_text(latent_type type);

#endif
