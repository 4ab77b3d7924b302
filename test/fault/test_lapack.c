/* LAPACK that does not converge. The linker gives this program's functions the names that the
 * library calls (--wrap); they do the real work first, so that what LAPACK overwrites is
 * overwritten, and then say that they failed. */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/directions_data.h"
#include "harness/fakealloc.h"
#include "harness/testing.h"

/* What each returns instead of success; 0: what LAPACK returns. */
static lapack_int divide_fails, iterate_fails, eigen_fails;
static int divided, iterated;

lapack_int __real_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork,
                                      lapack_int *iwork);
lapack_int __wrap_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork,
                                      lapack_int *iwork);
lapack_int __real_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u,
                                      lapack_int ldu, double *vt, lapack_int ldvt, double *work,
                                      lapack_int lwork);
lapack_int __wrap_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u,
                                      lapack_int ldu, double *vt, lapack_int ldvt, double *work,
                                      lapack_int lwork);
lapack_int __real_LAPACKE_dsyevd_work(int layout, char job, char part, lapack_int n, double *a,
                                      lapack_int lda, double *w, double *work, lapack_int lwork,
                                      lapack_int *iwork, lapack_int liwork);
lapack_int __wrap_LAPACKE_dsyevd_work(int layout, char job, char part, lapack_int n, double *a,
                                      lapack_int lda, double *w, double *work, lapack_int lwork,
                                      lapack_int *iwork, lapack_int liwork);

/* Leaves nothing in a result that could be mistaken for one. */
static void spoil(double *numbers, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        numbers[i] = (double)NAN;
}

lapack_int __wrap_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork,
                                      lapack_int *iwork) {
    const lapack_int info = __real_LAPACKE_dgesdd_work(layout, job, m, n, a, lda, s, u, ldu, vt,
                                                       ldvt, work, lwork, iwork);
    const int64_t k = m < n ? m : n;
    if (lwork < 0)
        return info;
    divided++;
    if (divide_fails) {
        spoil(a, (int64_t)m * n);
        spoil(s, k);
        spoil(u, m * k);
        spoil(vt, k * n);
    }
    return divide_fails ? divide_fails : info;
}

lapack_int __wrap_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u,
                                      lapack_int ldu, double *vt, lapack_int ldvt, double *work,
                                      lapack_int lwork) {
    const lapack_int info = __real_LAPACKE_dgesvd_work(layout, jobu, jobvt, m, n, a, lda, s, u, ldu,
                                                       vt, ldvt, work, lwork);
    if (lwork < 0)
        return info;
    iterated++;
    return iterate_fails ? iterate_fails : info;
}

lapack_int __wrap_LAPACKE_dsyevd_work(int layout, char job, char part, lapack_int n, double *a,
                                      lapack_int lda, double *w, double *work, lapack_int lwork,
                                      lapack_int *iwork, lapack_int liwork) {
    const lapack_int info =
        __real_LAPACKE_dsyevd_work(layout, job, part, n, a, lda, w, work, lwork, iwork, liwork);
    return eigen_fails ? eigen_fails : info;
}

static void set_failures(lapack_int divide, lapack_int iterate, lapack_int eigen) {
    divide_fails = divide;
    iterate_fails = iterate;
    eigen_fails = eigen;
    divided = iterated = 0;
}

