/* What is counted of labels and of average precisions, against loops that follow the definitions;
 * the overlap of models against published figures. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/oracle_concepts.h"
#include "harness/prng.h"
#include "harness/testing.h"

static void expect_counts(latent_context *context, const latent_concept_labels *labels,
                          const concept_marks *marks) {
    const int64_t c_count = marks->concepts;
    int64_t *const numbers = poison_new((size_t)(3 * c_count) * sizeof *numbers);
    uint8_t *const degenerate = poison_new((size_t)c_count);
    latent_concepts_counts counts = {.size = sizeof counts,
                                     .present = numbers,
                                     .absent = numbers + c_count,
                                     .ignored = numbers + 2 * c_count,
                                     .degenerate = degenerate};
    expect_ok(context, latent_concepts_count(context, labels, &counts));
    int64_t all = 0;
    for (int64_t c = 0; c < c_count; c++) {
        int64_t found[3] = {0}; /* of -1, 0, 1 */
        for (int64_t n = 0; n < marks->samples; n++)
            found[1 + marks->values[n * c_count + c]]++;
        assert_int_equal(counts.present[c], found[2]);
        assert_int_equal(counts.absent[c], found[1]);
        assert_int_equal(counts.ignored[c], found[0]);
        assert_int_equal(degenerate[c], found[1] == 0 || found[2] == 0);
        all += degenerate[c];
    }
    assert_int_equal(counts.degenerate_concepts, all);
    counts = (latent_concepts_counts){.size = sizeof counts};
    expect_ok(context, latent_concepts_count(context, labels, &counts));
    assert_int_equal(counts.degenerate_concepts, all);
    free(degenerate);
    free(numbers);
}

static void test_counts(void **state) {
    (void)state;
    static const int64_t shapes[][2] = {{1, 1}, {2, 9}, {255, 30}, {256, 8}, {257, 7}, {1000, 65}};
    latent_context *const context = testing_context();
    for (int s = 0; s < 6; s++)
        for (int kind = 0; kind < IGNORED_KINDS; kind++) {
            concept_marks marks =
                concept_marks_make((ignored_kind)kind, shapes[s][0], shapes[s][1], 3);
            const latent_concept_labels dense = concept_marks_dense(&marks);
            const latent_concept_labels lists = concept_marks_lists(&marks);
            expect_counts(context, &dense, &marks);
            expect_counts(context, &lists, &marks);
            concept_marks_free(&marks);
        }
    latent_context_destroy(context);
}

/* Shares of many kinds, some of them the thresholds themselves. */
static double *shares(int64_t count, int kind, uint64_t seed) {
    prng g = {seed};
    double *const ap = malloc((size_t)count * sizeof *ap);
    for (int64_t i = 0; i < count; i++)
        ap[i] = kind == 0   ? (double)(float)prng_uniform(&g)
                : kind == 1 ? (double)prng_below(&g, 9) / 8
                : kind == 2 ? 0.875
                            : (double)prng_below(&g, 2);
    return ap;
}

static uint8_t *flags(int64_t count, uint64_t seed) {
    prng g = {seed};
    uint8_t *const made = malloc((size_t)count);
    for (int64_t c = 0; c < count; c++)
        made[c] = prng_below(&g, 4) == 0;
    return made;
}

/* Arrays for a report, or for the oracle's, in one block. */
static oracle_encoded arrays_new(int64_t directions, int64_t concepts) {
    int64_t *const block = poison_new((size_t)(directions + 5 * concepts + 1) * sizeof *block);
    oracle_encoded found = {.best_ap = (double *)(void *)block,
                            .best_direction = block + concepts,
                            .directions_of_concept = block + 2 * concepts,
                            .histogram = block + 3 * concepts,
                            .concepts_of_direction = block + 4 * concepts + 1,
                            .encoded = (uint8_t *)(block + 4 * concepts + 1 + directions)};
    return found;
}

