/* kernels/screens_amx.c: products in tiles. Those of int8 are plain C's to the bit; those of
 * bfloat16 keep to the error bound of float32 sums. They are computed with a model of the
 * instructions in plain C; and as the library has them, by the processor if it has AMX, and with
 * the model in place of every instruction that it does not know if it has only AVX-512. */
#if defined(__x86_64__)
#include "harness/tile_traps.h"
#endif
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

#if defined(__x86_64__)
#include "base/features.h"
#include "base/halves.h"
#include "kernels/screens.h"
/* Compiled here a second time, beside the library's own. */
#define latent__screens_amx modelled_screens
#include "kernels/screens_amx.c"
#undef latent__screens_amx

enum { GROUP_ROWS = LATENT__GROUP_ROWS, MANY = 33280 /* steps */ };
static const float untouched = -12345.25f; /* what no product here gives */

/* int8 elements: random; all of them ±127 of one sign or of two. bfloat16: of one size; of very
 * different ones; denormal or with products near the smallest; with products near the largest. */
typedef enum kind { RANDOM, LARGEST, LOWEST, PLAIN, WIDE, TINY, HUGE_ONES } kind;

/* A rectangle whose rows lie in exactly as much memory as they need. */
typedef struct trial {
    latent__rectangle all;
    latent__format format;
    char *left, *right;
    float *out;
    int64_t rows, columns, numbers; /* of `out` */
} trial;

static double bf16_element(kind sort, bool right, prng *g) {
    const double x = prng_normal(g);
    switch (sort) {
    case WIDE:
        return ldexp(x, (int)prng_below(g, 60) - 30);
    case TINY:
        return ldexp(x, right ? (int)prng_below(g, 20) - 10 : (int)prng_below(g, 20) - 132);
    case HUGE_ONES:
        return ldexp(x, 55);
    default:
        return x;
    }
}

static int8_t int8_element(kind sort, bool right, prng *g) {
    if (sort == RANDOM)
        return (int8_t)(prng_below(g, 255) - 127);
    return sort == LOWEST && right ? -127 : 127;
}

/* Whole numbers in the float32 steps, so that sums of int8 stay exact with them. */
static char *new_groups(const trial *t, int64_t groups, kind sort, bool right, prng *g) {
    const int64_t bytes = t->all.steps * LATENT__STEP_BYTES;
    const int64_t group = bytes + t->all.floats * LATENT__STEP_BYTES;
    char *const all = malloc((size_t)(groups * group));
    for (int64_t i = 0; i < groups; i++) {
        char *const own = all + i * group;
        for (int64_t k = 0; t->format == LATENT__INT8 && k < bytes; k++)
            own[k] = (char)int8_element(sort, right, g);
        for (int64_t k = 0; t->format == LATENT__BF16 && k < bytes / 2; k++)
            narrow_store(LATENT_BF16, own, k, bf16_element(sort, right, g));
        for (int64_t k = bytes; k < group; k += 4) {
            const float element = (float)(prng_below(g, 7) - 3);
            memcpy(own + k, &element, sizeof element);
        }
    }
    return all;
}

static void trial_clear(trial *t) {
    for (int64_t i = 0; i < t->numbers; i++)
        t->out[i] = untouched;
}

static trial trial_new(latent__format format, kind sort, latent__rectangle shape, int64_t gap,
                       prng *g) {
    trial t = {.all = shape, .format = format};
    t.rows = shape.left_groups * GROUP_ROWS;
    t.columns = shape.right_groups * GROUP_ROWS;
    t.left = new_groups(&t, shape.left_groups, sort, false, g);
    t.right = new_groups(&t, shape.right_groups, sort, true, g);
    t.all.left = t.left;
    t.all.right = t.right;
    t.all.stride = t.columns + gap;
    t.numbers = (t.rows - 1) * t.all.stride + t.columns;
    t.out = malloc((size_t)t.numbers * sizeof *t.out);
    t.all.out = t.out;
    trial_clear(&t);
    return t;
}

static void trial_free(trial *t) {
    free(t->left);
    free(t->right);
    free(t->out);
}

static void check_int8(const trial *t) {
    latent__rectangle same = t->all;
    same.out = malloc((size_t)t->numbers * sizeof *same.out);
    for (int64_t i = 0; i < t->numbers; i++)
        same.out[i] = untouched;
    latent__screens_reference.format[LATENT__INT8].multiply(&same);
    assert_memory_equal(t->out, same.out, (size_t)t->numbers * sizeof *same.out);
    free(same.out);
}

/* A byte of a row's cell of a step. */
static const char *element_at(const trial *t, const char *groups, int64_t row, int64_t step,
                              int64_t byte) {
    const int64_t group = t->all.steps + t->all.floats;
    return groups + (row / GROUP_ROWS * group + step) * LATENT__STEP_BYTES +
           row % GROUP_ROWS * LATENT__CELL_BYTES + byte;
}

/* A product and what may be wrong with it. Every operation is off by 2^-24 of its result at most,
 * or by the smallest normal number where that is larger; denormal elements count as nothing. */
