/* Average precision: fixtures that are fixed by hand, and hard rankings of many lengths against the
 * definition. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/narrow.h"
#include "harness/oracle_concepts.h"
#include "harness/prng.h"
#include "harness/testing.h"

/* Average precision of one ranking for one concept. */
static double ap_of(const double *scores, const int8_t *marks, int64_t n) {
    latent_context *const context = testing_context();
    const latent_matrix view = latent_matrix_view(scores, n, 1, LATENT_F64);
    const latent_concept_labels labels = {
        .size = sizeof labels, .samples = n, .concepts = 1, .values = marks};
    precisions found = precisions_of(context, &view, NULL, &labels, LATENT_SIGN_AS_IS);
    const double ap = found.ap[0];
    precisions_free(&found);
    latent_context_destroy(context);
    return ap;
}

static void test_fixtures(void **state) {
    (void)state;
    static const int8_t four[] = {1, 0, 1, 0}, six[] = {1, 1, 0, 1, 0, 0};
    static const double a[] = {0.9, 0.9, 0.2, 0.1};
    static const double b[] = {0.191519, 0.622109, 0.437728, 0.785359, 0.779976, 0.272593};
    static const double c[] = {0.276464, 0.801872, 0.958139, 0.875933, 0.357817, 0.500995};
    assert_true(fabs(ap_of(a, four, 4) - 7.0 / 12) < 1e-15);
    assert_true(fabs(ap_of(b, six, 6) - 13.0 / 18) < 1e-15);
    assert_true(fabs(ap_of(c, six, 6) - 5.0 / 9) < 1e-15);
}

/* One sample, one concept; all tied; nobody, everybody; perfect, and the worst there is. */
static void test_edges(void **state) {
    (void)state;
    static const double one[] = {-3}, tied[] = {0.0, -0.0, 0.0, -0.0, 0.0};
    static const double falling[] = {5, 4, 3, 2, 1}, rising[] = {1, 2, 3, 4, 5};
    static const int8_t present[] = {1, 1, 1, 1, 1}, absent[5] = {0}, two[] = {1, 1, 0, 0, 0};
    static const int8_t ignored[] = {-1, -1, -1, -1, -1}, last[] = {-1, 0, -1, -1, 1};
    assert_true(ap_of(one, present, 1) == 1);
    assert_true(ap_of(one, absent, 1) == 0);
    assert_true(ap_of(one, ignored, 1) == 0);
    assert_true(ap_of(tied, two, 5) == 0.4);
    assert_true(ap_of(tied, present, 5) == 1 && ap_of(falling, present, 5) == 1);
    assert_true(ap_of(falling, absent, 5) == 0 && ap_of(falling, ignored, 5) == 0);
    assert_true(ap_of(falling, two, 5) == 1);
    assert_true(fabs(ap_of(rising, two, 5) - (1.0 / 4 + 2.0 / 5) / 2) < 1e-15);
    assert_true(ap_of(falling, last, 5) == 0.5 && ap_of(rising, last, 5) == 1);
}

static void check(latent_context *context, const concepts_spec *spec) {
    concepts_data data = concepts_data_make(spec);
    if (!agrees_precisions(context, &data))
        fail_msg("%s", concepts_spec_text(spec));
    concepts_data_free(&data);
}

/* Around powers of two, where blocks of any size begin and end. */
static void test_lengths(void **state) {
    (void)state;
    static const int64_t lengths[] = {1,   2,   3,   7,   8,    9,    15,   16,   17,   31,  32,
                                      33,  63,  64,  65,  127,  128,  129,  255,  256,  257, 258,
                                      300, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049};
    latent_context *const context = testing_context();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int kind = 0; kind < SCORES_KINDS; kind++) {
            if (testing_small() && lengths[i] > 100)
                continue;
            const concepts_spec spec = {.scores = (score_kind)kind,
                                        .ignored = (ignored_kind)((i + (size_t)kind) % 3),
                                        .type = kind % 2 ? LATENT_F64 : LATENT_F32,
                                        .samples = lengths[i],
                                        .directions = 2,
                                        .concepts = 18,
                                        .gap = (int64_t)i % 3,
                                        .seed = i + 1};
            check(context, &spec);
        }
    latent_context_destroy(context);
}

/* Beyond 16 bits, and beyond what digits of 11 bits are used for. */
static void test_long_rankings(void **state) {
    (void)state;
    static const int64_t lengths[] = {65535, 65536, 65537, 262145};
    static const score_kind kinds[] = {SCORES_UPPER_HALF, SCORES_CONSTANT, SCORES_RELU,
                                       SCORES_PAIRS,      SCORES_NORMAL,   SCORES_LOW_BITS};
    if (testing_small())
        return;
    latent_context *const context = testing_context();
    for (int i = 0; i < 4; i++)
        for (int ignored = 0; ignored < 2; ignored++) {
            const concepts_spec spec = {.scores = kinds[(i + 2 * ignored) % 6],
                                        .ignored = ignored ? IGNORED_DIFFERENT : IGNORED_NONE,
                                        .type = i % 2 == ignored ? LATENT_F64 : LATENT_F32,
                                        .samples = lengths[i],
                                        .directions = 1,
                                        .concepts = 4,
                                        .seed = (uint64_t)i};
            check(context, &spec);
        }
    latent_context_destroy(context);
}

