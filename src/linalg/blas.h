/* Matrix products by OpenBLAS, one thread each: this room alone calls it. */
#ifndef LATENT__BLAS_H
#define LATENT__BLAS_H

#include <stdint.h>

/* The most rows, columns or elements of a row that a call takes. */
enum { LATENT__BLAS_MOST = INT32_MAX };

/* What a thread has changed and will put back. */
typedef struct latent__blas_hold {
    int openmp_threads;
} latent__blas_hold;

/* From begin to end, products made by this process run on the thread that asks for them, so that
 * our workers times OpenBLAS's do not oversubscribe the machine. Nests, from any thread. */
latent__blas_hold latent__blas_begin(void);
void latent__blas_end(latent__blas_hold hold);

/* The same for one call of LAPACK, which may use `threads` of OpenBLAS's own, unless another context
 * is between begin and end, or they are OpenMP's. */
latent__blas_hold latent__blas_begin_lapack(int32_t threads);
void latent__blas_end_lapack(latent__blas_hold hold);

/* c (m × n, rows ldc apart) = a (m × d) · b (n × d) transposed, in float32; rows of a and b are d
 * apart. The order of summation is OpenBLAS's own. Between begin and end only; a worker thread
 * calls latent__blas_worker() once before. */
void latent__blas_product(const float *a, int64_t m, const float *b, int64_t n, int64_t d, float *c,
                          int64_t ldc);

/* Makes products of a worker thread run on that thread alone. */
void latent__blas_worker(void);

#endif
