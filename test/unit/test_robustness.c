/* Effective robustness where mathematics says the answer. Accuracies are written as odds: those of
 * odds k, 100 k / (k + 1) percent, have the logit ln k. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/robustness_data.h"
#include "harness/testing.h"
#include "robustness/line.h"

static const double unit = 0.69314718055994530942; /* ln 2: the logit of odds 2 */

static double percent(double odds) {
    return 100.0 * odds / (odds + 1.0);
}

static void expect_near(double actual, double expected, double tolerance) {
    if (!(fabs(actual - expected) <= tolerance))
        fail_msg("%.17g, should be %.17g", actual, expected);
}

/* Fits one line through points of these odds. */
static latent_robustness_fits fitted(const double *reference_odds, const double *shifted_odds,
                                     int64_t models, robustness_results *out) {
    robustness_inputs table = robustness_inputs_make(models, 1, 1);
    for (int64_t m = 0; m < models; m++) {
        table.reference[m] = percent(reference_odds[m]);
        table.values[m] = percent(shifted_odds[m]);
    }
    *out = robustness_results_new(models, 1);
    latent_context *const context = testing_context();
    expect_ok(context,
              latent_robustness_fit(context, table.reference, &table.shifted, NULL, &out->fits));
    latent_context_destroy(context);
    robustness_inputs_free(&table);
    return out->fits;
}

static void test_on_a_line(void **state) {
    (void)state;
    /* logit = x / 2 - ln 2. */
    const double reference[] = {4.0, 1.0, 64.0, 16.0}, shifted[] = {1.0, 0.5, 4.0, 2.0};
    robustness_results out;
    const latent_robustness_fits fits = fitted(reference, shifted, 4, &out);
    assert_int_equal(fits.models[0], 4);
    expect_near(fits.slope[0], 0.5, 1e-14);
    expect_near(fits.intercept[0], -unit, 1e-14);
    expect_near(fits.slope_error[0], 0.0, 1e-14);
    expect_near(fits.intercept_error[0], 0.0, 1e-14);
    expect_near(fits.r_squared[0], 1.0, 4 * DBL_EPSILON);
    assert_true(fits.r_squared[0] <= 1.0);
    expect_near(fits.residual_std[0], 0.0, 1e-14);
    expect_near(fits.reference_mean[0], 3.0 * unit, 1e-14);
    for (int m = 0; m < 4; m++)
        expect_near(fits.residuals[m], 0.0, 1e-14);
    robustness_results_free(&out);
}

/* In units of ln 2 the points are (-1, -2), (0, 3), (1, 2): the line is 2 x + 1 and the residuals are
 * -1, 2, -1. Sums of squares: 2 for x, 14 for y, 6 for the residuals, with one degree of freedom. */
static void test_off_the_line(void **state) {
    (void)state;
    const double reference[] = {0.5, 1.0, 2.0}, shifted[] = {0.25, 8.0, 4.0};
    robustness_results out;
    const latent_robustness_fits fits = fitted(reference, shifted, 3, &out);
    expect_near(fits.slope[0], 2.0, 1e-14);
    expect_near(fits.intercept[0], unit, 1e-14);
    expect_near(fits.residual_std[0], sqrt(6.0) * unit, 1e-14);
    expect_near(fits.slope_error[0], sqrt(3.0), 1e-14);
    expect_near(fits.intercept_error[0], sqrt(2.0) * unit, 1e-14);
    expect_near(fits.r_squared[0], 16.0 / 28.0, 1e-14);
    expect_near(fits.reference_mean[0], 0.0, 1e-14);
    const double residuals[] = {-unit, 2.0 * unit, -unit};
    for (int m = 0; m < 3; m++)
        expect_near(fits.residuals[m], residuals[m], 1e-14);
    /* At x = 0 and x = 2 the line is 1 and 5, odds 2 and 32; its errors are sqrt(6 / 3) and
     * sqrt(6 / 3 + 3 · 4), and those of a further model have another 6 under the root. */
    const double at[] = {percent(1.0), percent(4.0)};
    double beta[2], line_error[2], model_error[2];
    latent_context *const context = testing_context();
    expect_ok(context,
              latent_robustness_predict(context, &fits, 1, at, 2, beta, line_error, model_error));
    latent_context_destroy(context);
    const double derivative[] = {100.0 * 2.0 / 9.0, 100.0 * 32.0 / (33.0 * 33.0)};
    expect_near(beta[0], percent(2.0), 1e-12);
    expect_near(beta[1], percent(32.0), 1e-12);
    expect_near(line_error[0], derivative[0] * unit * sqrt(2.0), 1e-12);
    expect_near(line_error[1], derivative[1] * unit * sqrt(14.0), 1e-12);
    expect_near(model_error[0], derivative[0] * unit * sqrt(8.0), 1e-12);
    expect_near(model_error[1], derivative[1] * unit * sqrt(20.0), 1e-12);
    robustness_results_free(&out);
}