/* Many concepts and directions, more than any block takes at once, in all element types. */
static void test_shapes(void **state) {
    (void)state;
    static const int64_t shapes[][3] = {{5, 200, 3},  {40, 70, 100}, {90, 64, 33}, {90, 65, 34},
                                        {33, 1, 300}, {257, 130, 9}, {1, 30, 12},  {2, 9, 70}};
    latent_context *const context = testing_context();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++) {
            const concepts_spec spec = {.scores =
                                            (score_kind)((s * 4 + (size_t)type) % SCORES_KINDS),
                                        .ignored = (ignored_kind)((s + (size_t)type) % 3),
                                        .type = (latent_type)type,
                                        .samples = shapes[s][0],
                                        .directions = shapes[s][1],
                                        .concepts = shapes[s][2],
                                        .gap = (int64_t)s % 4,
                                        .seed = s};
            if (testing_small() && s % 3)
                continue;
            check(context, &spec);
        }
    latent_context_destroy(context);
}

/* Every number is above the next one, however near, and 0 is -0: one present sample at place k has
 * AP 1 / k. */
static void test_neighbouring_numbers(void **state) {
    (void)state;
    const double falling[] = {DBL_MAX,
                              nextafter(DBL_MAX, 0),
                              0x1p512,
                              4294967297.0,
                              4294967296.0,
                              1 + 2 * DBL_EPSILON,
                              1 + DBL_EPSILON,
                              1,
                              1 - DBL_EPSILON / 2,
                              DBL_MIN,
                              nextafter(DBL_MIN, 0),
                              0x1p-1073,
                              0x1p-1074,
                              -0.0,
                              -0x1p-1074,
                              -0x1p-1073,
                              -DBL_MIN,
                              -1 + DBL_EPSILON / 2,
                              -1,
                              -1 - DBL_EPSILON,
                              -0x1p512,
                              -DBL_MAX};
    enum { N = sizeof falling / sizeof *falling };
    for (int k = 0; k < N; k++) {
        int8_t marks[N] = {0};
        double moved[N];
        for (int i = 0; i < N; i++)
            moved[(i * 5 + 3) % N] = falling[i];
        marks[(k * 5 + 3) % N] = 1;
        assert_true(ap_of(moved, marks, N) == 1 / (double)(k + 1));
    }
}

/* The same of the narrower types: all of their numbers, one apart. */
static void test_all_halves(void **state) {
    (void)state;
    if (testing_small())
        return;
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_BF16; type++) {
        uint16_t *const bits = malloc(65536 * sizeof *bits);
        int8_t *const marks = malloc(65536 * 3);
        int64_t n = 0;
        for (int32_t b = 0; b < 65536; b++) {
            bits[n] = (uint16_t)b;
            n += isfinite(narrow_load((latent_type)type, bits, n)) != 0;
        }
        double *const values = malloc((size_t)n * sizeof *values);
        for (int64_t i = 0; i < n; i++) {
            values[i] = narrow_load((latent_type)type, bits, i);
            marks[i * 3] = i % 2 == 0;
            marks[i * 3 + 1] = values[i] == 0 || i % 1000 == 7;
            marks[i * 3 + 2] = (int8_t)(i % 5 == 0 ? -1 : i % 7 == 0);
        }
        concepts_data data = {.marks = concept_marks_from(marks, n, 3)};
        data.scores = dataset_from((latent_type)type, values, NULL, n, 1, 0);
        assert_true(agrees_precisions(context, &data));
        concepts_data_free(&data);
        free(values);
        free(marks);
        free(bits);
    }
    latent_context_destroy(context);
}

/* Sums that are long enough for their rounding to show: 2^18 present samples. */
static void test_long_sums(void **state) {
    (void)state;
    enum { N = 1 << 18 };
    if (testing_small())
        return;
    double *const scores = malloc(N * sizeof *scores);
    int8_t *const marks = malloc(N);
    for (int64_t i = 0; i < N; i++) {
        scores[i] = (double)-i;
        marks[i] = i % 3 != 0 || i > N / 2;
    }
    const oracle_precision expected = oracle_ap((oracle_column){scores, 1}, marks, 1, N, false);
    assert_true(oracle_ap_is(&expected, ap_of(scores, marks, N)));
    memset(marks, 1, N);
    marks[N - 1] = 0;
    assert_true(ap_of(scores, marks, N) == 1);
    free(marks);
    free(scores);
}

