/* Template: sums of powers of a list in vectors: the same WIDTH and vector as vector_template.h, and
 * its FUSED(); load_f64() and store_f64() of the including file. Included once per instruction set. */
#define PARTS (LATENT__LANES / WIDTH)

/* Vectors to memory, one by one: a copy of the whole array would keep it out of registers. */
static inline void store_vectors(double *to, const vector *from, int count) {
#pragma GCC unroll 8
    for (int v = 0; v < count; v++)
        store_f64(to + v * WIDTH, from[v]);
}

/* The fold of distance.h: halves of the 16 partial sums are added, as vectors while they fill one. */
static inline double fold_vectors(vector *sum) {
    for (int width = PARTS / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++)
            sum[l] += sum[l + width];
    double lane[WIDTH];
    store_vectors(lane, sum, 1);
    for (int width = WIDTH / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++)
            lane[l] += lane[l + width];
    return lane[0];
}

typedef struct power_sum {
    vector first, second, third, fourth;
} power_sum;

static inline void add_powers(power_sum *sum, vector t) {
    const vector square = t * t;
    sum->first += t;
    sum->second += square;
    sum->third = FUSED(square, t, sum->third);
    sum->fourth = FUSED(square, square, sum->fourth);
}

static inline latent__powers fold_powers(const power_sum *sum) {
    vector first[PARTS], second[PARTS], third[PARTS], fourth[PARTS];
    for (int l = 0; l < PARTS; l++) {
        first[l] = sum[l].first;
        second[l] = sum[l].second;
        third[l] = sum[l].third;
        fourth[l] = sum[l].fourth;
    }
    return (latent__powers){fold_vectors(first), fold_vectors(second), fold_vectors(third),
                            fold_vectors(fourth)};
}

#undef PARTS
