/* Wrong arguments of the calls of encoding.h: status, sentence, nothing written, and the right call
 * after it works. Structs of a wrong size are tried in test_structs.c, labels in
 * test_concepts_arguments.c. */
#include <math.h>

#include "harness/wrong_concepts.h"

#define CASE CONCEPTS_CASE
/* Both calls that take average precisions. */
#define TABLE_CASE(change, expected, pieces)                                                       \
    do {                                                                                           \
        CASE(call_encoded, change, expected, pieces);                                              \
        CASE(call_curve, change, expected, pieces);                                                \
    } while (0)

static const double nan_ = (double)NAN, inf = (double)INFINITY;

static void test_null_pointers(void **state) {
    (void)state;
    TABLE_CASE(a.ap = NULL, ERROR_ARGUMENT, "ap is NULL");
    TABLE_CASE(a.table.data = NULL, ERROR_ARGUMENT, "ap->data is NULL");
    TABLE_CASE(a.degenerate = NULL, OK, NULL);
    CASE(call_encoded, a.no_result = true, ERROR_ARGUMENT, "report is NULL");
    CASE(call_curve, a.thresholds = NULL, ERROR_ARGUMENT, "thresholds is NULL");
    CASE(call_curve, a.no_counts = a.no_pairs = true, ERROR_ARGUMENT,
         "unique_concepts and encoded_pairs are both NULL");
    CASE(call_curve, a.no_counts = true, OK, NULL);
    CASE(call_curve, a.no_pairs = true, OK, NULL);
    CASE(call_null, a.no_result = true, ERROR_ARGUMENT, "chance is NULL");
    CASE(call_null, a.observed = NULL, ERROR_ARGUMENT, "observed is NULL");
    CASE(call_compare, a.encoded = NULL, ERROR_ARGUMENT, "encoded is NULL");
    CASE(call_compare, a.models[0] = NULL, ERROR_ARGUMENT, "encoded[0] is NULL");
    CASE(call_compare, a.models[2] = NULL, ERROR_ARGUMENT, "encoded[2] is NULL");
    CASE(call_compare, (a.models[2] = NULL, a.model_count = 2), OK, NULL);
    CASE(call_compare, a.no_result = true, ERROR_ARGUMENT, "overlap is NULL");
}

static void test_null_contexts(void **state) {
    (void)state;
    concepts_arguments a;
    concepts_arguments_make(&a);
    int64_t numbers[ARGUMENT_THRESHOLDS];
    latent_concepts_report report = {.size = sizeof report};
    latent_concepts_overlap overlap = {.size = sizeof overlap};
    const latent_concepts_chance chance = {.size = sizeof chance};
    assert_int_equal(latent_concepts_encoded(NULL, &a.table, NULL, 0.5, &report),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_concepts_curve(NULL, &a.table, NULL, a.some, 3, numbers, NULL),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_concepts_null(NULL, &a.dense, 1, NULL, NULL, &chance),
                     LATENT_ERROR_ARGUMENT);
    assert_int_equal(latent_concepts_compare(NULL, a.models, 2, 4, &overlap),
                     LATENT_ERROR_ARGUMENT);
}

static void test_table(void **state) {
    (void)state;
    TABLE_CASE(a.table.rows = 0, ERROR_SHAPE, "ap has 0 rows");
    TABLE_CASE(a.table.columns = 0, ERROR_SHAPE, "ap has 0 columns");
    TABLE_CASE(a.table.stride = 3, ERROR_SHAPE, "ap has stride 3");
    TABLE_CASE(a.table.type = LATENT_F16, ERROR_TYPE, "ap|1");
    TABLE_CASE(a.table.type = LATENT_BF16, ERROR_TYPE, "ap|2");
    TABLE_CASE(a.table.type = 12, ERROR_TYPE, "ap|12");
    TABLE_CASE(a.precisions[6] = nan_, ERROR_NONFINITE, "ap[1][2] is NaN");
    TABLE_CASE(a.precisions[0] = inf, ERROR_NONFINITE, "ap[0][0] is inf");
    TABLE_CASE(a.precisions[3] = -inf, ERROR_NONFINITE, "ap[0][3] is -inf");
    TABLE_CASE(a.precisions[7] = nextafter(1, 2), ERROR_ARGUMENT,
               "ap[1][3] is 1.0000000000000002|0 to 1");
    TABLE_CASE(a.precisions[1] = -0x1p-1074, ERROR_ARGUMENT, "ap[0][1] is -4.94|0 to 1");
    TABLE_CASE(a.precisions[1] = -0.0, OK, NULL);
    /* The first place, and also of degenerate concepts. */
    TABLE_CASE(a.precisions[2] = a.precisions[7] = 2, ERROR_ARGUMENT, "ap[0][2] is 2");
    TABLE_CASE((a.precisions[5] = 3, a.flags[1] = 1), ERROR_ARGUMENT, "ap[1][1] is 3");
    TABLE_CASE(a.flags[3] = 2, ERROR_ARGUMENT, "degenerate[3] is 2|0 or 1");
    TABLE_CASE(a.flags[0] = 255, ERROR_ARGUMENT, "degenerate[0] is 255");
}

