/* Wrong arguments of the calls of concepts.h: status, sentence, nothing written, and the right call
 * after it works. Structs of a wrong size are tried in test_structs.c and
 * test_concepts_limits.c. */
#include <math.h>
#include <string.h>

#include "harness/wrong_concepts.h"

#define CASE CONCEPTS_CASE
#define MOST ((int64_t)INT32_MAX)

/* All calls that take labels say the same about them. */
#define LABELS_CASE(change, expected, pieces)                                                      \
    do {                                                                                           \
        CASE(call_count, change, expected, pieces);                                                \
        CASE(call_ap, change, expected, pieces);                                                   \
        CASE(call_null, change, expected, pieces);                                                 \
    } while (0)
#define LISTS_CASE(change, expected, pieces)                                                       \
    LABELS_CASE((a.labels = &a.lists, change), expected, pieces)

static void test_null_pointers(void **state) {
    (void)state;
    LABELS_CASE(a.labels = NULL, ERROR_ARGUMENT, "labels is NULL");
    LABELS_CASE(a.dense.values = NULL, ERROR_ARGUMENT,
                "labels->values and labels->present_offsets are both NULL");
    LISTS_CASE(a.lists.present_offsets = NULL, ERROR_ARGUMENT, "present_offsets|NULL");
    LISTS_CASE(a.lists.present = NULL, ERROR_ARGUMENT, "labels->present is NULL|8 entries");
    LISTS_CASE(a.lists.ignored_offsets = NULL, ERROR_ARGUMENT, "labels->ignored_offsets is NULL");
    LISTS_CASE(a.lists.ignored = NULL, ERROR_ARGUMENT, "labels->ignored is NULL|3 entries");
    CASE(call_count, a.no_result = true, ERROR_ARGUMENT, "counts is NULL");
    CASE(call_ap, a.activations = NULL, ERROR_ARGUMENT, "activations is NULL");
    CASE(call_ap, a.points.data = NULL, ERROR_ARGUMENT, "activations->data is NULL");
    CASE(call_ap, (a.basis = &a.rows, a.rows.data = NULL), ERROR_ARGUMENT, "basis->data is NULL");
    CASE(call_ap, a.no_result = true, ERROR_ARGUMENT, "result is NULL");
    CASE(call_ap, a.no_ap = true, ERROR_ARGUMENT, "result->ap is NULL");
    concepts_arguments a;
    concepts_arguments_make(&a);
    double ap[ARGUMENT_FEATURES * ARGUMENT_CONCEPTS];
    latent_concepts_counts counts = {.size = sizeof counts};
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    assert_int_equal(latent_concepts_count(NULL, &a.dense, &counts), LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_concepts_ap(NULL, &a.points, NULL, &a.dense, NULL, &result),
                     LATENT_ERROR_ARGUMENT);
}

static void test_right_ones(void **state) {
    (void)state;
    CASE(call_ap, a.basis = &a.rows, OK, NULL);
    CASE(call_ap, (a.labels = &a.lists, a.stride = 4), OK, NULL);
    LABELS_CASE((a.labels = &a.lists, a.lists.ignored = NULL, a.lists.ignored_offsets = NULL), OK,
                NULL);
    /* No list has an entry, so there need be none. */
    LISTS_CASE((memset(a.present_offsets, 0, sizeof a.present_offsets), a.lists.present = NULL), OK,
               NULL);
    LISTS_CASE((memset(a.ignored_offsets, 0, sizeof a.ignored_offsets), a.lists.ignored = NULL), OK,
               NULL);
}

