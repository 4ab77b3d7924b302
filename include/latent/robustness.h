/** @file
 * Effective robustness: accuracy under a distribution shift beyond what accuracy alone predicts.
 *
 * Accuracies are percent. For baseline models measured on a reference set and on a shifted set, one
 * line per shift is fitted by least squares, and a model is compared with it:
 *
 *     logit(a) = ln(a / (100 - a))
 *     logit(shifted) = s logit(reference) + t                          over the baselines
 *     beta(a)  = 100 / (1 + exp(-(s logit(a) + t)))                    what a baseline would reach
 *     ER       = shifted - beta(reference)                             percentage points
 *
 * With several shifts, a model's effective robustness is the mean of its ERs, each against its own
 * line. Above 0: the model loses less under the shift than baselines of its accuracy do.
 *
 * Everything is float64, with the C library's exp and log. An accuracy of 0 or 100 has no logit and cannot enter a fit.
 *
 * Source: Taori, Dave, Shankar, Carlini, Recht, Schmidt, "Measuring Robustness to Natural
 * Distribution Shifts in Image Classification" (arXiv 2007.00644); used with the mean over shifts by
 * Crabbé, Rodríguez, Shankar, Zappella, Blaas, "Interpreting CLIP" (arXiv 2310.13040). Standard
 * errors of a fit are the textbook's; those of a prediction, and the treatment of accuracies that
 * were not measured, are ours.
 */
#ifndef LATENT_ROBUSTNESS_H
#define LATENT_ROBUSTNESS_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/** Options of latent_robustness_fit() and latent_robustness_effective(). Zero means default.
 * @since 0.1.0 */
typedef struct latent_robustness_options {
    /** sizeof(latent_robustness_options). */
    size_t size;
    /** Not 0: a NaN in `shifted` means not measured. A model enters the fits and the means of the
     * shifts that it was measured under. Default: NaN is an error. */
    int32_t missing;
    /** Must be 0. */
    int32_t reserved;
} latent_robustness_options;

/**
 * The lines of S shifts. Set `size`, and each pointer to S entries (`residuals`: to M × S) or to
 * NULL. All but `models`, `r_squared` and what says so are in logits.
 * @since 0.1.0
 */
typedef struct latent_robustness_fits {
    /** sizeof(latent_robustness_fits). */
    size_t size;
    /** n, the baselines that entered: M, or fewer where some were not measured. */
    int64_t *models;
    /** s; a pure number. */
    double *slope;
    /** t. */
    double *intercept;
    /** Standard error of s: residual_std / (sum of (x - reference_mean)²)^(1/2), x being the logits
     * of the reference. NaN for n = 2, since two points leave no deviation to judge by. */
    double *slope_error;
    /** Standard error of t. NaN for n = 2. */
    double *intercept_error;
    /** The share of variance that the line explains, 0 … 1: the square of Pearson's correlation. NaN
     * if all baselines do equally well under the shift. */
    double *r_squared;
    /** Standard deviation of the residuals, with denominator n - 2. NaN for n = 2. */
    double *residual_std;
    /** Mean of the logits of the reference, where the line is known best. */
    double *reference_mean;
    /** logit(shifted) - (s logit(reference) + t) at m * S + shift for baseline m; NaN where it was
     * not measured. */
    double *residuals;
} latent_robustness_fits;

/**
 * Fits one line per shift to baseline models.
 *
 * @param context   The context.
 * @param reference M accuracies on the reference set, above 0 and below 100.
 * @param shifted   M × S view, M >= 2, S >= 1: row m has the accuracies of model m under each shift,
 *                  above 0 and below 100. Any element type, any stride.
 * @param options   NULL for the defaults.
 * @param fits      Receives the lines.
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT (also an accuracy outside 0 … 100);
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE;
 *         ::LATENT_ERROR_NONFINITE; ::LATENT_ERROR_DOMAIN (an accuracy of 0 or 100; fewer than two
 *         distinct logits of the reference among the models measured under a shift);
 *         ::LATENT_ERROR_MEMORY; ::LATENT_ERROR_BUDGET; ::LATENT_ERROR_BUSY. The sentence names the
 *         entry: "reference[3] is 100, which has no logit". On error nothing is written.
 * @par Cost
 *      O(M S) time; 16 bytes per model and 72 per shift.
 * @par Source
 *      arXiv 2007.00644. scipy.stats.linregress() gives the same numbers, but standard errors of 0
 *      for n = 2 and a correlation of 0 for equal values.
 * @since 0.1.0
 */
