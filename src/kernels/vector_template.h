/* Template: the kernels of one element type in vectors, as GCC and Clang offer them on every
 * target. The including file defines for all types
 *   WIDTH        doubles in a vector, a divisor of 16,
 *   vector       that vector's type,
 *   vector_half  as many floats,
 *   LARGER(a, b), SMALLER(a, b)  a or b, element by element; b where they are equal,
 *   MAGNITUDE(a) |a|,
 *   FUSED(a, b, c) a · b + c rounded once,
 *   DIFFERENCE(a, b) a - b, if there is a faster way than that,
 *   STRIP        vectors whose columns' sums registers can hold at a time, a divisor of 16 / WIDTH,
 *   POWER_PARTS  vectors out of 16 elements whose sums of powers they can hold,
 * and for one type, undefined at the end,
 *   TYPE_NAME, ELEMENT, ONE(x) as in reference_template.h,
 *   LOAD(p)      WIDTH elements from p on as a vector,
 *   ADD_PRODUCT(a, b, c) c + a · b, the product rounded: FUSED() does it where products are exact.
 * Element k is added to partial sum k mod 16, as in the reference. */
#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(function) JOIN(function, TYPE_NAME)
#define PARTS (LATENT__LANES / WIDTH)
#ifndef DIFFERENCE
#define DIFFERENCE(a, b) ((a) - (b))
#endif

static double NAME(squared_distance)(const void *first, const void *second, int64_t n) {
    const ELEMENT *a = first, *b = second;
    vector sum[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++) {
            const vector difference = DIFFERENCE(LOAD(a + k + l * WIDTH), LOAD(b + k + l * WIDTH));
            sum[l] += difference * difference;
        }
    double lane[LATENT__LANES];
    store_vectors(lane, sum, PARTS);
    for (; k < n; k++) {
        const double difference = ONE(a[k]) - ONE(b[k]);
        lane[k % LATENT__LANES] += difference * difference;
    }
    return latent__fold(lane);
}

static double NAME(dot)(const void *first, const void *second, int64_t n) {
    const ELEMENT *a = first, *b = second;
    vector sum[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++)
            sum[l] = ADD_PRODUCT(LOAD(a + k + l * WIDTH), LOAD(b + k + l * WIDTH), sum[l]);
    double lane[LATENT__LANES];
    store_vectors(lane, sum, PARTS);
    for (; k < n; k++)
        lane[k % LATENT__LANES] += ONE(a[k]) * ONE(b[k]);
    return latent__fold(lane);
}

static bool NAME(inspect)(const void *row, int64_t n, double *largest) {
    const ELEMENT *x = row;
    const vector nothing = {0};
    vector most[PARTS] = {{0}}, poison[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++) {
            const vector value = LOAD(x + k + l * WIDTH);
            most[l] = LARGER(most[l], MAGNITUDE(value));
            /* 0, or NaN from the first that is not finite on */
            poison[l] = FUSED(value, nothing, poison[l]);
        }
    double lane[LATENT__LANES], top = 0;
    store_vectors(lane, most, PARTS);
    for (int l = 0; l < LATENT__LANES; l++)
        top = lane[l] > top ? lane[l] : top;
    double bad = fold_vectors(poison);
    for (; k < n; k++) {
        const double magnitude = fabs(ONE(x[k]));
        top = magnitude > top ? magnitude : top;
        bad += magnitude - magnitude;
    }
    if (bad != 0)
        return false;
    *largest = top > *largest ? top : *largest;
    return true;
}

static latent__packed NAME(pack)(const void *row, int64_t n, double factor, const double *shift,
                                 float *out) {
    const ELEMENT *x = row;
    vector stored[PARTS] = {{0}}, lost[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++) {
            const int64_t at = k + l * WIDTH;
            const vector exact = LOAD(x + at) * factor - load_f64(shift + at);
            const vector_half rounded = __builtin_convertvector(exact, vector_half);
            memcpy(out + at, &rounded, sizeof rounded);
            const vector kept = load_f32(out + at), rest = exact - kept;
            stored[l] = FUSED(kept, kept, stored[l]);
            lost[l] = FUSED(rest, rest, lost[l]);
        }
    latent__packed packed = {fold_vectors(stored), fold_vectors(lost)};
    for (; k < n; k++)
        latent__pack_one(ONE(x[k]), factor, shift[k], &out[k], &packed);
    return packed;
}

