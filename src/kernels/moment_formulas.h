/* The formulas of moments, for one list of numbers at a time. They are exact to a few roundings when
 * they say so; otherwise moments/ has slower ways that always are. docs/numerics.md derives both. */
#ifndef LATENT__MOMENT_FORMULAS_H
#define LATENT__MOMENT_FORMULAS_H

#include <math.h>

#include "kernels.h"

/* A fourth moment between these: no power that matters has overflowed or underflowed. */
#define LATENT__LEAST_FOURTH 0x1p-800
#define LATENT__MOST_FOURTH 0x1p900

static inline bool latent__fourth_fits(double fourth) {
    return (fourth >= LATENT__LEAST_FOURTH) & (fourth <= LATENT__MOST_FOURTH);
}

/* One element's part in sums of powers: t, t², t³, t⁴, the last two without rounding the product. */
static inline void latent__add_powers(latent__powers *sum, double t) {
    const double square = t * t;
    sum->first += t;
    sum->second += square;
    sum->third = fma(square, t, sum->third);
    sum->fourth = fma(square, square, sum->fourth);
}

/* Moments about the mean from the sums of powers about a centre near it. False if it is more than
 * half a standard deviation away, which would cost digits, or if the powers leave their range. */
static inline bool latent__settle(double n, double centre, latent__powers sum,
                                  latent__moment *out) {
    const double share = 1 / n;
    const double m1 = sum.first * share, r2 = sum.second * share;
    const double r3 = sum.third * share, r4 = sum.fourth * share;
    const double square = m1 * m1;
    out->count = n;
    out->centre = centre;
    out->offset = m1;
    out->second = r2 - square;
    out->third = r3 - m1 * (3 * r2 - 2 * square);
    out->fourth = r4 - m1 * (4 * r3 - m1 * (6 * r2 - 3 * square));
    out->exponent = 0;
    return (4 * square <= r2) & latent__fourth_fits(out->fourth);
}

/* Moments of two lists together (Chan, Golub, LeVeque; Pébay), as means rather than sums: with
 * p = n_a/n, q = n_b/n, D = mean_b - mean_a,
 *     m2 = p a2 + q b2 + p q D²
 *     m3 = p a3 + q b3 + p q D ((p - q) D² + 3 (b2 - a2))
 *     m4 = p a4 + q b4 + p q (D² (D² (p² - p q + q²) + 6 (p b2 + q a2)) + 4 D (b3 - a3)).
 * The new mean is found from that of the longer list, which it is nearer to: the rounding of the step
 * is then small beside the spread. It is kept as the nearest double and what that is short of. False
 * if an exponent is not 0, a list is empty or the fourth moment leaves its range; all values equal is
 * fine. */
static inline bool latent__join(const latent__moment *a, const latent__moment *b,
                                latent__moment *out) {
    const double n = a->count + b->count;
    const double share = 1 / n;
    const double p = a->count * share, q = b->count * share, pq = p * q;
    const double delta = (b->centre - a->centre) + (b->offset - a->offset);
    const double square = delta * delta;
    const bool longer = b->count > a->count;
    const double base = longer ? b->centre : a->centre;
    const double shift = longer ? b->offset - delta * p : a->offset + delta * q;
    const double centre = base + shift, back = centre - base;
    const double second = (p * a->second + q * b->second) + square * pq;
    const double third = (p * a->third + q * b->third) +
                         pq * delta * ((p - q) * square + 3 * (b->second - a->second));
    const double fourth =
        (p * a->fourth + q * b->fourth) +
        pq * (square * (square * ((p * p - pq) + q * q) + 6 * (p * b->second + q * a->second)) +
              4 * delta * (b->third - a->third));
    const double magnitude = a->magnitude + (b->magnitude - a->magnitude) * q;
    const double most = a->magnitude > b->magnitude ? a->magnitude : b->magnitude;
    const double least = a->magnitude < b->magnitude ? a->magnitude : b->magnitude;
    const double capped = magnitude < most ? magnitude : most;
    const bool same = (delta == 0) & (a->second == 0) & (b->second == 0);
    const bool plain = (a->exponent == 0) & (b->exponent == 0) & (a->count > 0) & (b->count > 0);
    out->count = n;
    out->centre = centre;
    out->offset = (base - (centre - back)) + (shift - back);
    out->second = second;
    out->third = third;
    out->fourth = fourth;
    out->exponent = 0;
    out->low = b->low < a->low ? b->low : a->low;
    out->high = b->high > a->high ? b->high : a->high;
    out->magnitude = capped > least ? capped : least; /* no rounding may lead out of the range */
    return plain & (same | latent__fourth_fits(fourth));
}

/* One feature out of many, and back. */
static inline latent__moment latent__moment_get(latent__moments many, int64_t j) {
    const double *x = many.base + j;
    const int64_t s = many.stride;
    return (latent__moment){x[0],     x[s],     x[2 * s], x[3 * s], x[4 * s],
                            x[5 * s], x[6 * s], x[7 * s], x[8 * s], x[9 * s]};
}

static inline void latent__moment_put(latent__moments many, int64_t j, const latent__moment *one) {
    double *x = many.base + j;
    const int64_t s = many.stride;
    x[0] = one->count;
    x[s] = one->centre;
    x[2 * s] = one->offset;
    x[3 * s] = one->second;
    x[4 * s] = one->third;
    x[5 * s] = one->fourth;
    x[6 * s] = one->exponent;
    x[7 * s] = one->low;
    x[8 * s] = one->high;
    x[9 * s] = one->magnitude;
}

#endif
