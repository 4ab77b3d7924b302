/* Which screen is chosen when nobody asks for one: by the size of the problem and by what a sample of the
 * data says; and what happens when the sample was wrong. The answers are right in any case. */
#include <stdlib.h>
#include <string.h>

#include "harness/agrees.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/screens.h"

enum { ROWS = 2560, COLUMNS = 64, SAMPLED_EVERY = 10, ASKED = 100 };

/* Points of which every tenth, the ones that a sample of 256 meets, lie apart, and all others within
 * 1e-9 of each other: far below what any format of a row's own magnitude resolves. */
static dataset deceiving(prng *g) {
    double *const values = malloc(sizeof *values * ROWS * COLUMNS);
    int32_t labels[ROWS] = {0};
    for (int r = 0; r < ROWS; r++)
        for (int k = 0; k < COLUMNS; k++) {
            const double noise = prng_normal(g);
            values[r * COLUMNS + k] = r % SAMPLED_EVERY == 0 ? noise : 1.5 + 1e-9 * noise;
        }
    const dataset set = dataset_from(LATENT_F64, values, labels, ROWS, COLUMNS, 0);
    free(values);
    return set;
}

static dataset plain(prng *g, int64_t rows, double loud) {
    double *const values = malloc(sizeof *values * (size_t)rows * COLUMNS);
    int32_t *const labels = malloc(sizeof *labels * (size_t)rows);
    for (int64_t r = 0; r < rows; r++) {
        labels[r] = (int32_t)(r % 7);
        for (int k = 0; k < COLUMNS; k++)
            values[r * COLUMNS + k] =
                (prng_normal(g) + (k % 7 == r % 7)) * (k % 20 == 3 ? loud : 1);
    }
    const dataset set = dataset_from(LATENT_F32, values, labels, rows, COLUMNS, 0);
    free(values);
    free(labels);
    return set;
}

/* Whether the instruction set has a format that is faster than float32. */
static bool has_choice(const latent_context *context) {
    const latent__screens *const screens = latent__screens_choose(latent_context_isa(context));
    for (int f = 0; f < LATENT__FORMATS; f++)
        if (screens->format[f].multiply && screens->format[f].pace > 1)
            return true;
    return false;
}

static latent_screen used(latent_context *context, const dataset *set) {
    const agrees_question question = {.references = set};
    oracle_neighborhoods expected = agrees_kstar_oracle(&question);
    assert_true(agrees_kstar_known(context, &question, &expected));
    oracle_kstar_free(&expected);
    return latent_context_screen(context);
}

static void test_by_size(void **state) {
    (void)state;
    prng g = {5};
    latent_context *const context = testing_context();
    dataset few = plain(&g, 100, 1), many = plain(&g, ROWS, 1);
    assert_int_equal(used(context, &few), LATENT_SCREEN_FLOAT32);
    /* A sample of few rows is not worth it either, however long they are. */
    dataset lengthy = /* as many multiply-adds as a larger problem that is sampled */
        dataset_from(LATENT_F32, many.values, many.labels, 640, 256, 0);
    assert_int_equal(used(context, &lengthy), LATENT_SCREEN_FLOAT32);
    dataset_free(&lengthy);
    assert_int_equal(used(context, &many) != LATENT_SCREEN_FLOAT32, has_choice(context));
    assert_true(latent_context_rescored_pairs(context) >= ROWS);
    assert_true(latent_context_rescored_pairs(context) < 200 * ROWS);
    dataset_free(&few);
    dataset_free(&many);
    latent_context_destroy(context);
}

/* Loud features do not make the screen leave more pairs open, since they are kept apart. */
static void test_loud_features(void **state) {
    (void)state;
    prng g = {6};
    latent_context *const context = testing_context();
    dataset set = plain(&g, ROWS, 1000);
    assert_int_equal(used(context, &set) != LATENT_SCREEN_FLOAT32, has_choice(context));
    assert_true(latent_context_rescored_pairs(context) < 200 * ROWS);
    dataset_free(&set);
    latent_context_destroy(context);
}

/* Many neighbours mean many evaluations with any screen; they are no reason to give one up. */
static void test_many_neighbors(void **state) {
    (void)state;
    prng g = {10};
    latent_context *const context = testing_context();
    dataset set = plain(&g, ROWS, 1);
    const agrees_question question = {.references = &set};
    agrees_lists expected = agrees_knn_oracle(&question, 10);
    assert_true(agrees_knn_known(context, &question, 10, &expected));
    assert_int_equal(latent_context_screen(context) != LATENT_SCREEN_FLOAT32, has_choice(context));
    assert_true(latent_context_rescored_pairs(context) < 110 * ROWS);
    agrees_lists_free(&expected);
    dataset_free(&set);
    latent_context_destroy(context);
}