/* Every tie adds the same term, 2 · 1/3, which a sum that only grows would round the same way each
 * time, a hundred times as far as the header allows. The number of hits is always odd, no multiple
 * of 256. */
static void test_biased_sums(void **state) {
    (void)state;
    enum { TIES = 1 << 16, N = 6 * TIES - 3 };
    if (testing_small())
        return;
    double *const scores = malloc(N * sizeof *scores);
    int8_t *const marks = malloc(N);
    for (int64_t i = 0; i < N; i++) {
        scores[i] =
            (double)-((i + 3) / 6); /* a tie of three, one of which is present, then of six */
        marks[i] = i % 3 == 0;
    }
    const oracle_precision third = {.value = 1 / 3.0L, .present = N / 3, .absent = N - N / 3};
    assert_true(oracle_ap_is(&third, ap_of(scores, marks, N)));
    free(marks);
    free(scores);
}

/* Scores along a basis: exact ones, where products of whole numbers tie, and inexact ones, whose
 * chain of roundings decides the ranking. */
static void test_basis(void **state) {
    (void)state;
    static const int64_t shapes[][3] = {{130, 5, 30},  {257, 24, 25}, {64, 129, 24}, {65, 300, 49},
                                        {300, 1, 300}, {1, 7, 3},     {129, 16, 1}};
    latent_context *const context = testing_context();
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++) {
            const int64_t n = shapes[s][0], inputs = shapes[s][1], k = shapes[s][2];
            const concepts_spec points = {.scores = (s + (size_t)type) % 2 ? SCORES_INTEGERS
                                                                           : SCORES_NORMAL,
                                          .ignored = (ignored_kind)(s % 3),
                                          .type = (latent_type)type,
                                          .samples = n,
                                          .directions = inputs,
                                          .concepts = 9,
                                          .gap = (int64_t)s % 2,
                                          .seed = s};
            const data_spec rows = {points.scores == SCORES_NORMAL ? DATA_BLOBS : DATA_INTEGERS,
                                    (latent_type)(LATENT_F16 + (type + 1) % 4),
                                    k,
                                    inputs,
                                    1,
                                    1,
                                    s,
                                    LATENT_EUCLIDEAN};
            concepts_data data = concepts_data_make(&points);
            dataset basis = dataset_make(&rows);
            const latent_concept_labels labels = concept_marks_dense(&data.marks);
            precisions found =
                precisions_of(context, &data.scores.view, &basis.view, &labels, LATENT_SIGN_AS_IS);
            double *const scores = malloc((size_t)n * sizeof *scores);
            for (int64_t d = 0; d < k; d++) {
                oracle_scores(data.scores.values, n, inputs, basis.values + d * inputs, scores);
                for (int64_t c = 0; c < 9; c++) {
                    const oracle_precision expected =
                        oracle_ap((oracle_column){scores, 1}, data.marks.values + c, 9, n, false);
                    assert_true(oracle_ap_is(&expected, found.ap[d * 9 + c]));
                }
            }
            free(scores);
            precisions_free(&found);
            dataset_free(&basis);
            concepts_data_free(&data);
        }
    latent_context_destroy(context);
}

/* Calls that come while rankings are made. */
static int count_rankings(void *user, const char *phase, double fraction) {
    (void)fraction;
    *(int64_t *)user += strcmp(phase, "rankings") == 0;
    return 0;
}

/* However long a ranking and its ties are, the library asks often whether to go on. */
static void test_asks_often(void **state) {
    (void)state;
    enum { N = 1 << 19 };
    static const score_kind kinds[] = {SCORES_CONSTANT, SCORES_UPPER_HALF, SCORES_NORMAL,
                                       SCORES_RELU};
    if (testing_small())
        return;
    for (int i = 0; i < 4; i++) {
        const concepts_spec spec = {.scores = kinds[i],
                                    .type = LATENT_F64,
                                    .samples = N,
                                    .directions = 1,
                                    .concepts = 3,
                                    .seed = 5};
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        int64_t calls = 0;
        latent_context_options options = testing_options();
        options.progress = count_rankings;
        options.progress_user = &calls;
        options.progress_interval = -1.0;
        latent_context *const context = testing_context_with(&options);
        precisions found =
            precisions_of(context, &data.scores.view, NULL, &labels, LATENT_SIGN_AS_IS);
        assert_true(calls > N / 1000);
        precisions_free(&found);
        latent_context_destroy(context);
        concepts_data_free(&data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fixtures),    cmocka_unit_test(test_edges),
        cmocka_unit_test(test_lengths),     cmocka_unit_test(test_long_rankings),
        cmocka_unit_test(test_shapes),      cmocka_unit_test(test_neighbouring_numbers),
        cmocka_unit_test(test_all_halves),  cmocka_unit_test(test_long_sums),
        cmocka_unit_test(test_biased_sums), cmocka_unit_test(test_basis),
        cmocka_unit_test(test_asks_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
