/* quantise: on every instruction set and in every format, what is in the cells is near what was given,
 * `stored` and `lost` are what it says, and nothing else was written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"

typedef enum row_kind {
    ROW_NORMAL,    /* well within what fits */
    ROW_FULL,      /* one element, far from the others or not, just fits */
    ROW_TIES,      /* half-way between two integers, or two bfloat16 */
    ROW_DENORMALS, /* and -0 */
    ROW_HUGE,      /* next to the end of what bfloat16 has, and above 2^62 in float32 */
    ROW_MIXED,     /* of any magnitude */
    ROW_KINDS
} row_kind;

typedef struct quantised {
    latent__format format;
    row_kind kind;
    int64_t n;
    float step, inverse;
    float *x;    /* in just the memory it needs */
    char *cells; /* likewise: up to the end of the last cell */
    latent__packed packed;
} quantised;

static int64_t cell_count(const quantised *q) {
    const int64_t per_cell = latent__cell_elements(q->format);
    return (q->n + per_cell - 1) / per_cell;
}

static size_t cell_bytes(const quantised *q) {
    return (size_t)((cell_count(q) - 1) * LATENT__STEP_BYTES + LATENT__CELL_BYTES);
}

static int most(latent__format format) {
    return format == LATENT__INT8 ? 127 : 32767;
}

static float some_tie(const quantised *q, prng *g) {
    const double sign = prng_below(g, 2) ? 1.0 : -1.0;
    if (q->format != LATENT__BF16)
        return (float)(sign * ((double)prng_below(g, most(q->format)) + 0.5)) * q->step;
    /* 8 bits of significand, and just half of the next place. */
    const double units = (double)(128 + prng_below(g, 128)) + 0.5;
    return (float)(sign * ldexp(units, (int)prng_below(g, 200) - 110));
}

static float some_element(const quantised *q, prng *g) {
    const double x = prng_normal(g), step = (double)q->step;
    switch (q->kind) {
    case ROW_FULL:
        return (float)(x * step * 3.0 * most(q->format) * (prng_below(g, 5) ? 1.0 : 1e9));
    case ROW_TIES:
        return some_tie(q, g);
    case ROW_DENORMALS:
        return prng_below(g, 3) ? (float)ldexp((double)(prng_below(g, 99) - 49), -149) : -0.0f;
    case ROW_HUGE:
        return (float)(copysign(prng_below(g, 2) ? narrow_max(LATENT_BF16) : 1e30, x));
    case ROW_MIXED:
        return (float)ldexp(x, (int)prng_below(g, 270) - 149);
    default:
        return (float)(x * step * 0.25 * most(q->format));
    }
}

/* Steps of which some are powers of two. */
static float some_step(row_kind kind, prng *g) {
    if (kind == ROW_TIES)
        return (float)ldexp(1.0, (int)prng_below(g, 100) - 50);
    return (float)ldexp(1.0 + prng_uniform(g), (int)prng_below(g, 140) - 70);
}

static quantised make_row(latent__format format, row_kind kind, int64_t n, prng *g) {
    quantised q = {.format = format, .kind = kind, .n = n, .step = 1.0f, .inverse = 1.0f};
    if (format != LATENT__BF16) {
        q.step = some_step(kind, g);
        q.inverse = 1.0f / q.step;
    }
    q.x = malloc((size_t)n * sizeof *q.x);
    double largest = 0.0;
    for (int64_t k = 0; k < n; k++) {
        q.x[k] = some_element(&q, g);
        largest = fmax(largest, fabs((double)q.x[k]));
    }
    if (format != LATENT__BF16 && largest > most(format) * (double)q.step) {
        q.step = (float)(largest / most(format));
        q.inverse = 1.0f / q.step;
    }
    q.cells = poison_new(cell_bytes(&q));
    return q;
}

static void release_row(quantised *q) {
    free(q->x);
    free(q->cells);
}

static double read_back(const quantised *q, int64_t k) {
    const int64_t per_cell = latent__cell_elements(q->format);
    const char *const from = q->cells + k / per_cell * LATENT__STEP_BYTES +
                             k % per_cell * (LATENT__CELL_BYTES / per_cell);
    int16_t x;
    if (q->format == LATENT__INT8)
        return (double)*(const int8_t *)from;
    if (q->format == LATENT__BF16)
        return narrow_load(LATENT_BF16, from, 0);
    memcpy(&x, from, sizeof x);
    return (double)x;
}

/* An integer next to x · inverse; bfloat16 as its definition rounds. */
static bool is_near(const quantised *q, int64_t k, double z) {
    const double x = (double)q->x[k];
    if (q->format == LATENT__BF16)
        return z == narrow_round(LATENT_BF16, x);
    const double end = most(q->format), v = x * (double)q->inverse;
    return z == nearbyint(z) && fabs(z) <= end && fabs(z - v) <= 0.5 + 0x1p-23 * end;
}

static bool is_close(double found, long double expected) {
    return fabsl((long double)found - expected) <= 1e-13L * expected;
}

