/* Activation-aware pruning. */
#ifndef LATENT__AWARE_H
#define LATENT__AWARE_H

#include "decomposition.h"
#include "latent/pruning.h"

/* Adds the second moments of all rows; arguments are checked, gram's entries are not. */
latent_status latent__gram(latent_context *context, const latent_matrix *points, double *gram);

/* Fills in the arrays that `result` has, on success alone. */
latent_status latent__aware(latent_context *context, const latent_directions *directions,
                            const double *gram, latent_pruning_aware_result *result);

#endif
