/* kernels/screens.h: products of packed rows, on every instruction set and in every format, are what a
 * loop over the rows' elements says. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/screens.h"

enum { GUARD = 16, ROWS = LATENT__GROUP_ROWS, LIMIT = INT32_MAX };

/* How the elements of both sides are chosen. */
typedef enum filling {
    SPREAD,     /* any that the format and the length allow */
    SIGNS,      /* the largest of both signs */
    ONE_SIGN,   /* the largest, all positive: the largest sums there are */
    THERE_BACK, /* half of the way up to the largest sum, then back to 0 */
    UNEQUAL,    /* one element takes half of the norm, the others share what is left */
    SCALES,     /* every row at a scale of its own, many elements 0 or next to it */
    FILLINGS
} filling;

typedef struct shape {
    latent__format format;
    filling filling;
    int64_t steps, floats, groups[2], stride;
} shape;

static int64_t elements(const shape *s) {
    return s->steps * latent__cell_elements(s->format);
}

static int64_t group_bytes(const shape *s) {
    return (s->steps + s->floats) * LATENT__STEP_BYTES;
}

/* Where screens.h puts element k of a row, or its float k, in a side's groups. */
static int64_t place(const shape *s, int64_t row, int64_t k) {
    const int64_t per_cell = latent__cell_elements(s->format);
    return row / ROWS * group_bytes(s) + k / per_cell * LATENT__STEP_BYTES +
           row % ROWS * LATENT__CELL_BYTES + k % per_cell * (LATENT__CELL_BYTES / per_cell);
}

static int64_t float_place(const shape *s, int64_t row, int64_t k) {
    return row / ROWS * group_bytes(s) + (s->steps + k) * LATENT__STEP_BYTES +
           row % ROWS * LATENT__CELL_BYTES;
}

/* The largest integer that all of a row's n elements may be, their squares adding up to `most`. */
static int64_t largest(const shape *s, int64_t n, int64_t most) {
    const int64_t end = s->format == LATENT__INT8 ? 127 : 32767;
    int64_t x = (int64_t)sqrt((double)most / (double)n);
    while (x * x * n > most)
        x--;
    return x < end ? x : end;
}

static int64_t some_integer(const shape *s, prng *g, int side, int64_t k) {
    const int64_t n = elements(s), all = largest(s, n, LIMIT), end = largest(s, 1, LIMIT);
    switch (s->filling) {
    case SIGNS:
        return prng_below(g, 2) ? all : -all;
    case ONE_SIGN:
        return all;
    case THERE_BACK:
        return side == 1 && k >= n / 2 ? -all : all;
    case UNEQUAL:
        return k == 0 ? end : largest(s, n, LIMIT - end * end) * (prng_below(g, 3) ? 1 : -1);
    case SCALES:
        return prng_below(g, 4) ? 0 : prng_below(g, 3) - 1;
    default:
        return prng_below(g, 2 * all + 1) - all;
    }
}

/* Sums of squares stay below 2^124, as packed rows' do. */
static double some_bf16(const shape *s, prng *g, int side, int64_t k, int row_scale) {
    const double x = prng_normal(g);
    switch (s->filling) {
    case SIGNS:
        return x < 0.0 ? -1.9921875 : 1.9921875;
    case ONE_SIGN:
        return ldexp(1.9921875, 50);
    case THERE_BACK:
        return ldexp(side == 1 && k >= elements(s) / 2 ? -1.5 : 1.5, 20);
    case UNEQUAL:
        return k == 0 ? ldexp(1.0, 40) : x;
    case SCALES:
        return ldexp(x, row_scale - (int)prng_below(g, 20));
    default:
        return x;
    }
}

