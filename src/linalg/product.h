/* Products in float64 that are the same bits everywhere: every element is one chain of multiply-adds in
 * the order of the inner index, each rounded once. BLAS sums in orders of its own. */
#ifndef LATENT__PRODUCT_H
#define LATENT__PRODUCT_H

#include <stdint.h>

#include "kernels/kernels.h"

/* A panel holds TILE_ROWS rows, or TILE_COLUMNS columns, with element k of all of them together. The
 * last one is filled up with zeros. Doubles of all panels for `count` rows or columns: */
int64_t latent__row_panels(int64_t count, int64_t depth);
int64_t latent__column_panels(int64_t count, int64_t depth);

/* Panels from `count` vectors of `depth` numbers, `stride` apart, `width` to a panel. */
void latent__pack_panels(const double *vectors, int64_t stride, int64_t count, int64_t depth,
                         int width, double *panels);

/* The most rows of one strip. */
enum { LATENT__STRIP_ROWS = 8 * LATENT__TILE_ROWS };

/* Products of all row panels of at most STRIP_ROWS rows with one column panel: TILE_COLUMNS columns of
 * `out`, whose rows are `stride` apart; there is room for whole row panels. */
void latent__product_strip(const latent__kernels *kernels, const double *row_panels, int64_t rows,
                           const double *column_panel, int64_t depth, double *out, int64_t stride);

#endif