/* Two models leave nothing to judge the line by; three leave something, wherever they are. */
static void test_two_models(void **state) {
    (void)state;
    const double reference[] = {1.0, 4.0, 4.0}, shifted[] = {0.5, 1.0, 4.0};
    robustness_results out;
    latent_robustness_fits fits = fitted(reference, shifted, 2, &out);
    assert_int_equal(fits.models[0], 2);
    expect_near(fits.slope[0], 0.5, 1e-14);
    expect_near(fits.intercept[0], -unit, 1e-14);
    expect_near(fits.r_squared[0], 1.0, DBL_EPSILON);
    assert_true(isnan(fits.slope_error[0]) && isnan(fits.intercept_error[0]) &&
                isnan(fits.residual_std[0]));
    const double at = 50.0;
    double beta, line_error, model_error;
    latent_context *const context = testing_context();
    expect_ok(context, latent_robustness_predict(context, &fits, 1, &at, 1, &beta, &line_error,
                                                 &model_error));
    latent_context_destroy(context);
    expect_near(beta, percent(0.5), 1e-12);
    assert_true(isnan(line_error) && isnan(model_error));
    robustness_results_free(&out);
    fits = fitted(reference, shifted, 3, &out);
    /* (0, -1), (2, 0), (2, 2): slope 1, residuals 0, -1, 1, sums of squares 8/3 for x, 2. */
    expect_near(fits.slope[0], 1.0, 1e-14);
    expect_near(fits.residual_std[0], sqrt(2.0) * unit, 1e-14);
    expect_near(fits.slope_error[0], sqrt(2.0 / (8.0 / 3.0)), 1e-14);
    robustness_results_free(&out);
}

/* Equal accuracies under the shift: a level line, exactly, that explains nothing of nothing. */
static void test_constant(void **state) {
    (void)state;
    const double reference[] = {1.1, 3.7, 0.9, 2.3, 7.7, 19.0}, shifted[] = {3, 3, 3, 3, 3, 3};
    robustness_results out;
    const latent_robustness_fits fits = fitted(reference, shifted, 6, &out);
    assert_true(fits.slope[0] == 0.0 && fits.residual_std[0] == 0.0 && fits.slope_error[0] == 0.0);
    assert_true(fits.intercept[0] == latent__logit(75.0));
    assert_true(isnan(fits.r_squared[0]));
    robustness_results_free(&out);
}

/* Lines from elsewhere; entries of 0 and 100 are fine for a model that enters no fit. */
static void test_effective(void **state) {
    (void)state;
    double slope[] = {0.5, 1.0, 0.0}, intercept[] = {0.0, -2.0 * 0.69314718055994530942, 0.0};
    const latent_robustness_fits lines = {
        .size = sizeof lines, .slope = slope, .intercept = intercept};
    /* Odds 4 lead to odds 2, 1 and 1; odds 1 to 1, 1/4 and 1. */
    const double reference[] = {80.0, 50.0};
    const double shifted[] = {75.0, 62.5, 0.0, 50.0, 10.0, 100.0};
    const double expected[] = {75.0 - 200.0 / 3.0, 12.5, -50.0, 0.0, -10.0, 50.0};
    const latent_matrix view = latent_matrix_view(shifted, 2, 3, LATENT_F64);
    double effective[6], mean[2];
    latent_context *const context = testing_context();
    expect_ok(context, latent_robustness_effective(context, &lines, reference, &view, NULL,
                                                   effective, mean));
    latent_context_destroy(context);
    for (int i = 0; i < 6; i++)
        expect_near(effective[i], expected[i], 1e-12);
    for (int m = 0; m < 2; m++)
        expect_near(mean[m], (expected[3 * m] + expected[3 * m + 1] + expected[3 * m + 2]) / 3.0,
                    1e-12);
}