static void expect_report(latent_context *context, const latent_matrix *view, const double *ap,
                          const uint8_t *degenerate, double threshold) {
    const int64_t d = view->rows, c = view->columns;
    oracle_encoded expected = arrays_new(d, c), found = arrays_new(d, c);
    oracle_report(ap, d, c, degenerate, threshold, &expected);
    latent_concepts_report report = {.size = sizeof report,
                                     .best_ap = found.best_ap,
                                     .best_direction = found.best_direction,
                                     .directions_of_concept = found.directions_of_concept,
                                     .encoded = found.encoded,
                                     .concepts_of_direction = found.concepts_of_direction,
                                     .histogram = found.histogram};
    expect_ok(context, latent_concepts_encoded(context, view, degenerate, threshold, &report));
    for (int64_t i = 0; i < c; i++)
        assert_true(found.best_ap[i] == expected.best_ap[i] ||
                    (isnan(found.best_ap[i]) && isnan(expected.best_ap[i])));
    assert_memory_equal(found.best_direction, expected.best_direction, (size_t)(2 * c) * 8);
    assert_memory_equal(found.histogram, expected.histogram, (size_t)(c + 1 + d) * 8);
    assert_memory_equal(found.encoded, expected.encoded, (size_t)c);
    assert_int_equal(report.encoded_pairs, expected.encoded_pairs);
    assert_int_equal(report.unique_concepts, expected.unique_concepts);
    assert_int_equal(report.degenerate_concepts, expected.degenerate_concepts);
    assert_int_equal(report.encoding_directions, expected.encoding_directions);
    assert_int_equal(report.most_concepts, expected.most_concepts);
    const double mean = (double)expected.encoded_pairs / (double)(expected.encoding_directions);
    assert_true(expected.encoding_directions ? report.mean_concepts == mean
                                             : isnan(report.mean_concepts));
    latent_concepts_report bare = {.size = sizeof bare};
    expect_ok(context, latent_concepts_encoded(context, view, degenerate, threshold, &bare));
    assert_int_equal(bare.encoded_pairs, expected.encoded_pairs);
    assert_int_equal(bare.most_concepts, expected.most_concepts);
    free(expected.best_ap);
    free(found.best_ap);
}

static void expect_curve(latent_context *context, const latent_matrix *view, const double *ap,
                         const uint8_t *degenerate, const double *thresholds, int64_t count) {
    int64_t unique[40], pairs[40], alone[40];
    oracle_encoded expected = arrays_new(view->rows, view->columns);
    expect_ok(context,
              latent_concepts_curve(context, view, degenerate, thresholds, count, unique, pairs));
    for (int64_t t = 0; t < count; t++) {
        oracle_report(ap, view->rows, view->columns, degenerate, thresholds[t], &expected);
        assert_int_equal(unique[t], expected.unique_concepts);
        assert_int_equal(pairs[t], expected.encoded_pairs);
    }
    expect_ok(context,
              latent_concepts_curve(context, view, degenerate, thresholds, count, alone, NULL));
    assert_memory_equal(alone, unique, (size_t)count * sizeof *alone);
    expect_ok(context,
              latent_concepts_curve(context, view, degenerate, thresholds, count, NULL, alone));
    assert_memory_equal(alone, pairs, (size_t)count * sizeof *alone);
    free(expected.best_ap);
}

static void test_reports_and_curves(void **state) {
    (void)state;
    static const int64_t shapes[][2] = {{1, 1}, {1, 50}, {40, 1}, {17, 300}, {300, 23}};
    static const double thresholds[] = {0.9,    0.875, 0.5,  0.0,    1.0,  0.25, 0.875,    0.125,
                                        0.8749, -0.0,  0.75, 0.3333, 1e-9, 0.5,  0x1p-1074};
    enum { COUNT = sizeof thresholds / sizeof *thresholds };
    latent_context *const context = testing_context();
    for (int s = 0; s < 5; s++)
        for (int kind = 0; kind < 4; kind++)
            for (int type = LATENT_F32; type <= LATENT_F64; type++) {
                const int64_t d = shapes[s][0], c = shapes[s][1];
                double *const ap = shares(d * c, kind, (uint64_t)(s * 4 + kind));
                uint8_t *const some = flags(c, (uint64_t)s);
                dataset table = dataset_from((latent_type)type, ap, NULL, d, c, s % 3);
                for (int t = 0; t < COUNT; t++)
                    expect_report(context, &table.view, ap, t % 2 ? some : NULL, thresholds[t]);
                expect_curve(context, &table.view, ap, some, thresholds, COUNT);
                expect_curve(context, &table.view, ap, NULL, thresholds + s, 1);
                memset(some, 1, (size_t)c);
                expect_report(context, &table.view, ap, some, 0);
                expect_curve(context, &table.view, ap, some, thresholds, COUNT);
                dataset_free(&table);
                free(some);
                free(ap);
            }
    latent_context_destroy(context);
}

/* The numbers as stored are compared, and strictly: float32's 0.9 is above the float64 one. */
static void test_threshold_is_strict(void **state) {
    (void)state;
    const double wide[] = {0.9, nextafter(0.9, 1), nextafter(0.9, 0)};
    const float narrow[] = {0.9f, nextafterf(0.9f, 0), 1};
    const latent_matrix views[] = {latent_matrix_view(wide, 1, 3, LATENT_F64),
                                   latent_matrix_view(narrow, 1, 3, LATENT_F32)};
    latent_context *const context = testing_context();
    for (int i = 0; i < 2; i++) {
        uint8_t encoded[3];
        latent_concepts_report report = {.size = sizeof report, .encoded = encoded};
        expect_ok(context, latent_concepts_encoded(context, &views[i], NULL,
                                                   LATENT_ENCODING_THRESHOLD, &report));
        const uint8_t expected[2][3] = {{0, 1, 0}, {(double)0.9f > 0.9, 0, 1}};
        assert_memory_equal(encoded, expected[i], 3);
    }
    latent_context_destroy(context);
}

