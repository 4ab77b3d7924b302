/* A decomposed head, which outlives calls. */
#ifndef LATENT__DECOMPOSITION_H
#define LATENT__DECOMPOSITION_H

#include "base/rows.h"
#include "latent/directions.h"

struct latent_directions {
    int64_t outputs, inputs, count, rank;
    double *values;                   /* count */
    double *right;                    /* count × inputs */
    double *left;                     /* outputs × count */
    double *columns;                  /* right, in column panels of linalg/product.h */
    latent_context_options allocator; /* of all this; nothing else in it is used */
};

/* Checked arguments; `tolerance` is relative to the largest value. */
latent_status latent__directions_create(latent_context *context, const latent_matrix *head,
                                        double tolerance, latent_directions **directions);

/* W_K for the directions that `kept` (an entry per direction) says. */
latent_status latent__directions_head(latent_context *context, const latent_directions *directions,
                                      const bool *kept, double *head);

#endif
