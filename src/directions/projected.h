/* Activations projected onto a head's directions, a few rows at a time: what importance and the pruning
 * curve have in common. */
#ifndef LATENT__PROJECTED_H
#define LATENT__PROJECTED_H

#include "decomposition.h"
#include "linalg/product.h"

/* A worker's memory for one strip of rows. A row is scaled by a power of two if its numbers are so
 * large or small that its length would leave float64: products are in units of unit[r]. */
typedef struct latent__strip {
    double *panels;  /* STRIP_ROWS × inputs, in row panels */
    double *vectors; /* a panel's rows, before they are packed */
    double unit[LATENT__STRIP_ROWS];
    double inverse_norm[LATENT__STRIP_ROWS]; /* 1 / |h| in those units; 0 for a row of zeros */
} latent__strip;

/* Doubles of `panels` and `vectors`. */
int64_t latent__strip_doubles(const latent_directions *directions);

/* A strip in that much memory, aligned for vectors. */
void latent__strip_in(latent__strip *strip, double *memory, const latent_directions *directions);

/* Takes rows first … first + count - 1 of the view. Returns the first of them that has a NaN or an
 * infinity, or -1. */
int64_t latent__strip_take(const latent__kernels *kernels, const latent_matrix *points,
                           int64_t first, int64_t count, latent__strip *strip);

/* Products with the directions of column panel `panel`, TILE_COLUMNS of them. */
void latent__strip_project(const latent__kernels *kernels, const latent__strip *strip,
                           int64_t count, const latent_directions *directions, int64_t panel,
                           double *out, int64_t stride);

#endif
