/* Measures of images that are drawn by hand, so that their values are known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/fashion_definitions.h"

static double pixels[IMAGE_PIXELS];
static double values[IMAGE_MEASURES];

static int clear(void **state) {
    (void)state;
    memset(pixels, 0, sizeof pixels);
    return 0;
}

/* Rows `top` … `bottom` − 1, columns `left` … `right` − 1. */
static void fill(int top, int bottom, int left, int right, double grey) {
    for (int y = top; y < bottom; y++)
        for (int x = left; x < right; x++)
            pixels[y * IMAGE_SIDE + x] = grey;
}

static void expect(enum image_measure measure, double wanted) {
    if (!(fabs(values[measure] - wanted) < 1e-12))
        fail_msg("measure %d is %.17g instead of %.17g", (int)measure, values[measure], wanted);
}

static void a_rectangle(void **state) {
    (void)state;
    fill(4, 24, 2, 12, 0.5); /* 20 × 10 */
    image_measure_all(pixels, values);
    expect(MEASURE_AREA, 200 / 784.0);
    expect(MEASURE_BRIGHTNESS, 0.5);
    expect(MEASURE_CONTRAST, 0);
    expect(MEASURE_ONE_GREY, 1);
    expect(MEASURE_ASPECT, 0.5);
    expect(MEASURE_FILL, 1);
    expect(MEASURE_MIRROR, 1);
    expect(MEASURE_FLIP, 1);
    expect(MEASURE_ROUGHNESS, 0);
    expect(MEASURE_STRIPES, 0);
    expect(MEASURE_STREAKS, 0);
    expect(MEASURE_GAP_BELOW, 0);
    expect(MEASURE_HOLES, 0);
    expect(MEASURE_LIGHT_BELOW, 0.5);
    expect(MEASURE_LIGHT_RIGHT, 0.5);
    expect(MEASURE_WIDENING, 0);
    expect(MEASURE_SLANT, 0);
    expect(MEASURE_BRIGHT_BELOW, 0);
}

static void trousers(void **state) {
    (void)state;
    fill(0, 4, 10, 16, 1); /* above: all of 6 columns; below: two legs of 2 */
    fill(4, 12, 10, 12, 0.5);
    fill(4, 12, 14, 16, 0.5);
    image_measure_all(pixels, values);
    expect(MEASURE_AREA, 56 / 784.0);
    expect(MEASURE_BRIGHTNESS, (24 + 16) / 56.0);
    expect(MEASURE_ONE_GREY, 32 / 56.0);
    expect(MEASURE_FILL, 56 / 72.0);
    expect(MEASURE_MIRROR, 1);
    expect(MEASURE_GAP_BELOW, 1);
    expect(MEASURE_HOLES, 0); /* open below */
    expect(MEASURE_LIGHT_BELOW, 12 / 40.0);
    expect(MEASURE_WIDENING, 4 / 6.0 - 1);
    expect(MEASURE_BRIGHT_BELOW, 0.5 - 28 / 32.0);
}

static void a_frame(void **state) {
    (void)state;
    fill(3, 13, 5, 15, 0.2);
    fill(5, 11, 7, 13, 0.1); /* not above 0.1: ground */
    image_measure_all(pixels, values);
    expect(MEASURE_HOLES, 0.36);
    expect(MEASURE_GAP_BELOW, 0.6);
    expect(MEASURE_FILL, 0.64);
    fill(8, 9, 5, 7, 0); /* a way out */
    image_measure_all(pixels, values);
    expect(MEASURE_HOLES, 0);
}

static void stripes_lie_or_stand(void **state) {
    (void)state;
    fill(0, 24, 0, 24, 0.4);
    for (int y = 0; y < 24; y += 2)
        fill(y, y + 1, 0, 24, 0.8);
    image_measure_all(pixels, values);
    expect(MEASURE_STRIPES, 0.4);
    expect(MEASURE_STREAKS, -0.4);
    expect(MEASURE_ROUGHNESS, 23 * 24 * 0.4 / (2 * 23 * 24));
    expect(MEASURE_CONTRAST, 0.2);
}

static void a_slope(void **state) {
    (void)state;
    for (int i = 0; i < 24; i++)
        fill(i, i + 1, i, i + 1, 1);
    image_measure_all(pixels, values);
    expect(MEASURE_SLANT, 1);
    expect(MEASURE_MIRROR, 0);
    expect(MEASURE_ASPECT, 1);
    assert_true(isnan(values[MEASURE_ROUGHNESS]) && isnan(values[MEASURE_STRIPES]));
}

static void what_makes_no_sense_is_nan(void **state) {
    (void)state;
    fill(7, 8, 0, 19, 1);
    image_measure_all(pixels, values);
    for (int i = 0; i < IMAGE_MEASURES; i++)
        assert_true(isnan(values[i])); /* too few pixels */
    fill(7, 8, 0, 20, 1);
    image_measure_all(pixels, values);
    expect(MEASURE_ASPECT, 20);
    expect(MEASURE_LIGHT_RIGHT, 0.5);
    assert_true(isnan(values[MEASURE_GAP_BELOW]) && isnan(values[MEASURE_LIGHT_BELOW]));
    assert_true(isnan(values[MEASURE_SLANT]) && isnan(values[MEASURE_BRIGHT_BELOW]));
}

static void limits_are_included_and_nan_is_ignored(void **state) {
    (void)state;
    const struct fashion_concept up = {.ignored = 1 << 3,
                                       .measure = MEASURE_AREA,
                                       .absent_at = 0.25,
                                       .present_at = 0.5},
                                 down = {.measure = MEASURE_AREA,
                                         .absent_at = 0.5,
                                         .present_at = 0.25},
                                 classes = {.present = 1 << 9 | 1 << 0, .ignored = 1 << 4};
    static const double areas[] = {0.25, 0.26, 0.49, 0.5};
    static const int wanted[] = {0, -1, -1, 1};
    for (int i = 0; i < 4; i++) {
        values[MEASURE_AREA] = areas[i];
        assert_int_equal(fashion_concept_of(&up, 0, values), wanted[i]);
        assert_int_equal(fashion_concept_of(&up, 3, values), -1);
        assert_int_equal(fashion_concept_of(&down, 0, values), wanted[3 - i]);
    }
    values[MEASURE_AREA] = NAN;
    assert_int_equal(fashion_concept_of(&up, 0, values), -1);
    assert_int_equal(fashion_concept_of(&down, 0, values), -1);
    for (int c = 0; c < FASHION_CLASSES; c++)
        assert_int_equal(fashion_concept_of(&classes, c, values), c == 4             ? -1
                                                                  : c == 0 || c == 9 ? 1
                                                                                     : 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_rectangle, clear),
        cmocka_unit_test_setup(trousers, clear),
        cmocka_unit_test_setup(a_frame, clear),
        cmocka_unit_test_setup(stripes_lie_or_stand, clear),
        cmocka_unit_test_setup(a_slope, clear),
        cmocka_unit_test_setup(what_makes_no_sense_is_nan, clear),
        cmocka_unit_test(limits_are_included_and_nan_is_ignored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
