/* A few rows and pairs of a problem, from which choose_screens.c tells how a screen would do. */
#ifndef LATENT__SAMPLE_H
#define LATENT__SAMPLE_H

#include "pairs.h"

enum { LATENT__SAMPLE_ROWS = 256, LATENT__SAMPLE_QUERIES = 32, LATENT__SAMPLE_PARTNERS = 256 };

/* A row of either side. */
typedef struct latent__sampled {
    const latent__side *side;
    int64_t position;
} latent__sampled;

/* A query, and how far some of those are that it will be compared with. */
typedef struct latent__sampled_query {
    latent__sampled row;
    double radius;                           /* the one that decides, scaled like packed rows */
    double partners;                         /* how many there are */
    int32_t count;                           /* those whose radius is known: */
    double partner[LATENT__SAMPLE_PARTNERS]; /* in ascending order */
    int32_t tail; /* of the nearest of them, number grows as radius^power */
    double power;
} latent__sampled_query;

/* How many partners are about within a radius. */
double latent__sampled_within(const latent__sampled_query *query, double radius);

typedef struct latent__sample {
    const latent__pairs *pairs;
    int32_t rows, queries;
    latent__sampled row[LATENT__SAMPLE_ROWS];
    latent__sampled_query query[LATENT__SAMPLE_QUERIES];
    bool counting;
    double pass_pairs; /* as in latent__pass */
    double radius;     /* of a typical query; 0: there is none */
    float *values;     /* one row as float32 */
    float *largest;    /* by feature: the largest magnitude in the rows */
} latent__sample;

/* NULL and *status set when memory is short. When the call is cancelled it is left unfinished. */
latent__sample *latent__sample_make(latent__pairs *pairs, const latent__pass *pass,
                                    latent_status *status);
/* Bytes that it takes. */
int64_t latent__sample_bytes(int64_t columns);

void latent__sample_free(latent__pairs *pairs, latent__sample *sample);

/* A sampled row as packing would begin: moved, scaled, float32; in sample->values. */
void latent__sample_load(latent__sample *sample, const latent__sampled *row);

#endif