static char *make_side(const shape *s, prng *g, int side) {
    const int64_t rows = s->groups[side] * ROWS;
    char *const groups = malloc((size_t)(s->groups[side] * group_bytes(s)));
    for (int64_t r = 0; r < rows; r++) {
        const int row_scale = (int)prng_below(g, 190) - 140;
        for (int64_t k = 0; k < elements(s); k++) {
            char *const to = groups + place(s, r, k);
            if (s->format == LATENT__INT8) {
                *(int8_t *)to = (int8_t)some_integer(s, g, side, k);
            } else if (s->format == LATENT__INT16) {
                const int16_t x = (int16_t)some_integer(s, g, side, k);
                memcpy(to, &x, sizeof x);
            } else {
                narrow_store(LATENT_BF16, to, 0, some_bf16(s, g, side, k, row_scale));
            }
        }
        for (int64_t k = 0; k < s->floats; k++)
            narrow_store(LATENT_F32, groups + float_place(s, r, k), 0, 100.0 * prng_normal(g));
    }
    return groups;
}

static double element(const shape *s, const char *groups, int64_t row, int64_t k) {
    const char *const from = groups + place(s, row, k);
    int16_t x;
    if (s->format == LATENT__INT8)
        return (double)*(const int8_t *)from;
    if (s->format == LATENT__BF16)
        return narrow_load(LATENT_BF16, from, 0);
    memcpy(&x, from, sizeof x);
    return (double)x;
}

static double *unpacked(const shape *s, const char *groups, int64_t rows) {
    double *const values = malloc((size_t)(rows * elements(s)) * sizeof *values);
    for (int64_t r = 0; r < rows; r++)
        for (int64_t k = 0; k < elements(s); k++)
            values[r * elements(s) + k] = element(s, groups, r, k);
    return values;
}

/* What a product is, and how far a computed one may be from it. */
typedef struct expectation {
    double product, error;
} expectation;

/* Integers: their sum is below 2^31, so float64 has it, and one rounding follows. bfloat16: every
 * product and sum is rounded, and a denormal may be taken for 0. */
static expectation expect_elements(const shape *s, const double *a, const double *b) {
    double sum = 0.0, magnitude = 0.0, tiny = 0.0;
    for (int64_t k = 0; k < elements(s); k++) {
        const double term = a[k] * b[k];
        sum += term;
        magnitude += fabs(term);
        if (term != 0.0 && (fabs(a[k]) < 0x1p-126 || fabs(b[k]) < 0x1p-126))
            tiny += fabs(term);
        tiny += 0x1p-126;
    }
    if (s->format != LATENT__BF16)
        return (expectation){(double)(float)sum, 0.0};
    const double roundings = 1.01 * (double)(elements(s) + 2) * 0x1p-24;
    return (expectation){sum, roundings * magnitude + tiny + 0x1p-126};
}

static void add_floats(const shape *s, const char *left, const char *right, int64_t r, int64_t c,
                       expectation *e) {
    double magnitude = fabs(e->product) + e->error;
    for (int64_t k = 0; k < s->floats; k++) {
        const double term = narrow_load(LATENT_F32, left + float_place(s, r, k), 0) *
                            narrow_load(LATENT_F32, right + float_place(s, c, k), 0);
        e->product += term;
        magnitude += fabs(term);
    }
    e->error += 1.01 * (double)(2 * s->floats) * 0x1p-24 * magnitude;
}

static void check_product(const shape *s, const latent__arithmetic *arithmetic, latent_isa isa,
                          prng *g) {
    char *const left = make_side(s, g, 0), *const right = make_side(s, g, 1);
    const int64_t rows = s->groups[0] * ROWS, columns = s->groups[1] * ROWS;
    const size_t room = (size_t)((rows - 1) * s->stride + columns + 2 * GUARD);
    float *const memory = poison_new(room * sizeof *memory), *const out = memory + GUARD;
    const latent__rectangle all = {left,     right,     s->groups[0], s->groups[1],
                                   s->steps, s->floats, out,          s->stride};
    arithmetic->multiply(&all);
    double *const a = unpacked(s, left, rows), *const b = unpacked(s, right, columns);
    for (int64_t r = 0; r < rows; r++) {
        for (int64_t c = 0; c < columns; c++) {
            expectation e = expect_elements(s, a + r * elements(s), b + c * elements(s));
            add_floats(s, left, right, r, c, &e);
            const double found = (double)out[r * s->stride + c];
            if (!(fabs(found - e.product) <= e.error))
                fail_msg(
                    "isa %d format %d filling %d steps %d floats %d groups %d x %d: product of "
                    "%d and %d is %a, should be %a within %a",
                    (int)isa, (int)s->format, (int)s->filling, (int)s->steps, (int)s->floats,
                    (int)s->groups[0], (int)s->groups[1], (int)r, (int)c, found, e.product,
                    e.error);
        }
        if (r + 1 < rows)
            assert_true(poison_intact(out + r * s->stride + columns,
                                      (size_t)(s->stride - columns) * sizeof *out));
    }
    assert_true(poison_intact(memory, GUARD * sizeof *memory));
    assert_true(poison_intact(memory + room - GUARD, GUARD * sizeof *memory));
    free(left);
    free(right);
    free(memory);
    free(a);
    free(b);
}

