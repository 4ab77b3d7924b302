/* AMX: tiles of 16 rows of 64 bytes. One instruction adds to 16 × 16 sums the products of 16 left
 * rows and 16 right ones, 64 elements of int8 or 32 of bfloat16 long.
 *
 * The right operand is wanted as 16 steps of a packed group are: a row of the tile is a step, a
 * cell for each of the group's rows. The left operand is wanted the other way round: a row of the
 * tile is a row of the group, 16 cells long. So left groups are transposed, two groups and
 * CHUNK_TILES tiles at a time; between chunks sums wait in `out`, where int32 is as wide as
 * float32.
 *
 * Tiles 0 … 3 are sums (0 and 1 of the first left group, 2 and 3 of the second), 4 and 5 left
 * groups, 6 and 7 right ones. The test of this file compiles it with a model of the instructions
 * in plain C, so nothing else here needs more than every x86-64 has. */
#if defined(__x86_64__)
#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#include "screens.h"

enum {
    TILE_STEPS = 16,
    TILE_BYTES = TILE_STEPS * LATENT__STEP_BYTES,
    CHUNK_TILES = 16,
    STRIP_BYTES = CHUNK_TILES * TILE_BYTES /* a left group's tiles */
};

typedef float floats __attribute__((vector_size(LATENT__STEP_BYTES)));
typedef int32_t integers __attribute__((vector_size(LATENT__STEP_BYTES)));

/* What LDTILECFG reads: eight whole tiles of palette 1. Not on the stack: GCC 12 believes that
 * the instruction reads eight bytes of it. */
static const struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} whole_tiles = {
    .palette = 1,
    .row_bytes = {64, 64, 64, 64, 64, 64, 64, 64},
    .rows = {16, 16, 16, 16, 16, 16, 16, 16},
};

/* One or two left groups, some of whose tiles are transposed. */
typedef struct strip {
    const latent__rectangle *all;
    const char *left; /* the groups as they are packed */
    int lefts;        /* how many they are */
    float *out;       /* where their rows go */
    int64_t group;    /* bytes from a group to the next */
    int64_t first, tiles;
    _Alignas(64) char cells[2 * STRIP_BYTES];
} strip;

static inline __m128i quad(const char *p) {
    return _mm_loadu_si128((const void *)p);
}

/* 16 rows of 16 cells, in blocks of 4 × 4. */
static void transpose(const char *from, char *to) {
    for (int i = 0; i < TILE_STEPS; i += 4)
        for (int j = 0; j < LATENT__GROUP_ROWS; j += 4) {
            const char *const p = from + i * LATENT__STEP_BYTES + j * LATENT__CELL_BYTES;
            const __m128i a = quad(p), b = quad(p + LATENT__STEP_BYTES);
            const __m128i c = quad(p + 2 * LATENT__STEP_BYTES),
                          d = quad(p + 3 * LATENT__STEP_BYTES);
            const __m128i low_ab = _mm_unpacklo_epi32(a, b), high_ab = _mm_unpackhi_epi32(a, b);
            const __m128i low_cd = _mm_unpacklo_epi32(c, d), high_cd = _mm_unpackhi_epi32(c, d);
            char *const q = to + j * LATENT__STEP_BYTES + i * LATENT__CELL_BYTES;
            _mm_store_si128((void *)q, _mm_unpacklo_epi64(low_ab, low_cd));
            _mm_store_si128((void *)(q + LATENT__STEP_BYTES), _mm_unpackhi_epi64(low_ab, low_cd));
            _mm_store_si128((void *)(q + 2 * LATENT__STEP_BYTES),
                            _mm_unpacklo_epi64(high_ab, high_cd));
            _mm_store_si128((void *)(q + 3 * LATENT__STEP_BYTES),
                            _mm_unpackhi_epi64(high_ab, high_cd));
        }
}

/* Turns to the tiles from `first` on, and says how many. */
static void transpose_chunk(strip *s, int64_t first) {
    const int64_t rest = s->all->steps / TILE_STEPS - first;
    s->first = first;
    s->tiles = rest < CHUNK_TILES ? rest : CHUNK_TILES;
    for (int g = 0; g < s->lefts; g++)
        for (int64_t t = 0; t < s->tiles; t++)
            transpose(s->left + g * s->group + (first + t) * TILE_BYTES,
                      s->cells + g * STRIP_BYTES + t * TILE_BYTES);
    /* GCC 12 doesn't know that loads of tiles read memory. */
    __asm__ volatile("" ::: "memory");
}

#define DOT(sums, left, right)                                                                     \
    do {                                                                                           \
        if (bf16)                                                                                  \
            _tile_dpbf16ps(sums, left, right);                                                     \
        else                                                                                       \
            _tile_dpbssd(sums, left, right);                                                       \
    } while (0)

/* Adds the strip's tiles' products with one or two right groups, the first being j, to what is in
 * `out` or, with the first tiles, to 0. The compiler knows `bf16`, `lefts` and `rights`. */