static void test_thresholds(void **state) {
    (void)state;
    CASE(call_encoded, a.threshold = -0x1p-60, ERROR_ARGUMENT, "threshold is -8.67|0 to 1");
    CASE(call_encoded, a.threshold = 1.5, ERROR_ARGUMENT, "threshold is 1.5|0 to 1");
    CASE(call_encoded, a.threshold = nan_, ERROR_NONFINITE, "threshold is NaN");
    CASE(call_encoded, a.threshold = inf, ERROR_NONFINITE, "threshold is inf");
    CASE(call_encoded, a.threshold = 0, OK, NULL);
    CASE(call_encoded, a.threshold = 1, OK, NULL);
    CASE(call_curve, a.some[1] = nextafter(1, 2), ERROR_ARGUMENT,
         "thresholds[1] is 1.0000000000000002|0 to 1");
    CASE(call_curve, a.some[2] = -1, ERROR_ARGUMENT, "thresholds[2] is -1");
    CASE(call_curve, a.some[0] = nan_, ERROR_NONFINITE, "thresholds[0] is NaN");
    CASE(call_curve, a.some[2] = -inf, ERROR_NONFINITE, "thresholds[2] is -inf");
    CASE(call_curve, a.count = 0, ERROR_ARGUMENT, "count is 0");
    CASE(call_curve, a.count = -2, ERROR_ARGUMENT, "count is -2");
}

static void test_null(void **state) {
    (void)state;
    CASE(call_null, a.draws = 0, ERROR_ARGUMENT, "directions is 0");
    CASE(call_null, a.draws = -1, ERROR_ARGUMENT, "directions is -1");
    CASE(call_null, a.draws = (int64_t)INT32_MAX + 1, ERROR_SHAPE, "directions is 2147483648");
    CASE(call_null, a.null_options.permutations = -1, ERROR_ARGUMENT,
         "options->permutations is -1");
    CASE(call_null, a.null_options.permutations = INT64_MAX, ERROR_SHAPE,
         "options->permutations is 9223372036854775807");
    CASE(call_null, a.null_options.sign = 2, ERROR_ARGUMENT, "options->sign is 2");
    CASE(call_null, a.null_options.sign = -9, ERROR_ARGUMENT, "options->sign is -9");
    CASE(call_null, a.null_options.reserved = 1, ERROR_OPTIONS, "options->reserved is 1");
    CASE(call_null, a.best[1] = 1.25, ERROR_ARGUMENT, "observed[1] is 1.25|0 to 1");
    CASE(call_null, a.best[2] = -0.5, ERROR_ARGUMENT, "observed[2] is -0.5|0 to 1");
    CASE(call_null, a.best[0] = nan_, ERROR_NONFINITE, "observed[0] is NaN");
    CASE(call_null, a.best[1] = inf, ERROR_NONFINITE, "observed[1] is inf");
    /* Concept 3 is degenerate: its best is not read. */
    CASE(call_null, a.best[3] = nan_, OK, NULL);
    CASE(call_null, a.best[3] = -7, OK, NULL);
}

static void test_compare(void **state) {
    (void)state;
    CASE(call_compare, a.model_count = 1, ERROR_ARGUMENT, "models is 1|2 or 3");
    CASE(call_compare, a.model_count = 4, ERROR_ARGUMENT, "models is 4|2 or 3");
    CASE(call_compare, a.model_count = INT32_MIN, ERROR_ARGUMENT, "models is -2147483648");
    CASE(call_compare, a.compared = 0, ERROR_ARGUMENT, "concepts is 0");
    CASE(call_compare, a.compared = -3, ERROR_ARGUMENT, "concepts is -3");
    CASE(call_compare, a.sets[1][2] = 2, ERROR_ARGUMENT, "encoded[1][2] is 2|0 or 1");
    CASE(call_compare, a.sets[2][3] = 255, ERROR_ARGUMENT, "encoded[2][3] is 255");
    CASE(call_compare, (a.sets[2][3] = 4, a.model_count = 2), OK, NULL);
    CASE(call_compare, (a.sets[0][3] = 4, a.compared = 3), OK, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers), cmocka_unit_test(test_null_contexts),
        cmocka_unit_test(test_table),         cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_null),          cmocka_unit_test(test_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
