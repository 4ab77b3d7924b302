/* A metric on float64 rows, and what a distance in float32 says about it.
 *
 * "Evaluated" is what latent_distance() gives; "true" is without rounding, and scaled: for the
 * Euclidean metric times the power of two `scale`, for cosine between rows of norm 1.
 * docs/numerics.md derives every constant. */
#ifndef LATENT__SPACE_H
#define LATENT__SPACE_H

#include "base/rows.h"
#include "kernels/kernels.h"
#include "latent/distance.h"

/* Room for the rounding of the few float64 operations in which bounds themselves are computed. */
static const double latent__wider = 1 + 0x1p-40, latent__narrower = 1 - 0x1p-40;

typedef struct latent__space {
    latent_metric metric;
    int64_t columns;
    double (*squared_distance)(const void *a, const void *b, int64_t n);
    double (*dot)(const void *a, const void *b, int64_t n);
    double scale;     /* Euclidean: power of two that brings the data into float32's range */
    double error;     /* of an evaluated distance: relative (Euclidean) or absolute (cosine) */
    double underflow; /* Euclidean: absolute error where squares leave float64's range below */
} latent__space;

latent__space latent__space_make(const latent_context *context, latent_metric metric,
                                 int64_t columns, latent_type type);

/* Fixes the scale from the largest magnitude in the data. */
void latent__space_set_scale(latent__space *space, double largest);

/* The largest magnitude whose squared differences cannot overflow. */
double latent__space_most(int64_t columns);

/* Whether a norm is one that cosine distance can divide by: at least 2^-450. */
bool latent__space_norm_fits(double norm);

/* The evaluated distance; the norms are for cosine. */
double latent__space_distance(const latent__space *space, const void *a, double norm_a,
                              const void *b, double norm_b);

/* Every pair with an evaluated distance <= d has a true distance <= this. */
double latent__space_radius_above(const latent__space *space, double d);

/* Every pair with a true distance < this has an evaluated distance < d; may be negative. */
double latent__space_radius_below(const latent__space *space, double d);

/* Every pair with a true distance <= r has an evaluated distance <= this. */
double latent__space_evaluated_above(const latent__space *space, double r);

#endif
