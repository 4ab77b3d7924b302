/* Decompositions by LAPACK. Their last bits are LAPACK's: they depend on its build and its threads. */
#ifndef LATENT__LAPACK_H
#define LATENT__LAPACK_H

#include "base/core.h"

/* Thin singular value decomposition of a (m × n, row after row): a = u · diag(s) · vt with k =
 * min(m, n); u is m × k, s has k entries in descending order, vt is k × n. By divide and conquer; where
 * that does not converge, by QR iteration. Signs are LAPACK's. `name` is what the sentences call a.
 *
 * LATENT_ERROR_SHAPE beyond LAPACK's 32-bit sizes, LATENT_ERROR_CONVERGENCE, and what allocation can
 * give. */
latent_status latent__svd(latent_context *context, const double *a, int64_t m, int64_t n, double *u,
                          double *s, double *vt, const char *name);

/* Eigenvalues, ascending, and orthonormal eigenvectors of the symmetric a (n × n), of which only the
 * lower triangle is read. On success row i of a is the eigenvector of values[i]. */
latent_status latent__eigen(latent_context *context, double *a, int64_t n, double *values,
                            const char *name);

#endif
