#include "line.h"

#include <math.h>

/* The quotient of a tiny accuracy may underflow, the difference of the logarithms cannot; near 50,
 * where these would cancel, the quotient is used. */
double latent__logit(double accuracy) {
    const double rest = 100 - accuracy;
    return accuracy < 1 ? log(accuracy) - log(rest) : log(accuracy / rest);
}

double latent__accuracy_at(double z) {
    return 100 / (1 + exp(-z));
}

/* 100 e / (1 + e)² is the same for e = exp(z) and exp(-z); the smaller one cannot overflow. */
double latent__accuracy_slope(double z) {
    const double e = exp(-fabs(z));
    return 100 * e / ((1 + e) * (1 + e));
}

/* Mean of the differences from the first value, which a common offset costs no digits; exactly 0 if
 * all values are equal. */
static double mean_from_first(const double *values, int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; i++)
        sum += values[i] - values[0];
    return sum / (double)n;
}

/*
 * With dx = x - mean, dy = y - mean and sums over the pairs:
 *
 *     slope = Σ dx dy / Σ dx²        intercept = mean of y - slope · mean of x
 *     residual_std² = Σ (dy - slope dx)² / (n - 2)
 *     slope_error² = residual_std² / Σ dx²
 *     intercept_error² = residual_std² (1/n + (mean of x)² / Σ dx²)
 */
latent__line latent__line_through(const double *x, const double *y, int64_t n) {
    const double x_far = mean_from_first(x, n), y_far = mean_from_first(y, n);
    const double x_mean = x[0] + x_far, y_mean = y[0] + y_far;
    double xx = 0, xy = 0, yy = 0, rest = 0;
    for (int64_t i = 0; i < n; i++) {
        const double dx = (x[i] - x[0]) - x_far, dy = (y[i] - y[0]) - y_far;
        xx += dx * dx;
        xy += dx * dy;
        yy += dy * dy;
    }
    const double slope = xy / xx;
    for (int64_t i = 0; i < n; i++) {
        const double residual = ((y[i] - y[0]) - y_far) - slope * ((x[i] - x[0]) - x_far);
        rest += residual * residual;
    }
    const double correlation = xy / (sqrt(xx) * sqrt(yy));
    const double deviation = n > 2 ? sqrt(rest / (double)(n - 2)) : (double)NAN;
    return (latent__line){
        .n = n,
        .slope = slope,
        .intercept = y_mean - slope * x_mean,
        .slope_error = deviation / sqrt(xx),
        .intercept_error = deviation * sqrt(1 / (double)n + x_mean * x_mean / xx),
        .r_squared = yy > 0 ? fmin(correlation * correlation, 1) : (double)NAN,
        .residual_std = deviation,
        .x_mean = x_mean,
        .y_mean = y_mean,
    };
}
