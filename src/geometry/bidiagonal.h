/* Golub-Kahan-Lanczos bidiagonalisation of a Jacobian in blocks, with full reorthogonalisation.
 *
 * A is J, or Jᵀ if J has more columns than rows, so that its rows are the shorter vectors. Orthonormal
 * shorter vectors V and longer ones U grow together:
 *
 *     A V = U B               B = Uᵀ A V
 *     Aᵀ U = V C + rest       C = Vᵀ Aᵀ U
 *
 * B and C are computed from the products that were made, each with all coefficients, not the few that
 * exact arithmetic would leave. So the first equation holds to rounding whatever the start, and after
 * replacing vectors by random ones; and with B = P S Qᵀ the triplets S_i, U p_i, V q_i satisfy the second
 * up to the rows of C p_i that belong to vectors beyond k and to what C and Bᵀ differ. */
#ifndef LATENT__BIDIAGONAL_H
#define LATENT__BIDIAGONAL_H

#include "basis.h"
#include "encoder_calls.h"

typedef struct latent__bidiagonal {
    latent__encoder_calls *calls;
    const double *point;
    bool wide;                     /* J has more columns than rows: A is Jᵀ */
    int64_t block, size, k;        /* k of at most `size` steps are done */
    latent__basis shorter, longer; /* V, of which those from k on are yet to be multiplied; U */
    int64_t parked;                /* the last so many of V are not to be multiplied now */
    double *b;                     /* size × size */
    double *c;                     /* as many rows as V has room for, × size */
    double *left, *values, *right; /* P (k × k), S, Qᵀ (k × k) of the last ritz() */
    double *room;                  /* as much as c, and as a row has coefficients, twice */
    double largest;                /* norm of a product so far */
    double lost;                   /* of Aᵀ u_i, by restarts, at most */
    int exponent;                  /* products are multiplied by 2^exponent, once one is not 0 */
    bool scaled;
    latent__random random;
    int64_t products;
} latent__bidiagonal;

/* Bytes that create() allocates. */
int64_t latent__bidiagonal_room(const latent_context *context, const latent_encoder *encoder,
                                int64_t size, int64_t block);

/* Starts from random vectors. On failure free() must still be called. */
latent_status latent__bidiagonal_create(latent__encoder_calls *calls, const double *point,
                                        int64_t size, int64_t block, uint64_t seed,
                                        latent__bidiagonal *l);
void latent__bidiagonal_free(latent__bidiagonal *l);

/* Multiplies the next vectors of V, at least one: k grows. k < size. */
latent_status latent__bidiagonal_expand(latent__bidiagonal *l);

/* Decomposes B. */
latent_status latent__bidiagonal_ritz(latent__bidiagonal *l);

/* After ritz(): the part of ‖Aᵀ u_i - S_i v_i‖ that more steps can mend, and all of it. */
double latent__bidiagonal_open(const latent__bidiagonal *l, int64_t i);
double latent__bidiagonal_residual(const latent__bidiagonal *l, int64_t i);

/* After ritz(): keeps the first `keep` triplets, and the vectors beyond k. `afresh`: parks those, and goes on
 * from a random vector, until unpark(), or until nothing else is left. */
latent_status latent__bidiagonal_restart(latent__bidiagonal *l, int64_t keep, bool afresh);
void latent__bidiagonal_unpark(latent__bidiagonal *l);

/* `rows` products of A with shorter vectors. */
latent_status latent__bidiagonal_multiply(latent__bidiagonal *l, const double *vectors,
                                          int64_t rows, double *products);

#endif
