/* Saved accumulators in a right frame that claim more than is true. Figures that no numbers have are
 * refused, since joining them could lead anywhere. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "harness/testing.h"

static latent_context *context;

static int set_up(void **state) {
    (void)state;
    context = testing_context();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    return 0;
}

/* src/moments/saved.c describes the format. */
enum { FEATURES = 2, HEAD = 264, BYTES = HEAD + 104 * FEATURES + 4 };
enum { COUNT, CENTRE, OFFSET, SECOND, THIRD, FOURTH, EXPONENT };

typedef struct saved {
    unsigned char bytes[BYTES];
} saved;

/* Of two features: 0 1 2 4 in units, and 1e300 times that. */
static saved some(void) {
    static const double values[] = {0, 0, 1, 1e300, 2, 2e300, 4, 4e300};
    saved s;
    latent_moments *moments;
    expect_ok(context, latent_moments_create(context, FEATURES, NULL, &moments));
    const latent_matrix points = latent_matrix_view(values, 4, FEATURES, LATENT_F64);
    expect_ok(context, latent_moments_update(context, moments, &points, NULL));
    assert_int_equal(latent_moments_saved_bytes(moments), BYTES);
    expect_ok(context, latent_moments_save(context, moments, s.bytes, BYTES));
    latent_moments_destroy(moments);
    return s;
}

static unsigned char *place(saved *s, int field, int feature) {
    return s->bytes + HEAD + 8 * (FEATURES * field + feature);
}

static double get(saved *s, int field, int feature) {
    uint64_t bits = 0;
    double value;
    for (int i = 0; i < 8; i++)
        bits |= (uint64_t)place(s, field, feature)[i] << 8 * i;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void set(saved *s, int field, int feature, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (int i = 0; i < 8; i++)
        place(s, field, feature)[i] = (unsigned char)(bits >> 8 * i);
}

static void seal(saved *s) {
    const uint32_t sum = (uint32_t)crc32(0, s->bytes, BYTES - 4);
    for (int i = 0; i < 4; i++)
        s->bytes[BYTES - 4 + i] = (unsigned char)(sum >> (8 * i));
}

static void expect_refused(saved *s, int feature) {
    char wanted[40];
    latent_moments *moments;
    snprintf(wanted, sizeof wanted, "feature %d|contradict", feature);
    seal(s);
    expect_status(context, latent_moments_load(context, s->bytes, BYTES, &moments),
                  LATENT_ERROR_FORMAT, wanted);
    assert_null(moments);
}

/* One field of one feature at a time, all others left right. */
static void test_one_field(void **state) {
    (void)state;
    for (int feature = 0; feature < FEATURES; feature++) {
        saved right = some();
        const double second = get(&right, SECOND, feature), fourth = get(&right, FOURTH, feature);
        const struct {
            int field;
            double value;
        } wrong[] = {
            {OFFSET, 1e200},
            {OFFSET, -5 * sqrt(4 * second)},
            {SECOND, sqrt(fourth) * 1.01},
            {SECOND, sqrt(fourth / 4.1)},
            {SECOND, 0x1p-1074},
            {THIRD, 1e300},
            {THIRD, -sqrt(second * fourth)},
            {FOURTH, second * second * 0.98},
            {FOURTH, second * second * 4.1},
            {EXPONENT, 1101},
            {EXPONENT, INFINITY},
        };
        for (size_t w = 0; w < sizeof wrong / sizeof wrong[0]; w++) {
            saved s = right;
            set(&s, wrong[w].field, feature, wrong[w].value);
            expect_refused(&s, feature);
        }
    }
}

/* Equal numbers have a mean that is one of them. */
static void test_constant(void **state) {
    (void)state;
    saved s = some();
    for (int field = SECOND; field <= EXPONENT; field++)
        set(&s, field, 1, 0);
    expect_refused(&s, 1);
    set(&s, OFFSET, 1, 0);
    seal(&s);
    latent_moments *moments;
    expect_ok(context, latent_moments_load(context, s.bytes, BYTES, &moments));
    latent_moments_destroy(moments);
}

/* One that claims as many rows as can be counted takes no more, and stays as it is. */
static void test_full(void **state) {
    (void)state;
    saved s = some(), after;
    static const double row[] = {1, 2};
    const latent_matrix points = latent_matrix_view(row, 1, FEATURES, LATENT_F64);
    for (int feature = 0; feature < FEATURES; feature++)
        set(&s, COUNT, feature, 0x1p53);
    for (int i = 0; i < 8; i++)
        s.bytes[72 + i] = i == 6 ? 1 << 5 : 0; /* the number of rows */
    seal(&s);
    latent_moments *full, *more;
    expect_ok(context, latent_moments_load(context, s.bytes, BYTES, &full));
    expect_ok(context, latent_moments_load(context, s.bytes, BYTES, &more));
    expect_status(context, latent_moments_update(context, full, &points, NULL),
                  LATENT_ERROR_OVERFLOW, "9007199254740992 rows|1 more");
    expect_status(context, latent_moments_merge(context, full, more), LATENT_ERROR_OVERFLOW,
                  "9007199254740992 rows|9007199254740992 more");
    expect_ok(context, latent_moments_save(context, full, after.bytes, BYTES));
    assert_memory_equal(s.bytes, after.bytes, BYTES);
    latent_moments_destroy(full);
    latent_moments_destroy(more);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_field),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_full),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
