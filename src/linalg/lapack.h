/* Decompositions by LAPACK. Their last bits are LAPACK's: they depend on its build and its threads. */
#ifndef LATENT__LAPACK_H
#define LATENT__LAPACK_H

#include "base/core.h"

/* LATENT_ERROR_SHAPE if a decomposition of that size is beyond LAPACK's 32-bit integers: for callers who
 * would allocate much before the decomposition itself finds out. */
latent_status latent__svd_fits(latent_context *context, int64_t m, int64_t n, const char *name);
latent_status latent__eigen_fits(latent_context *context, int64_t n, const char *name);

/* Thin singular value decomposition of a (m × n, row after row): a = u · diag(s) · vt with k =
 * min(m, n); u is m × k, s has k entries in descending order, vt is k × n. By divide and conquer; where
 * that does not converge, by QR iteration. Signs are LAPACK's. `name` is what the sentences call a.
 *
 * LATENT_ERROR_SHAPE beyond LAPACK's 32-bit sizes, LATENT_ERROR_CONVERGENCE, and what allocation can
 * give. */
latent_status latent__svd(latent_context *context, const double *a, int64_t m, int64_t n, double *u,
                          double *s, double *vt, const char *name);

/* The same on the calling thread alone, so that the number of threads changes no bit: for small a. */
latent_status latent__svd_single(latent_context *context, const double *a, int64_t m, int64_t n,
                                 double *u, double *s, double *vt, const char *name);

/* Makes the entry of largest magnitude of a right vector v (n), the first of them, positive, by changing
 * the signs of v and of its left vector u, whose m entries are `stride` apart. */
void latent__fix_sign(double *v, int64_t n, double *u, int64_t m, int64_t stride);

/* Eigenvalues, ascending, and orthonormal eigenvectors of the symmetric a (n × n), of which only the
 * lower triangle is read. On success row i of a is the eigenvector of values[i]. */
latent_status latent__eigen(latent_context *context, double *a, int64_t n, double *values,
                            const char *name);

#endif
