/* Template: rows of float32 into cells (screens.h). Plain loops, which compilers turn into the vectors
 * of the including file's instruction set, but for the sums, which they would not: those are made of
 * WIDTH, vector, SPREAD(), FUSED() and load_f32() of vector_template.h. Their bits are the same on every
 * instruction set, fused or not: what is lost has at most 26 significant bits, as it is below a step
 * and no finer than half of x's and the step's last places, so its square is exact. Included once. */
#include <string.h>

enum { QUANTISED = 256 }; /* elements at a time, a multiple of every cell's */

/* Hands the elements of a row, a cell each, to their places 64 bytes apart. */
static inline void scatter(const void *elements, int64_t cells, char *out) {
    const char *from = elements;
    for (int64_t c = 0; c < cells; c++)
        memcpy(out + c * LATENT__STEP_BYTES, from + c * LATENT__CELL_BYTES, LATENT__CELL_BYTES);
}

/* The whole number next to v, |v| < 2^22: adding 1.5 · 2^23 rounds to the last place, which is 1. */
static inline float whole(float v) {
    return (v + 0x1.8p23f) - 0x1.8p23f;
}

/* The next elements of a row, up to QUANTISED. Their number, with the zeros put after them if it is no
 * multiple of the lanes, which `room` is for, is *count. */
static inline const float *next_of(const float *x, int64_t left, float *room, int64_t *count) {
    *count = left < QUANTISED ? left : QUANTISED;
    if (*count % LATENT__LANES == 0)
        return x;
    memcpy(room, x, (size_t)*count * sizeof *room);
    for (; *count % LATENT__LANES != 0; ++*count)
        room[*count] = 0;
    return room;
}

typedef struct quantised_sums {
    vector stored[LATENT__LANES / WIDTH], lost[LATENT__LANES / WIDTH];
} quantised_sums;

/* Adds the squares of what was written and of what that lost. */
static inline void weigh(const float *x, const float *written, float step, int64_t n,
                         quantised_sums *sums) {
    const vector minus = SPREAD(-(double)step);
    quantised_sums sum = *sums;
    for (int64_t k = 0; k < n; k += LATENT__LANES)
#pragma GCC unroll 16
        for (int l = 0; l < LATENT__LANES / WIDTH; l++) {
            const vector z = load_f32(written + k + l * WIDTH);
            const vector rest = FUSED(z, minus, load_f32(x + k + l * WIDTH));
            sum.stored[l] = FUSED(z, z, sum.stored[l]);
            sum.lost[l] = FUSED(rest, rest, sum.lost[l]);
        }
    *sums = sum;
}

static inline latent__packed fold_sums(const quantised_sums *sums) {
    double stored[LATENT__LANES], lost[LATENT__LANES];
    memcpy(stored, sums->stored, sizeof stored);
    memcpy(lost, sums->lost, sizeof lost);
    return (latent__packed){latent__fold(stored), latent__fold(lost)};
}

#define QUANTISE_INTEGERS(name, type)                                                              \
    static latent__packed name(const float *x, int64_t n, float step, float inverse,               \
                               void *cells) {                                                      \
        const int64_t per_cell = LATENT__CELL_BYTES / (int64_t)sizeof(type);                       \
        quantised_sums sums = {0};                                                                 \
        for (int64_t first = 0; first < n; first += QUANTISED) {                                   \
            float room[QUANTISED], written[QUANTISED];                                             \
            type element[QUANTISED];                                                               \
            int64_t count;                                                                         \
            const float *const chunk = next_of(x + first, n - first, room, &count);                \
            for (int64_t k = 0; k < count; k++)                                                    \
                written[k] = whole(chunk[k] * inverse);                                            \
            for (int64_t k = 0; k < count; k++)                                                    \
                element[k] = (type)(int32_t)written[k];                                            \
            weigh(chunk, written, step, count, &sums);                                             \
            const int64_t left = n - first < QUANTISED ? n - first : QUANTISED;                    \
            scatter(element, (left + per_cell - 1) / per_cell,                                     \
                    (char *)cells + first / per_cell * LATENT__STEP_BYTES);                        \
        }                                                                                          \
        return fold_sums(&sums);                                                                   \
    }

QUANTISE_INTEGERS(quantise_int8, int8_t)
QUANTISE_INTEGERS(quantise_int16, int16_t)
#undef QUANTISE_INTEGERS

/* To the nearest, ties to even: what is cut off is added up with what stays. */
static inline uint16_t bf16_of(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (uint16_t)((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

static latent__packed quantise_bf16(const float *x, int64_t n, float step, float inverse,
                                    void *cells) {
    (void)step, (void)inverse;
    quantised_sums sums = {0};
    for (int64_t first = 0; first < n; first += QUANTISED) {
        float room[QUANTISED], written[QUANTISED];
        uint16_t element[QUANTISED];
        int64_t count;
        const float *const chunk = next_of(x + first, n - first, room, &count);
        for (int64_t k = 0; k < count; k++)
            element[k] = bf16_of(chunk[k]);
        for (int64_t k = 0; k < count; k++)
            written[k] = latent__from_bf16(element[k]);
        weigh(chunk, written, 1, count, &sums);
        const int64_t left = n - first < QUANTISED ? n - first : QUANTISED;
        scatter(element, (left + 1) / 2, (char *)cells + first / 2 * LATENT__STEP_BYTES);
    }
    return fold_sums(&sums);
}

static void rescale(float *product, float row, const float *column, int64_t n) {
    for (int64_t j = 0; j < n; j++)
        product[j] *= row * column[j];
}
