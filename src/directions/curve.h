/* The pruning curve: how many activations are predicted rightly, and how many otherwise, at every
 * level. */
#ifndef LATENT__CURVE_H
#define LATENT__CURVE_H

#include "decomposition.h"
#include "latent/pruning.h"

/* What is asked for; `labels`, `bias` and `order` may be NULL. */
typedef struct latent__curve_question {
    const latent_directions *directions;
    const latent_matrix *points;
    const int32_t *labels;
    const double *bias;
    const int64_t *order;
    int32_t top;
    bool correct, changed;
} latent__curve_question;

/* Checked arguments. Fills in the arrays that `curve` has, on success alone. */
latent_status latent__curve(latent_context *context, const latent__curve_question *question,
                            latent_pruning_curve *curve);

#endif