static double exact_bf16(const trial *t, int64_t r, int64_t c, double *bound) {
    double sum = 0, size = 0, lost = 0, floats_sum = 0, floats_size = 0;
    for (int64_t k = 0; k < 2 * t->all.steps; k++) {
        uint16_t x, y;
        memcpy(&x, element_at(t, t->left, r, k / 2, k % 2 * 2), sizeof x);
        memcpy(&y, element_at(t, t->right, c, k / 2, k % 2 * 2), sizeof y);
        const double a = (double)latent__from_bf16(x), b = (double)latent__from_bf16(y);
        sum += a * b;
        size += fabs(a * b);
        if (fabs(a) < (double)FLT_MIN || fabs(b) < (double)FLT_MIN)
            lost += fabs(a * b);
    }
    for (int64_t s = t->all.steps; s < t->all.steps + t->all.floats; s++) {
        float a, b;
        memcpy(&a, element_at(t, t->left, r, s, 0), sizeof a);
        memcpy(&b, element_at(t, t->right, c, s, 0), sizeof b);
        floats_sum += (double)a * (double)b;
        floats_size += fabs((double)a * (double)b);
    }
    const double roundings = 3 * (double)t->all.steps + (double)t->all.floats + 3;
    const double gamma = roundings * 0x1p-24 / (1 - roundings * 0x1p-24);
    *bound = gamma * (size + floats_size) + lost + roundings * (double)FLT_MIN;
    return sum + floats_sum;
}

static void check_bf16(const trial *t) {
    for (int64_t r = 0; r < t->rows; r++)
        for (int64_t c = 0; c < t->all.stride && r * t->all.stride + c < t->numbers; c++) {
            const float found = t->out[r * t->all.stride + c];
            if (c >= t->columns) {
                assert_true(found == untouched);
                continue;
            }
            double bound;
            const double exact = exact_bf16(t, r, c, &bound);
            if (!(fabs((double)found - exact) <= bound))
                fail_msg("row %d, column %d: %g is not within %g of %g", (int)r, (int)c,
                         (double)found, bound, exact);
        }
}

static void check_one(const latent__screens *table, trial *t) {
    memset(&tiles, 0, sizeof tiles);
    table->format[t->format].multiply(&t->all);
    if (tiles.fault)
        fail_msg("%s", tiles.fault);
    assert_false(tiles.configured);
    if (t->format == LATENT__INT8)
        check_int8(t);
    else
        check_bf16(t);
}

static void check(latent__format format, kind sort, latent__rectangle shape) {
    const bool native = latent__has_isa(LATENT_ISA_AMX);
    for (int64_t gap = 0; gap <= 5; gap += 5) {
        prng g = {(uint64_t)(shape.steps + 7 * sort)};
        trial t = trial_new(format, sort, shape, gap, &g);
        const int64_t products = shape.left_groups * shape.right_groups * shape.steps / TILE_STEPS;
        check_one(&modelled_screens, &t);
        assert_true(tiles.products == products);
        trial_clear(&t);
        if (native)
            check_one(&latent__screens_amx, &t);
        else if (latent__has_isa(LATENT_ISA_AVX512)) {
            const struct sigaction before = traps_begin();
            check_one(&latent__screens_amx, &t);
            traps_end(before);
            assert_true(tiles.products == products);
        }
        trial_free(&t);
    }
}

/* One tile, several, a whole chunk of 16, one more, more than two chunks, and none. */
static void check_shapes(latent__format format, kind sort) {
    static const int64_t steps[] = {16, 48, 256, 272, 528, 0};
    static const int64_t floats_steps[] = {0, 1, 5};
    for (int s = 0; s < (testing_small() ? 4 : 6); s++)
        for (int f = steps[s] ? 0 : 1; f < 3; f++)
            for (int64_t left = 1; left <= 3; left++)
                for (int64_t right = 1; right <= 3; right++)
                    check(format, sort,
                          (latent__rectangle){.left_groups = left,
                                              .right_groups = right,
                                              .steps = steps[s],
                                              .floats = floats_steps[f]});
}

static void test_int8_shapes(void **state) {
    (void)state;
    check_shapes(LATENT__INT8, RANDOM);
}

static void test_bf16_shapes(void **state) {
    (void)state;
    check_shapes(LATENT__BF16, PLAIN);
}

/* 133,120 products of 127 and 127 come to 2^31 - 391,168, and no longer fit with 64 more. */
static void test_int8_extremes(void **state) {
    (void)state;
    latent__rectangle shape = {.left_groups = 1, .right_groups = 1, .steps = MANY};
    check(LATENT__INT8, LARGEST, shape);
    check(LATENT__INT8, LOWEST, shape);
    check(LATENT__INT8, RANDOM, shape);
}

static void test_bf16_sizes(void **state) {
    (void)state;
    for (kind sort = WIDE; sort <= HUGE_ONES; sort++)
        for (int64_t steps = 16; steps <= 512; steps *= 2)
            check(LATENT__BF16, sort,
                  (latent__rectangle){.left_groups = 2, .right_groups = 3, .steps = steps});
}

static void test_table(void **state) {
    (void)state;
    assert_int_equal(modelled_screens.isa, LATENT_ISA_AMX);
    assert_ptr_equal(modelled_screens.format[LATENT__INT16].multiply,
                     latent__screens_vnni.format[LATENT__INT16].multiply);
    assert_int_equal(latent__has_isa(LATENT_ISA_AMX), latent__has_isa(LATENT_ISA_AMX));
    if (!latent__has_isa(LATENT_ISA_AMX)) {
        assert_null(latent__screens_choose(LATENT_ISA_AMX));
        return;
    }
    assert_true(latent__has_isa(LATENT_ISA_VNNI));
    assert_int_equal(latent__screens_choose(LATENT_ISA_AUTO)->isa, LATENT_ISA_AMX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table), cmocka_unit_test(test_int8_shapes),
        cmocka_unit_test(test_bf16_shapes), cmocka_unit_test(test_int8_extremes),
        cmocka_unit_test(test_bf16_sizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void test_nothing(void **state) {
    (void)state;
    skip(); /* another processor's instructions */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
