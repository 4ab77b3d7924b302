/* Parts of displacements within the span of orthonormal directions, and the rest: walk.h. */
#ifndef LATENT__SPAN_SPLIT_H
#define LATENT__SPAN_SPLIT_H

#include "base/core.h"
#include "latent/walk.h"

/* Bytes that splitting allocates. */
int64_t latent__split_room(const latent_matrix *directions, const latent_matrix *displacements);

/* Checked views, and the most by which directions may fail to be orthonormal. */
latent_status latent__split(latent_context *context, const latent_matrix *directions,
                            const latent_matrix *displacements, double tolerance,
                            latent_walk_parts *parts);

#endif
