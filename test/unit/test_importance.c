/* Importance against a direct loop in long double: all kinds and figures, zeros, huge and tiny
 * activations, parts that are merged, sums that leave float64. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "directions/decomposition.h"
#include "harness/directions_data.h"
#include "harness/oracle_directions.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { KINDS = LATENT_IMPORTANCE_VARIANCE + 1 };

/* A result whose arrays are in one block, to be freed by way of `importance`. */
static latent_importance_result result_new(int64_t k) {
    double *const block = poison_new((size_t)(5 * k) * sizeof *block);
    return (latent_importance_result){.size = sizeof(latent_importance_result),
                                      .importance = block,
                                      .cosine = block + k,
                                      .projection = block + 2 * k,
                                      .variance = block + 3 * k,
                                      .order = (int64_t *)(void *)(block + 4 * k)};
}

static latent_importance *accumulator(latent_context *context, const latent_directions *d) {
    latent_importance *made = NULL;
    expect_ok(context, latent_importance_create(context, d, &made));
    return made;
}

static void add(latent_context *context, latent_importance *importance, const latent_directions *d,
                const double *points, int64_t rows) {
    const latent_matrix view =
        latent_matrix_view(points, rows, latent_directions_inputs(d), LATENT_F64);
    expect_ok(context, latent_importance_update(context, importance, d, &view));
}

static bool within(double found, long double expected, long double room) {
    return fabsl((long double)found - expected) <= room * 0x1p-53L + 0x1p-1070L;
}

static double expected_importance(const latent_directions *d, const latent_importance_result *found,
                                  int64_t i, int kind) {
    const double value = latent_directions_values(d)[i];
    if (i >= latent_directions_rank(d))
        return 0;
    const double factors[KINDS] = {found->cosine[i], found->projection[i], 1, found->variance[i]};
    return value * factors[kind] * (kind == LATENT_IMPORTANCE_VARIANCE ? value : 1);
}

/* The order, and what is said about its first. */
static void expect_order(const latent_directions *d, const latent_importance_result *found) {
    const int64_t rank = latent_directions_rank(d), k = latent_directions_count(d);
    double total = 0;
    for (int64_t i = 1; i < rank; i++) {
        const int64_t a = found->order[i - 1], b = found->order[i];
        assert_true(found->importance[a] > found->importance[b] ||
                    (found->importance[a] == found->importance[b] && a < b));
    }
    for (int64_t i = 0; i < rank; i++) {
        assert_in_range(found->order[i], 0, rank - 1);
        total += found->importance[i];
    }
    for (int64_t i = rank; i < k; i++)
        assert_int_equal(found->order[i], i);
    if (!(total > 0)) {
        assert_true(isnan(found->top_share) && isnan(found->top_ratio));
        return;
    }
    const double top = found->importance[found->order[0]];
    const double median = (found->importance[found->order[(rank - 1) / 2]] +
                           found->importance[found->order[rank / 2]]) /
                          2;
    assert_true(fabs(found->top_share - top / total) <= 1e-13);
    if (median > 0 && median < 1e-290)
        return; /* subnormal numbers have few digits */
    assert_true(median > 0 ? fabs(found->top_ratio - top / median) <= 1e-13 * top / median
                           : found->top_ratio == (double)INFINITY);
}

static void expect_result(latent_context *context, const latent_importance *importance,
                          const latent_directions *d, const double *points, int64_t rows) {
    const int64_t k = latent_directions_count(d), inputs = latent_directions_inputs(d);
    latent_importance_result found = result_new(k);
    int64_t zeros = 0;
    for (int64_t n = 0; n < rows; n++) {
        int64_t nonzero = 0;
        for (int64_t j = 0; j < inputs; j++)
            nonzero += points[n * inputs + j] != 0;
        zeros += nonzero == 0;
    }
    for (int kind = 0; kind < KINDS; kind++) {
        expect_ok(context, latent_importance_finish(context, importance, d, kind, &found));
        assert_int_equal(found.samples, rows);
        assert_int_equal(found.zeros, zeros);
        for (int64_t i = 0; i < k; i++) {
            const oracle_means means =
                oracle_importance(latent_directions_right(d) + i * inputs, points, rows, inputs);
            assert_true(within(found.cosine[i], means.cosine, means.cosine_room));
            assert_true(within(found.projection[i], means.projection, means.projection_room));
            assert_true(within(found.variance[i], means.variance, means.variance_room));
            const double expected = expected_importance(d, &found, i, kind);
            assert_true(fabs(found.importance[i] - expected) <= 1e-15 * expected + 0x1p-1070);
        }
        expect_order(d, &found);
    }
    free(found.importance);
}

