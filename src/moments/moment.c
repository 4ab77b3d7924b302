/* The formulas' fast way is in kernels/moment_formulas.h. What it leaves open comes here: numbers so
 * large or small that their powers would leave float64, spreads far below the mean, lists of equal
 * numbers. Each is moved to its mean and scaled by a power of two before any power is taken. */
#include "moment.h"

#include <math.h>
#include <string.h>

#include "kernels/moment_formulas.h"

latent__moment latent__moment_empty(void) {
    return (latent__moment){.low = INFINITY, .high = -INFINITY};
}

/* (a - b) · 2^-exponent; |a - b| is of that order at most, so nothing that matters underflows. */
static double scaled_difference(double a, double b, int exponent) {
    if (exponent > 0)
        return ldexp(a, -exponent) - ldexp(b, -exponent);
    return ldexp(a - b, -exponent);
}

/* a + b · 2^exponent; the sum is in range, which its second term need not be. */
static double scaled_sum(double a, double b, int exponent) {
    if (exponent > 0)
        return 2 * (a / 2 + ldexp(b, exponent - 1));
    return a + ldexp(b, exponent);
}

/* Moves to exponent 0 if the fourth moment fits there: the one form that the fast way takes. */
static latent__moment simplest(latent__moment moment, int exponent) {
    const double fourth = ldexp(moment.fourth, 4 * exponent);
    moment.exponent = exponent;
    if (!latent__fourth_fits(fourth))
        return moment;
    moment.offset = ldexp(moment.offset, exponent);
    moment.second = ldexp(moment.second, 2 * exponent);
    moment.third = ldexp(moment.third, 3 * exponent);
    moment.fourth = fourth;
    moment.exponent = 0;
    return moment;
}

/* Range, mean and mean magnitude of n > 0 numbers. */
static latent__moment survey(const double *x, int64_t n) {
    latent__moment found = latent__moment_empty();
    for (int64_t k = 0; k < n; k++) {
        found.low = x[k] < found.low ? x[k] : found.low;
        found.high = x[k] > found.high ? x[k] : found.high;
    }
    const double largest = fmax(fabs(found.low), fabs(found.high));
    /* So that no sum overflows; what that loses of small numbers is below half a rounding. Nor may
     * roundings lead out of the range. */
    const int headroom = largest > 0x1p900 ? 64 : 0;
    double sum = 0, magnitude = 0;
    for (int64_t k = 0; k < n; k++) {
        const double value = ldexp(x[k], -headroom);
        sum += value;
        magnitude += fabs(value);
    }
    found.count = (double)n;
    found.centre = fmin(fmax(ldexp(sum / (double)n, headroom), found.low), found.high);
    found.magnitude = fmin(ldexp(magnitude / (double)n, headroom), largest);
    return found;
}

latent__moment latent__moment_of(const latent__kernels *kernels, double *x, int64_t n) {
    if (n == 0)
        return latent__moment_empty();
    latent__moment all = survey(x, n);
    if (all.low == all.high) {
        all.centre = all.low;
        return all;
    }
    const double spread =
        fmax(scaled_difference(all.high, all.centre, 2), scaled_difference(all.centre, all.low, 2));
    const int exponent = spread > 0x1p-1000
                             ? ilogb(spread) + 2
                             : ilogb(fmax(all.high - all.centre, all.centre - all.low));
    double sum = 0;
    for (int64_t k = 0; k < n; k++) {
        x[k] = scaled_difference(x[k], all.centre, exponent);
        sum += x[k];
    }
    const double shift = sum / (double)n;
    latent__moment scaled;
    latent__settle((double)n, shift, kernels->powers[LATENT_F64 - 1](x, n, shift), &scaled);
    scaled.offset += shift;
    scaled.centre = all.centre;
    scaled.low = all.low;
    scaled.high = all.high;
    scaled.magnitude = all.magnitude;
    return simplest(scaled, exponent);
}

latent__moment latent__moment_of_row(const latent__kernels *kernels, const double *x, int64_t n,
                                     double sum, double *scratch) {
    latent__moment moment;
    const double mean = sum / (double)n;
    if (latent__settle((double)n, mean, kernels->powers[LATENT_F64 - 1](x, n, mean), &moment)) {
        moment.low = moment.high = moment.magnitude = 0; /* of no use to a row */
        return moment;
    }
    memcpy(scratch, x, (size_t)n * sizeof *x);
    return latent__moment_of(kernels, scratch, n);
}

/* The order of magnitude of a list's spread. */
static double spread_exponent(const latent__moment *moment) {
    return moment->fourth > 0 ? moment->exponent + ilogb(moment->fourth) / 4 : -INFINITY;
}

