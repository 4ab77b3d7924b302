/* What the calls of directions.h, importance.h and pruning.h check alike. */
#ifndef LATENT__DIRECTIONS_CHECKS_H
#define LATENT__DIRECTIONS_CHECKS_H

#include "checks.h"
#include "directions/decomposition.h"

/* A list of `count` directions below the rank, each at most once. *chosen, an allocated entry for
 * every direction, says which they are; the caller releases it, also after an error. */
latent_status latent__choose_directions(latent_context *context,
                                        const latent_directions *directions, const int64_t *list,
                                        int64_t count, const char *name, bool **chosen);

/* Activations for a head: a view whose columns are the head's inputs. */
latent_status latent__check_activations(latent_context *context,
                                        const latent_directions *directions,
                                        const latent_matrix *points);

#endif
