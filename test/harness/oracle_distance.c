#include "oracle.h"

#include <math.h>

enum { LANES = 16 };

/* Folds the sixteen partial sums as distance.h says. */
static double fold(double lane[LANES]) {
    for (int half = LANES / 2; half >= 1; half /= 2)
        for (int l = 0; l < half; l++)
            lane[l] = lane[l] + lane[l + half];
    return lane[0];
}

static double sum_squares(const double *a, const double *b, int64_t columns) {
    double lane[LANES] = {0.0};
    int64_t k = 0;
    for (; k + LANES <= columns; k += LANES)
        for (int l = 0; l < LANES; l++) {
            const double difference = a[k + l] - b[k + l];
            lane[l] = lane[l] + difference * difference;
        }
    for (int l = 0; k + l < columns; l++) {
        const double difference = a[k + l] - b[k + l];
        lane[l] = lane[l] + difference * difference;
    }
    return fold(lane);
}

static double sum_products(const double *a, const double *b, int64_t columns) {
    double lane[LANES] = {0.0};
    int64_t k = 0;
    for (; k + LANES <= columns; k += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] = lane[l] + a[k + l] * b[k + l];
    for (int l = 0; k + l < columns; l++)
        lane[l] = lane[l] + a[k + l] * b[k + l];
    return fold(lane);
}

double oracle_norm(const double *a, int64_t columns) {
    return sqrt(sum_products(a, a, columns));
}

double oracle_distance(const double *a, const double *b, int64_t columns, latent_metric metric) {
    if (metric == LATENT_EUCLIDEAN)
        return sqrt(sum_squares(a, b, columns));
    const double norms = oracle_norm(a, columns) * oracle_norm(b, columns);
    return 1.0 - sum_products(a, b, columns) / norms;
}

bool oracle_close(double actual, double expected, double tolerance) {
    if (isnan(expected))
        return isnan(actual);
    if (actual == expected)
        return true;
    return fabs(actual - expected) <= tolerance * fmax(1.0, fabs(expected));
}
