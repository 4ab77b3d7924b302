/* Template: rows of float32 into cells (screens.h). Plain loops, which compilers turn into the vectors
 * of the including file's instruction set. Sums go to the 16 partial sums of distance.h. Included once. */
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

/* Up to QUANTISED elements, zeros after them up to a multiple of the lanes. */
static inline int64_t fill_up(const float *x, int64_t n, float *chunk) {
    const int64_t count = n < QUANTISED ? n : QUANTISED;
    memcpy(chunk, x, (size_t)count * sizeof *chunk);
    for (int64_t k = count; k % LATENT__LANES != 0; k++)
        chunk[k] = 0;
    return count;
}

/* Adds to the partial sums the squares of what was written and of what that lost. */
static inline void weigh(const float *x, const float *written, float step, int64_t n,
                         double *stored, double *lost) {
    for (int64_t k = 0; k < n; k += LATENT__LANES)
        for (int l = 0; l < LATENT__LANES; l++) {
            const double z = (double)written[k + l];
            const double rest = (double)x[k + l] - (double)step * z;
            stored[l] += z * z;
            lost[l] += rest * rest;
        }
}

#define QUANTISE_INTEGERS(name, type)                                                              \
    static latent__packed name(const float *x, int64_t n, float step, float inverse,               \
                               void *cells) {                                                      \
        const int64_t per_cell = LATENT__CELL_BYTES / (int64_t)sizeof(type);                       \
        double stored[LATENT__LANES] = {0}, lost[LATENT__LANES] = {0};                             \
        for (int64_t first = 0; first < n; first += QUANTISED) {                                   \
            float chunk[QUANTISED], written[QUANTISED];                                            \
            type element[QUANTISED];                                                               \
            const int64_t count = fill_up(x + first, n - first, chunk);                            \
            for (int64_t k = 0; k < count; k++)                                                    \
                written[k] = whole(chunk[k] * inverse);                                            \
            for (int64_t k = count; k % LATENT__LANES != 0; k++)                                   \
                written[k] = 0;                                                                    \
            for (int64_t k = 0; k < (count + 3) / 4 * 4; k++)                                      \
                element[k] = (type)(int32_t)written[k];                                            \
            weigh(chunk, written, step, count, stored, lost);                                      \
            scatter(element, (count + per_cell - 1) / per_cell,                                    \
                    (char *)cells + first / per_cell * LATENT__STEP_BYTES);                        \
        }                                                                                          \
        return (latent__packed){latent__fold(stored), latent__fold(lost)};                         \
    }

static void rescale(float *product, float row, const float *column, int64_t n) {
    for (int64_t j = 0; j < n; j++)
        product[j] *= row * column[j];
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
    double stored[LATENT__LANES] = {0}, lost[LATENT__LANES] = {0};
    for (int64_t first = 0; first < n; first += QUANTISED) {
        float chunk[QUANTISED], written[QUANTISED];
        uint16_t element[QUANTISED];
        const int64_t count = fill_up(x + first, n - first, chunk);
        const int64_t filled = (count + LATENT__LANES - 1) / LATENT__LANES * LATENT__LANES;
        for (int64_t k = 0; k < filled; k++)
            element[k] = bf16_of(chunk[k]);
        for (int64_t k = 0; k < filled; k++)
            written[k] = latent__from_bf16(element[k]);
        weigh(chunk, written, 1, count, stored, lost);
        scatter(element, (count + 1) / 2, (char *)cells + first / 2 * LATENT__STEP_BYTES);
    }
    return (latent__packed){latent__fold(stored), latent__fold(lost)};
}
