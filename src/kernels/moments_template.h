/* Template: what follows the sums in the kernels of moments. Plain C without branches in its loops,
 * which a compiler turns into vectors of whatever instruction set the including file is for: every
 * element is its own, so the bits are the same. Included once per instruction set. */

/* Sums of one strip of columns, entry l for column l. */
typedef struct strip {
    double centre[LATENT__LANES];
    double first[LATENT__LANES], second[LATENT__LANES];
    double third[LATENT__LANES], fourth[LATENT__LANES];
    double low[LATENT__LANES], high[LATENT__LANES], magnitude[LATENT__LANES];
} strip;

/* Moments of a strip, entry l of every field for column l, and whether they are exact enough. */
typedef struct settled {
    double field[LATENT__MOMENT_FIELDS * LATENT__LANES];
    int64_t sure[LATENT__LANES];
} settled;

static inline void settle_strip(const strip *sum, int width, double n, settled *restrict out) {
    const latent__moments fields = {out->field, LATENT__LANES};
    const double share = 1 / n;
    for (int l = 0; l < width; l++) {
        const latent__powers powers_of = {sum->first[l], sum->second[l], sum->third[l],
                                          sum->fourth[l]};
        latent__moment one;
        const bool fits = latent__settle(n, sum->centre[l], powers_of, &one);
        /* All equal: no sums. (A NaN, which comparisons do not see, is in the first sum.) */
        const bool constant = (sum->low[l] == sum->high[l]) & (sum->first[l] - sum->first[l] == 0);
        one.centre = constant ? sum->low[l] : one.centre;
        one.offset = constant ? 0 : one.offset;
        one.second = constant ? 0 : one.second;
        one.third = constant ? 0 : one.third;
        one.fourth = constant ? 0 : one.fourth;
        one.low = sum->low[l];
        one.high = sum->high[l];
        one.magnitude = constant ? fabs(sum->low[l]) : sum->magnitude[l] * share;
        latent__moment_put(fields, l, &one);
        out->sure[l] = fits | constant;
    }
}

static inline bool all_sure(const int64_t *sure, int width) {
    int64_t all = 1;
    for (int l = 0; l < width; l++)
        all &= sure[l];
    return all;
}

/* Takes the second for lanes of which the first is not sure. */
static inline void prefer(settled *first, settled *second, int width) {
    const latent__moments to = {first->field, LATENT__LANES};
    const latent__moments from = {second->field, LATENT__LANES};
    for (int l = 0; l < width; l++) {
        const latent__moment one = latent__moment_get(from, l);
        if (!first->sure[l])
            latent__moment_put(to, l, &one);
        first->sure[l] |= second->sure[l];
    }
}

static inline void put_strip(latent__moments into, const double *field, int width) {
    for (int f = 0; f < LATENT__MOMENT_FIELDS; f++)
        memcpy(into.base + f * into.stride, field + f * LATENT__LANES,
               (size_t)width * sizeof(double));
}

/* Joins a strip to the moments of its columns; lanes that are not sure, now or before, are left. */
static inline void join_strip(latent__moments into, latent__moments from, int width,
                              int64_t *restrict sure) {
    double joined[LATENT__MOMENT_FIELDS * LATENT__LANES];
    const latent__moments both = {joined, LATENT__LANES};
    for (int l = 0; l < width; l++) {
        const latent__moment a = latent__moment_get(into, l), b = latent__moment_get(from, l);
        latent__moment one;
        sure[l] &= latent__join(&a, &b, &one);
        latent__moment_put(both, l, &one);
    }
    if (all_sure(sure, width)) {
        put_strip(into, joined, width);
        return;
    }
    for (int l = 0; l < width; l++)
        if (sure[l]) {
            const latent__moment one = latent__moment_get(both, l);
            latent__moment_put(into, l, &one);
        }
}

/* Appends to `open` the lanes that are not sure, as columns from j on. */
static inline int64_t list_open(const int64_t *sure, int width, int64_t j, int32_t *open,
                                int64_t found) {
    if (all_sure(sure, width))
        return found;
    for (int l = 0; l < width; l++)
        if (!sure[l])
            open[found++] = (int32_t)(j + l);
    return found;
}

static int64_t merge(latent__moments into, latent__moments from, int64_t n, int32_t *open) {
    int64_t found = 0;
    for (int64_t j = 0; j < n; j += LATENT__LANES) {
        const latent__moments a = {into.base + j, into.stride}, b = {from.base + j, from.stride};
        int64_t sure[LATENT__LANES];
        for (int l = 0; l < LATENT__LANES; l++)
            sure[l] = 1;
        join_strip(a, b, LATENT__LANES, sure); /* padding too, whatever it holds */
        const int64_t left = n - j;
        found = list_open(sure, left < LATENT__LANES ? (int)left : LATENT__LANES, j, open, found);
    }
    return found;
}

static void exceed(const double *row, int64_t n, const latent__exceeding *exceeding) {
    const double *restrict x = row;
    int64_t *restrict large = exceeding->large;
    int64_t *restrict far = exceeding->far;
    for (int64_t j = 0; j < n; j++) {
        const double size = fabs(x[j]);
        const bool finite = size <= DBL_MAX;
        large[j] += finite & (size >= exceeding->magnitude);
        far[j] += finite & (fabs(x[j] - exceeding->mean) > exceeding->limit);
    }
}
