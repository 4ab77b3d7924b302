/* What the calls of moments.h and outliers.h check alike. */
#ifndef LATENT__MOMENTS_CHECKS_H
#define LATENT__MOMENTS_CHECKS_H

#include "checks.h"
#include "latent/outliers.h"

/* Options with their defaults filled in, flags as 0 or 1. */
latent_status latent__read_moments_options(latent_context *context, latent_moments_options *options,
                                           const latent_moments_options *given);

/* *value, or `usual` if it is 0; it must be positive and finite. */
latent_status latent__default_positive(latent_context *context, double *value, double usual,
                                       const char *name);

/* The budget of a call that takes the moments of a view. */
void latent__set_moments_budget(latent_context *context, const latent_matrix *points,
                                bool features);

#endif
