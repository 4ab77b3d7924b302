#define _XOPEN_SOURCE 700

#include "common/share_density.h"

#include <math.h>
#include <string.h>

enum { PLACES = 1001 };

double share_quantile(const double *ascending, int64_t n, double p) {
    const double place = p * (double)(n - 1);
    const int64_t low = (int64_t)place;
    const int64_t high = low + 1 < n ? low + 1 : n - 1;
    return ascending[low] + (place - (double)low) * (ascending[high] - ascending[low]);
}

double share_bandwidth(const double *ascending, int64_t n) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < n; i++)
        sum += ascending[i];
    const double mean = sum / (double)n;
    for (int64_t i = 0; i < n; i++)
        squares += (ascending[i] - mean) * (ascending[i] - mean);
    double spread = sqrt(squares / (double)n);
    const double quartiles =
        (share_quantile(ascending, n, 0.75) - share_quantile(ascending, n, 0.25)) / 1.34;
    /* Where over half of the values are one, the quartiles say nothing. */
    if (quartiles > 0 && quartiles < spread)
        spread = quartiles;
    const double width = 0.9 * spread * pow((double)n, -0.2);
    return width < 0.005 ? 0.005 : (width > 0.25 ? 0.25 : width);
}

/* Each value's weight 1/n goes to the two places around it, so that its mean stays where it was. */
static void spread_values(const double *values, int64_t n, double weight[PLACES]) {
    memset(weight, 0, PLACES * sizeof *weight);
    for (int64_t i = 0; i < n; i++) {
        const double at = values[i] * (PLACES - 1);
        const int low = at < PLACES - 2 ? (int)at : PLACES - 2;
        weight[low] += (low + 1 - at) / (double)n;
        weight[low + 1] += (at - low) / (double)n;
    }
}

static double kernel(double distance, double bandwidth) {
    const double z = distance / bandwidth;
    return exp(-0.5 * z * z) / (bandwidth * sqrt(2 * M_PI));
}

void share_density(const double *ascending, int64_t n, double bandwidth,
                   double density[DENSITY_POINTS]) {
    double weight[PLACES];
    spread_values(ascending, n, weight);
    memset(density, 0, DENSITY_POINTS * sizeof *density);
    for (int place = 0; place < PLACES; place++) {
        if (weight[place] <= 0)
            continue;
        const double v = (double)place / (PLACES - 1);
        for (int i = 0; i < DENSITY_POINTS; i++) {
            const double x = (double)i / (DENSITY_POINTS - 1);
            density[i] += weight[place] * (kernel(x - v, bandwidth) + kernel(x + v, bandwidth) +
                                           kernel(x - 2 + v, bandwidth));
        }
    }
}
