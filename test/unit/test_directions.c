/* The decomposition of a head: what defines it, the rule for signs, ranks and tolerances,
 * element types and strides, extreme entries; and heads of chosen directions. */
#define _GNU_SOURCE
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/directions_data.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "linalg/lapack.h"

static latent_directions *decompose(const latent_matrix *head, double tolerance) {
    const latent_directions_options options = {.size = sizeof options, .tolerance = tolerance};
    latent_context *const context = testing_context();
    latent_directions *made = NULL;
    expect_ok(context, latent_directions_create(context, head, &options, &made));
    latent_context_destroy(context);
    return made;
}

/* |Qᵀ Q - 1| for k vectors of n numbers, `step` apart, their numbers `stride` apart. */
static double unorthogonal(const double *q, int64_t k, int64_t n, int64_t step, int64_t stride) {
    double worst = 0;
    for (int64_t i = 0; i < k; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = i == j ? -1 : 0;
            for (int64_t e = 0; e < n; e++)
                sum += q[i * step + e * stride] * q[j * step + e * stride];
            worst = fmax(worst, fabs(sum));
        }
    return worst;
}

static void expect_decomposition(const latent_directions *d, const double *head) {
    const int64_t outputs = latent_directions_outputs(d), inputs = latent_directions_inputs(d);
    const int64_t k = latent_directions_count(d);
    const double *const values = latent_directions_values(d);
    const double *const right = latent_directions_right(d), *const left = latent_directions_left(d);
    const double room = 1e-14 * (double)(outputs + inputs);
    assert_int_equal(k, outputs < inputs ? outputs : inputs);
    for (int64_t i = 0; i < k; i++)
        assert_true(values[i] >= 0 && (i == 0 || values[i] <= values[i - 1]));
    assert_true(unorthogonal(right, k, inputs, inputs, 1) <= room);
    assert_true(unorthogonal(left, k, outputs, 1, k) <= room);
    for (int64_t y = 0; y < outputs; y++)
        for (int64_t j = 0; j < inputs; j++) {
            double sum = 0;
            for (int64_t i = 0; i < k; i++)
                sum += left[y * k + i] * values[i] * right[i * inputs + j];
            assert_true(fabs(sum - head[y * inputs + j]) <= room * values[0]);
        }
    for (int64_t i = 0; i < k; i++) {
        int64_t most = 0;
        for (int64_t j = 1; j < inputs; j++)
            if (fabs(right[i * inputs + j]) > fabs(right[i * inputs + most]))
                most = j;
        assert_true(right[i * inputs + most] > 0);
    }
}

static void test_decompositions(void **state) {
    (void)state;
    static const int64_t shapes[][2] = {{1, 1},   {1, 9},   {9, 1},  {2, 2},  {7, 5},   {5, 7},
                                        {24, 24}, {25, 49}, {70, 3}, {3, 70}, {120, 90}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int kind = 0; kind < HEAD_KINDS; kind++) {
            const int64_t outputs = shapes[s][0], inputs = shapes[s][1];
            double *const head = head_make((head_kind)kind, outputs, inputs, s);
            latent_directions *const d = directions_of(head, outputs, inputs);
            expect_decomposition(d, head);
            if (kind == HEAD_ZERO)
                assert_int_equal(latent_directions_rank(d), 0);
            if (kind == HEAD_LOW_RANK && outputs > 6 && inputs > 6)
                assert_int_equal(latent_directions_rank(d), 3);
            latent_directions_destroy(d);
            free(head);
        }
}

