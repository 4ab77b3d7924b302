/* Template: sums of powers of a list in vectors: the same WIDTH and vector as vector_template.h, and
 * its FUSED(). Included once per instruction set. */
#define PARTS (LATENT__LANES / WIDTH)

/* The fold of distance.h: halves of the 16 partial sums are added, as vectors while they fill one. */
static inline double fold_vectors(vector *sum) {
    for (int width = PARTS / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++)
            sum[l] += sum[l + width];
    double lane[WIDTH];
    memcpy(lane, sum, sizeof lane);
    for (int width = WIDTH / 2; width > 0; width /= 2)
        for (int l = 0; l < width; l++)
            lane[l] += lane[l + width];
    return lane[0];
}

/* Of vectors so many at a time, all of whose sums registers can hold. */
enum { AT_ONCE = 2 };

typedef struct power_sums {
    vector first[AT_ONCE], second[AT_ONCE], third[AT_ONCE], fourth[AT_ONCE];
} power_sums;

static inline void add_powers(power_sums *sum, int l, vector t) {
    const vector square = t * t;
    sum->first[l] += t;
    sum->second[l] += square;
    sum->third[l] = FUSED(square, t, sum->third[l]);
    sum->fourth[l] = FUSED(square, square, sum->fourth[l]);
}

static inline latent__powers fold_powers(const power_sums *sums) {
    vector first[PARTS], second[PARTS], third[PARTS], fourth[PARTS];
    for (int l = 0; l < PARTS; l++) {
        first[l] = sums[l / AT_ONCE].first[l % AT_ONCE];
        second[l] = sums[l / AT_ONCE].second[l % AT_ONCE];
        third[l] = sums[l / AT_ONCE].third[l % AT_ONCE];
        fourth[l] = sums[l / AT_ONCE].fourth[l % AT_ONCE];
    }
    return (latent__powers){fold_vectors(first), fold_vectors(second), fold_vectors(third),
                            fold_vectors(fourth)};
}

#undef PARTS