static void check_written(const quantised *q) {
    const int64_t per_cell = latent__cell_elements(q->format);
    long double stored = 0.0L, lost = 0.0L;
    for (int64_t k = 0; k < q->n; k++) {
        const double z = read_back(q, k);
        if (!is_near(q, k, z))
            fail_msg("format %d kind %d n %d: element %d is %a, was %a, in units of %a",
                     (int)q->format, (int)q->kind, (int)q->n, (int)k, z, (double)q->x[k],
                     (double)q->step);
        const long double rest = (long double)q->x[k] - (long double)q->step * (long double)z;
        stored += (long double)z * (long double)z;
        lost += rest * rest;
    }
    if (!is_close(q->packed.stored, stored) || !is_close(q->packed.lost, lost))
        fail_msg("format %d kind %d n %d: stored %a, lost %a, should be %La, %La", (int)q->format,
                 (int)q->kind, (int)q->n, q->packed.stored, q->packed.lost, stored, lost);
    for (int64_t k = q->n; k < cell_count(q) * per_cell; k++)
        assert_true(read_back(q, k) == 0.0);
    for (int64_t c = 0; c + 1 < cell_count(q); c++)
        assert_true(poison_intact(q->cells + c * LATENT__STEP_BYTES + LATENT__CELL_BYTES,
                                  LATENT__STEP_BYTES - LATENT__CELL_BYTES));
}

/* Plain C's cells and sums are what the mathematics says; every other table has the same bits. */
static void check_row(latent__format format, row_kind kind, int64_t n, prng *g) {
    quantised q = make_row(format, kind, n, g);
    q.packed = latent__kernels_reference.quantise[format](q.x, n, q.step, q.inverse, q.cells);
    check_written(&q);
    char *const cells = malloc(cell_bytes(&q));
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++) {
        poison_fill(cells, cell_bytes(&q));
        const latent__packed packed =
            latent__kernels_choose(isas[i])->quantise[format](q.x, n, q.step, q.inverse, cells);
        if (memcmp(cells, q.cells, cell_bytes(&q)) != 0 ||
            memcmp(&packed, &q.packed, sizeof packed) != 0)
            fail_msg("isa %d has other bits: format %d kind %d n %d", (int)isas[i], (int)format,
                     (int)kind, (int)n);
    }
    free(cells);
    release_row(&q);
}

static void check_format(latent__format format) {
    prng g = {(uint64_t)(83 + format)};
    for (int64_t n = 1; n <= 600; n += testing_small() && n > 40 ? 37 : 1)
        for (int kind = 0; kind < ROW_KINDS; kind++)
            check_row(format, (row_kind)kind, n, &g);
}

static void test_int8(void **state) {
    (void)state;
    check_format(LATENT__INT8);
}

static void test_int16(void **state) {
    (void)state;
    check_format(LATENT__INT16);
}

static void test_bf16(void **state) {
    (void)state;
    check_format(LATENT__BF16);
}

/* Around every integer: half-way, next to it, and on it. */
static void test_every_integer(void **state) {
    (void)state;
    for (int format = LATENT__INT8; format <= LATENT__INT16; format++)
        for (int z = -most((latent__format)format); z < most((latent__format)format);
             z += format == LATENT__INT8 ? 1 : 61) {
            const float half = (float)z + 0.5f;
            float x[] = {(float)z, half, nextafterf(half, INFINITY), nextafterf(half, -INFINITY)};
            char cells[2 * LATENT__STEP_BYTES];
            quantised q = {.format = (latent__format)format,
                           .n = 4,
                           .step = 1.0f,
                           .inverse = 1.0f,
                           .x = x,
                           .cells = cells};
            poison_fill(cells, sizeof cells);
            q.packed = latent__kernels_reference.quantise[format](x, 4, 1.0f, 1.0f, cells);
            check_written(&q);
        }
}

/* Every bfloat16, what is half-way to the next one, and the numbers beside that. */
static void test_every_bf16(void **state) {
    (void)state;
    const uint32_t tails[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
    for (uint32_t top = 0; top < 0x7f7f; top += testing_small() ? 7 : 1) {
        float x[12];
        for (int i = 0; i < 12; i++) {
            const uint32_t bits = (i & 1 ? 0x80000000u : 0u) | (top << 16) | tails[i / 2];
            memcpy(&x[i], &bits, sizeof bits);
        }
        char cells[6 * LATENT__STEP_BYTES];
        quantised q = {.format = LATENT__BF16, .n = 12, .step = 1.0f, .x = x, .cells = cells};
        poison_fill(cells, sizeof cells);
        q.packed = latent__kernels_reference.quantise[LATENT__BF16](x, 12, 1.0f, 1.0f, cells);
        check_written(&q);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int8),       cmocka_unit_test(test_int16),
        cmocka_unit_test(test_bf16),       cmocka_unit_test(test_every_integer),
        cmocka_unit_test(test_every_bf16),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
