/* Mean, standard deviation and skewness of a list of numbers. */
#ifndef LATENT__SKEWNESS_H
#define LATENT__SKEWNESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct latent__shape {
    double mean, std, skewness; /* skewness is NaN for a constant list */
    bool constant;
} latent__shape;

/* m_r = (1/n) sum (x - mean)^r; std = m_2^(1/2), skewness = m_3 / m_2^1.5: the biased
 * Fisher-Pearson coefficient. Two passes, so that a large mean costs no digits. n >= 1. */
latent__shape latent__shape_of(const double *values, int64_t n);

#endif
