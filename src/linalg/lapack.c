#include "lapack.h"

#include <inttypes.h>
#include <lapacke.h>
#include <math.h>
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

/* One call, for a matrix that LAPACK, which stores columns, sees with at least as many rows as columns:
 * it is faster that way. */
typedef struct svd_call {
    const double *source; /* the caller's m × n */
    int64_t m, n;
    bool transposed;          /* m >= n: rows must become columns; else they are columns already */
    lapack_int rows, columns; /* as LAPACK sees it */
    double *matrix;           /* rows × columns, overwritten */
    double *left, *right, *s; /* rows × columns, columns × columns, columns */
    double *work;
    lapack_int work_length, *integers;
    int32_t threads; /* that LAPACK may use */
} svd_call;

/* to (n × m) = from (m × n) transposed, a few rows at a time, whose lines stay in the cache. */
static void transpose(const double *from, int64_t m, int64_t n, double *to) {
    enum { ROWS = 8 };
    for (int64_t start = 0; start < m; start += ROWS)
        for (int64_t j = 0; j < n; j++)
            for (int64_t i = start; i < start + ROWS && i < m; i++)
                to[j * m + i] = from[i * n + j];
}

static void transpose_square(double *a, int64_t n) {
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < i; j++) {
            const double kept = a[i * n + j];
            a[i * n + j] = a[j * n + i];
            a[j * n + i] = kept;
        }
}

static void fill_matrix(const svd_call *c) {
    if (c->transposed)
        transpose(c->source, c->m, c->n, c->matrix);
    else
        memcpy(c->matrix, c->source, (size_t)(c->m * c->n) * sizeof *c->matrix);
}

static lapack_int divide_and_conquer(const svd_call *c, double *work, lapack_int length) {
    return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'S', c->rows, c->columns, c->matrix, c->rows, c->s,
                               c->left, c->rows, c->right, c->columns, work, length, c->integers);
}

static lapack_int qr_iteration(const svd_call *c, double *work, lapack_int length) {
    return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, 'S', 'S', c->rows, c->columns, c->matrix, c->rows,
                               c->s, c->left, c->rows, c->right, c->columns, work, length);
}

/* Runs the first way, and the second one if need be. */
static latent_status converge(latent_context *context, const svd_call *c, const char *name) {
    const latent__blas_hold hold = latent__blas_begin_lapack(c->threads);
    fill_matrix(c);
    lapack_int info = divide_and_conquer(c, c->work, c->work_length);
    if (info > 0) {
        fill_matrix(c);
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

static latent_status run_svd(latent_context *context, svd_call *c, const char *name) {
    const int64_t entries = c->m * c->n, integers = 8 * (int64_t)c->columns;
    latent_status status = LATENT_OK;
    c->matrix = latent__allocate(context, entries, sizeof *c->matrix, "a copy for LAPACK", &status);
    if (!status)
        c->work = latent__allocate(context, c->work_length, sizeof *c->work, "LAPACK's workspace",
                                   &status);
    if (!status)
        c->integers =
            latent__allocate(context, integers, sizeof *c->integers, "LAPACK's workspace", &status);
    if (!status)
        status = converge(context, c, name);
    latent__release(context, c->integers, integers, sizeof *c->integers);
    latent__release(context, c->work, c->work_length, sizeof *c->work);
    latent__release(context, c->matrix, entries, sizeof *c->matrix);
    return status;
}

/* Rows, a (m < n): LAPACK takes them for the columns of the transpose, whose left vectors are vt and
 * whose right ones are u. Else the left vectors come as columns, and must become rows. */
static latent_status svd_of(latent_context *context, svd_call *c, double *u, double *vt,
                            const char *name) {
    latent_status status = LATENT_OK;
    if (!c->transposed) {
        c->left = vt;
        c->right = u;
        return run_svd(context, c, name);
    }
    c->right = vt;
    c->left = latent__allocate(context, c->m * c->n, sizeof *u, "LAPACK's left vectors", &status);
    if (!status)
        status = run_svd(context, c, name);
    if (!status) {
        transpose(c->left, c->n, c->m, u);
        transpose_square(vt, c->n);
    }
    latent__release(context, c->left, c->m * c->n, sizeof *u);
    return status;
}

static latent_status svd(latent_context *context, svd_call call, double *u, double *vt,
                         const char *name) {
    const int64_t m = call.m, n = call.n;
    latent_status status = latent__svd_fits(context, m, n, name);
    if (status)
        return status;
    call.transposed = m >= n;
    call.rows = (lapack_int)(m >= n ? m : n);
    call.columns = (lapack_int)(m >= n ? n : m);
    const double wanted = work_wanted(&call);
    status = check_size(context, wanted, m, n, name);
    if (status)
        return status;
    call.work_length = (lapack_int)wanted;
    return svd_of(context, &call, u, vt, name);
}

latent_status latent__svd(latent_context *context, const double *a, int64_t m, int64_t n, double *u,
                          double *s, double *vt, const char *name) {
    const svd_call call = {
        .source = a, .m = m, .n = n, .s = s, .threads = latent__pool_threads(context->pool)};
    return svd(context, call, u, vt, name);
}

latent_status latent__svd_single(latent_context *context, const double *a, int64_t m, int64_t n,
                                 double *u, double *s, double *vt, const char *name) {
    const svd_call call = {.source = a, .m = m, .n = n, .s = s, .threads = 1};
    return svd(context, call, u, vt, name);
}

void latent__fix_sign(double *v, int64_t n, double *u, int64_t m, int64_t stride) {
    int64_t most = 0;
    for (int64_t j = 1; j < n; j++)
        if (fabs(v[j]) > fabs(v[most]))
            most = j;
    if (v[most] > 0)
        return;
    for (int64_t j = 0; j < n; j++)
        v[j] = -v[j];
    for (int64_t i = 0; i < m; i++)
        u[i * stride] = -u[i * stride];
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