static const int64_t shapes[][2] = {{1, 1}, {9, 6}, {6, 9}, {8, 8}, {40, 3}, {3, 40}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static void expect_same(const latent_directions *d, const latent_directions *expected) {
    const int64_t k = latent_directions_count(d), n = latent_directions_inputs(d);
    const int64_t m = latent_directions_outputs(d);
    assert_int_equal(latent_directions_rank(d), latent_directions_rank(expected));
    for (int64_t i = 0; i < k; i++)
        assert_true(fabs(latent_directions_values(d)[i] - latent_directions_values(expected)[i]) <
                    1e-13 * latent_directions_values(expected)[0]);
    for (int64_t i = 0; i < k * n; i++)
        assert_true(fabs(latent_directions_right(d)[i] - latent_directions_right(expected)[i]) <
                    1e-11);
    for (int64_t i = 0; i < m * k; i++)
        assert_true(fabs(latent_directions_left(d)[i] - latent_directions_left(expected)[i]) <
                    1e-11);
}

/* Where divide and conquer gives up, QR iteration starts from the head again. */
static void test_second_way(void **state) {
    (void)state;
    for (int s = 0; s < SHAPES; s++) {
        const int64_t m = shapes[s][0], n = shapes[s][1];
        double *const head = head_make(HEAD_NORMAL, m, n, 5);
        set_failures(0, 0, 0);
        latent_directions *const expected = directions_of(head, m, n);
        assert_true(divided == 1 && iterated == 0);
        set_failures(1, 0, 0);
        latent_directions *const d = directions_of(head, m, n);
        assert_true(divided == 1 && iterated == 1);
        expect_same(d, expected);
        latent_directions_destroy(d);
        latent_directions_destroy(expected);
        free(head);
    }
}

static void test_second_way_of_aware(void **state) {
    (void)state;
    enum { M = 7, N = 5 };
    double *const head = head_make(HEAD_NORMAL, M, N, 6);
    double gram[N * N] = {0}, errors[2][N + 1];
    for (int i = 0; i < N; i++)
        gram[i * N + i] = i + 1;
    set_failures(0, 0, 0);
    latent_directions *const d = directions_of(head, M, N);
    latent_context *const context = testing_context();
    for (int way = 0; way < 2; way++) {
        latent_pruning_aware_result result = {.size = sizeof result, .error = errors[way]};
        set_failures(way, 0, 0);
        expect_ok(context, latent_pruning_aware(context, d, gram, &result));
        assert_int_equal(iterated, way);
    }
    for (int r = 0; r <= N; r++)
        assert_true(fabs(errors[0][r] - errors[1][r]) <= 1e-13 * errors[0][0]);
    latent_context_destroy(context);
    latent_directions_destroy(d);
    free(head);
}

static latent_context *hooked(fakealloc *allocator) {
    latent_context_options options = testing_options();
    fakealloc_install(allocator, &options);
    return testing_context_with(&options);
}

/* Neither way: an error that says so, nothing made, nothing leaked, and the next call works. */
static void test_no_way(void **state) {
    (void)state;
    const int threads = openblas_get_num_threads();
    for (int s = 0; s < SHAPES; s++)
        for (int refused = 0; refused < 2; refused++) {
            const int64_t m = shapes[s][0], n = shapes[s][1];
            fakealloc allocator = fakealloc_make();
            latent_context *const context = hooked(&allocator);
            const int64_t held = allocator.live_bytes;
            double *const head = head_make(HEAD_NORMAL, m, n, 7);
            const latent_matrix view = latent_matrix_view(head, m, n, LATENT_F64);
            latent_directions *made = (latent_directions *)(void *)head;
            set_failures(refused ? -4 : 1, 3, 0);
            expect_status(context, latent_directions_create(context, &view, NULL, &made),
                          LATENT_ERROR_CONVERGENCE,
                          refused ? "head|converge|-4" : "head|converge|3");
            assert_null(made);
            assert_int_equal(allocator.live_bytes, held);
            assert_int_equal(openblas_get_num_threads(), threads);
            set_failures(0, 0, 0);
            expect_ok(context, latent_directions_create(context, &view, NULL, &made));
            latent_directions_destroy(made);
            latent_context_destroy(context);
            assert_true(fakealloc_clean(&allocator));
            free(head);
        }
}

static void expect_aware_fails(latent_context *context, const latent_directions *d,
                               const double *gram, const char *pieces) {
    const int64_t rank = latent_directions_rank(d);
    const size_t bytes = (size_t)(rank + 1) * sizeof(double);
    double *const error = poison_new(bytes), *const plain = poison_new(bytes);
    latent_pruning_aware_result result = {
        .size = sizeof result, .error = error, .plain_error = plain};
    expect_status(context, latent_pruning_aware(context, d, gram, &result),
                  LATENT_ERROR_CONVERGENCE, pieces);
    assert_true(poison_intact(error, bytes) && poison_intact(plain, bytes));
    set_failures(0, 0, 0);
    expect_ok(context, latent_pruning_aware(context, d, gram, &result));
    free(error);
    free(plain);
}

static void test_aware_no_way(void **state) {
    (void)state;
    enum { N = 6 };
    fakealloc allocator = fakealloc_make();
    latent_context *const context = hooked(&allocator);
    double *const head = head_make(HEAD_NORMAL, N, N, 8);
    double gram[N * N] = {0};
    for (int i = 0; i < N; i++)
        gram[i * N + i] = 1;
    set_failures(0, 0, 0);
    latent_directions *const d = directions_of(head, N, N);
    const int64_t held = allocator.live_bytes;
    set_failures(0, 0, 2);
    expect_aware_fails(context, d, gram, "gram|converge|2");
    set_failures(1, 5, 0);
    expect_aware_fails(context, d, gram, "the weighted head|converge|5");
    assert_int_equal(allocator.live_bytes, held);
    latent_directions_destroy(d);
    latent_context_destroy(context);
    assert_true(fakealloc_clean(&allocator));
    free(head);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_second_way),
        cmocka_unit_test(test_second_way_of_aware),
        cmocka_unit_test(test_no_way),
        cmocka_unit_test(test_aware_no_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
