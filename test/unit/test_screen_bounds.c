/* neighbors/: what a screen claims about a distance holds for every pair, in every number format, on
 * every kind of data, whatever the spread and the features that stay float32; and on ordinary data it
 * claims enough to be of use. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/screen_data.h"
#include "harness/testing.h"
#include "linalg/blas.h"
#include "neighbors/pairs.h"

/* A set whose pairs are looked at, packed in some way. */
typedef struct trial {
    const dataset *set;
    latent_metric metric;
    const char *text;
    latent__pairs pairs;
    long double *place;  /* each row where it truly is: scaled or normed, and moved */
    long double *packed; /* and where packing put it */
    float *product;      /* rows × stride */
    int64_t stride;
} trial;

/* All pairs of a set: how many, and how many a slightly smaller (larger) distance would settle. */
typedef struct tally {
    int64_t pairs, too_far, surely_below;
} tally;

static void complain(const trial *t, const char *what, int64_t i, int64_t j, double number) {
    const latent__packing *const packing = &t->pairs.packing;
    fail_msg("%s %a (rows %d, %d; screen %d, %d floats, spread %g): %s", what, number, (int)i,
             (int)j, (int)packing->screen, (int)packing->floats, packing->spread, t->text);
}

/* Chooses how to pack, given where the rows are. */
typedef latent__packing (*packing_choice)(const trial *t, void *user);

static void find_places(trial *t) {
    const int64_t n = t->set->view.rows, d = t->set->view.columns;
    t->place = malloc((size_t)(n * d) * sizeof *t->place);
    for (int64_t i = 0; i < n; i++) {
        const double *const row = t->set->values + i * d;
        long double square = 0.0L;
        for (int64_t k = 0; k < d; k++)
            square += (long double)row[k] * (long double)row[k];
        const long double norm = sqrtl(square), scale = (long double)t->pairs.space.scale;
        for (int64_t k = 0; k < d; k++)
            t->place[i * d + k] = (t->metric == LATENT_COSINE ? (long double)row[k] / norm
                                                              : (long double)row[k] * scale) -
                                  (long double)t->pairs.shift[k];
    }
}

/* Element k of a row's cells, in units of the row's scale. */
static double cell_element(const latent__packing *packing, const char *cells, int64_t k) {
    const int64_t per_cell = latent__cell_elements(packing->format);
    const char *const from =
        cells + k / per_cell * LATENT__STEP_BYTES + k % per_cell * (LATENT__CELL_BYTES / per_cell);
    int16_t x;
    if (packing->format == LATENT__INT8)
        return (double)*(const int8_t *)from;
    if (packing->format == LATENT__BF16)
        return narrow_load(LATENT_BF16, from, 0);
    memcpy(&x, from, sizeof x);
    return (double)x;
}

static void unpack_cells(const trial *t, int64_t i, long double *row) {
    const latent__packing *const packing = &t->pairs.packing;
    const char *const cells = t->pairs.panel[0].values +
                              i / packing->group * latent__packing_group_bytes(packing) +
                              i % packing->group * LATENT__CELL_BYTES;
    const long double scale = (long double)t->pairs.panel[0].scale[i];
    for (int64_t k = 0; k < packing->columns; k++)
        row[k] = scale * (long double)cell_element(packing, cells, k);
    for (int64_t f = 0; f < packing->floats; f++) {
        float x;
        memcpy(&x, cells + (packing->steps + f) * LATENT__STEP_BYTES, sizeof x);
        assert_true(row[packing->float_column[f]] == 0.0L);
        row[packing->float_column[f]] = scale * (long double)x;
    }
}

static void unpack(trial *t) {
    const int64_t n = t->set->view.rows, d = t->set->view.columns;
    const float *const values = (const float *)(const void *)t->pairs.panel[0].values;
    t->packed = malloc((size_t)(n * d) * sizeof *t->packed);
    for (int64_t i = 0; i < n; i++)
        if (t->pairs.packing.arithmetic)
            unpack_cells(t, i, t->packed + i * d);
        else
            for (int64_t k = 0; k < d; k++)
                t->packed[i * d + k] = (long double)values[i * d + k];
}

static void multiply(trial *t) {
    const latent__packing *const packing = &t->pairs.packing;
    const char *const values = t->pairs.panel[0].values;
    const int64_t n = t->set->view.rows, groups = (n + packing->group - 1) / packing->group;
    t->stride = groups * packing->group;
    t->product = malloc((size_t)(t->stride * t->stride) * sizeof *t->product);
    if (packing->arithmetic) {
        const latent__rectangle all = {.left = values,
                                       .right = values,
                                       .left_groups = groups,
                                       .right_groups = groups,
                                       .steps = packing->steps,
                                       .floats = packing->floats,
                                       .out = t->product,
                                       .stride = t->stride};
        packing->arithmetic->multiply(&all);
        const float *const scale = t->pairs.panel[0].scale;
        for (int64_t i = 0; i < n; i++)
            t->pairs.context->kernels->rescale(t->product + i * t->stride, scale[i], scale, n);
    } else {
        const float *const rows = (const float *)(const void *)values;
        const latent__blas_hold hold = latent__blas_begin();
        latent__blas_product(rows, n, rows, n, packing->columns, t->product, n);
        latent__blas_end(hold);
    }
}

