/* Division by one number many times, where multiply-adds are cheap. */
#ifndef LATENT__QUOTIENT_H
#define LATENT__QUOTIENT_H

#include <math.h>

/* a / b, rounded once, for whole 1 <= a, b < 2^31, with inverse = 1 / b rounded once. The product is
 * within two units in the last place, so what it leaves, a - q b, is a multiple of its own unit below
 * 2^33: the multiply-add is exact. With what is left the sum before its rounding is within 2^-52 units
 * of a / b, which is no midpoint of two doubles and at least 2^-32 units away from the nearest one. So
 * both round alike. */
static inline double latent__quotient(double a, double b, double inverse) {
    const double q = a * inverse;
    return fma(fma(-q, b, a), inverse, q);
}

#endif