LATENT_API latent_status latent_robustness_fit(latent_context *context, const double *reference,
                                               const latent_matrix *shifted,
                                               const latent_robustness_options *options,
                                               latent_robustness_fits *fits);

/**
 * beta(a) of each line: the accuracy under the shift that a baseline with accuracy a would have.
 *
 * The line's standard error at x = logit(a) is e = (residual_std² / n + slope_error² (x -
 * reference_mean)²)^(1/2), and that of a further baseline about the line is (e² +
 * residual_std²)^(1/2). Both are carried to percentage points to first order (the delta method,
 * ours): times the derivative beta (100 - beta) / 100.
 *
 * @param context     The context.
 * @param fits        What latent_robustness_fit() wrote, or lines from elsewhere. `slope` and
 *                    `intercept` are needed; for the errors also `models`, `slope_error`,
 *                    `residual_std` and `reference_mean`.
 * @param shifts      S, at least 1: the entries that `fits` has.
 * @param accuracies  `count` accuracies on the reference set, above 0 and below 100.
 * @param count       At least 1.
 * @param predicted   Receives beta in percent at i * S + shift for accuracy i.
 * @param line_error  NULL, or receives the standard error of beta, in percentage points, in the same
 *                    order. NaN for a line of two models.
 * @param model_error NULL, or receives the standard deviation of a further baseline about beta, in
 *                    percentage points: what an ER is to be compared with. NaN as above.
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT (also models below 2, or an accuracy outside
 *         0 … 100); ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_NONFINITE (also a slope or an intercept);
 *         ::LATENT_ERROR_DOMAIN (an accuracy of 0 or 100); ::LATENT_ERROR_BUSY. On error nothing is
 *         written.
 * @par Cost
 *      O(count · S) time, no memory.
 * @since 0.1.0
 */
LATENT_API latent_status latent_robustness_predict(latent_context *context,
                                                   const latent_robustness_fits *fits,
                                                   int64_t shifts, const double *accuracies,
                                                   int64_t count, double *predicted,
                                                   double *line_error, double *model_error);

/**
 * Effective robustness of models, baselines or others.
 *
 * @param context   The context.
 * @param fits      As for latent_robustness_predict(); `slope` and `intercept` are needed, S entries
 *                  each.
 * @param reference M accuracies on the reference set, above 0 and below 100.
 * @param shifted   M × S view, M >= 1: accuracies under each shift, 0 … 100 (a model that enters no
 *                  fit needs no logit here).
 * @param options   NULL for the defaults.
 * @param effective NULL, or receives ER in percentage points at m * S + shift; NaN where the model
 *                  was not measured.
 * @param mean      NULL, or receives each model's mean ER over the shifts that it was measured
 *                  under; NaN if there is none. Means over different shifts do not compare. One of
 *                  the two must be given.
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT (also an accuracy outside 0 … 100);
 *         ::LATENT_ERROR_OPTIONS; ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE;
 *         ::LATENT_ERROR_NONFINITE; ::LATENT_ERROR_DOMAIN (a reference of 0 or 100);
 *         ::LATENT_ERROR_BUSY. On error nothing is written.
 * @par Cost
 *      O(M S) time, no memory.
 * @par Source
 *      arXiv 2007.00644; the mean over shifts as in arXiv 2310.13040.
 * @since 0.1.0
 */
LATENT_API latent_status latent_robustness_effective(latent_context *context,
                                                     const latent_robustness_fits *fits,
                                                     const double *reference,
                                                     const latent_matrix *shifted,
                                                     const latent_robustness_options *options,
                                                     double *effective, double *mean);

LATENT_END

#endif