static long double square_of_difference(const long double *a, const long double *b, int64_t d) {
    long double sum = 0.0L;
    for (int64_t k = 0; k < d; k++)
        sum += (a[k] - b[k]) * (a[k] - b[k]);
    return sum;
}

/* What bounds and product say, against the packed rows and against where the rows truly are. The numbers
 * that these are compared with are themselves off by a rounding of long double. */
static void check_estimates(const trial *t, int64_t i, int64_t j, float low, float high,
                            float half) {
    const int64_t d = t->set->view.columns;
    const latent__packing *const packing = &t->pairs.packing;
    const long double *const place = t->place, *const packed = t->packed;
    const long double between = square_of_difference(packed + i * d, packed + j * d, d) / 2.0L;
    const long double truth = square_of_difference(place + i * d, place + j * d, d) / 2.0L;
    const long double spread = (long double)packing->spread;
    const long double more = (long double)packing->underflow, rounding = 1.0L + 0x1p-50L;
    if ((long double)half + more < between / rounding)
        complain(t, "packed rows are farther apart than", i, j, (double)half);
    if ((long double)low - more > truth * (1.0L + spread) * rounding)
        complain(t, "rows are nearer than", i, j, (double)low);
    if ((long double)high + more < truth * (1.0L - spread) / rounding)
        complain(t, "rows are farther apart than", i, j, (double)high);
}

static void check_pair(const trial *t, int64_t i, int64_t j, tally *counts) {
    const int64_t d = t->set->view.columns;
    const latent__space *const space = &t->pairs.space;
    const latent__packing *const packing = &t->pairs.packing;
    const latent__panel *const panel = &t->pairs.panel[0];
    const float product = t->product[i * t->stride + j];
    const float low = (panel->lower[i] + panel->lower[j]) - product;
    const float high = (panel->upper[i] + panel->upper[j]) - product;
    const float half = (panel->half[i] + panel->half[j]) - product;
    const double loss = (double)panel->loss[i] + (double)panel->loss[j];
    const double distance =
        oracle_distance(t->set->values + i * d, t->set->values + j * d, d, t->metric);
    check_estimates(t, i, j, low, high, half);
    if (!(low <= latent__limit(space, packing, distance)))
        complain(t, "too far, but", i, j, distance);
    if (high <= latent__sure(space, packing, distance))
        complain(t, "surely below", i, j, distance);
    if (!(latent__distance_above(space, packing, half, loss) >= distance))
        complain(t, "not above", i, j, distance);
    counts->pairs++;
    counts->too_far += low > latent__limit(space, packing, 0.999 * distance);
    counts->surely_below += high <= latent__sure(space, packing, 1.001 * distance);
}

static tally check_all(trial *t) {
    const int64_t n = t->set->view.rows, d = t->set->view.columns;
    tally counts = {0};
    unpack(t);
    multiply(t);
    for (int64_t i = 0; i < n; i++) {
        const double loss = (double)t->pairs.panel[0].loss[i];
        if ((long double)loss < sqrtl(square_of_difference(t->place + i * d, t->packed + i * d, d)))
            complain(t, "moved by more than", i, i, loss);
        for (int64_t j = 0; j < n; j++)
            if (i != j)
                check_pair(t, i, j, &counts);
    }
    free(t->packed);
    free(t->product);
    return counts;
}

static tally tally_of(latent_context *context, const dataset *set, latent_metric metric,
                      const char *text, packing_choice choose, void *user) {
    trial t = {.set = set, .metric = metric, .text = text};
    latent__pairs *const pairs = &t.pairs;
    const latent__problem problem = {
        .metric = metric, .references = &set->view, .references_name = "points"};
    assert_int_equal(latent__enter(context), LATENT_OK);
    assert_int_equal(latent__pairs_open(context, &problem, 1, pairs), LATENT_OK);
    find_places(&t);
    pairs->packing = choose(&t, user);
    assert_int_equal(latent__plan(pairs), LATENT_OK);
    assert_int_equal(pairs->reference_side.block_count, 1);
    assert_int_equal(latent__panel_fill(context, &pairs->space, &pairs->packing, pairs->shift,
                                        &pairs->reference_side, 0, 1, &pairs->panel[0]),
                     LATENT_OK);
    const tally counts = check_all(&t);
    free(t.place);
    latent__pairs_close(pairs);
    latent__leave(context, LATENT_OK);
    return counts;
}

