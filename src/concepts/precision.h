/* Average precision of one ranking for all concepts of a group. */
#ifndef LATENT__PRECISION_H
#define LATENT__PRECISION_H

#include "concept_rows.h"
#include "kernels/kernels.h"
#include "ordering.h"

/* A worker's memory for walks. */
typedef struct latent__walk {
    const latent__kernels *kernels;
    latent__credit *credits; /* by concept */
    double *totals;          /* by concept: what credits no longer hold */
    int32_t *tied;           /* by concept: how many of the group of ties at hand show it */
    int32_t *passed;         /* by class: how many of the samples so far it ignores */
} latent__walk;

/* Bytes of one for groups of that many concepts, and a walk in such memory. */
int64_t latent__walk_bytes(int64_t concepts);
latent__walk latent__walk_in(const latent__kernels *kernels, void *memory, int64_t concepts);

/* Average precision of the order for each concept; false, and nothing useful, if it was stopped. */
bool latent__average_precision(const latent__concept_rows *rows, const uint32_t *order,
                               latent__walk *walk, double *precision, latent__stop stop,
                               void *argument);

#endif
