/* linalg/blas.c: products within float32's error, nothing beside the product written, and the
 * process's number of threads given back. */
#include <cblas.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"
#include "linalg/blas.h"

/* |error| <= gamma_d * sum |a_k b_k|, gamma_d = d u / (1 - d u), in any order of summation. */
static void check_product(prng *g, int64_t m, int64_t n, int64_t d, int64_t ldc) {
    float *const a = malloc((size_t)(m * d) * sizeof *a), *const b = malloc((size_t)(n * d) * 4);
    float *const c = malloc((size_t)((m - 1) * ldc + n) * sizeof *c);
    for (int64_t i = 0; i < m * d; i++)
        a[i] = (float)prng_normal(g);
    for (int64_t i = 0; i < n * d; i++)
        b[i] = (float)prng_normal(g);
    for (int64_t i = 0; i < (m - 1) * ldc + n; i++)
        c[i] = NAN;
    const latent__blas_hold hold = latent__blas_begin();
    latent__blas_product(a, m, b, n, d, c, ldc);
    latent__blas_end(hold);
    const double gamma = (double)d * 0x1p-24 / (1.0 - (double)d * 0x1p-24);
    for (int64_t i = 0; i < m; i++)
        for (int64_t j = 0; j < ldc && i * ldc + j < (m - 1) * ldc + n; j++) {
            double sum = 0.0, magnitude = 0.0;
            for (int64_t k = 0; k < d && j < n; k++) {
                sum += (double)a[i * d + k] * (double)b[j * d + k];
                magnitude += fabs((double)a[i * d + k] * (double)b[j * d + k]);
            }
            if (j < n)
                assert_true(fabs((double)c[i * ldc + j] - sum) <= gamma * magnitude + 1e-30);
            else
                assert_true(isnan(c[i * ldc + j]));
        }
    free(a);
    free(b);
    free(c);
}

static void test_products(void **state) {
    (void)state;
    prng g = {3};
    for (int round = 0; round < 150; round++) {
        const int64_t n = 1 + prng_below(&g, 70);
        check_product(&g, 1 + prng_below(&g, 70), n, 1 + prng_below(&g, 300),
                      n + prng_below(&g, 3));
    }
}

static void test_thread_count(void **state) {
    (void)state;
    const int before = openblas_get_num_threads();
    const latent__blas_hold outer = latent__blas_begin();
    const latent__blas_hold inner = latent__blas_begin();
    if (openblas_get_parallel() != OPENBLAS_OPENMP)
        assert_int_equal(openblas_get_num_threads(), 1);
    latent__blas_end(inner);
    if (openblas_get_parallel() != OPENBLAS_OPENMP)
        assert_int_equal(openblas_get_num_threads(), 1);
    latent__blas_end(outer);
    assert_int_equal(openblas_get_num_threads(), before);
}

static void expect_threads(int threads) {
    if (openblas_get_parallel() == OPENBLAS_THREAD)
        assert_int_equal(openblas_get_num_threads(), threads);
}

/* LAPACK may have threads of its own while it is alone; whoever comes later takes them away, and
 * the last one out puts back what the first one found. */
static void test_lapack_thread_count(void **state) {
    (void)state;
    const int before = openblas_get_num_threads();
    const latent__blas_hold alone = latent__blas_begin_lapack(2);
    expect_threads(2);
    latent__blas_end_lapack(alone);
    assert_int_equal(openblas_get_num_threads(), before);
    const latent__blas_hold outer = latent__blas_begin();
    const latent__blas_hold lapack = latent__blas_begin_lapack(2);
    expect_threads(1);
    latent__blas_end_lapack(lapack);
    expect_threads(1);
    latent__blas_end(outer);
    assert_int_equal(openblas_get_num_threads(), before);
    const latent__blas_hold first = latent__blas_begin_lapack(2);
    const latent__blas_hold second = latent__blas_begin();
    expect_threads(1);
    latent__blas_end(second);
    latent__blas_end_lapack(first);
    assert_int_equal(openblas_get_num_threads(), before);
    /* More threads than it was built for are not asked for. */
    const latent__blas_hold many = latent__blas_begin_lapack(4096);
    assert_true(openblas_get_num_threads() >= 1);
    latent__blas_end_lapack(many);
    assert_int_equal(openblas_get_num_threads(), before);
}

enum { M = 92, D = 15, REPEATS = 10000, THREADS = 4 };

typedef struct repeated {
    float a[M * D], c[M * M];
    int wrong;
} repeated;

/* The same product again and again gives the same bits. */
static void *repeat(void *argument) {
    repeated *const work = argument;
    const latent__blas_hold hold = latent__blas_begin();
    latent__blas_worker();
    latent__blas_product(work->a, M, work->a, M, D, work->c, M);
    for (int r = 0; r < REPEATS; r++) {
        float again[M * M];
        latent__blas_product(work->a, M, work->a, M, D, again, M);
        work->wrong += memcmp(again, work->c, sizeof again) != 0;
    }
    latent__blas_end(hold);
    return NULL;
}

/* The serial build of OpenBLAS mixes up the products of threads that call it at once. */
static void test_threads(void **state) {
    (void)state;
    static repeated work[THREADS];
    pthread_t threads[THREADS];
    prng g = {4};
    for (int t = 0; t < THREADS; t++) {
        for (int i = 0; i < M * D; i++)
            work[t].a[i] = (float)prng_normal(&g);
        assert_int_equal(pthread_create(&threads[t], NULL, repeat, &work[t]), 0);
    }
    for (int t = 0; t < THREADS; t++) {
        pthread_join(threads[t], NULL);
        assert_int_equal(work[t].wrong, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_products),
                                       cmocka_unit_test(test_thread_count),
                                       cmocka_unit_test(test_lapack_thread_count),
                                       cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
