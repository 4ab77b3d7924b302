#include "vectors.h"

#include <math.h>

/* An exact factor that brings the largest |v_j| near 1; 1 for a zero vector, and for one that is
 * not finite. */
static double factor_of(const double *v, int64_t n) {
    double largest = 0;
    for (int64_t j = 0; j < n; j++)
        largest = fmax(largest, fabs(v[j]));
    int exponent = 0;
    if (largest > 0 && isfinite(largest))
        frexp(largest, &exponent);
    return ldexp(1, exponent < -1000 ? 1000 : -exponent);
}

double latent__vector_norm(const double *v, int64_t n) {
    const double factor = factor_of(v, n);
    double sum = 0;
    for (int64_t j = 0; j < n; j++)
        sum += (v[j] * factor) * (v[j] * factor);
    return sqrt(sum) / factor;
}

double latent__vector_cosine(const double *a, const double *b, int64_t n) {
    const double of_a = factor_of(a, n), of_b = factor_of(b, n);
    double product = 0, square_a = 0, square_b = 0;
    for (int64_t j = 0; j < n; j++) {
        const double x = a[j] * of_a, y = b[j] * of_b;
        product += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    if (square_a == 0 || square_b == 0)
        return 0;
    const double cosine = product / (sqrt(square_a) * sqrt(square_b));
    return cosine > 1 ? 1 : cosine < -1 ? -1 : cosine;
}
