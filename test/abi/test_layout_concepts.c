/* Layouts and numbers of concepts and effective robustness: they never change. x86-64 and other
 * machines with 8-byte pointers. */
#include "harness/layout_facts.h"

static const fact layouts[] = {
    SIZE(latent_robustness_options, 16),
    FIELD(latent_robustness_options, size, 0),
    FIELD(latent_robustness_options, missing, 8),
    FIELD(latent_robustness_options, reserved, 12),
    SIZE(latent_robustness_fits, 80),
    FIELD(latent_robustness_fits, size, 0),
    FIELD(latent_robustness_fits, models, 8),
    FIELD(latent_robustness_fits, slope, 16),
    FIELD(latent_robustness_fits, intercept, 24),
    FIELD(latent_robustness_fits, slope_error, 32),
    FIELD(latent_robustness_fits, intercept_error, 40),
    FIELD(latent_robustness_fits, r_squared, 48),
    FIELD(latent_robustness_fits, residual_std, 56),
    FIELD(latent_robustness_fits, reference_mean, 64),
    FIELD(latent_robustness_fits, residuals, 72),
    SIZE(latent_concept_labels, 72),
    FIELD(latent_concept_labels, size, 0),
    FIELD(latent_concept_labels, samples, 8),
    FIELD(latent_concept_labels, concepts, 16),
    FIELD(latent_concept_labels, values, 24),
    FIELD(latent_concept_labels, stride, 32),
    FIELD(latent_concept_labels, present_offsets, 40),
    FIELD(latent_concept_labels, present, 48),
    FIELD(latent_concept_labels, ignored_offsets, 56),
    FIELD(latent_concept_labels, ignored, 64),
    SIZE(latent_concepts_counts, 48),
    FIELD(latent_concepts_counts, size, 0),
    FIELD(latent_concepts_counts, present, 8),
    FIELD(latent_concepts_counts, absent, 16),
    FIELD(latent_concepts_counts, ignored, 24),
    FIELD(latent_concepts_counts, degenerate, 32),
    FIELD(latent_concepts_counts, degenerate_concepts, 40),
    SIZE(latent_concepts_options, 48),
    FIELD(latent_concepts_options, size, 0),
    FIELD(latent_concepts_options, sign, 8),
    FIELD(latent_concepts_options, reserved, 12),
    FIELD(latent_concepts_options, first_direction, 16),
    FIELD(latent_concepts_options, directions, 24),
    FIELD(latent_concepts_options, first_concept, 32),
    FIELD(latent_concepts_options, concepts, 40),
    SIZE(latent_concepts_result, 40),
    FIELD(latent_concepts_result, size, 0),
    FIELD(latent_concepts_result, ap, 8),
    FIELD(latent_concepts_result, type, 16),
    FIELD(latent_concepts_result, reserved, 20),
    FIELD(latent_concepts_result, stride, 24),
    FIELD(latent_concepts_result, signs, 32),
    SIZE(latent_concepts_report, 104),
    FIELD(latent_concepts_report, size, 0),
    FIELD(latent_concepts_report, best_ap, 8),
    FIELD(latent_concepts_report, best_direction, 16),
    FIELD(latent_concepts_report, directions_of_concept, 24),
    FIELD(latent_concepts_report, encoded, 32),
    FIELD(latent_concepts_report, concepts_of_direction, 40),
    FIELD(latent_concepts_report, histogram, 48),
    FIELD(latent_concepts_report, encoded_pairs, 56),
    FIELD(latent_concepts_report, unique_concepts, 64),
    FIELD(latent_concepts_report, degenerate_concepts, 72),
    FIELD(latent_concepts_report, encoding_directions, 80),
    FIELD(latent_concepts_report, mean_concepts, 88),
    FIELD(latent_concepts_report, most_concepts, 96),
    SIZE(latent_concepts_null_options, 24),
    FIELD(latent_concepts_null_options, size, 0),
    FIELD(latent_concepts_null_options, sign, 8),
    FIELD(latent_concepts_null_options, reserved, 12),
    FIELD(latent_concepts_null_options, permutations, 16),
    SIZE(latent_concepts_chance, 32),
    FIELD(latent_concepts_chance, size, 0),
    FIELD(latent_concepts_chance, mean, 8),
    FIELD(latent_concepts_chance, largest, 16),
    FIELD(latent_concepts_chance, p_value, 24),
    SIZE(latent_concepts_overlap, 144),
    FIELD(latent_concepts_overlap, size, 0),
    FIELD(latent_concepts_overlap, regions, 8),
    FIELD(latent_concepts_overlap, totals, 72),
    FIELD(latent_concepts_overlap, any, 96),
    FIELD(latent_concepts_overlap, all, 104),
    FIELD(latent_concepts_overlap, jaccard, 112),
    FIELD(latent_concepts_overlap, pairs, 120),
};

static const fact numbers[] = {
    NUMBER(LATENT_SIGN_AS_IS, 0),
    NUMBER(LATENT_SIGN_BOTH, 1),
};

static void test_layouts(void **state) {
    (void)state;
    expect_facts(layouts, sizeof layouts / sizeof layouts[0]);
}

static void test_numbers(void **state) {
    (void)state;
    expect_facts(numbers, sizeof numbers / sizeof numbers[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_layouts),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
