/* Sizes, offsets and numbers that programs have compiled in: they never change. x86-64 and other
 * machines with 8-byte pointers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "latent.h"

#define SIZE(type, bytes)                                                                          \
    { #type, sizeof(type), bytes }
#define FIELD(type, field, offset)                                                                 \
    { #type "." #field, offsetof(type, field), offset }
#define NUMBER(name, value)                                                                        \
    { #name, (size_t)(int64_t)(name), (size_t)(int64_t)(value) }

typedef struct fact {
    const char *name;
    size_t actual, fixed;
} fact;

static const fact layouts[] = {
    SIZE(latent_matrix, 40),
    FIELD(latent_matrix, data, 0),
    FIELD(latent_matrix, rows, 8),
    FIELD(latent_matrix, columns, 16),
    FIELD(latent_matrix, stride, 24),
    FIELD(latent_matrix, type, 32),
    SIZE(latent_context_options, 96),
    FIELD(latent_context_options, size, 0),
    FIELD(latent_context_options, threads, 8),
    FIELD(latent_context_options, isa, 12),
    FIELD(latent_context_options, memory_budget, 16),
    FIELD(latent_context_options, seed, 24),
    FIELD(latent_context_options, allocate, 32),
    FIELD(latent_context_options, release, 40),
    FIELD(latent_context_options, allocator_user, 48),
    FIELD(latent_context_options, progress, 56),
    FIELD(latent_context_options, progress_user, 64),
    FIELD(latent_context_options, progress_interval, 72),
    FIELD(latent_context_options, cpus, 80),
    FIELD(latent_context_options, cpu_count, 88),
    SIZE(latent_kstar_options, 16),
    FIELD(latent_kstar_options, size, 0),
    FIELD(latent_kstar_options, metric, 8),
    FIELD(latent_kstar_options, ties, 12),
    SIZE(latent_kstar_extra, 40),
    FIELD(latent_kstar_extra, size, 0),
    FIELD(latent_kstar_extra, foreign_index, 8),
    FIELD(latent_kstar_extra, foreign_distance, 16),
    FIELD(latent_kstar_extra, tied_pairs, 24),
    FIELD(latent_kstar_extra, rescored_pairs, 32),
    SIZE(latent_kstar_summary_options, 32),
    FIELD(latent_kstar_summary_options, size, 0),
    FIELD(latent_kstar_summary_options, threshold, 8),
    FIELD(latent_kstar_summary_options, endpoints, 16),
    FIELD(latent_kstar_summary_options, reserved, 20),
    FIELD(latent_kstar_summary_options, population, 24),
    SIZE(latent_kstar_concepts, 72),
    FIELD(latent_kstar_concepts, size, 0),
    FIELD(latent_kstar_concepts, capacity, 8),
    FIELD(latent_kstar_concepts, count, 16),
    FIELD(latent_kstar_concepts, label, 24),
    FIELD(latent_kstar_concepts, samples, 32),
    FIELD(latent_kstar_concepts, mean, 40),
    FIELD(latent_kstar_concepts, std, 48),
    FIELD(latent_kstar_concepts, skewness, 56),
    FIELD(latent_kstar_concepts, pattern, 64),
    SIZE(latent_kstar_overall, 56),
    FIELD(latent_kstar_overall, size, 0),
    FIELD(latent_kstar_overall, concepts, 8),
    FIELD(latent_kstar_overall, perfect, 16),
    FIELD(latent_kstar_overall, undefined, 24),
    FIELD(latent_kstar_overall, gamma, 32),
    FIELD(latent_kstar_overall, gamma_weighted, 40),
    FIELD(latent_kstar_overall, gamma_pooled, 48),
    SIZE(latent_kstar_sampled_options, 40),
    FIELD(latent_kstar_sampled_options, size, 0),
    FIELD(latent_kstar_sampled_options, metric, 8),
    FIELD(latent_kstar_sampled_options, ties, 12),
    FIELD(latent_kstar_sampled_options, per_concept, 16),
    FIELD(latent_kstar_sampled_options, seed, 24),
    FIELD(latent_kstar_sampled_options, endpoints, 32),
    FIELD(latent_kstar_sampled_options, reserved, 36),
    SIZE(latent_kstar_sampled_result, 56),
    FIELD(latent_kstar_sampled_result, size, 0),
    FIELD(latent_kstar_sampled_result, gamma, 8),
    FIELD(latent_kstar_sampled_result, standard_error, 16),
    FIELD(latent_kstar_sampled_result, samples, 24),
    FIELD(latent_kstar_sampled_result, concepts, 32),
    FIELD(latent_kstar_sampled_result, perfect, 40),
    FIELD(latent_kstar_sampled_result, undefined, 48),
    SIZE(latent_knn_options, 16),
    FIELD(latent_knn_options, size, 0),
    FIELD(latent_knn_options, metric, 8),
    FIELD(latent_knn_options, reserved, 12),
    SIZE(latent_moments_options, 48),
    FIELD(latent_moments_options, size, 0),
    FIELD(latent_moments_options, bias, 8),
    FIELD(latent_moments_options, fisher, 12),
    FIELD(latent_moments_options, nan_policy, 16),
    FIELD(latent_moments_options, samples, 20),
    FIELD(latent_moments_options, outliers, 24),
    FIELD(latent_moments_options, reserved, 28),
    FIELD(latent_moments_options, magnitude, 32),
    FIELD(latent_moments_options, sigma, 40),
    SIZE(latent_moments_samples, 48),
    FIELD(latent_moments_samples, size, 0),
    FIELD(latent_moments_samples, count, 8),
    FIELD(latent_moments_samples, mean, 16),
    FIELD(latent_moments_samples, variance, 24),
    FIELD(latent_moments_samples, skewness, 32),
    FIELD(latent_moments_samples, kurtosis, 40),
    SIZE(latent_moments_features, 80),
    FIELD(latent_moments_features, size, 0),
    FIELD(latent_moments_features, count, 8),
    FIELD(latent_moments_features, mean, 16),
    FIELD(latent_moments_features, variance, 24),
    FIELD(latent_moments_features, skewness, 32),
    FIELD(latent_moments_features, kurtosis, 40),
    FIELD(latent_moments_features, min, 48),
    FIELD(latent_moments_features, max, 56),
    FIELD(latent_moments_features, mean_abs, 64),
    FIELD(latent_moments_features, degenerate, 72),
    SIZE(latent_moments_overall, 72),
    FIELD(latent_moments_overall, size, 0),
    FIELD(latent_moments_overall, samples, 8),
    FIELD(latent_moments_overall, degenerate, 16),
    FIELD(latent_moments_overall, undefined, 24),
    FIELD(latent_moments_overall, nonfinite, 32),
    FIELD(latent_moments_overall, kurtosis_mean, 40),
    FIELD(latent_moments_overall, kurtosis_std, 48),
    FIELD(latent_moments_overall, skewness_mean, 56),
    FIELD(latent_moments_overall, skewness_std, 64),
    SIZE(latent_outliers_options, 24),
    FIELD(latent_outliers_options, size, 0),
    FIELD(latent_outliers_options, share, 8),
    FIELD(latent_outliers_options, ratio, 16),
    SIZE(latent_outliers, 112),
    FIELD(latent_outliers, size, 0),
    FIELD(latent_outliers, mean_abs, 8),
    FIELD(latent_outliers, ratio, 16),
    FIELD(latent_outliers, over_magnitude, 24),
    FIELD(latent_outliers, over_sigma, 32),
    FIELD(latent_outliers, share_magnitude, 40),
    FIELD(latent_outliers, share_sigma, 48),
    FIELD(latent_outliers, criteria, 56),
    FIELD(latent_outliers, index, 64),
    FIELD(latent_outliers, count, 72),
    FIELD(latent_outliers, by_magnitude, 80),
    FIELD(latent_outliers, by_sigma, 88),
    FIELD(latent_outliers, by_ratio, 96),
    FIELD(latent_outliers, median, 104),
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
    SIZE(latent_status, 4),
    SIZE(latent_type, 4),
    SIZE(latent_metric, 4),
    SIZE(latent_ties, 4),
    SIZE(latent_isa, 4),
    SIZE(latent_pattern, 4),
    SIZE(latent_bias, 4),
    SIZE(latent_nan_policy, 4),
    SIZE(latent_criterion, 4),
};

static const fact numbers[] = {
    NUMBER(LATENT_OK, 0),
    NUMBER(LATENT_CANCELLED, -1),
    NUMBER(LATENT_ERROR_ARGUMENT, -2),
    NUMBER(LATENT_ERROR_SHAPE, -3),
    NUMBER(LATENT_ERROR_TYPE, -4),
    NUMBER(LATENT_ERROR_NONFINITE, -5),
    NUMBER(LATENT_ERROR_DOMAIN, -6),
    NUMBER(LATENT_ERROR_OVERFLOW, -7),
    NUMBER(LATENT_ERROR_MEMORY, -8),
    NUMBER(LATENT_ERROR_BUDGET, -9),
    NUMBER(LATENT_ERROR_THREAD, -10),
    NUMBER(LATENT_ERROR_BUSY, -11),
    NUMBER(LATENT_ERROR_OPTIONS, -12),
    NUMBER(LATENT_ERROR_UNSUPPORTED, -13),
    NUMBER(LATENT_ERROR_FORMAT, -14),
    NUMBER(LATENT_ERROR_CONVERGENCE, -15),
    NUMBER(LATENT_F16, 1),
    NUMBER(LATENT_BF16, 2),
    NUMBER(LATENT_F32, 3),
    NUMBER(LATENT_F64, 4),
    NUMBER(LATENT_EUCLIDEAN, 0),
    NUMBER(LATENT_COSINE, 1),
    NUMBER(LATENT_TIES_EXCLUDE, 0),
    NUMBER(LATENT_TIES_INCLUDE, 1),
    NUMBER(LATENT_ISA_AUTO, 0),
    NUMBER(LATENT_ISA_REFERENCE, 1),
    NUMBER(LATENT_ISA_AVX2, 2),
    NUMBER(LATENT_ISA_AVX512, 3),
    NUMBER(LATENT_UNDEFINED, 0),
    NUMBER(LATENT_FRACTURED, 1),
    NUMBER(LATENT_OVERLAPPED, 2),
    NUMBER(LATENT_CLUSTERED, 3),
    NUMBER(LATENT_BIASED, 0),
    NUMBER(LATENT_UNBIASED, 1),
    NUMBER(LATENT_NAN_RAISE, 0),
    NUMBER(LATENT_NAN_OMIT, 1),
    NUMBER(LATENT_NAN_PROPAGATE, 2),
    NUMBER(LATENT_BY_MAGNITUDE, 1),
    NUMBER(LATENT_BY_SIGMA, 2),
    NUMBER(LATENT_BY_RATIO, 4),
};

static void check(const fact *facts, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (facts[i].actual != facts[i].fixed)
            fail_msg("%s is %ld, was %ld", facts[i].name, (long)facts[i].actual,
                     (long)facts[i].fixed);
}

static void test_layouts(void **state) {
    (void)state;
    check(layouts, sizeof layouts / sizeof layouts[0]);
}

static void test_numbers(void **state) {
    (void)state;
    check(numbers, sizeof numbers / sizeof numbers[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_layouts),
                                       cmocka_unit_test(test_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
