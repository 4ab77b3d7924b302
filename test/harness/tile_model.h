/* AMX tiles in plain C, as strict as the processor: what LDTILECFG, TILERELEASE, TILEZERO,
 * TILELOADD, TILESTORED, TDPBSSD and TDPBF16PS do by Intel's manual (Intel 64 and IA-32
 * Architectures Software Developer's Manual, volume 2). A file that is included after this one
 * gets the model under the compilers' names of the instructions. Where the processor would fault,
 * the instruction does nothing and `tiles.fault` says why. */
#ifndef TILE_MODEL_H
#define TILE_MODEL_H

#include <immintrin.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { MODEL_TILES = 8, MODEL_ROWS = 16, MODEL_ROW_BYTES = 64 };

/* All zero is the state after TILERELEASE. */
typedef struct tile_state {
    bool configured;
    int rows[MODEL_TILES], row_bytes[MODEL_TILES];
    unsigned char data[MODEL_TILES][MODEL_ROWS][MODEL_ROW_BYTES];
    const char *fault; /* the first one */
    int64_t products;  /* instructions that multiplied */
} tile_state;

static tile_state tiles;

static inline bool model_faults(bool wrong, const char *why) {
    if (wrong && !tiles.fault)
        tiles.fault = why;
    return wrong;
}

/* The processor also keeps a first row, for instructions that were interrupted; nobody sets it. */
static inline bool model_bad_configuration(const unsigned char *config) {
    bool used = false, large = false, half = false;
    for (int i = 1; i < 64; i++)
        used |= config[i] != 0 && (i < 16 || (i >= 32 && i < 48) || i >= 56);
    for (int t = 0; t < MODEL_TILES; t++) {
        const int bytes = config[16 + 2 * t] | config[17 + 2 * t] << 8, rows = config[48 + t];
        large |= bytes > MODEL_ROW_BYTES || rows > MODEL_ROWS;
        half |= (bytes == 0) != (rows == 0);
    }
    return model_faults(config[0] > 1, "palette") || model_faults(used, "reserved bytes") ||
           model_faults(large, "too large a tile") || model_faults(half, "half a tile");
}

static inline void model_release(void) {
    memset(tiles.data, 0, sizeof tiles.data);
    memset(tiles.rows, 0, sizeof tiles.rows);
    memset(tiles.row_bytes, 0, sizeof tiles.row_bytes);
    tiles.configured = false;
}

static inline void model_configure(const void *from) {
    unsigned char config[64];
    memcpy(config, from, sizeof config);
    if (config[0] != 0 && model_bad_configuration(config))
        return;
    model_release();
    tiles.configured = config[0] == 1;
    for (int t = 0; t < MODEL_TILES && tiles.configured; t++) {
        tiles.row_bytes[t] = config[16 + 2 * t] | config[17 + 2 * t] << 8;
        tiles.rows[t] = config[48 + t];
    }
}

static inline bool model_bad_tile(int t) {
    return model_faults(!tiles.configured, "no configuration") ||
           model_faults(t < 0 || t >= MODEL_TILES || tiles.rows[t] == 0, "no such tile") ||
           model_faults(tiles.row_bytes[t] % 4 != 0, "a part of a cell");
}

static inline void model_zero(int t) {
    if (!model_bad_tile(t))
        memset(tiles.data[t], 0, sizeof tiles.data[t]);
}

/* Bytes and rows beyond those of the configuration become 0. */
static inline void model_load(int t, const void *base, int64_t stride) {
    if (model_bad_tile(t))
        return;
    memset(tiles.data[t], 0, sizeof tiles.data[t]);
    for (int r = 0; r < tiles.rows[t]; r++)
        memcpy(tiles.data[t][r], (const char *)base + r * stride, (size_t)tiles.row_bytes[t]);
}

static inline void model_store(int t, void *base, int64_t stride) {
    if (model_bad_tile(t))
        return;
    for (int r = 0; r < tiles.rows[t]; r++)
        memcpy((char *)base + r * stride, tiles.data[t][r], (size_t)tiles.row_bytes[t]);
}

