/* Lengths and angles of float64 vectors, safe from overflow and underflow in between. */
#ifndef LATENT__VECTORS_H
#define LATENT__VECTORS_H

#include <stdint.h>

/* ‖v‖₂; infinite only if it is beyond float64. */
double latent__vector_norm(const double *v, int64_t n);

/* cos(a, b), within -1 … 1; 0 if one of them is zero. */
double latent__vector_cosine(const double *a, const double *b, int64_t n);

#endif