/* That of the distance of two means, or somewhat less. */
static double distance_exponent(const latent__moment *a, const latent__moment *b) {
    const int headroom = fmax(fabs(a->centre), fabs(b->centre)) > 0x1p1000 ? 8 : 0;
    const double distance = (ldexp(b->centre, -headroom) - ldexp(a->centre, -headroom)) +
                            (ldexp(b->offset, (int)b->exponent - headroom) -
                             ldexp(a->offset, (int)a->exponent - headroom));
    return distance == 0 ? -INFINITY : ilogb(distance) + headroom;
}

/* A list's moments in units of 2^exponent, about a mean `distance` units away from 0. */
static latent__moment in_units(const latent__moment *moment, int exponent, double distance) {
    const int change = (int)moment->exponent - exponent;
    latent__moment scaled = *moment;
    scaled.centre = 0;
    scaled.offset = distance;
    scaled.second = ldexp(moment->second, 2 * change);
    scaled.third = ldexp(moment->third, 3 * change);
    scaled.fourth = ldexp(moment->fourth, 4 * change);
    scaled.exponent = 0;
    return scaled;
}

/* `a` is the longer list, or as long: see latent__join(). */
static latent__moment join_scaled(const latent__moment *a, const latent__moment *b) {
    const double largest =
        fmax(distance_exponent(a, b), fmax(spread_exponent(a), spread_exponent(b)));
    latent__moment both;
    if (largest == -INFINITY) { /* equal numbers; signs of zeros aside */
        latent__join(a, b, &both);
        both.centre = a->centre;
        both.offset = 0;
        return both;
    }
    const int exponent = (int)largest;
    const double from = ldexp(a->offset, (int)a->exponent - exponent);
    const double distance = scaled_difference(b->centre, a->centre, exponent) +
                            (ldexp(b->offset, (int)b->exponent - exponent) - from);
    const latent__moment near = in_units(a, exponent, 0), far = in_units(b, exponent, distance);
    latent__join(&near, &far, &both);
    const double shift = from + (both.centre + both.offset);
    both.centre = scaled_sum(a->centre, shift, exponent);
    both.offset = shift - scaled_difference(both.centre, a->centre, exponent);
    return simplest(both, exponent);
}

latent__moment latent__moment_join(const latent__moment *a, const latent__moment *b) {
    if (a->count == 0)
        return *b;
    if (b->count == 0)
        return *a;
    latent__moment both;
    if (latent__join(a, b, &both))
        return both;
    return a->count < b->count ? join_scaled(b, a) : join_scaled(a, b);
}

enum { JOINED = 1024 }; /* features at a time */

void latent__moments_join(const latent__kernels *kernels, latent__moments into,
                          latent__moments from, int64_t n) {
    int32_t open[JOINED];
    for (int64_t start = 0; start < n; start += JOINED) {
        const latent__moments a = {into.base + start, into.stride};
        const latent__moments b = {from.base + start, from.stride};
        const int64_t left = n - start;
        const int64_t found = kernels->merge(a, b, left < JOINED ? left : JOINED, open);
        for (int64_t e = 0; e < found; e++) {
            const latent__moment one = latent__moment_get(a, open[e]);
            const latent__moment other = latent__moment_get(b, open[e]);
            const latent__moment both = latent__moment_join(&one, &other);
            latent__moment_put(a, open[e], &both);
        }
    }
}

double latent__moment_mean(const latent__moment *moment) {
    return moment->count > 0 ? scaled_sum(moment->centre, moment->offset, (int)moment->exponent)
                             : NAN;
}

double latent__moment_variance(const latent__moment *moment) {
    return moment->count > 0 ? ldexp(moment->second, 2 * (int)moment->exponent) : NAN;
}

double latent__moment_std(const latent__moment *moment) {
    return moment->count > 0 ? ldexp(sqrt(moment->second), (int)moment->exponent) : NAN;
}

bool latent__moment_degenerate(const latent__moment *moment) {
    return moment->count == 0 || moment->second == 0;
}

double latent__moment_skewness(const latent__moment *moment, int32_t bias) {
    const double n = moment->count;
    if (latent__moment_degenerate(moment))
        return NAN;
    const double plain = moment->third / (moment->second * sqrt(moment->second));
    if (bias == LATENT_BIASED)
        return plain;
    return n > 2 ? sqrt((n - 1) * n) / (n - 2) * plain : NAN;
}

double latent__moment_kurtosis(const latent__moment *moment, int32_t bias, int32_t fisher) {
    const double n = moment->count;
    if (latent__moment_degenerate(moment))
        return NAN;
    const double plain = moment->fourth / (moment->second * moment->second);
    if (bias == LATENT_BIASED)
        return fisher ? plain - 3 : plain;
    if (n < 4)
        return NAN;
    const double excess = ((n * n - 1) * plain - 3 * (n - 1) * (n - 1)) / ((n - 2) * (n - 3));
    return fisher ? excess : excess + 3;
}