/* Every element type, with gaps that must not be read, and the same numbers as float64. */
static void test_types_and_strides(void **state) {
    (void)state;
    enum { OUTPUTS = 13, INPUTS = 17 };
    prng g = {8};
    for (int type = LATENT_F16; type <= LATENT_F64; type++)
        for (int64_t gap = 0; gap < 4; gap += 3) {
            double values[OUTPUTS * INPUTS];
            for (int i = 0; i < OUTPUTS * INPUTS; i++)
                values[i] = narrow_round((latent_type)type, prng_normal(&g));
            dataset set = dataset_from((latent_type)type, values, NULL, OUTPUTS, INPUTS, gap);
            latent_directions *const d = decompose(&set.view, 0);
            latent_directions *const same = directions_of(values, OUTPUTS, INPUTS);
            expect_decomposition(d, values);
            assert_memory_equal(latent_directions_values(d), latent_directions_values(same),
                                OUTPUTS * sizeof(double));
            assert_memory_equal(latent_directions_right(d), latent_directions_right(same),
                                OUTPUTS * INPUTS * sizeof(double));
            latent_directions_destroy(d);
            latent_directions_destroy(same);
            dataset_free(&set);
        }
}

/* Powers of two change nothing but the values, from the largest numbers to the smallest. */
static void test_scales(void **state) {
    (void)state;
    static const int exponents[] = {-1074, -1060, -1000, -600, -1, 300, 600, 1020};
    enum { N = 9 };
    double integers[N * N], scaled[N * N];
    prng g = {9};
    for (int i = 0; i < N * N; i++)
        integers[i] = (double)(prng_below(&g, 5) - 2);
    latent_directions *const plain = directions_of(integers, N, N);
    for (int e = 0; e < 8; e++) {
        for (int i = 0; i < N * N; i++)
            scaled[i] = ldexp(integers[i], exponents[e]);
        latent_directions *const d = directions_of(scaled, N, N);
        const double room = 1e-14 * latent_directions_values(plain)[0];
        for (int i = 0; i < N; i++) {
            const double value = latent_directions_values(d)[i];
            const double back = ldexp(value, -exponents[e]);
            const double lost = exponents[e] < -1020 ? ldexp(1, -1074 - exponents[e]) : 0;
            assert_true(fabs(back - latent_directions_values(plain)[i]) <= room + lost);
        }
        for (int i = 0; i < N * N; i++)
            assert_true(fabs(latent_directions_right(d)[i] - latent_directions_right(plain)[i]) <
                        1e-11);
        latent_directions_destroy(d);
    }
    latent_directions_destroy(plain);
}

static void test_beyond_float64(void **state) {
    (void)state;
    const double most = DBL_MAX, head[] = {most, most, most, most};
    const latent_matrix view = latent_matrix_view(head, 2, 2, LATENT_F64);
    latent_context *const context = testing_context();
    latent_directions *made = (latent_directions *)(void *)context;
    expect_status(context, latent_directions_create(context, &view, NULL, &made),
                  LATENT_ERROR_OVERFLOW, "singular value of head|float64");
    assert_null(made);
    latent_context_destroy(context);
    const double edge[] = {most, 0, 0, -most};
    latent_directions *const d = directions_of(edge, 2, 2);
    assert_true(fabs(latent_directions_values(d)[1] / most - 1) < 1e-15);
    latent_directions_destroy(d);
}

static int64_t rank_of(const double *head, int64_t n, double tolerance) {
    const latent_matrix view = latent_matrix_view(head, n, n, LATENT_F64);
    latent_directions *const d = decompose(&view, tolerance);
    const int64_t rank = latent_directions_rank(d);
    latent_directions_destroy(d);
    return rank;
}

/* Values that are the tolerance times the largest count as 0; the default is numpy's. */
static void test_tolerance(void **state) {
    (void)state;
    const double head[] = {4, 0, 0, 0, 1, 0, 0, 0, 0.25}; /* its values, exactly */
    assert_int_equal(rank_of(head, 3, 0), 3);
    assert_int_equal(rank_of(head, 3, 0.0624), 3);
    assert_int_equal(rank_of(head, 3, 0.0625), 2);
    assert_int_equal(rank_of(head, 3, 0.25), 1);
    assert_int_equal(rank_of(head, 3, 0.9), 1);
    const double above[] = {1, 0, 0, 0x1p-50}, below[] = {1, 0, 0, 0x1p-51};
    assert_int_equal(rank_of(above, 2, 0), 2); /* 2 * 2^-52 is 2^-51 */
    assert_int_equal(rank_of(below, 2, 0), 1);
    assert_int_equal(rank_of(below, 2, 1e-300), 2);
    const double zeros[4] = {0};
    assert_int_equal(rank_of(zeros, 2, 0.5), 0);
    assert_int_equal(rank_of(zeros, 2, 0), 0);
    /* 2.6 and 0.4 times the smallest number: the second is rounded to 0. */
    const double u = 0x1p-1074, smallest[] = {u, u, u, 2 * u};
    assert_int_equal(rank_of(smallest, 2, 0), 1);
}

