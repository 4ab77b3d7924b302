/* Vectors of 512 bits for screens_template.h. */
#include <immintrin.h>
#include <string.h>

#include "screens.h"

enum { PARTS = 1, ROWS = 8, GROUPS = 3 };

typedef __m512i integers;
typedef __m512 floats;

static inline integers spread_cell(const void *p) {
    int32_t cell;
    memcpy(&cell, p, sizeof cell);
    return _mm512_set1_epi32(cell);
}

static inline floats spread_float(float x) {
    return _mm512_set1_ps(x);
}

static inline integers load_integers(const void *p) {
    return _mm512_loadu_si512(p);
}

static inline floats load_floats(const void *p) {
    return _mm512_loadu_ps(p);
}

static inline void store_floats(float *p, floats v) {
    _mm512_storeu_ps(p, v);
}

static inline floats to_floats(integers v) {
    return _mm512_cvtepi32_ps(v);
}

static inline floats fused(floats a, floats b, floats c) {
    return _mm512_fmadd_ps(a, b, c);
}

#include "screens_floats.h"
