/* Second moments: every entry is the chain of multiply-adds that pruning.h says, whatever the
 * chunks, threads and instruction sets; and activation-aware pruning is the best there is, in
 * its own norm. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/directions_data.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

/* Adds rows to the lower triangle and copies it to the upper one. */
static void oracle_gram(const double *points, int64_t rows, int64_t d, double *gram) {
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = gram[i * d + j];
            for (int64_t n = 0; n < rows; n++)
                sum = fma(points[n * d + i], points[n * d + j], sum);
            gram[i * d + j] = gram[j * d + i] = sum;
        }
}

static latent_context *context_of(int32_t threads, latent_isa isa) {
    latent_context_options options = testing_options();
    options.threads = threads;
    if (isa != LATENT_ISA_AUTO)
        options.isa = isa;
    return testing_context_with(&options);
}

static latent_matrix rows_of(const latent_matrix *view, int64_t first, int64_t count) {
    latent_matrix part = *view;
    part.data =
        (const char *)view->data + first * view->stride * latent_type_size((latent_type)view->type);
    part.rows = count;
    return part;
}

/* All rows in chunks of `chunk`, after something that is there already. */
static void check_chunks(latent_context *context, const dataset *set, const double *expected,
                         const double *before, int64_t chunk) {
    const int64_t d = set->view.columns, rows = set->view.rows;
    double *const gram = malloc((size_t)(d * d) * sizeof *gram);
    memcpy(gram, before, (size_t)(d * d) * sizeof *gram);
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = i + 1; j < d; j++)
            gram[i * d + j] = (double)NAN; /* not read */
    for (int64_t n = 0; n < rows; n += chunk) {
        const latent_matrix part = rows_of(&set->view, n, rows - n < chunk ? rows - n : chunk);
        expect_ok(context, latent_pruning_gram(context, &part, gram));
    }
    assert_memory_equal(gram, expected, (size_t)(d * d) * sizeof *gram);
    free(gram);
}

static void check_shape(int64_t rows, int64_t d, latent_type type, uint64_t seed) {
    prng g = {seed};
    double *const values = malloc((size_t)(rows * d) * sizeof *values);
    double *const before = calloc((size_t)(d * d), sizeof *before);
    double *const expected = malloc((size_t)(d * d) * sizeof *expected);
    for (int64_t i = 0; i < rows * d; i++)
        values[i] = narrow_round(type, ldexp(prng_normal(&g), (int)prng_below(&g, 9) - 4));
    for (int64_t i = 0; i < d * d && seed % 2; i++)
        before[i] = prng_normal(&g);
    memcpy(expected, before, (size_t)(d * d) * sizeof *expected);
    oracle_gram(values, rows, d, expected);
    dataset set = dataset_from(type, values, NULL, rows, d, (int64_t)(seed % 3));
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++)
        for (int32_t threads = 1; threads <= 4; threads += 3) {
            latent_context *const context = context_of(threads, isas[i]);
            check_chunks(context, &set, expected, before, rows);
            check_chunks(context, &set, expected, before, rows > 100 ? 97 : 2);
            latent_context_destroy(context);
        }
    dataset_free(&set);
    free(values);
    free(before);
    free(expected);
}

static void test_shapes(void **state) {
    (void)state;
    static const int64_t widths[] = {1, 2, 7, 8, 9, 15, 17, 23, 24, 25, 47, 49, 66, 72, 73, 100};
    static const int64_t lengths[] = {1, 2, 255, 256, 257, 600};
    uint64_t seed = 1;
    for (int w = 0; w < 16; w++)
        for (int l = 0; l < 6; l++, seed++)
            if (!testing_small() || seed % 7 == 0)
                check_shape(lengths[l], widths[w], (latent_type)(LATENT_F16 + seed % 4), seed);
}