/* What was not measured enters no fit and no mean. */
static void test_missing(void **state) {
    (void)state;
    const double nan = (double)NAN;
    const double reference[] = {50.0, 80.0, 50.0, 20.0};
    /* Column 0: odds 1/2 and 1 of the first two models; column 1: 1 and 1/2 of the last two. */
    const double shifted[] = {percent(0.5), nan, 50.0, nan, nan, 50.0, nan, percent(0.5)};
    const latent_matrix view = latent_matrix_view(shifted, 4, 2, LATENT_F64);
    const latent_robustness_options options = {.size = sizeof options, .missing = 1};
    robustness_results out = robustness_results_new(4, 2);
    latent_context *const context = testing_context();
    robustness_results_fill(context, reference, &view, &options, &out);
    for (int s = 0; s < 2; s++) {
        assert_int_equal(out.fits.models[s], 2);
        expect_near(out.fits.slope[s], 0.5, 1e-14);
        expect_near(out.fits.intercept[s], s == 0 ? -unit : 0.0, 1e-14);
    }
    for (int m = 0; m < 4; m++) {
        const int measured = 2 * m + m / 2;
        expect_near(out.fits.residuals[measured], 0.0, 1e-14);
        expect_near(out.effective[measured], 0.0, 1e-13);
        assert_true(isnan(out.fits.residuals[2 * m + 1 - m / 2]));
        assert_true(isnan(out.effective[2 * m + 1 - m / 2]));
        expect_near(out.mean[m], 0.0, 1e-13);
    }
    const double none[] = {nan, nan};
    const latent_matrix unmeasured = latent_matrix_view(none, 1, 2, LATENT_F64);
    expect_ok(context, latent_robustness_effective(context, &out.fits, reference, &unmeasured,
                                                   &options, out.effective, out.mean));
    assert_true(isnan(out.effective[0]) && isnan(out.effective[1]) && isnan(out.mean[0]));
    latent_context_destroy(context);
    robustness_results_free(&out);
}

/* Every accuracy between 0 and 100 has a finite logit, and logits bring it back. */
static void test_logits(void **state) {
    (void)state;
    assert_true(latent__logit(50.0) == 0.0);
    expect_near(latent__logit(percent(4.0)), 2.0 * unit, 2e-16);
    expect_near(latent__logit(percent(0.25)), -2.0 * unit, 2e-16);
    /* ln(5e-324 / 100), and 100 less half of what float64 tells apart there. */
    expect_near(latent__logit(0x1p-1074), -1074.0 * unit - log(100.0), 1e-12);
    expect_near(latent__logit(nextafter(100.0, 0.0)), log(100.0) + 46.0 * unit, 1e-14);
    assert_true(latent__logit(1.0) > latent__logit(nextafter(1.0, 0.0)) - 1e-14);
    for (double a = 0.001; a < 100.0; a += 0.377)
        expect_near(latent__accuracy_at(latent__logit(a)) / a, 1.0, 1e-14);
    assert_true(latent__accuracy_at(800.0) == 100.0 && latent__accuracy_at(-800.0) == 0.0);
    assert_true(latent__accuracy_at(0.0) == 50.0 && latent__accuracy_slope(0.0) == 25.0);
    assert_true(latent__accuracy_slope(1e4) == 0.0 && latent__accuracy_slope(-1e4) == 0.0);
    assert_true(latent__accuracy_slope(3.0) == latent__accuracy_slope(-3.0));
}

/* Lines as steep as float64 allows lead to 0 and 100, not to NaN. */
static void test_steep(void **state) {
    (void)state;
    double slope = DBL_MAX, intercept = -DBL_MAX;
    const latent_robustness_fits lines = {
        .size = sizeof lines, .slope = &slope, .intercept = &intercept};
    const double at[] = {percent(32.0), percent(1.0 / 32.0)};
    double beta[2];
    latent_context *const context = testing_context();
    expect_ok(context, latent_robustness_predict(context, &lines, 1, at, 2, beta, NULL, NULL));
    latent_context_destroy(context);
    assert_true(beta[0] == 100.0 && beta[1] == 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_a_line),  cmocka_unit_test(test_off_the_line),
        cmocka_unit_test(test_two_models), cmocka_unit_test(test_constant),
        cmocka_unit_test(test_effective),  cmocka_unit_test(test_missing),
        cmocka_unit_test(test_logits),     cmocka_unit_test(test_steep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
