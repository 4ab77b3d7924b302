/* What must not change importance and pruning curves: threads, instruction sets, budgets, strides,
 * element types, the order and the parts in which activations come, a common power of two. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/directions_data.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { OUTPUTS = 37, INPUTS = 29, ROWS = 333, LEVELS = INPUTS + 1, CURVES = 3 };

static const pruning_spec spec = {.head = HEAD_NORMAL,
                                  .activations = ACTIVATIONS_NORMAL,
                                  .bias = BIAS_NORMAL,
                                  .order = ORDER_RANDOM,
                                  .outputs = OUTPUTS,
                                  .inputs = INPUTS,
                                  .rows = ROWS,
                                  .top = 4,
                                  .seed = 12};

typedef struct counts {
    int64_t of[CURVES][LEVELS];
    double energy[LEVELS];
} counts;

static counts counts_of(latent_context *context, const pruning_data *data,
                        const latent_matrix *points, const int32_t *labels) {
    counts found;
    const latent_pruning_options options = {.size = sizeof options, .top = spec.top};
    latent_pruning_curve curve = {sizeof curve, found.of[0], found.of[1], found.of[2],
                                  found.energy};
    expect_ok(context, latent_pruning_evaluate(context, data->directions, points, labels,
                                               data->bias, data->order, &options, &curve));
    return found;
}

/* What is accumulated over a view, bit by bit. */
typedef struct importances {
    double of[4][INPUTS];
    int64_t order[INPUTS];
} importances;

static importances finished(latent_context *context, const pruning_data *data,
                            const latent_importance *importance) {
    importances found;
    latent_importance_result result = {.size = sizeof result,
                                       .importance = found.of[0],
                                       .order = found.order,
                                       .cosine = found.of[1],
                                       .projection = found.of[2],
                                       .variance = found.of[3]};
    expect_ok(context, latent_importance_finish(context, importance, data->directions,
                                                LATENT_IMPORTANCE_COSINE, &result));
    return found;
}

/* The view in chunks. */
static importances importances_of(latent_context *context, const pruning_data *data,
                                  const latent_matrix *points, int64_t chunk) {
    latent_importance *importance = NULL;
    expect_ok(context, latent_importance_create(context, data->directions, &importance));
    for (int64_t n = 0; n < points->rows; n += chunk) {
        latent_matrix part = *points;
        part.data = (const char *)points->data +
                    n * points->stride * latent_type_size((latent_type)points->type);
        part.rows = points->rows - n < chunk ? points->rows - n : chunk;
        expect_ok(context, latent_importance_update(context, importance, data->directions, &part));
    }
    const importances found = finished(context, data, importance);
    latent_importance_destroy(importance);
    return found;
}

static latent_matrix view_of(const pruning_data *data) {
    return latent_matrix_view(data->points, ROWS, INPUTS, LATENT_F64);
}

static void test_threads_and_instruction_sets(void **state) {
    (void)state;
    pruning_data data = pruning_data_make(&spec);
    const latent_matrix view = view_of(&data);
    latent_context *const plain = testing_context();
    const counts expected = counts_of(plain, &data, &view, data.labels);
    const importances whole = importances_of(plain, &data, &view, ROWS);
    const importances parts = importances_of(plain, &data, &view, 50);
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++)
        for (int32_t threads = 1; threads <= 7; threads += 2) {
            latent_context_options options = testing_options();
            options.threads = threads;
            options.isa = isas[i];
            latent_context *const context = testing_context_with(&options);
            const counts found = counts_of(context, &data, &view, data.labels);
            const importances same_whole = importances_of(context, &data, &view, ROWS);
            const importances same_parts = importances_of(context, &data, &view, 50);
            assert_memory_equal(&found, &expected, sizeof found);
            assert_memory_equal(&same_whole, &whole, sizeof whole);
            assert_memory_equal(&same_parts, &parts, sizeof parts);
            latent_context_destroy(context);
        }
    latent_context_destroy(plain);
    pruning_data_free(&data);
}

/* Narrow numbers are the same as float64, with gaps between the rows. */
static void test_types_and_strides(void **state) {
    (void)state;
    pruning_data data = pruning_data_make(&spec);
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_F64; type++) {
        for (int i = 0; i < ROWS * INPUTS; i++)
            data.points[i] = narrow_round((latent_type)type, data.points[i]);
        dataset set = dataset_from((latent_type)type, data.points, data.labels, ROWS, INPUTS, type);
        const latent_matrix view = view_of(&data);
        const counts found = counts_of(context, &data, &set.view, data.labels);
        const counts expected = counts_of(context, &data, &view, data.labels);
        const importances some = importances_of(context, &data, &set.view, ROWS);
        const importances same = importances_of(context, &data, &view, ROWS);
        assert_memory_equal(&found, &expected, sizeof found);
        assert_memory_equal(&some, &same, sizeof some);
        dataset_free(&set);
    }
    latent_context_destroy(context);
    pruning_data_free(&data);
}

