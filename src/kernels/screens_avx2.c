/* AVX2: 16 products of int16 in two instructions. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#include "screens.h"

enum { PARTS = 2, ROWS = 4, GROUPS = 1 };

typedef __m256i integers;
typedef __m256 floats;

static inline integers spread_cell(const void *p) {
    int32_t cell;
    memcpy(&cell, p, sizeof cell);
    return _mm256_set1_epi32(cell);
}

static inline floats spread_float(float x) {
    return _mm256_set1_ps(x);
}

static inline integers load_integers(const void *p) {
    return _mm256_loadu_si256(p);
}

static inline floats load_floats(const void *p) {
    return _mm256_loadu_ps(p);
}

static inline void store_floats(float *p, floats v) {
    _mm256_storeu_ps(p, v);
}

static inline floats to_floats(integers v) {
    return _mm256_cvtepi32_ps(v);
}

static inline floats fused(floats a, floats b, floats c) {
    return _mm256_fmadd_ps(a, b, c);
}

#include "screens_floats.h"

#define NAME multiply_int16
#define RIGHT load_integers
#define DOT(s, a, b) _mm256_add_epi32(s, _mm256_madd_epi16(a, b))
#define START START_ZERO
#include "screens_template.h"

const latent__screens latent__screens_avx2 = {
    .isa = LATENT_ISA_AVX2,
    .format = {[LATENT__INT16] = {multiply_int16, 1, 1.4f}},
};
#endif