/* All kinds of heads and activations, all at once and in parts of which some are merged. */
static void test_against_the_loop(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    uint64_t seed = 1;
    for (int head = 0; head < HEAD_KINDS; head++)
        for (int kind = 0; kind < ACTIVATIONS_KINDS; kind++, seed++) {
            /* Left out: variances beyond float64. */
            if (kind == ACTIVATIONS_SCALES || (testing_small() && seed % 5) ||
                (kind == ACTIVATIONS_WILD && head == HEAD_DIAGONAL))
                continue;
            const pruning_spec spec = {.head = (head_kind)head,
                                       .activations = (activation_kind)kind,
                                       .outputs = 3 + (int64_t)(seed % 60),
                                       .inputs = 1 + (int64_t)(seed * 7 % 50),
                                       .rows = 5 + (int64_t)(seed * 31 % 300),
                                       .top = 1,
                                       .seed = seed};
            pruning_data data = pruning_data_make(&spec);
            latent_importance *const whole = accumulator(context, data.directions);
            latent_importance *const parts = accumulator(context, data.directions);
            latent_importance *const other = accumulator(context, data.directions);
            const int64_t cut = spec.rows / 3, rest = spec.rows - cut - 1;
            add(context, whole, data.directions, data.points, spec.rows);
            expect_result(context, whole, data.directions, data.points, spec.rows);
            add(context, parts, data.directions, data.points, 1);
            add(context, parts, data.directions, data.points + spec.inputs, cut);
            add(context, other, data.directions, data.points + (cut + 1) * spec.inputs, rest);
            expect_ok(context, latent_importance_merge(context, parts, other));
            expect_result(context, parts, data.directions, data.points, spec.rows);
            latent_importance_destroy(whole);
            latent_importance_destroy(parts);
            latent_importance_destroy(other);
            pruning_data_free(&data);
        }
    latent_context_destroy(context);
}

/* Squares that leave float64, lengths that do, the smallest number there is. */
static void test_extreme_activations(void **state) {
    (void)state;
    static const double sizes[] = {1e-300,   0x1p-1074, 1e-160,  1e120,
                                   0x1p-400, 0x1p-401,  0x1p400, 0x1p401};
    enum { ROWS = 150, INPUTS = 9, OUTPUTS = 5 };
    latent_context *const context = testing_context();
    double *const head = head_make(HEAD_NORMAL, OUTPUTS, INPUTS, 3);
    latent_directions *const d = directions_of(head, OUTPUTS, INPUTS);
    prng g = {4};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        double points[ROWS * INPUTS];
        for (int i = 0; i < ROWS * INPUTS; i++)
            points[i] = sizes[s] * (double)(1 + prng_below(&g, 9));
        latent_importance *const importance = accumulator(context, d);
        add(context, importance, d, points, ROWS);
        expect_result(context, importance, d, points, ROWS);
        latent_importance_destroy(importance);
    }
    latent_directions_destroy(d);
    free(head);
    latent_context_destroy(context);
}

/* Rows as large as there are, all the same: the mean is, the variance is 0. */
static void test_equal_huge_rows(void **state) {
    (void)state;
    enum { ROWS = 130 };
    static double points[ROWS][2];
    const double head[] = {1, 0, 0, 1};
    latent_directions *const d = directions_of(head, 2, 2);
    latent_context *const context = testing_context();
    for (int n = 0; n < ROWS; n++) {
        points[n][0] = 0x1p1000;
        points[n][1] = -0x1p900;
    }
    latent_importance *const importance = accumulator(context, d), *const other =
                                                                       accumulator(context, d);
    add(context, importance, d, points[0], ROWS);
    add(context, other, d, points[0], ROWS);
    expect_ok(context, latent_importance_merge(context, importance, other));
    latent_importance_result found = result_new(2);
    expect_ok(context,
              latent_importance_finish(context, importance, d, LATENT_IMPORTANCE_VARIANCE, &found));
    const int large = latent_directions_right(d)[0] == 1 ? 0 : 1;
    assert_true(found.projection[large] == 0x1p1000 && found.projection[1 - large] == 0x1p900);
    assert_true(found.cosine[large] == 1 && found.cosine[1 - large] == 0x1p-100);
    assert_true(found.variance[0] == 0 && found.variance[1] == 0);
    assert_true(found.importance[0] == 0 && isnan(found.top_ratio) && isnan(found.top_share));
    latent_importance_destroy(importance);
    latent_importance_destroy(other);
    latent_directions_destroy(d);
    free(found.importance);
    latent_context_destroy(context);
}

/* Sums that leave float64 within a call, between calls and when merging: an error, and what had
 * been accumulated stays. */