/* Nothing is written if a later chunk of rows, or the last sum, is no number. */
static void test_errors_write_nothing(void **state) {
    (void)state;
    enum { ROWS = 700, D = 30 };
    double *const values = calloc(ROWS * D, sizeof *values);
    double *const gram = calloc(D * D, sizeof *gram), *const zeros = calloc(D * D, sizeof *zeros);
    const latent_matrix view = latent_matrix_view(values, ROWS, D, LATENT_F64);
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        latent_context *const context = context_of(threads, LATENT_ISA_AUTO);
        values[650 * D + 3] = values[640 * D + 7] = (double)NAN;
        values[640 * D + 9] = -(double)INFINITY;
        expect_status(context, latent_pruning_gram(context, &view, gram), LATENT_ERROR_NONFINITE,
                      "points[640][7] is NaN");
        assert_memory_equal(gram, zeros, D * D * sizeof *gram);
        memset(values, 0, ROWS * D * sizeof *values);
        values[699 * D + 11] = 1e200;
        values[699 * D + 12] = 1e100;
        expect_status(context, latent_pruning_gram(context, &view, gram), LATENT_ERROR_OVERFLOW,
                      "gram[11][11]|float64");
        assert_memory_equal(gram, zeros, D * D * sizeof *gram);
        memset(values, 0, ROWS * D * sizeof *values);
        latent_context_destroy(context);
    }
    free(values);
    free(gram);
    free(zeros);
}

/* Σ_n |W h_n - left right h_n|² over the first r columns and rows, in long double. */
static long double error_of(const pruning_data *data, const pruning_spec *spec, const double *left,
                            const double *right, int64_t rank, int64_t r) {
    long double error = 0;
    for (int64_t n = 0; n < spec->rows; n++)
        for (int64_t y = 0; y < spec->outputs; y++) {
            long double rest = 0;
            for (int64_t j = 0; j < spec->inputs; j++) {
                long double entry = data->head[y * spec->inputs + j];
                for (int64_t i = 0; i < r; i++)
                    entry -= (long double)left[y * rank + i] * right[i * spec->inputs + j];
                rest += entry * data->points[n * spec->inputs + j];
            }
            error += rest * rest;
        }
    return error;
}

/* The plain layers, as factors. */
static void plain_factors(const latent_directions *d, double *left, double *right) {
    const int64_t rank = latent_directions_rank(d), inputs = latent_directions_inputs(d);
    for (int64_t i = 0; i < rank; i++) {
        for (int64_t y = 0; y < latent_directions_outputs(d); y++)
            left[y * rank + i] = latent_directions_left(d)[y * latent_directions_count(d) + i];
        for (int64_t j = 0; j < inputs; j++)
            right[i * inputs + j] =
                latent_directions_values(d)[i] * latent_directions_right(d)[i * inputs + j];
    }
}

static void check_orthonormal(const double *left, int64_t outputs, int64_t rank) {
    for (int64_t i = 0; i < rank; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = i == j ? -1 : 0;
            for (int64_t y = 0; y < outputs; y++)
                sum += left[y * rank + i] * left[y * rank + j];
            assert_true(fabs(sum) < 1e-13);
        }
}

static void check_aware(const pruning_spec *spec) {
    pruning_data data = pruning_data_make(spec);
    const int64_t rank = latent_directions_rank(data.directions), d = spec->inputs;
    double *const gram = calloc((size_t)(d * d), sizeof *gram);
    double *const left = malloc((size_t)(spec->outputs * rank + 1) * 16);
    double *const right = malloc((size_t)(rank * d + 1) * 16);
    double *const errors = malloc((size_t)(rank + 1) * 16);
    double *const plain_left = left + spec->outputs * rank, *const plain_right = right + rank * d;
    double *const plain = errors + rank + 1;
    latent_pruning_aware_result result = {sizeof result, left, right, errors, plain};
    latent_context *const context = testing_context();
    oracle_gram(data.points, spec->rows, d, gram);
    expect_ok(context, latent_pruning_aware(context, data.directions, gram, &result));
    plain_factors(data.directions, plain_left, plain_right);
    check_orthonormal(left, spec->outputs, rank);
    const double room = 1e-12 * plain[0];
    for (int64_t r = 0; r <= rank; r++) {
        const long double aware = error_of(&data, spec, left, right, rank, r);
        const long double of_plain = error_of(&data, spec, plain_left, plain_right, rank, r);
        assert_true(fabsl(errors[r] - aware) <= room);
        assert_true(fabsl(plain[r] - of_plain) <= room);
        assert_true(errors[r] <= plain[r] + room);
        assert_true(r == 0 || errors[r] <= errors[r - 1]);
    }
    if (rank > 0)
        assert_true(errors[rank] == 0 && plain[rank] == 0);
    latent_context_destroy(context);
    pruning_data_free(&data);
    free(gram);
    free(left);
    free(right);
    free(errors);
}

