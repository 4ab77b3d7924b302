#include "skewness.h"

#include <math.h>

latent__shape latent__shape_of(const double *values, int64_t n) {
    double sum = 0;
    bool constant = true;
    for (int64_t i = 0; i < n; i++) {
        sum += values[i];
        constant = constant && values[i] == values[0];
    }
    if (constant) /* said of the values: rounding of the mean must not make up a spread */
        return (latent__shape){values[0], 0, NAN, true};
    const double mean = sum / (double)n;
    double m1 = 0, m2 = 0, m3 = 0;
    for (int64_t i = 0; i < n; i++) {
        const double t = values[i] - mean;
        m1 += t;
        m2 += t * t;
        m3 += t * t * t;
    }
    /* The mean is rounded: shift both moments to the exact one. */
    m1 /= (double)n;
    m2 = m2 / (double)n;
    m3 = m3 / (double)n - 3 * m1 * m2 + 2 * m1 * m1 * m1;
    m2 -= m1 * m1;
    return (latent__shape){mean + m1, sqrt(m2), m3 / (m2 * sqrt(m2)), false};
}