/* Sets of which exactly so many concepts are in each region, in some order. */
static latent_concepts_overlap overlap_of(const int64_t regions[8], int32_t models) {
    int64_t concepts = 0, at = 0;
    for (int r = 0; r < 8; r++)
        concepts += regions[r];
    uint8_t *const sets = malloc((size_t)(3 * concepts));
    const uint8_t *const pointers[] = {sets, sets + concepts, sets + 2 * concepts};
    for (int64_t i = 0, region = 0, used = 0; i < concepts; i++, used++) {
        for (; used == regions[region]; used = 0)
            region++;
        at = (at + 7919) % concepts; /* a prime that divides no number of concepts here */
        for (int m = 0; m < 3; m++)
            sets[m * concepts + at] = region >> m & 1;
    }
    latent_concepts_overlap overlap;
    poison_fill(&overlap, sizeof overlap);
    overlap.size = sizeof overlap;
    latent_context *const context = testing_context();
    expect_ok(context, latent_concepts_compare(context, pointers, models, concepts, &overlap));
    latent_context_destroy(context);
    free(sets);
    return overlap;
}

/* Concepts of Broden that CLIP's image encoder has zero-shot (Z), finetuned (F), and when trained
 * with labels (S): the regions of the diagrams of arXiv 2310.13040, for a ResNet-50 and a
 * ViT-B/16. */
static void test_published_overlaps(void **state) {
    (void)state;
    /* By index: none, Z, F, ZF, S, ZS, FS, ZFS. 1,197 concepts in all. */
    static const int64_t figures[2][8] = {{1197 - 577, 105, 8, 46, 51, 110, 11, 246},
                                          {1197 - 744, 77, 4, 28, 31, 81, 7, 516}};
    static const int64_t totals[2][3] = {{507, 311, 418}, {702, 555, 635}}, any[] = {577, 744};
    for (int f = 0; f < 2; f++) {
        const int64_t *const r = figures[f];
        const latent_concepts_overlap found = overlap_of(r, 3);
        assert_memory_equal(found.regions, r, 8 * sizeof *r);
        assert_memory_equal(found.totals, totals[f], 3 * sizeof **totals);
        assert_int_equal(found.any, any[f]);
        assert_int_equal(found.all, r[7]);
        assert_true(found.jaccard == (double)r[7] / (double)any[f]);
        const int64_t both[] = {r[3] + r[7], r[5] + r[7], r[6] + r[7]};
        for (int p = 0; p < 3; p++) {
            const int64_t either = totals[f][p / 2] + totals[f][1 + (p + 1) / 2] - both[p];
            assert_true(found.pairs[p] == (double)both[p] / (double)either);
        }
        const latent_concepts_overlap two = overlap_of(r, 2);
        const int64_t folded[8] = {r[0] + r[4], r[1] + r[5], r[2] + r[6], r[3] + r[7]};
        assert_memory_equal(two.regions, folded, sizeof folded);
        assert_int_equal(two.totals[1], totals[f][1]);
        assert_int_equal(two.totals[2], 0);
        assert_int_equal(two.all, both[0]);
        assert_true(two.jaccard == found.pairs[0] && two.pairs[0] == two.jaccard);
        assert_true(isnan(two.pairs[1]) && isnan(two.pairs[2]));
    }
}

/* Models that encode nothing, one that does, and all that encode everything. */
static void test_edges_of_overlap(void **state) {
    (void)state;
    const int64_t nothing[8] = {5}, one[8] = {2, 0, 3}, everything[8] = {[7] = 4};
    latent_concepts_overlap found = overlap_of(nothing, 3);
    assert_int_equal(found.any, 0);
    assert_true(isnan(found.jaccard) && isnan(found.pairs[0]) && isnan(found.pairs[2]));
    found = overlap_of(one, 3);
    assert_true(found.jaccard == 0 && found.pairs[0] == 0 && found.pairs[2] == 0);
    assert_true(isnan(found.pairs[1]) && found.any == 3 && found.all == 0);
    found = overlap_of(everything, 3);
    assert_true(found.jaccard == 1 && found.pairs[1] == 1 && found.all == 4);
    found = overlap_of(nothing, 2);
    assert_true(isnan(found.jaccard) && isnan(found.pairs[0]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_reports_and_curves),
        cmocka_unit_test(test_threshold_is_strict),
        cmocka_unit_test(test_published_overlaps),
        cmocka_unit_test(test_edges_of_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
