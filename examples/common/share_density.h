/* Shape of a distribution of shares, all of them in (0, 1]. */
#ifndef EXAMPLES_SHARE_DENSITY_H
#define EXAMPLES_SHARE_DENSITY_H

#include <stdint.h>

/* Points of the density's grid: i / (DENSITY_POINTS - 1). */
#define DENSITY_POINTS 401

/* The quantile p of n >= 1 ascending values, linear between the order statistics: the value at the
 * place p (n - 1), counted from 0. */
double share_quantile(const double *ascending, int64_t n, double p);

/* Silverman's rule, 0.9 min(s, IQR / 1.34) n^(-1/5), within 0.005 … 0.25. */
double share_bandwidth(const double *ascending, int64_t n);

/* Gaussian kernel density with reflection at 0 and 1:
 *
 *     f(x) = 1/n Σ_i  K(x - v_i) + K(x + v_i) + K(x - 2 + v_i),   K the normal density of width h
 *
 * so that nothing leaks out of the interval and the integral over it stays 1 (but for a second
 * reflection, below 1e-4 for h <= 0.25). Values are first spread over 1001 places, each over its two
 * neighbours, which makes the cost independent of n. */
void share_density(const double *ascending, int64_t n, double bandwidth,
                   double density[DENSITY_POINTS]);

#endif
