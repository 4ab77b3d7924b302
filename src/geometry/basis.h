/* Orthonormal vectors that grow in number, as rows; sums in the order of distance.h. */
#ifndef LATENT__BASIS_H
#define LATENT__BASIS_H

#include "base/core.h"
#include "base/random.h"

typedef struct latent__basis {
    latent_context *context;
    double *rows; /* capacity × length; the first `count` are orthonormal */
    int64_t length, count, capacity;
} latent__basis;

/* None yet. On failure free() may still be called. */
latent_status latent__basis_create(latent_context *context, int64_t length, int64_t capacity,
                                   const char *what, latent__basis *basis);
void latent__basis_free(latent__basis *basis);

static inline double *latent__basis_row(const latent__basis *basis, int64_t row) {
    return basis->rows + row * basis->length;
}

/* Takes row `count` into the basis: subtracts from it, twice, what it has of the rows before
 * (`coefficients`, with room for twice count) and divides it by the norm of what is left. If *norm is at most
 * `negligible`, it is made 0 and the row is not taken in. LATENT_ERROR_OVERFLOW if the norm is not
 * finite. */
latent_status latent__basis_extend(latent__basis *basis, double negligible, double *coefficients,
                                   double *norm);

/* Takes in a random vector; `room` is for twice count numbers. count < length. */
latent_status latent__basis_extend_random(latent__basis *basis, latent__random *random,
                                          double *room);

/* Weights of combinations: entry (i, j) is at[i · row + j · column]. */
typedef struct latent__weights {
    const double *at;
    int64_t row, column;
} latent__weights;

/* The first `from` rows become `to` <= from combinations of them, Σ_j weight(i, j) row_j; the rows after
 * them move up. */
latent_status latent__basis_combine(latent__basis *basis, latent__weights weights, int64_t from,
                                    int64_t to);

/* The Euclidean norm of n numbers; infinite only if it is beyond float64. */
double latent__norm(const latent_context *context, const double *vector, int64_t n);

#endif