static void test_counts_of_things(void **state) {
    (void)state;
    LABELS_CASE(a.dense.samples = 0, ERROR_SHAPE, "labels->samples is 0");
    LABELS_CASE(a.dense.samples = -5, ERROR_SHAPE, "labels->samples is -5");
    LABELS_CASE(a.dense.samples = MOST + 1, ERROR_SHAPE,
                "labels->samples is 2147483648|at most 2147483647");
    LISTS_CASE(a.lists.samples = INT64_MAX, ERROR_SHAPE, "labels->samples is 9223372036854775807");
    LABELS_CASE(a.dense.concepts = 0, ERROR_SHAPE, "labels->concepts is 0");
    LISTS_CASE(a.lists.concepts = -1, ERROR_SHAPE, "labels->concepts is -1");
    LABELS_CASE(a.dense.concepts = MOST + 1, ERROR_SHAPE,
                "labels->concepts is 2147483648|at most 2147483647");
    LISTS_CASE(a.lists.concepts = INT64_MIN, ERROR_SHAPE,
               "labels->concepts is -9223372036854775808");
    CASE(call_ap, a.dense.samples = 4, ERROR_SHAPE, "labels->samples is 4|activations has 5 rows");
    CASE(call_ap, (a.labels = &a.lists, a.points.rows = 4), ERROR_SHAPE,
         "labels->samples is 5|activations has 4 rows");
    CASE(call_ap, a.points.rows = 0, ERROR_SHAPE, "activations has 0 rows");
    CASE(call_ap, a.points.columns = -3, ERROR_SHAPE, "activations has -3 columns");
    CASE(call_ap, a.points.stride = 2, ERROR_SHAPE, "activations has stride 2");
    CASE(call_ap, a.points.type = 9, ERROR_TYPE, "activations|9");
    CASE(call_ap, (a.basis = &a.rows, a.rows.rows = 0), ERROR_SHAPE, "basis has 0 rows");
    CASE(call_ap, (a.basis = &a.rows, a.rows.columns = 2), ERROR_SHAPE,
         "basis has 2 columns|activations has 3");
    CASE(call_ap, (a.basis = &a.rows, a.rows.type = 0), ERROR_TYPE, "basis|0");
    CASE(call_ap, (a.points.columns = a.points.stride = MOST + 1), ERROR_SHAPE,
         "directions is 2147483648|at most 2147483647");
    CASE(call_ap, (a.basis = &a.rows, a.rows.rows = MOST + 1), ERROR_SHAPE,
         "directions is 2147483648|at most 2147483647");
    CASE(call_ap, (a.basis = &a.rows, a.rows.rows = INT64_MAX), ERROR_SHAPE, "basis has");
}

static void test_dense(void **state) {
    (void)state;
    LABELS_CASE(a.marks[6] = 2, ERROR_ARGUMENT, "labels->values[1][2] is 2");
    LABELS_CASE(a.marks[19] = -2, ERROR_ARGUMENT, "labels->values[4][3] is -2");
    LABELS_CASE(a.marks[0] = 127, ERROR_ARGUMENT, "labels->values[0][0] is 127");
    LABELS_CASE(a.marks[17] = a.marks[9] = -128, ERROR_ARGUMENT, "labels->values[2][1] is -128");
    LABELS_CASE(a.dense.stride = 3, ERROR_SHAPE, "labels->stride is 3|4 concepts");
    LABELS_CASE(a.dense.stride = -4, ERROR_SHAPE, "labels->stride is -4");
    LABELS_CASE((a.dense.samples = 5, a.dense.stride = INT64_MAX), ERROR_SHAPE,
                "5 samples|9223372036854775807");
    LABELS_CASE(a.dense.present_offsets = a.present_offsets, ERROR_ARGUMENT, "values and lists");
    LABELS_CASE(a.dense.present = a.present, ERROR_ARGUMENT, "values and lists");
    LABELS_CASE(a.dense.ignored_offsets = a.ignored_offsets, ERROR_ARGUMENT, "values and lists");
    LABELS_CASE(a.dense.ignored = a.ignored, ERROR_ARGUMENT, "values and lists");
}

static void test_offsets(void **state) {
    (void)state;
    LISTS_CASE(a.present_offsets[0] = 1, ERROR_ARGUMENT, "labels->present_offsets[0] is 1");
    LISTS_CASE(a.present_offsets[0] = -1, ERROR_ARGUMENT, "labels->present_offsets[0] is -1");
    LISTS_CASE(a.ignored_offsets[0] = 2, ERROR_ARGUMENT, "labels->ignored_offsets[0] is 2");
    LISTS_CASE(a.present_offsets[2] = 1, ERROR_ARGUMENT, "labels->present_offsets[2] is 1 after 2");
    LISTS_CASE(a.ignored_offsets[5] = 1, ERROR_ARGUMENT, "labels->ignored_offsets[5] is 1 after 2");
    LISTS_CASE(a.present_offsets[1] = -7, ERROR_ARGUMENT,
               "labels->present_offsets[1] is -7 after 0");
    LISTS_CASE(a.present_offsets[5] = 13, ERROR_ARGUMENT,
               "present_offsets|sample 4|5 concepts|are 4");
    LISTS_CASE(a.ignored_offsets[1] = 5, ERROR_ARGUMENT,
               "ignored_offsets|sample 0|5 concepts|are 4");
    LISTS_CASE(a.lists.stride = 4, ERROR_ARGUMENT, "labels->stride is 4");
}

