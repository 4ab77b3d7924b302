/* What must not change effective robustness: the other shifts, the stride and the type of the table,
 * rows that were not measured, the order of the models. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/robustness_data.h"
#include "harness/testing.h"

enum { M = 61, S = 5 };

static robustness_inputs table;
static robustness_results whole;
static latent_context *context;

static int set_up(void **state) {
    (void)state;
    table = robustness_inputs_make(M, S, 5);
    /* Rounded, so that float32 holds them. */
    for (int i = 0; i < M * S; i++)
        table.values[i] = (double)(float)table.values[i];
    whole = robustness_results_new(M, S);
    context = testing_context();
    robustness_results_fill(context, table.reference, &table.shifted, NULL, &whole);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    robustness_results_free(&whole);
    robustness_inputs_free(&table);
    return 0;
}

static bool same_column(const double *a, int64_t s, const double *b, int64_t stride, int64_t t) {
    for (int m = 0; m < M; m++)
        if (memcmp(&a[m * S + s], &b[m * stride + t], sizeof *a) != 0)
            return false;
    return true;
}

/* The line of one shift, and all that follows from it, bit for bit. */
static void expect_same_shift(int64_t s, const robustness_results *other, int64_t t) {
    const latent_robustness_fits *const a = &whole.fits, *const b = &other->fits;
    const double *const left[] = {a->slope,           a->intercept, a->slope_error,
                                  a->intercept_error, a->r_squared, a->residual_std,
                                  a->reference_mean};
    const double *const right[] = {b->slope,           b->intercept, b->slope_error,
                                   b->intercept_error, b->r_squared, b->residual_std,
                                   b->reference_mean};
    for (int i = 0; i < 7; i++)
        assert_memory_equal(left[i] + s, right[i] + t, sizeof(double));
    assert_int_equal(a->models[s], b->models[t]);
    assert_true(same_column(a->residuals, s, b->residuals, other->shifts, t));
    assert_true(same_column(whole.predicted, s, other->predicted, other->shifts, t));
    assert_true(same_column(whole.line_error, s, other->line_error, other->shifts, t));
    assert_true(same_column(whole.model_error, s, other->model_error, other->shifts, t));
    assert_true(same_column(whole.effective, s, other->effective, other->shifts, t));
}

/* Every shift has its own line: alone, with its column as a strided view. */
static void test_one_shift_alone(void **state) {
    (void)state;
    for (int64_t s = 0; s < S; s++) {
        latent_matrix column = latent_matrix_view(table.values + s, M, 1, LATENT_F64);
        column.stride = S;
        robustness_results one = robustness_results_new(M, 1);
        robustness_results_fill(context, table.reference, &column, NULL, &one);
        expect_same_shift(s, &one, 0);
        assert_memory_equal(one.mean, one.effective, M * sizeof(double));
        robustness_results_free(&one);
    }
}

static void test_float32(void **state) {
    (void)state;
    enum { STRIDE = S + 3 };
    float values[M * STRIDE];
    for (int i = 0; i < M * STRIDE; i++)
        values[i] = i % STRIDE < S ? (float)table.values[i / STRIDE * S + i % STRIDE] : NAN;
    latent_matrix view = latent_matrix_view(values, M, S, LATENT_F32);
    view.stride = STRIDE;
    robustness_results other = robustness_results_new(M, S);
    robustness_results_fill(context, table.reference, &view, NULL, &other);
    assert_memory_equal(whole.block, other.block, whole.bytes);
    robustness_results_free(&other);
}

/* Models that were not measured change nothing for the others; the option changes nothing where all
 * were. */
static void test_missing_rows(void **state) {
    (void)state;
    const latent_robustness_options options = {.size = sizeof options, .missing = 1};
    robustness_results same = robustness_results_new(M, S);
    robustness_results_fill(context, table.reference, &table.shifted, &options, &same);
    assert_memory_equal(whole.block, same.block, whole.bytes);
    robustness_results_free(&same);
    /* Every row twice, the second time without values. */
    double reference[2 * M], values[2 * M * S];
    for (int m = 0; m < 2 * M; m++) {
        reference[m] = table.reference[m / 2];
        for (int s = 0; s < S; s++)
            values[m * S + s] = m % 2 ? (double)NAN : table.values[m / 2 * S + s];
    }
    const latent_matrix view = latent_matrix_view(values, 2 * M, S, LATENT_F64);
    robustness_results twice = robustness_results_new(2 * M, S);
    robustness_results_fill(context, reference, &view, &options, &twice);
    assert_memory_equal(whole.fits.models, twice.fits.models, 8 * S * sizeof(double));
    for (int m = 0; m < M; m++) {
        assert_memory_equal(whole.effective + m * S, twice.effective + 2 * m * S, S * 8);
        assert_memory_equal(whole.mean + m, twice.mean + 2 * m, 8);
        assert_true(isnan(twice.mean[2 * m + 1]));
    }
    robustness_results_free(&twice);
}

static void expect_close(const double *a, const double *b, int64_t count) {
    for (int64_t i = 0; i < count; i++)
        if (!(fabs(a[i] - b[i]) <= 1e-12 * (1.0 + fabs(b[i]))))
            fail_msg("entry %d: %.17g and %.17g", (int)i, a[i], b[i]);
}

/* Sums may round otherwise; all else is the same. */
static void test_order_of_models(void **state) {
    (void)state;
    prng g = {6};
    for (int round = 0; round < 20; round++) {
        int64_t order[M];
        double reference[M], values[M * S];
        prng_permutation(&g, order, M);
        for (int m = 0; m < M; m++) {
            reference[m] = table.reference[order[m]];
            memcpy(values + m * S, table.values + order[m] * S, S * sizeof *values);
        }
        const latent_matrix view = latent_matrix_view(values, M, S, LATENT_F64);
        robustness_results moved = robustness_results_new(M, S);
        robustness_results_fill(context, reference, &view, NULL, &moved);
        expect_close(moved.fits.slope, whole.fits.slope, 7 * S); /* the arrays follow one another */
        for (int m = 0; m < M; m++) {
            expect_close(moved.effective + m * S, whole.effective + order[m] * S, S);
            expect_close(moved.mean + m, whole.mean + order[m], 1);
        }
        robustness_results_free(&moved);
    }
}

/* Identities: residuals sum to zero, also weighted by the logits; what is predicted and what is
 * effective make the accuracy; an ER is 0 exactly where a residual is, and has its sign. */
static void test_identities(void **state) {
    (void)state;
    for (int s = 0; s < S; s++) {
        double sum = 0, weighted = 0;
        for (int m = 0; m < M; m++) {
            const int i = m * S + s;
            const double residual = whole.fits.residuals[i];
            sum += residual;
            weighted += residual * log(table.reference[m] / (100.0 - table.reference[m]));
            assert_true(fabs(whole.predicted[i] + whole.effective[i] - table.values[i]) < 1e-12);
            assert_true((residual > 0) == (whole.effective[i] > 0) || fabs(residual) < 1e-12);
            assert_true(whole.model_error[i] > whole.line_error[i] && whole.line_error[i] > 0);
        }
        assert_true(fabs(sum) < 1e-12 && fabs(weighted) < 1e-12);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_shift_alone), cmocka_unit_test(test_float32),
        cmocka_unit_test(test_missing_rows),    cmocka_unit_test(test_order_of_models),
        cmocka_unit_test(test_identities),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