/* W_K by the formula, for any set; all directions give the head back. */
static void test_heads(void **state) {
    (void)state;
    enum { OUTPUTS = 21, INPUTS = 14 };
    prng g = {10};
    double *const head = head_make(HEAD_NORMAL, OUTPUTS, INPUTS, 11);
    latent_directions *const d = directions_of(head, OUTPUTS, INPUTS);
    const double *const values = latent_directions_values(d), *const left =
                                                                  latent_directions_left(d);
    const double *const right = latent_directions_right(d);
    latent_context *const context = testing_context();
    double found[OUTPUTS * INPUTS];
    for (int64_t count = 0; count <= INPUTS; count++) {
        int64_t order[INPUTS];
        prng_permutation(&g, order, INPUTS);
        poison_fill(found, sizeof found);
        expect_ok(context, latent_directions_head(context, d, count ? order : NULL, count, found));
        for (int y = 0; y < OUTPUTS; y++)
            for (int j = 0; j < INPUTS; j++) {
                double sum = 0;
                for (int64_t e = 0; e < count; e++)
                    sum += left[y * INPUTS + order[e]] * values[order[e]] *
                           right[order[e] * INPUTS + j];
                assert_true(fabs(found[y * INPUTS + j] - sum) <= 1e-14 * values[0]);
                if (count == INPUTS)
                    assert_true(fabs(found[y * INPUTS + j] - head[y * INPUTS + j]) <=
                                1e-14 * values[0]);
            }
    }
    latent_context_destroy(context);
    latent_directions_destroy(d);
    free(head);
}

/* NULL has no directions, and none to release. */
static void test_null(void **state) {
    (void)state;
    assert_int_equal(latent_directions_outputs(NULL), 0);
    assert_int_equal(latent_directions_inputs(NULL), 0);
    assert_int_equal(latent_directions_count(NULL), 0);
    assert_int_equal(latent_directions_rank(NULL), 0);
    assert_null(latent_directions_values(NULL));
    assert_null(latent_directions_right(NULL));
    assert_null(latent_directions_left(NULL));
    latent_directions_destroy(NULL);
    latent_importance_destroy(NULL);
}

/* Sizes beyond LAPACK's integers are refused before anything is read or allocated. */
static void test_too_large(void **state) {
    (void)state;
    const int64_t n = 17600;
    void *const nothing = mmap(NULL, (size_t)(n * n * 2), PROT_NONE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(nothing != MAP_FAILED);
    const latent_matrix view = latent_matrix_view(nothing, n, n, LATENT_F16);
    latent_context *const context = testing_context();
    latent_directions *made = NULL;
    expect_status(context, latent_directions_create(context, &view, NULL, &made),
                  LATENT_ERROR_SHAPE, "head is 17600 x 17600|32-bit");
    munmap(nothing, (size_t)(n * n * 2));
    assert_int_equal(latent__eigen_fits(context, 32765, "gram"), LATENT_OK);
    expect_status(context, latent__eigen_fits(context, 32768, "gram"), LATENT_ERROR_SHAPE,
                  "gram is 32768 x 32768|32-bit");
    expect_status(context, latent__svd_fits(context, INT64_C(1) << 31, 1, "head"),
                  LATENT_ERROR_SHAPE, "head is 2147483648 x 1");
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decompositions), cmocka_unit_test(test_types_and_strides),
        cmocka_unit_test(test_scales),         cmocka_unit_test(test_beyond_float64),
        cmocka_unit_test(test_tolerance),      cmocka_unit_test(test_heads),
        cmocka_unit_test(test_null),           cmocka_unit_test(test_too_large),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