static void test_lists(void **state) {
    (void)state;
    LISTS_CASE(a.present[6] = 4, ERROR_ARGUMENT, "labels->present[6]|sample 2|is 4|0 to 3");
    LISTS_CASE(a.present[2] = -1, ERROR_ARGUMENT, "labels->present[2]|sample 1|is -1");
    LISTS_CASE(a.present[3] = INT32_MIN, ERROR_ARGUMENT, "labels->present[3]|is -2147483648");
    LISTS_CASE(a.ignored[2] = INT32_MAX, ERROR_ARGUMENT, "labels->ignored[2]|sample 4|2147483647");
    LISTS_CASE(a.present[4] = 2, ERROR_ARGUMENT, "labels->present[5]|sample 2|is 2 after 2");
    LISTS_CASE(a.present[5] = 0, ERROR_ARGUMENT, "labels->present[5]|sample 2|is 0 after 1");
    LISTS_CASE(a.ignored[1] = 0, ERROR_ARGUMENT, "labels->ignored[1]|sample 0|is 0 after 0");
    LISTS_CASE((a.ignored[0] = 2, a.ignored[1] = 0), ERROR_ARGUMENT,
               "labels->ignored[1]|0 after 2");
    LISTS_CASE(a.present[0] = 0, ERROR_ARGUMENT, "labels->ignored[0]|sample 0|is 0|present[0]");
    LISTS_CASE(a.ignored[1] = 3, ERROR_ARGUMENT, "labels->ignored[1]|sample 0|is 3|present[1]");
    /* Of several, that of the first sample. */
    LISTS_CASE((a.present[6] = -1, a.ignored[1] = 9), ERROR_ARGUMENT, "labels->ignored[1]|is 9");
    /* Also of concepts that are not asked for. */
    CASE(call_ap, (a.labels = &a.lists, a.ap_options.concepts = 1, a.present[6] = 4),
         ERROR_ARGUMENT, "labels->present[6]");
}

static void test_numbers(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call_ap, a.values[7] = nan, ERROR_NONFINITE, "activations[2][1] is NaN");
    CASE(call_ap, a.values[12] = -inf, ERROR_NONFINITE, "activations[4][0] is -infinity");
    CASE(call_ap, a.values[0] = a.values[14] = inf, ERROR_NONFINITE,
         "activations[0][0] is infinity");
    CASE(call_ap, (a.basis = &a.rows, a.values[14] = nan), ERROR_NONFINITE,
         "activations[4][2] is NaN");
    CASE(call_ap, (a.basis = &a.rows, a.vectors[4] = inf), ERROR_NONFINITE,
         "basis[1][1] is infinity");
    CASE(call_ap, (a.basis = &a.rows, a.vectors[0] = nan), ERROR_NONFINITE, "basis[0][0] is NaN");
    /* A feature that is not asked for does not matter; with a basis all of them are asked for. */
    CASE(call_ap, (a.ap_options.first_direction = 1, a.values[3] = nan), OK, NULL);
    CASE(call_ap,
         (a.ap_options.first_direction = 1, a.ap_options.directions = 1, a.values[5] = nan), OK,
         NULL);
    CASE(call_ap, (a.ap_options.first_direction = 2, a.values[5] = nan), ERROR_NONFINITE,
         "activations[1][2] is NaN");
    CASE(call_ap,
         (a.basis = &a.rows, a.ap_options.first_direction = 1, a.vectors[3] = 0, a.values[3] = nan),
         ERROR_NONFINITE, "activations[1][0] is NaN");
}

