/* Template: the kernels of one element type in vectors, as GCC and Clang offer them on every
 * target. The including file defines for all types
 *   WIDTH        doubles in a vector, a divisor of 16,
 *   vector       that vector's type,
 *   vector_half  as many floats,
 *   LARGER(a, b) the larger of each element,
 * and for one type, undefined at the end,
 *   TYPE_NAME, ELEMENT, ONE(x) as in reference_template.h,
 *   LOAD(p)      WIDTH elements from p on as a vector.
 * Element k is added to partial sum k mod 16, as in the reference. */
#define JOIN2(a, b) a##_##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(function) JOIN(function, TYPE_NAME)
#define PARTS (LATENT__LANES / WIDTH)

static double NAME(squared_distance)(const void *first, const void *second, int64_t n) {
    const ELEMENT *a = first, *b = second;
    vector sum[PARTS] = {{0}};
    int64_t k = 0;
    for (; k + LATENT__LANES <= n; k += LATENT__LANES)
        for (int l = 0; l < PARTS; l++) {
            const vector difference = LOAD(a + k + l * WIDTH) - LOAD(b + k + l * WIDTH);
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
            sum[l] += LOAD(a + k + l * WIDTH) * LOAD(b + k + l * WIDTH);
    double lane[LATENT__LANES];
    memcpy(lane, sum, sizeof lane);
    for (; k < n; k++)
        lane[k % LATENT__LANES] += ONE(a[k]) * ONE(b[k]);
    return latent__fold(lane);
}

static bool NAME(inspect)(const void *row, int64_t n, double *largest) {
    const ELEMENT *x = row;
    vector most = {0}, poison = {0};
    int64_t k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        const vector value = LOAD(x + k);
        most = LARGER(most, LARGER(value, -value));
        poison += value - value; /* 0, or NaN from the first that is not finite on */
    }
    double top = 0, bad = 0;
    for (int l = 0; l < WIDTH; l++) {
        top = most[l] > top ? most[l] : top;
        bad += poison[l];
    }
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
    vector stored = {0}, lost = {0};
    int64_t k = 0;
    for (; k + WIDTH <= n; k += WIDTH) {
        vector centre;
        memcpy(&centre, shift + k, sizeof centre);
        const vector exact = LOAD(x + k) * factor - centre;
        const vector_half rounded = __builtin_convertvector(exact, vector_half);
        memcpy(out + k, &rounded, sizeof rounded);
        const vector kept = __builtin_convertvector(rounded, vector);
        const vector rest = exact - kept;
        stored += kept * kept;
        lost += rest * rest;
    }
    latent__packed packed = {0, 0};
    for (int l = 0; l < WIDTH; l++) {
        packed.stored += stored[l];
        packed.lost += lost[l];
    }
    for (; k < n; k++)
        latent__pack_one(ONE(x[k]), factor, shift[k], &out[k], &packed);
    return packed;
}

#undef TYPE_NAME
#undef ELEMENT
#undef ONE
#undef LOAD
#undef JOIN2
#undef JOIN
#undef NAME
#undef PARTS