/* Counts of parts add up, in any order of the activations. */
static void test_parts_and_order(void **state) {
    (void)state;
    pruning_data data = pruning_data_make(&spec);
    latent_context *const context = testing_context();
    latent_matrix view = view_of(&data);
    const counts expected = counts_of(context, &data, &view, data.labels);
    int64_t order[ROWS];
    int32_t labels[ROWS];
    double *const moved = malloc(sizeof *moved * ROWS * INPUTS);
    prng g = {13};
    prng_permutation(&g, order, ROWS);
    for (int n = 0; n < ROWS; n++) {
        memcpy(moved + n * INPUTS, data.points + order[n] * INPUTS, sizeof *moved * INPUTS);
        labels[n] = data.labels[order[n]];
    }
    int64_t sum[CURVES][LEVELS] = {{0}};
    for (int64_t n = 0, rows; n < ROWS; n += rows) {
        rows = 1 + prng_below(&g, 80);
        rows = rows < ROWS - n ? rows : ROWS - n;
        view = latent_matrix_view(moved + n * INPUTS, rows, INPUTS, LATENT_F64);
        const counts part = counts_of(context, &data, &view, labels + n);
        for (int c = 0; c < CURVES; c++)
            for (int k = 0; k < LEVELS; k++)
                sum[c][k] += part.of[c][k];
        assert_memory_equal(part.energy, expected.energy, sizeof part.energy);
    }
    assert_memory_equal(sum, expected.of, sizeof sum);
    free(moved);
    latent_context_destroy(context);
    pruning_data_free(&data);
}

/* Bias and activations times the same power of two: no prediction changes. */
static void test_scale(void **state) {
    (void)state;
    static const int exponents[] = {-600, -140, -100, -20, 1, 90, 97, 130, 700};
    pruning_data data = pruning_data_make(&spec);
    latent_context *const context = testing_context();
    const latent_matrix view = view_of(&data);
    const counts expected = counts_of(context, &data, &view, data.labels);
    double *const points = malloc(sizeof *points * ROWS * INPUTS);
    double bias[OUTPUTS];
    memcpy(points, data.points, sizeof *points * ROWS * INPUTS);
    memcpy(bias, data.bias, sizeof bias);
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        for (int i = 0; i < ROWS * INPUTS; i++)
            data.points[i] = ldexp(points[i], exponents[e]);
        for (int c = 0; c < OUTPUTS; c++)
            data.bias[c] = ldexp(bias[c], exponents[e]);
        const counts found = counts_of(context, &data, &view, data.labels);
        assert_memory_equal(&found, &expected, sizeof found);
    }
    free(points);
    latent_context_destroy(context);
    pruning_data_free(&data);
}

/* The share of squares: from nothing to all, never falling. */
static void test_energy(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int kind = 0; kind < HEAD_KINDS; kind++)
        for (uint64_t seed = 0; seed < 60; seed++) {
            pruning_spec some = spec;
            some.head = (head_kind)kind;
            some.order = (order_kind)(seed % ORDER_KINDS);
            some.rows = 1;
            some.seed = seed;
            pruning_data data = pruning_data_make(&some);
            const int64_t rank = latent_directions_rank(data.directions);
            const double *const values = latent_directions_values(data.directions);
            const latent_matrix view = latent_matrix_view(data.points, 1, INPUTS, LATENT_F64);
            const counts found = counts_of(context, &data, &view, data.labels);
            long double total = 0, kept = 0;
            for (int64_t i = 0; i < rank; i++)
                total += (long double)values[i] * values[i];
            for (int64_t k = 1; k <= rank; k++) {
                const long double value = values[data.order ? data.order[k - 1] : k - 1];
                kept += value * value;
                assert_true(fabsl(found.energy[k] - kept / total) <= 1e-14L);
                assert_true(found.energy[k] >= found.energy[k - 1] && found.energy[k] <= 1);
            }
            assert_true(found.energy[0] == (rank > 0 ? 0 : 1) && found.energy[rank] == 1);
            pruning_data_free(&data);
        }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_and_instruction_sets),
        cmocka_unit_test(test_types_and_strides),
        cmocka_unit_test(test_parts_and_order),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_energy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
