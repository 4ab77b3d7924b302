/** @file
 * The one definition of distance that everything else answers to.
 *
 * Every result of this library that depends on an order of distances is the one that comparing
 * values of latent_distance() gives, to the last bit: whatever the number of threads, the
 * instruction set, the BLAS, the block sizes.
 *
 * Both metrics use one sum, fixed to the last rounding. For terms t_0 … t_(d-1):
 *
 *     s_l = t_l + t_(l+16) + t_(l+32) + …          16 partial sums, each from left to right
 *     then  s_l = s_l + s_(l+8)  (l < 8),  s_l = s_l + s_(l+4)  (l < 4),
 *           s_l = s_l + s_(l+2)  (l < 2),  S = s_0 + s_1
 *
 * in IEEE binary64, rounding to nearest, without fused multiply-add; inputs are converted to
 * binary64 first, which is exact.
 */
#ifndef LATENT_DISTANCE_H
#define LATENT_DISTANCE_H

#include "context.h"
#include "matrix.h"

LATENT_BEGIN

/** Which distance. @since 0.1.0 */
typedef enum latent_metric {
    LATENT_EUCLIDEAN = 0, /**< sqrt(S) with t_k = (a_k - b_k)². */
    LATENT_COSINE = 1     /**< 1 - S(a,b) / (sqrt(S(a,a)) · sqrt(S(b,b))) with S(a,b) the sum of
                               t_k = a_k · b_k. */
} latent_metric;

/**
 * The distance between row `i` of `a` and row `j` of `b`.
 *
 * @param context  The context.
 * @param a,b      Views with the same number of columns and the same element type; they may be one.
 * @param i,j      Row numbers, from 0.
 * @param metric   Euclidean or cosine.
 * @param distance Receives the distance, in the unit of the data (cosine: no unit; it may differ
 *                 from 0 by some units of the last place for equal rows).
 * @return ::LATENT_OK; ::LATENT_ERROR_ARGUMENT (a null pointer, a row number out of range, an
 *         unknown metric); ::LATENT_ERROR_SHAPE; ::LATENT_ERROR_TYPE; ::LATENT_ERROR_NONFINITE;
 *         ::LATENT_ERROR_DOMAIN (under cosine: a zero row, or one whose norm is below 2^-450);
 *         ::LATENT_ERROR_OVERFLOW (an element beyond sqrt(2^1021 / columns), so that a square could
 *         overflow). Nothing is written on error.
 * @par Cost
 *      O(columns) time, no memory.
 * @par Source
 *      The order of summation is this library's own choice.
 * @since 0.1.0
 */
LATENT_API latent_status latent_distance(latent_context *context, const latent_matrix *a, int64_t i,
                                         const latent_matrix *b, int64_t j, latent_metric metric,
                                         double *distance);

LATENT_END

#endif