static double NAME(widen)(const void *row, int64_t n, double *out) {
    const ELEMENT *x = row;
    vector sum[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++) {
            const vector value = LOAD(x + k + l * WIDTH);
            store_f64(out + k + l * WIDTH, value);
            sum[l] += value;
        }
    double lane[LATENT__LANES];
    store_vectors(lane, sum, PARTS);
    for (; k < n; k++) {
        out[k] = ONE(x[k]);
        lane[k % LATENT__LANES] += out[k];
    }
    for (; k % LATENT__LANES != 0; k++)
        out[k] = 0;
    return latent__fold(lane);
}

/* Elements of POWER_PARTS vectors out of every 16, the first of them at x. */
static inline void NAME(power_parts)(const ELEMENT *x, int64_t n, double centre, power_sum *to) {
    power_sum sum[POWER_PARTS] = {{{0}, {0}, {0}, {0}}};
    for (int64_t k = 0; k < n; k += LATENT__LANES)
#pragma GCC unroll 8
        for (int l = 0; l < POWER_PARTS; l++)
            add_powers(&sum[l], LOAD(x + k + l * WIDTH) - centre);
#pragma GCC unroll 8
    for (int l = 0; l < POWER_PARTS; l++)
        to[l] = sum[l];
}

static latent__powers NAME(powers)(const void *row, int64_t n, double centre) {
    const ELEMENT *x = row;
    const int64_t k = n - n % LATENT__LANES;
    power_sum sum[PARTS];
    for (int l = 0; l < PARTS; l += POWER_PARTS)
        NAME(power_parts)(x + l * WIDTH, k, centre, sum + l);
    if (k < n) { /* filled up with the centre itself, whose powers are 0 */
        double rest[LATENT__LANES];
        for (int l = 0; l < LATENT__LANES; l++)
            rest[l] = k + l < n ? ONE(x[k + l]) : centre;
#pragma GCC unroll 8
        for (int l = 0; l < PARTS; l++)
            add_powers(&sum[l], load_f64(rest + l * WIDTH) - centre);
    }
    return fold_powers(sum);
}

static inline void NAME(mean_strip)(const ELEMENT *x, int64_t stride, int64_t rows, strip *out) {
    vector total[PARTS] = {{0}};
    for (int64_t r = 0; r < rows; r++)
#pragma GCC unroll 8
        for (int v = 0; v < PARTS; v++)
            total[v] += LOAD(x + r * stride + v * WIDTH);
#pragma GCC unroll 8
    for (int v = 0; v < PARTS; v++)
        total[v] /= (double)rows;
    store_vectors(out->centre, total, PARTS);
}

/* Sums of the columns from l on, STRIP vectors of them, about the centres in `out`. */
static inline void NAME(add_rows)(const ELEMENT *x, int64_t stride, int64_t rows, const char *ahead,
                                  size_t step, int l, strip *out) {
    vector centre[STRIP], low[STRIP], high[STRIP], magnitude[STRIP] = {{0}};
    vector first[STRIP] = {{0}}, second[STRIP] = {{0}}, third[STRIP] = {{0}}, fourth[STRIP] = {{0}};
#pragma GCC unroll 8
    for (int v = 0; v < STRIP; v++) {
        centre[v] = load_f64(out->centre + l + v * WIDTH);
        low[v] = high[v] = LOAD(x + v * WIDTH);
    }
    for (int64_t r = 0; r < rows; r++) {
        __builtin_prefetch(ahead + (size_t)r * step, 0, 2);
#pragma GCC unroll 8
        for (int v = 0; v < STRIP; v++) {
            const vector value = LOAD(x + r * stride + v * WIDTH);
            const vector t = value - centre[v], square = t * t;
            first[v] += t;
            second[v] += square;
            third[v] = FUSED(square, t, third[v]);
            fourth[v] = FUSED(square, square, fourth[v]);
            low[v] = SMALLER(value, low[v]);
            high[v] = LARGER(value, high[v]);
            magnitude[v] += MAGNITUDE(value);
        }
    }
    store_vectors(out->first + l, first, STRIP);
    store_vectors(out->second + l, second, STRIP);
    store_vectors(out->third + l, third, STRIP);
    store_vectors(out->fourth + l, fourth, STRIP);
    store_vectors(out->low + l, low, STRIP);
    store_vectors(out->high + l, high, STRIP);
    store_vectors(out->magnitude + l, magnitude, STRIP);
}

static inline void NAME(power_strip)(const ELEMENT *x, int64_t stride, int64_t rows,
                                     const char *ahead, size_t step, strip *out) {
    for (int l = 0; l < LATENT__LANES; l += STRIP * WIDTH)
        NAME(add_rows)(x + l, stride, rows, ahead, step, l, out);
}

#include "columns_template.h"

#undef TYPE_NAME
#undef ELEMENT
#undef ONE
#undef LOAD
#undef ADD_PRODUCT
#undef JOIN2
#undef JOIN
#undef NAME
#undef PARTS
