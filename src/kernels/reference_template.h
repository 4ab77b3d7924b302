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

#undef TYPE_NAME
#undef ELEMENT
#undef ONE
#undef JOIN2
#undef JOIN
#undef NAME