static void test_overflow(void **state) {
    (void)state;
    CASE(call_ap, (a.basis = &a.rows, a.vectors[1] = 5e307, a.values[13] = 10), ERROR_OVERFLOW,
         "activations[4]|basis[0]|float64");
    CASE(call_ap, (a.basis = &a.rows, a.vectors[5] = a.vectors[3] = -1.7e308), ERROR_OVERFLOW,
         "activations[0]|basis[1]|float64");
    /* The sum is 0 in the end, but not on the way. */
    CASE(call_ap,
         (a.basis = &a.rows, a.values[3] = a.values[4] = 1e308, a.values[5] = 0, a.vectors[0] = 2,
          a.vectors[1] = -2),
         ERROR_OVERFLOW, "activations[1]|basis[0]|float64");
    CASE(call_ap, a.values[3] = 1.7e308, OK, NULL);
}

static void test_options(void **state) {
    (void)state;
    CASE(call_ap, a.ap_options.sign = 2, ERROR_ARGUMENT, "options->sign is 2");
    CASE(call_ap, a.ap_options.sign = -1, ERROR_ARGUMENT, "options->sign is -1");
    CASE(call_ap, a.ap_options.reserved = 8, ERROR_OPTIONS, "options->reserved is 8");
    CASE(call_ap, a.ap_options.first_direction = 3, ERROR_ARGUMENT,
         "options->first_direction is 3|0 to 2");
    CASE(call_ap, a.ap_options.first_direction = -1, ERROR_ARGUMENT,
         "options->first_direction is -1");
    CASE(call_ap, (a.basis = &a.rows, a.ap_options.first_direction = 2), ERROR_ARGUMENT,
         "options->first_direction is 2|0 to 1");
    CASE(call_ap, a.ap_options.directions = 4, ERROR_ARGUMENT, "options->directions is 4|3");
    CASE(call_ap, (a.ap_options.first_direction = 1, a.ap_options.directions = 3), ERROR_ARGUMENT,
         "options->directions is 3|2 from 1 on");
    CASE(call_ap, a.ap_options.directions = -1, ERROR_ARGUMENT, "options->directions is -1");
    CASE(call_ap, (a.ap_options.first_direction = 1, a.ap_options.directions = INT64_MAX),
         ERROR_ARGUMENT, "options->directions is 9223372036854775807");
    CASE(call_ap, a.ap_options.first_concept = 4, ERROR_ARGUMENT,
         "options->first_concept is 4|0 to 3");
    CASE(call_ap, a.ap_options.first_concept = INT64_MIN, ERROR_ARGUMENT,
         "options->first_concept is -9223372036854775808");
    CASE(call_ap, (a.ap_options.first_concept = 3, a.ap_options.concepts = 2), ERROR_ARGUMENT,
         "options->concepts is 2|1 from 3 on");
    CASE(call_ap, a.ap_options.concepts = -2, ERROR_ARGUMENT, "options->concepts is -2");
}

static void test_result(void **state) {
    (void)state;
    CASE(call_ap, a.type = LATENT_F16, ERROR_TYPE, "result->type is 1");
    CASE(call_ap, a.type = 5, ERROR_TYPE, "result->type is 5");
    CASE(call_ap, a.type = -1, ERROR_TYPE, "result->type is -1");
    CASE(call_ap, a.reserved = 1, ERROR_OPTIONS, "result->reserved is 1");
    CASE(call_ap, a.stride = 3, ERROR_SHAPE, "result->stride is 3|4 concepts");
    CASE(call_ap, a.stride = -4, ERROR_SHAPE, "result->stride is -4");
    CASE(call_ap, a.stride = INT64_MAX, ERROR_SHAPE, "3 directions of stride 9223372036854775807");
    CASE(call_ap, (a.ap_options.directions = 1, a.stride = INT64_MAX / 8), OK, NULL);
    CASE(call_ap, (a.ap_options.first_concept = 2, a.stride = 1), ERROR_SHAPE,
         "result->stride is 1|2 concepts");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers),    cmocka_unit_test(test_right_ones),
        cmocka_unit_test(test_counts_of_things), cmocka_unit_test(test_dense),
        cmocka_unit_test(test_offsets),          cmocka_unit_test(test_lists),
        cmocka_unit_test(test_numbers),          cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_options),          cmocka_unit_test(test_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