static void test_overflow(void **state) {
    (void)state;
    const double head[] = {1, 0, 0, 1}, large[] = {1, 1.5e308}, opposite[] = {1e200, 1, -1e200, 1};
    latent_directions *const d = directions_of(head, 2, 2);
    latent_context *const context = testing_context();
    const latent_matrix once = latent_matrix_view(large, 1, 2, LATENT_F64);
    const latent_matrix both = latent_matrix_view(opposite, 2, 2, LATENT_F64);
    latent_importance *const importance = accumulator(context, d), *const other =
                                                                       accumulator(context, d);
    expect_status(context, latent_importance_update(context, importance, d, &both),
                  LATENT_ERROR_OVERFLOW, "direction|float64");
    add(context, importance, d, large, 1);
    add(context, other, d, large, 1);
    expect_status(context, latent_importance_update(context, importance, d, &once),
                  LATENT_ERROR_OVERFLOW, "direction|float64");
    expect_status(context, latent_importance_merge(context, importance, other),
                  LATENT_ERROR_OVERFLOW, "direction|float64");
    expect_result(context, importance, d, large, 1);
    latent_importance_destroy(importance);
    latent_importance_destroy(other);
    latent_directions_destroy(d);
    latent_context_destroy(context);
}

/* Large values and small variances, or the other way round: the product is in range though the
 * square is not. If it is not either, an error. */
static void test_extreme_values(void **state) {
    (void)state;
    const double points[] = {0, 1e-100, 0, -1e-100};
    const double heads[][4] = {{1e200, 0, 0, 1e180}, {1e-200, 0, 0, 1e-250}};
    latent_context *const context = testing_context();
    for (int h = 0; h < 2; h++) {
        latent_directions *const d = directions_of(heads[h], 2, 2);
        latent_importance *const importance = accumulator(context, d);
        latent_importance_result found = result_new(2);
        d->rank = 2; /* the second value of the second head is below the tolerance */
        add(context, importance, d, points, 2);
        expect_ok(context, latent_importance_finish(context, importance, d,
                                                    LATENT_IMPORTANCE_VARIANCE, &found));
        assert_true(found.importance[0] == 0);
        if (h == 0) {
            assert_true(fabs(found.importance[1] / 1e160 - 1) < 1e-14);
            assert_int_equal(found.order[0], 1);
            assert_true(found.top_share == 1);
        }
        latent_importance_destroy(importance);
        const double far[] = {1e140, 0, -1e140, 0};
        latent_importance *const wide = accumulator(context, d);
        add(context, wide, d, far, 2);
        poison_fill(found.importance, 5 * 2 * sizeof(double));
        const latent_status status =
            latent_importance_finish(context, wide, d, LATENT_IMPORTANCE_VARIANCE, &found);
        if (h == 0) {
            expect_status(context, status, LATENT_ERROR_OVERFLOW, "importance of direction 0");
            assert_true(poison_intact(found.importance, 5 * 2 * sizeof(double)));
        } else {
            expect_ok(context, status);
        }
        latent_importance_destroy(wide);
        free(found.importance);
        latent_directions_destroy(d);
    }
    latent_context_destroy(context);
}

/* By singular values alone, nothing has to have been accumulated; arrays may be left out. */
static void test_without_activations(void **state) {
    (void)state;
    double *const head = head_make(HEAD_LOW_RANK, 9, 7, 6);
    latent_directions *const d = directions_of(head, 9, 7);
    latent_context *const context = testing_context();
    latent_importance_result found = result_new(7);
    assert_int_equal(latent_directions_rank(d), 3);
    expect_ok(context,
              latent_importance_finish(context, NULL, d, LATENT_IMPORTANCE_SINGULAR, &found));
    for (int i = 0; i < 7; i++) {
        assert_true(found.importance[i] == (i < 3 ? latent_directions_values(d)[i] : 0));
        assert_int_equal(found.order[i], i);
        assert_true(isnan(found.cosine[i]) && isnan(found.projection[i]) &&
                    isnan(found.variance[i]));
    }
    assert_int_equal(found.samples, 0);
    assert_int_equal(found.zeros, 0);
    expect_order(d, &found);
    latent_importance_result bare = {.size = sizeof bare};
    expect_ok(context,
              latent_importance_finish(context, NULL, d, LATENT_IMPORTANCE_SINGULAR, &bare));
    assert_true(bare.top_ratio == found.top_ratio && bare.top_share == found.top_share);
    free(found.importance);
    latent_directions_destroy(d);
    free(head);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_the_loop), cmocka_unit_test(test_extreme_activations),
        cmocka_unit_test(test_equal_huge_rows),  cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_extreme_values),   cmocka_unit_test(test_without_activations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