static latent__packing choose_float32(const trial *t, void *user) {
    (void)user;
    return latent__packing_float32(t->set->view.columns);
}

/* What a packing is drawn from. */
typedef struct draw {
    const latent__screens *screens;
    latent_screen screen;
    prng g;
} draw;

/* Any features stay float32, whether or not they stand out. */
static latent__packing choose_cells(const trial *t, void *user) {
    static const double spreads[] = {0x1p-6, 0x1p-24, 0.1, 0.5};
    draw *const from = user;
    int32_t column[LATENT__MOST_FLOATS];
    int64_t floats = 0;
    const int64_t wanted = prng_below(&from->g, 2) ? LATENT__MOST_FLOATS : 0;
    for (int64_t k = 0; k < t->set->view.columns && floats < wanted; k++)
        if (prng_below(&from->g, 3) == 0)
            column[floats++] = (int32_t)k;
    latent__packing packing =
        latent__packing_cells(from->screens, from->screen, t->set->view.columns, column, floats);
    packing.spread = spreads[prng_below(&from->g, 4)];
    return packing;
}

static void test_claims_hold(void **state) {
    (void)state;
    static const int64_t columns[] = {1, 3, 17, 130, 900};
    latent_context *const context = testing_context();
    for (int kind = 0; kind < DATA_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++)
            for (int c = 0; c < (testing_small() ? 3 : 5); c++)
                for (int metric = 0; metric < 2; metric++) {
                    const data_spec spec = {.kind = (data_kind)kind,
                                            .type = (latent_type)type,
                                            .rows = 40,
                                            .columns = columns[c],
                                            .concepts = 5,
                                            .seed = (uint64_t)(kind * 100 + c),
                                            .metric = (latent_metric)metric};
                    dataset set = dataset_make(&spec);
                    tally_of(context, &set, spec.metric, data_spec_text(&spec), choose_float32,
                             NULL);
                    dataset_free(&set);
                }
    latent_context_destroy(context);
}

/* One set, in every format that the instruction set has products of its own for, and in float32. */
static void check_screens(latent_context *context, const screen_spec *spec) {
    const latent__screens *const screens = context->screens;
    dataset set = screen_data_make(spec);
    tally_of(context, &set, spec->metric, screen_spec_text(spec), choose_float32, NULL);
    for (int screen = LATENT_SCREEN_BFLOAT16; screen <= LATENT_SCREEN_INT8; screen++) {
        draw from = {screens, (latent_screen)screen, {spec->seed}};
        const latent__format format =
            latent__packing_cells(screens, from.screen, 1, &(int32_t){0}, 0).format;
        if (screens->format[format].multiply)
            tally_of(context, &set, spec->metric, screen_spec_text(spec), choose_cells, &from);
    }
    dataset_free(&set);
}

static void test_claims_of_screens_hold(void **state) {
    (void)state;
    static const int64_t columns[] = {1, 2, 15, 64, 65, 257};
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        latent_context_options options = testing_options();
        options.isa = isas[i];
        latent_context *const context = testing_context_with(&options);
        for (int round = 0; round < SCREEN_KINDS * 8; round += testing_small() ? 7 : 1) {
            const screen_spec spec = {.kind = (screen_kind)(round % SCREEN_KINDS),
                                      .type = (latent_type)(LATENT_F16 + round / SCREEN_KINDS % 4),
                                      .metric = (latent_metric)(round / SCREEN_KINDS / 4),
                                      .rows = 18 + round % 15,
                                      .columns = columns[(round + round / SCREEN_KINDS) % 6],
                                      .concepts = 2,
                                      .seed = (uint64_t)(100 * i + round)};
            check_screens(context, &spec);
        }
        latent_context_destroy(context);
    }
}

static void test_claims_are_of_use(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_F64; type++)
        for (int metric = 0; metric < 2; metric++) {
            const data_spec spec = {.kind = metric ? DATA_BLOBS : DATA_OFFSET,
                                    .type = (latent_type)type,
                                    .rows = 100,
                                    .columns = 200,
                                    .concepts = 5,
                                    .seed = 4,
                                    .metric = (latent_metric)metric};
            dataset set = dataset_make(&spec);
            const tally t =
                tally_of(context, &set, spec.metric, data_spec_text(&spec), choose_float32, NULL);
            assert_true(t.too_far > t.pairs * 9 / 10);
            assert_true(t.surely_below > t.pairs * 9 / 10);
            dataset_free(&set);
        }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_claims_hold),
                                       cmocka_unit_test(test_claims_of_screens_hold),
                                       cmocka_unit_test(test_claims_are_of_use)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
