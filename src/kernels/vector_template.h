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
        for (int l = 0; l < PARTS; l++) {
            const vector difference = DIFFERENCE(LOAD(a + k + l * WIDTH), LOAD(b + k + l * WIDTH));
            sum[l] += difference * difference;
        }
    double lane[LATENT__LANES];
    memcpy(lane, sum, sizeof lane);
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
        for (int l = 0; l < PARTS; l++)
            sum[l] = ADD_PRODUCT(LOAD(a + k + l * WIDTH), LOAD(b + k + l * WIDTH), sum[l]);
    double lane[LATENT__LANES];
    memcpy(lane, sum, sizeof lane);
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
        for (int l = 0; l < PARTS; l++) {
            const vector value = LOAD(x + k + l * WIDTH);
            most[l] = LARGER(most[l], MAGNITUDE(value));
            /* 0, or NaN from the first that is not finite on */
            poison[l] = FUSED(value, nothing, poison[l]);
        }
    double lane[LATENT__LANES], top = 0;
    memcpy(lane, most, sizeof lane);
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
        for (int l = 0; l < PARTS; l++) {
            float *const to = out + k + l * WIDTH;
            vector centre;
            memcpy(&centre, shift + k + l * WIDTH, sizeof centre);
            const vector exact = LOAD(x + k + l * WIDTH) * factor - centre;
            const vector_half rounded = __builtin_convertvector(exact, vector_half);
            memcpy(to, &rounded, sizeof rounded);
            const vector kept = load_f32(to), rest = exact - kept;
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
        for (int l = 0; l < PARTS; l++) {
            const vector value = LOAD(x + k + l * WIDTH);
            memcpy(out + k + l * WIDTH, &value, sizeof value);
            sum[l] += value;
        }
    double lane[LATENT__LANES];
    memcpy(lane, sum, sizeof lane);
    for (; k < n; k++) {
        out[k] = ONE(x[k]);
        lane[k % LATENT__LANES] += out[k];
    }
    for (; k % LATENT__LANES != 0; k++)
        out[k] = 0;
    return latent__fold(lane);
}

/* Of every 16 elements the first AT_ONCE vectors, while there are 16. */
static inline power_sums NAME(add_whole)(const ELEMENT *x, int64_t n, double centre) {
    power_sums sum = {{{0}}, {{0}}, {{0}}, {{0}}};
    for (int64_t k = 0; k + LATENT__LANES <= n; k += LATENT__LANES)
        for (int l = 0; l < AT_ONCE; l++)
            add_powers(&sum, l, LOAD(x + k + l * WIDTH) - centre);
    return sum;
}

static latent__powers NAME(powers)(const void *row, int64_t n, double centre) {
    const ELEMENT *x = row;
    const int64_t whole = n / LATENT__LANES * LATENT__LANES;
    power_sums sums[PARTS / AT_ONCE];
    for (int p = 0; p < PARTS / AT_ONCE; p++)
        sums[p] = NAME(add_whole)(x + p * AT_ONCE * WIDTH, n, centre);
    if (whole < n) { /* filled up with the centre itself, whose powers are 0 */
        double rest[LATENT__LANES];
        for (int l = 0; l < LATENT__LANES; l++)
            rest[l] = whole + l < n ? ONE(x[whole + l]) : centre;
        for (int l = 0; l < PARTS; l++)
            add_powers(&sums[l / AT_ONCE], l % AT_ONCE, load_f64(rest + l * WIDTH) - centre);
    }
    return fold_powers(sums);
}

static inline void NAME(mean_strip)(const ELEMENT *x, int64_t stride, int64_t rows, strip *out) {
    vector total[PARTS] = {{0}};
    for (int64_t r = 0; r < rows; r++)
        for (int v = 0; v < PARTS; v++)
            total[v] += LOAD(x + r * stride + v * WIDTH);
    for (int v = 0; v < PARTS; v++)
        total[v] /= (double)rows;
    memcpy(out->centre, total, sizeof total);
}

/* Sums of the columns from l on, STRIP vectors of them, about the centres in `out`. */
static inline void NAME(add_rows)(const ELEMENT *x, int64_t stride, int64_t rows, const char *ahead,
                                  size_t step, int l, strip *out) {
    vector centre[STRIP], low[STRIP], high[STRIP], magnitude[STRIP] = {{0}};
    vector first[STRIP] = {{0}}, second[STRIP] = {{0}}, third[STRIP] = {{0}}, fourth[STRIP] = {{0}};
    memcpy(centre, out->centre + l, sizeof centre);
    for (int v = 0; v < STRIP; v++)
        low[v] = high[v] = LOAD(x + v * WIDTH);
    for (int64_t r = 0; r < rows; r++) {
        __builtin_prefetch(ahead + (size_t)r * step, 0, 2);
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
    memcpy(out->first + l, first, sizeof first);
    memcpy(out->second + l, second, sizeof second);
    memcpy(out->third + l, third, sizeof third);
    memcpy(out->fourth + l, fourth, sizeof fourth);
    memcpy(out->low + l, low, sizeof low);
    memcpy(out->high + l, high, sizeof high);
    memcpy(out->magnitude + l, magnitude, sizeof magnitude);
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
