/* Template: the kernels of one element type in plain C. The including file defines
 *   TYPE_NAME  the suffix of the functions,
 *   ELEMENT    the type as stored,
 *   ONE(x)     one element as float64;
 * they are undefined at the end. No include guard: it is included once per type. */
#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(function) JOIN(function, TYPE_NAME)

static double NAME(squared_distance)(const void *first, const void *second, int64_t n) {
    const ELEMENT *a = first, *b = second;
    double lane[LATENT__LANES] = {0};
    for (int64_t k = 0; k < n; k++) {
        const double difference = ONE(a[k]) - ONE(b[k]);
        lane[k % LATENT__LANES] += difference * difference;
    }
    return latent__fold(lane);
}

static double NAME(dot)(const void *first, const void *second, int64_t n) {
    const ELEMENT *a = first, *b = second;
    double lane[LATENT__LANES] = {0};
    for (int64_t k = 0; k < n; k++)
        lane[k % LATENT__LANES] += ONE(a[k]) * ONE(b[k]);
    return latent__fold(lane);
}

static bool NAME(inspect)(const void *row, int64_t n, double *largest) {
    const ELEMENT *x = row;
    for (int64_t k = 0; k < n; k++) {
        const double magnitude = fabs(ONE(x[k]));
        if (!(magnitude < INFINITY))
            return false;
        if (magnitude > *largest)
            *largest = magnitude;
    }
    return true;
}

static latent__packed NAME(pack)(const void *row, int64_t n, double factor, const double *shift,
                                 float *out) {
    const ELEMENT *x = row;
    latent__packed packed = {0, 0};
    for (int64_t k = 0; k < n; k++)
        latent__pack_one(ONE(x[k]), factor, shift[k], &out[k], &packed);
    return packed;
}

static double NAME(widen)(const void *row, int64_t n, double *out) {
    const ELEMENT *x = row;
    double lane[LATENT__LANES] = {0};
    for (int64_t k = 0; k < n; k++) {
        out[k] = ONE(x[k]);
        lane[k % LATENT__LANES] += out[k];
    }
    for (int64_t k = n; k % LATENT__LANES != 0; k++)
        out[k] = 0;
    return latent__fold(lane);
}

static latent__powers NAME(powers)(const void *row, int64_t n, double centre) {
    const ELEMENT *x = row;
    latent__powers lane[LATENT__LANES] = {{0, 0, 0, 0}};
    for (int64_t k = 0; k < n; k++)
        latent__add_powers(&lane[k % LATENT__LANES], ONE(x[k]) - centre);
    double first[LATENT__LANES], second[LATENT__LANES], third[LATENT__LANES], fourth[LATENT__LANES];
    for (int l = 0; l < LATENT__LANES; l++) {
        first[l] = lane[l].first;
        second[l] = lane[l].second;
        third[l] = lane[l].third;
        fourth[l] = lane[l].fourth;
    }
    return (latent__powers){latent__fold(first), latent__fold(second), latent__fold(third),
                            latent__fold(fourth)};
}

static void NAME(mean_strip)(const ELEMENT *x, int64_t stride, int64_t rows, strip *out) {
    for (int l = 0; l < LATENT__LANES; l++) {
        double total = 0;
        for (int64_t r = 0; r < rows; r++)
            total += ONE(x[r * stride + l]);
        out->centre[l] = total / (double)rows;
    }
}

static void NAME(power_strip)(const ELEMENT *x, int64_t stride, int64_t rows, const char *ahead,
                              size_t step, strip *out) {
    (void)ahead, (void)step; /* no hurry here */
    for (int l = 0; l < LATENT__LANES; l++) {
        latent__powers sum = {0, 0, 0, 0};
        double low = ONE(x[l]), high = low, magnitude = 0;
        for (int64_t r = 0; r < rows; r++) {
            const double value = ONE(x[r * stride + l]);
            latent__add_powers(&sum, value - out->centre[l]);
            low = value < low ? value : low;
            high = value > high ? value : high;
            magnitude += fabs(value);
        }
        out->first[l] = sum.first;
        out->second[l] = sum.second;
        out->third[l] = sum.third;
        out->fourth[l] = sum.fourth;
        out->low[l] = low;
        out->high[l] = high;
        out->magnitude[l] = magnitude;
    }
}

#include "columns_template.h"

#undef TYPE_NAME
#undef ELEMENT
#undef ONE
#undef JOIN2
#undef JOIN
#undef NAME
