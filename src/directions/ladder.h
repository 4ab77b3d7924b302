/* A head arranged for going through its levels: the directions in their order, their outputs in float32
 * by strips of classes, and what bounds the error of float32. docs/numerics.md derives the bound. */
#ifndef LATENT__LADDER_H
#define LATENT__LADDER_H

#include "curve.h"
#include "kernels/kernels.h"

typedef struct latent__ladder {
    const latent_directions *directions;
    const int64_t *order; /* NULL: as they come */
    const double *bias;   /* NULL: zeros */
    int64_t levels;       /* rank + 1 */
    int64_t classes, strips;
    double largest_bias;
    double *most; /* by group of levels: the longest that a class's part of their directions is */
    double *outputs; /* classes × levels: what a level adds to a logit, per unit of weight */
    float *steps;    /* the same in float32: strips × levels × STRIP_CLASSES */
    float *starts;   /* strips × STRIP_CLASSES: the bias; -infinity beyond the last class */
} latent__ladder;

/* Groups of GROUP_LEVELS levels, the last one perhaps shorter. */
int64_t latent__groups(const latent__ladder *ladder);

latent_status latent__ladder_open(latent_context *context, const latent__curve_question *question,
                                  latent__ladder *ladder);
void latent__ladder_close(latent_context *context, latent__ladder *ladder);

/* The direction that level k >= 1 adds. */
static inline int64_t latent__ladder_direction(const latent__ladder *ladder, int64_t k) {
    return ladder->order ? ladder->order[k - 1] : k - 1;
}

/* Fills in a sample's slacks. Returns the largest magnitude that a logit may reach. */
double latent__slacks(const latent__ladder *ladder, const double *weight, double *slack);

/* A class's logits up to a level, in float64. */
void latent__logits(const latent__ladder *ladder, const latent__kernels *kernels,
                    const double *weight, int64_t class_number, int64_t level, double *logits);

#endif