static inline __attribute__((always_inline)) void
multiply_tiles(const strip *s, int64_t j, const bool bf16, const int lefts, const int rights) {
    const char *const left = s->cells;
    const char *const right = (const char *)s->all->right + j * s->group + s->first * TILE_BYTES;
    float *const out = s->out + j * LATENT__GROUP_ROWS;
    float *const below = out + LATENT__GROUP_ROWS * s->all->stride;
    const int64_t stride = s->all->stride * (int64_t)sizeof(float);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    if (s->first > 0) {
        _tile_loadd(0, out, stride);
        if (rights == 2)
            _tile_loadd(1, out + LATENT__GROUP_ROWS, stride);
        if (lefts == 2)
            _tile_loadd(2, below, stride);
        if (lefts == 2 && rights == 2)
            _tile_loadd(3, below + LATENT__GROUP_ROWS, stride);
    }
    for (int64_t t = 0; t < s->tiles * TILE_BYTES; t += TILE_BYTES) {
        _tile_loadd(4, left + t, LATENT__STEP_BYTES);
        _tile_loadd(6, right + t, LATENT__STEP_BYTES);
        DOT(0, 4, 6);
        if (rights == 2) {
            _tile_loadd(7, right + s->group + t, LATENT__STEP_BYTES);
            DOT(1, 4, 7);
        }
        if (lefts == 2) {
            _tile_loadd(5, left + STRIP_BYTES + t, LATENT__STEP_BYTES);
            DOT(2, 5, 6);
            if (rights == 2)
                DOT(3, 5, 7);
        }
    }
    _tile_stored(0, out, stride);
    if (rights == 2)
        _tile_stored(1, out + LATENT__GROUP_ROWS, stride);
    if (lefts == 2)
        _tile_stored(2, below, stride);
    if (lefts == 2 && rights == 2)
        _tile_stored(3, below + LATENT__GROUP_ROWS, stride);
}

/* Makes floats of the sums of one row and one right group, and adds the products in float32; `one` is the
 * row's first cell of them, `right` the group's first step. */
static inline __attribute__((always_inline)) void finish_row(const latent__rectangle *all,
                                                             const char *one, const char *right,
                                                             const bool bf16, float *out) {
    floats total;
    if (bf16)
        memcpy(&total, out, sizeof total);
    else {
        integers sum;
        memcpy(&sum, out, sizeof sum);
        total = __builtin_convertvector(sum, floats);
    }
    for (int64_t s = 0; s < all->floats * LATENT__STEP_BYTES; s += LATENT__STEP_BYTES) {
        float a;
        floats b;
        memcpy(&a, one + s, sizeof a);
        memcpy(&b, right + s, sizeof b);
        total += a * b;
    }
    memcpy(out, &total, sizeof total);
}

static inline __attribute__((always_inline)) void finish(const strip *s, int64_t j, const bool bf16,
                                                         int rights) {
    const latent__rectangle *const all = s->all;
    const int64_t whole = all->steps * LATENT__STEP_BYTES; /* where they begin in a group */
    for (int g = 0; g < s->lefts; g++)
        for (int h = 0; h < rights; h++) {
            const char *const one = s->left + g * s->group + whole;
            const char *const right = (const char *)all->right + (j + h) * s->group + whole;
            float *const out =
                s->out + g * LATENT__GROUP_ROWS * all->stride + (j + h) * LATENT__GROUP_ROWS;
            for (int r = 0; r < LATENT__GROUP_ROWS; r++)
                finish_row(all, one + r * LATENT__CELL_BYTES, right, bf16, out + r * all->stride);
        }
}

static inline __attribute__((always_inline)) void multiply_pair(const strip *s, int64_t j,
                                                                const bool bf16, const int rights) {
    if (s->lefts == 2)
        multiply_tiles(s, j, bf16, 2, rights);
    else
        multiply_tiles(s, j, bf16, 1, rights);
    if (s->first + s->tiles == s->all->steps / TILE_STEPS)
        finish(s, j, bf16, rights);
}

/* Tiles are this call's own: what they were before is lost, and nothing is left in them, which the
 * system would have to save whenever the thread stops. */
static inline __attribute__((always_inline)) void multiply(const latent__rectangle *all,
                                                           const bool bf16) {
    strip s;
    s.all = all;
    s.group = (all->steps + all->floats) * LATENT__STEP_BYTES;
    _tile_loadconfig(&whole_tiles);
    for (int64_t i = 0; i < all->left_groups; i += 2) {
        s.left = (const char *)all->left + i * s.group;
        s.lefts = i + 1 < all->left_groups ? 2 : 1;
        s.out = all->out + i * LATENT__GROUP_ROWS * all->stride;
        int64_t first = 0;
        do {
            transpose_chunk(&s, first);
            int64_t j = 0;
            for (; j + 2 <= all->right_groups; j += 2)
                multiply_pair(&s, j, bf16, 2);
            if (j < all->right_groups)
                multiply_pair(&s, j, bf16, 1);
            first += s.tiles;
        } while (first < all->steps / TILE_STEPS);
    }
    _tile_release();
}

static void multiply_int8(const latent__rectangle *all) {
    multiply(all, false);
}

static void multiply_bf16(const latent__rectangle *all) {
    multiply(all, true);
}

/* A core's peaks, in multiply-adds a cycle: float32 32 by AVX-512, int8 1024 and bfloat16 512 by
 * AMX (Intel 64 and IA-32 Architectures Optimization Reference Manual, which counts twice as many
 * operations): 32 and 16 times. Half of it is counted on, for tiles come from and go to memory. */
const latent__screens latent__screens_amx = {
    .isa = LATENT_ISA_AMX,
    .format = {[LATENT__INT8] = {multiply_int8, TILE_STEPS, 16.0f},
               [LATENT__INT16] = {latent__multiply_int16_vnni, 1, 2.0f},
               [LATENT__BF16] = {multiply_bf16, TILE_STEPS, 8.0f}},
};
#endif
