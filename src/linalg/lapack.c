#include "lapack.h"

#include <inttypes.h>
#include <lapacke.h>
#include <string.h>

#include "base/memory.h"
#include "blas.h"
#include "parallel/pool.h"

/* LAPACK's integers have 32 bits: sizes, and the length of its workspace. */
static latent_status check_size(latent_context *context, double most, int64_t m, int64_t n,
                                const char *name) {
    if (m <= INT32_MAX && n <= INT32_MAX && most <= (double)INT32_MAX)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "%s is %" PRId64 " x %" PRId64 ", beyond LAPACK's 32-bit integers", name, m,
                        n);
}

/* One call. Row after row, a is what LAPACK, which thinks in columns, takes for its transpose: so its
 * left vectors are our vt, and its right ones our u. */
typedef struct svd_call {
    int64_t m, n;
    double *a, *u, *s, *vt;
    double *work;
    lapack_int work_length;
    lapack_int *integers;
} svd_call;

static lapack_int divide_and_conquer(const svd_call *c, double *work, lapack_int length) {
    const lapack_int m = (lapack_int)c->m, n = (lapack_int)c->n, k = m < n ? m : n;
    return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', n, m, c->a, n, c->s, c->vt, n, c->u, k, work,
                               length, c->integers);
}

static lapack_int qr_iteration(const svd_call *c, double *work, lapack_int length) {
    const lapack_int m = (lapack_int)c->m, n = (lapack_int)c->n, k = m < n ? m : n;
    return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'S', 'S', n, m, c->a, n, c->s, c->vt, n, c->u, k,
                               work, length);
}

/* Runs the first way on a, and the second one on its copy if need be. */
static latent_status converge(latent_context *context, svd_call *c, const double *copy,
                              const char *name) {
    const latent__blas_hold hold =
        latent__blas_begin_lapack(latent__pool_threads(context->pool));
    lapack_int info = divide_and_conquer(c, c->work, c->work_length);
    if (info > 0) {
        memcpy(c->a, copy, (size_t)(c->m * c->n) * sizeof *copy);
        info = qr_iteration(c, c->work, c->work_length);
    }
    latent__blas_end_lapack(hold);
    if (info == 0)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_CONVERGENCE,
                        "LAPACK's singular value decomposition of %s did not converge (info %d)",
                        name, (int)info);
}

/* The longer of the two ways' workspaces. */
static double work_wanted(const svd_call *c) {
    double first = 1, second = 1;
    divide_and_conquer(c, &first, -1);
    qr_iteration(c, &second, -1);
    return first > second ? first : second;
}

latent_status latent__svd_fits(latent_context *context, int64_t m, int64_t n, const char *name) {
    const double k = (double)(m < n ? m : n);
    return check_size(context, 7 * k * k + 64 * ((double)m + (double)n), m, n, name);
}

latent_status latent__svd(latent_context *context, double *a, int64_t m, int64_t n, double *u,
                          double *s, double *vt, const char *name) {
    const int64_t k = m < n ? m : n;
    svd_call call = {.m = m, .n = n, .a = a, .u = u, .s = s, .vt = vt};
    latent_status status = latent__svd_fits(context, m, n, name);
    if (status)
        return status;
    const double wanted = work_wanted(&call);
    status = check_size(context, wanted, m, n, name);
    if (status)
        return status;
    call.work_length = (lapack_int)wanted;
    double *copy = latent__allocate(context, m * n, sizeof *copy, "a copy for LAPACK", &status);
    if (!status)
        call.work = latent__allocate(context, call.work_length, sizeof *call.work,
                                     "LAPACK's workspace", &status);
    if (!status)
        call.integers = latent__allocate(context, 8 * k, sizeof *call.integers,
                                         "LAPACK's workspace", &status);
    if (!status) {
        memcpy(copy, a, (size_t)(m * n) * sizeof *copy);
        status = converge(context, &call, copy, name);
    }
    latent__release(context, call.integers, 8 * k, sizeof *call.integers);
    latent__release(context, call.work, call.work_length, sizeof *call.work);
    latent__release(context, copy, m * n, sizeof *copy);
    return status;
}

static latent_status eigen_in(latent_context *context, double *a, lapack_int n, double *values,
                              const lapack_int lengths[2], const char *name) {
    latent_status status = LATENT_OK;
    double *work =
        latent__allocate(context, lengths[0], sizeof *work, "LAPACK's workspace", &status);
    lapack_int *integers = NULL;
    if (!status)
        integers =
            latent__allocate(context, lengths[1], sizeof *integers, "LAPACK's workspace", &status);
    if (!status) {
        const latent__blas_hold hold =
            latent__blas_begin_lapack(latent__pool_threads(context->pool));
        /* The lower triangle by rows is the upper one by columns. */
        const lapack_int info = LAPACKE_dsyevd_work(LAPACK_COL_MAJOR, 'V', 'U', n, a, n, values,
                                                    work, lengths[0], integers, lengths[1]);
        latent__blas_end_lapack(hold);
        if (info != 0)
            status = latent__fail(context, LATENT_ERROR_CONVERGENCE,
                                  "LAPACK's eigenvalues of %s did not converge (info %d)", name,
                                  (int)info);
    }
    latent__release(context, integers, lengths[1], sizeof *integers);
    latent__release(context, work, lengths[0], sizeof *work);
    return status;
}

/* dsyevd's own formula for the longer of its workspaces. */
static double eigen_length(int64_t n) {
    return 1 + 6 * (double)n + 2 * (double)n * (double)n;
}

latent_status latent__eigen_fits(latent_context *context, int64_t n, const char *name) {
    return check_size(context, eigen_length(n), n, n, name);
}

latent_status latent__eigen(latent_context *context, double *a, int64_t n, double *values,
                            const char *name) {
    const latent_status status = latent__eigen_fits(context, n, name);
    if (status)
        return status;
    const lapack_int lengths[2] = {(lapack_int)eigen_length(n), (lapack_int)(3 + 5 * n)};
    return eigen_in(context, a, (lapack_int)n, values, lengths, name);
}
