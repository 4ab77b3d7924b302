/* Logits of accuracies, and a line through pairs of them. */
#ifndef LATENT__LINE_H
#define LATENT__LINE_H

#include <stdint.h>

/* ln(a / (100 - a)) for 0 < a < 100, finite for every such a. */
double latent__logit(double accuracy);

/* 100 / (1 + exp(-z)), and its derivative. */
double latent__accuracy_at(double z);
double latent__accuracy_slope(double z);

/* y = slope x + intercept by least squares, and how far to trust it; NaN where n = 2 leaves nothing
 * to judge by. */
typedef struct latent__line {
    int64_t n;
    double slope, intercept;
    double slope_error, intercept_error;
    double r_squared; /* NaN if all y are equal */
    double residual_std;
    double x_mean, y_mean;
} latent__line;

/* n >= 2, and at least two different x. */
latent__line latent__line_through(const double *x, const double *y, int64_t n);

#endif