/* Sums are m × n, the left operand m × k, the right one k × n, in cells. */
static inline bool model_bad_product(int sums, int left, int right) {
    return model_faults(sums == left || sums == right || left == right, "twice the same tile") ||
           model_bad_tile(sums) || model_bad_tile(left) || model_bad_tile(right) ||
           model_faults(tiles.rows[sums] != tiles.rows[left], "another number of rows") ||
           model_faults(tiles.row_bytes[sums] != tiles.row_bytes[right],
                        "another number of columns") ||
           model_faults(tiles.row_bytes[left] / 4 != tiles.rows[right], "another depth");
}

/* What a product leaves: rows and columns beyond those of the sums are 0. */
static inline void model_clear_rest(int t) {
    for (int r = 0; r < MODEL_ROWS; r++)
        for (int b = r < tiles.rows[t] ? tiles.row_bytes[t] : 0; b < MODEL_ROW_BYTES; b++)
            tiles.data[t][r][b] = 0;
    tiles.products++;
}

/* Sums of int32 go round at 2^32. */
static inline void model_dot_int8(int sums, int left, int right) {
    if (model_bad_product(sums, left, right))
        return;
    for (int m = 0; m < tiles.rows[sums]; m++)
        for (int n = 0; n < tiles.row_bytes[sums] / 4; n++) {
            uint32_t sum;
            memcpy(&sum, tiles.data[sums][m] + 4 * n, sizeof sum);
            for (int k = 0; k < tiles.rows[right]; k++)
                for (int i = 0; i < 4; i++)
                    sum += (uint32_t)((int8_t)tiles.data[left][m][4 * k + i] *
                                      (int8_t)tiles.data[right][k][4 * n + i]);
            memcpy(tiles.data[sums][m] + 4 * n, &sum, sizeof sum);
        }
    model_clear_rest(sums);
}

/* Denormals are 0, whatever the thread's floating-point modes. */
static inline float model_flushed(float x) {
    return fabsf(x) < FLT_MIN ? copysignf(0, x) : x;
}

/* The upper half of a float32. */
static inline float model_bf16(const unsigned char *at) {
    const unsigned char bytes[4] = {0, 0, at[0], at[1]};
    float value;
    memcpy(&value, bytes, sizeof value);
    return model_flushed(value);
}

/* The even and the odd elements of a tile's depth are summed apart, with multiply-adds; then the
 * two are added, and that to what was there. */
static inline void model_dot_bf16(int sums, int left, int right) {
    if (model_bad_product(sums, left, right))
        return;
    for (int m = 0; m < tiles.rows[sums]; m++)
        for (int n = 0; n < tiles.row_bytes[sums] / 4; n++) {
            float part[2] = {0, 0}, sum;
            for (int k = 0; k < tiles.rows[right]; k++)
                for (int i = 0; i < 2; i++)
                    part[i] = model_flushed(fmaf(model_bf16(tiles.data[left][m] + 4 * k + 2 * i),
                                                 model_bf16(tiles.data[right][k] + 4 * n + 2 * i),
                                                 part[i]));
            memcpy(&sum, tiles.data[sums][m] + 4 * n, sizeof sum);
            sum = model_flushed(model_flushed(sum) + model_flushed(part[0] + part[1]));
            memcpy(tiles.data[sums][m] + 4 * n, &sum, sizeof sum);
        }
    model_clear_rest(sums);
}

#undef _tile_zero
#undef _tile_loadd
#undef _tile_stored
#undef _tile_dpbssd
#undef _tile_dpbf16ps
#define _tile_loadconfig model_configure
#define _tile_release model_release
#define _tile_zero model_zero
#define _tile_loadd model_load
#define _tile_stored model_store
#define _tile_dpbssd model_dot_int8
#define _tile_dpbf16ps model_dot_bf16

#endif