/* More activations than inputs, and fewer; activations of zeros alone; heads of all kinds. */
static void test_aware(void **state) {
    (void)state;
    static const int64_t shapes[][3] = {{7, 5, 60}, {5, 9, 40},   {12, 12, 5}, {1, 6, 9},
                                        {6, 1, 3},  {30, 20, 33}, {3, 25, 2}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int head = 0; head < HEAD_KINDS; head++) {
            if (head == HEAD_SCALES || head == HEAD_NEAR)
                continue; /* whose last directions are rounding */
            check_aware(&(pruning_spec){.head = (head_kind)head,
                                        .activations = head % 3   ? ACTIVATIONS_NORMAL
                                                       : head % 2 ? ACTIVATIONS_ZEROS
                                                                  : ACTIVATIONS_INTEGERS,
                                        .outputs = shapes[s][0],
                                        .inputs = shapes[s][1],
                                        .rows = shapes[s][2],
                                        .top = 1,
                                        .seed = s + 1});
        }
}

/* Activations that lie in a plane need a layer of rank 2 only, which the head alone cannot know. */
static void test_aware_beats_plain(void **state) {
    (void)state;
    enum { D = 12 };
    double *const head = head_make(HEAD_NORMAL, D, D, 5);
    latent_directions *const d = directions_of(head, D, D);
    double gram[D * D] = {0}, error[D + 1], plain[D + 1];
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            gram[i * D + j] = 1 + 3 * (i == 4 && j == 4);
    latent_pruning_aware_result result = {
        .size = sizeof result, .error = error, .plain_error = plain};
    latent_context *const context = testing_context();
    expect_ok(context, latent_pruning_aware(context, d, gram, &result));
    assert_true(error[2] <= 1e-13 * error[0]);
    assert_true(plain[2] >= 1e-3 * plain[0]);
    /* Nothing is lost of nothing. */
    memset(gram, 0, sizeof gram);
    expect_ok(context, latent_pruning_aware(context, d, gram, &result));
    for (int r = 0; r <= D; r++)
        assert_true(error[r] == 0 && plain[r] == 0);
    latent_context_destroy(context);
    latent_directions_destroy(d);
    free(head);
}

/* Errors near the largest number, and beyond it. */
static void test_aware_overflow(void **state) {
    (void)state;
    const double head[] = {1e100, 0, 0, 1e100};
    latent_directions *const d = directions_of(head, 2, 2);
    double error[3], gram[] = {1e107, 0, 0, 0};
    latent_pruning_aware_result result = {.size = sizeof result, .error = error};
    latent_context *const context = testing_context();
    expect_ok(context, latent_pruning_aware(context, d, gram, &result));
    assert_true(fabs(error[0] / 1e307 - 1) < 1e-14 && error[1] == 0 && error[2] == 0);
    gram[0] = 1e109;
    poison_fill(error, sizeof error);
    expect_status(context, latent_pruning_aware(context, d, gram, &result), LATENT_ERROR_OVERFLOW,
                  "error|float64");
    gram[0] = 1e308;
    gram[3] = 1e308;
    expect_status(context, latent_pruning_aware(context, d, gram, &result), LATENT_ERROR_OVERFLOW,
                  "error|float64");
    assert_true(poison_intact(error, sizeof error));
    latent_context_destroy(context);
    latent_directions_destroy(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shapes),         cmocka_unit_test(test_errors_write_nothing),
        cmocka_unit_test(test_aware),          cmocka_unit_test(test_aware_beats_plain),
        cmocka_unit_test(test_aware_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