typedef void (*arithmetic_check)(const latent__arithmetic *arithmetic, latent_isa isa,
                                 latent__format format, prng *g);

/* Every arithmetic once: those that are plain C's only under the reference. */
static void with_every_arithmetic(arithmetic_check check) {
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        const latent__screens *const screens = latent__screens_choose(isas[i]);
        assert_non_null(screens);
        assert_int_equal(screens->isa, isas[i]);
        for (int f = 0; f < LATENT__FORMATS; f++) {
            const latent__format format = (latent__format)f;
            const latent__arithmetic *const used = latent__screens_arithmetic(screens, format);
            const bool own = screens->format[f].multiply != NULL;
            assert_ptr_equal(used,
                             own ? &screens->format[f] : &latent__screens_reference.format[f]);
            prng g = {(uint64_t)(71 + f)};
            if (own)
                check(used, isas[i], format, &g);
        }
    }
}

/* Every number of steps with every number of floats; groups, strides and contents vary. */
static void check_shapes(const latent__arithmetic *arithmetic, latent_isa isa,
                         latent__format format, prng *g) {
    static const int64_t floats[] = {0, 1, 3, 16};
    int round = 0;
    for (int64_t steps = 1; steps <= 40; steps += testing_small() ? 6 : 1)
        for (int f = 0; f < 4; f++, round++) {
            shape s = {.format = format,
                       .filling = (filling)(round % FILLINGS),
                       .steps = steps * arithmetic->step_multiple,
                       .floats = floats[f],
                       .groups = {1 + prng_below(g, 5), 1 + prng_below(g, 5)}};
            s.stride = s.groups[1] * ROWS + (prng_below(g, 2) ? prng_below(g, 40) : 0);
            check_product(&s, arithmetic, isa, g);
        }
}

static void test_shapes(void **state) {
    (void)state;
    with_every_arithmetic(check_shapes);
}

/* Every number of groups on both sides: what is left over after groups that go together. */
static void check_groups(const latent__arithmetic *arithmetic, latent_isa isa,
                         latent__format format, prng *g) {
    const int64_t most = testing_small() ? 4 : 8;
    for (int64_t left = 1; left <= most; left++)
        for (int64_t right = 1; right <= most; right++) {
            const shape s = {.format = format,
                             .steps = 2 * arithmetic->step_multiple,
                             .floats = (left + right) % 3,
                             .groups = {left, right},
                             .stride = right * ROWS + left};
            check_product(&s, arithmetic, isa, g);
        }
}

static void test_groups(void **state) {
    (void)state;
    with_every_arithmetic(check_groups);
}

/* Sums as large as they may be, just below 2^31: of int8, 133,000 products of 127 and ±127. */
static void check_longest(const latent__arithmetic *arithmetic, latent_isa isa,
                          latent__format format, prng *g) {
    const int64_t longest = testing_small() ? 3000 : format == LATENT__INT8 ? 133000 : 40000;
    const int64_t multiple = latent__cell_elements(format) * arithmetic->step_multiple;
    static const filling fillings[] = {ONE_SIGN, THERE_BACK};
    for (int i = 0; i < 2; i++) {
        const shape s = {.format = format,
                         .filling = fillings[i],
                         .steps = longest / multiple * arithmetic->step_multiple,
                         .groups = {1, 1},
                         .stride = ROWS};
        check_product(&s, arithmetic, isa, g);
    }
}

static void test_longest(void **state) {
    (void)state;
    with_every_arithmetic(check_longest);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shapes), cmocka_unit_test(test_groups),
                                       cmocka_unit_test(test_longest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
