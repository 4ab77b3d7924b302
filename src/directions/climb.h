/* Samples on the ladder of a head's levels: at which of them they are predicted rightly, or as by the
 * full head. */
#ifndef LATENT__CLIMB_H
#define LATENT__CLIMB_H

#include "ladder.h"

/* Counts by level. */
typedef struct latent__level_counts {
    int64_t *correct, *correct_top, *changed;
} latent__level_counts;

/* A worker's memory. Arrays by level have an entry for each of FOLLOWED samples, level after level
 * where kernels read them, sample after sample else. */
typedef struct latent__climbers {
    const latent__ladder *ladder;
    const latent__kernels *kernels;
    int64_t samples;                        /* in use */
    double *weight, *slack, *watched_logit; /* by sample */
    float *step, *low, *high;               /* by level */
    int32_t *above;                         /* by level */
    float *final;                           /* by sample: strips × STRIP_CLASSES */
    float *calm;                            /* by group of levels */
    double *spare;                          /* levels */
    int64_t watched[LATENT__FOLLOWED];      /* a class, -1: none */
    bool wild[LATENT__FOLLOWED];            /* too large for float32: everything in float64 */
    bool exact[LATENT__FOLLOWED];           /* those, and where too much was open for float32 */
    int64_t effort[LATENT__FOLLOWED];       /* multiply-adds that deciding may still cost */
    int64_t strip;                          /* the one that is being followed */
} latent__climbers;

/* Bytes of the arrays, and climbers in that much memory, aligned for vectors. */
int64_t latent__climbers_bytes(const latent__ladder *ladder);
void latent__climbers_in(latent__climbers *climbers, void *memory, const latent__ladder *ladder,
                         const latent__kernels *kernels);

/* Puts a sample in place `s`: products[i] · unit is its projection onto direction i. False if its
 * logits may be beyond float64. */
bool latent__climbers_put(latent__climbers *climbers, int64_t s, const double *products,
                          double unit);

/* Counts, for every sample and level, the classes that come before the one it watches, up to `most`
 * (or a few more). */
void latent__climbers_follow(latent__climbers *climbers, int32_t most);

/* The class that the full head predicts for sample s, which has been followed. */
int64_t latent__climbers_predict(latent__climbers *climbers, int64_t s);

#endif