static void test_deceived(void **state) {
    (void)state;
    prng g = {7};
    latent_context *const context = testing_context();
    dataset set = deceiving(&g);
    const agrees_question question = {.references = &set};
    agrees_lists expected = agrees_knn_oracle(&question, 3);
    assert_true(agrees_knn_known(context, &question, 3, &expected));
    assert_int_equal(latent_context_screen(context), LATENT_SCREEN_FLOAT32);
    /* Each coarser one gave up once its evaluations had taken half of float32's time. */
    const int64_t all = (int64_t)ROWS * ROWS;
    assert_in_range(latent_context_rescored_pairs(context), all / 4, all);
    agrees_lists_free(&expected);
    dataset_free(&set);
    latent_context_destroy(context);
}

/* Bytes that the sentence of a call whose budget was too small says it needs; 0: it had enough. */
static int64_t missing(const dataset *set, latent_context_options options, int64_t budget) {
    int64_t kstar[ROWS], needed = 0;
    latent_kstar_extra extra = {.size = sizeof extra};
    options.memory_budget = budget;
    latent_context *const context = testing_context_with(&options);
    const latent_status status =
        latent_kstar(context, &set->view, set->labels, NULL, kstar, &extra);
    if (status == LATENT_ERROR_BUDGET)
        needed = atoll(strstr(latent_context_error(context), "at least ") + 9);
    else
        expect_ok(context, status);
    /* Whatever is left for the first pass, the second one has it, too. */
    assert_int_equal(extra.count_screen, extra.nearest_screen);
    latent_context_destroy(context);
    return needed;
}

/* With little memory both passes use the screen that is forced; with less than the least, the call says
 * what that is. */
static void test_little_memory(void **state) {
    (void)state;
    prng g = {11};
    latent_context_options options = testing_options();
    options.screen = LATENT_SCREEN_INT16;
    dataset set = plain(&g, 600, 1);
    int64_t least = 40000;
    for (int64_t needed; (needed = missing(&set, options, least)) > 0; least = needed)
        assert_true(needed > least);
    assert_int_equal(missing(&set, options, least), 0);
    assert_true(missing(&set, options, least * 15 / 16) > 0);
    for (int64_t budget = least; budget < 600000; budget += 20000)
        assert_int_equal(missing(&set, options, budget), 0);
    dataset_free(&set);
}

/* Counts its calls, and cancels at one of them. */
typedef struct patience {
    int64_t asked, last;
} patience;

static int lose_patience(void *user, const char *phase, double fraction) {
    patience *const p = user;
    (void)phase, (void)fraction;
    return ++p->asked > p->last;
}

static latent_status ask(latent_context *context, const dataset *set, patience *p) {
    int64_t indices[ASKED];
    p->asked = 0;
    expect_ok(context, latent_context_set_progress(context, lose_patience, p, -1));
    return latent_knn(context, NULL, &set->view, 1, NULL, indices, NULL);
}

/* While a sample is looked at, the callback is asked for every row and every pair of it, and obeyed. */
static void test_asks(void **state) {
    (void)state;
    prng g = {9};
    latent_context_options options = testing_options();
    options.screen = LATENT_SCREEN_FLOAT32;
    latent_context *const unsampled = testing_context_with(&options);
    options.screen = LATENT_SCREEN_INT8;
    latent_context *const context = testing_context_with(&options);
    dataset set = plain(&g, ASKED, 1);
    patience p = {0, INT64_MAX}, q = {0, INT64_MAX};
    expect_ok(unsampled, ask(unsampled, &set, &q));
    expect_ok(context, ask(context, &set, &p));
    assert_true(p.asked - q.asked > 32 * (ASKED - 1) + 2 * ASKED);
    const int64_t all = p.asked;
    for (p.last = 1; p.last < all; p.last += 61)
        assert_int_equal(ask(context, &set, &p), LATENT_CANCELLED);
    dataset_free(&set);
    latent_context_destroy(context);
    latent_context_destroy(unsampled);
}

/* What is told is the last call's, and that one compared no pairs to find the nearest. */
static void test_unrelated_call(void **state) {
    (void)state;
    prng g = {8};
    latent_context *const context = testing_context();
    dataset set = plain(&g, 300, 1);
    used(context, &set);
    double distance = 0;
    expect_ok(context,
              latent_distance(context, &set.view, 0, &set.view, 1, LATENT_EUCLIDEAN, &distance));
    assert_int_equal(latent_context_screen(context), LATENT_SCREEN_AUTO);
    assert_int_equal(latent_context_rescored_pairs(context), 0);
    dataset_free(&set);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_size),        cmocka_unit_test(test_loud_features),
        cmocka_unit_test(test_many_neighbors), cmocka_unit_test(test_deceived),
        cmocka_unit_test(test_asks),           cmocka_unit_test(test_little_memory),
        cmocka_unit_test(test_unrelated_call)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
