/* AMX: products of tiles of 16 rows of 64 bytes. Two tiles of left rows and two of right ones give
 * four products, so that four sums are in the eight registers and each tile is used twice; the left
 * ones come from the first-level cache. */
#include <immintrin.h>
#include <sys/syscall.h>

enum { TILE_BYTES = 1024, TILE_LOADS = 2, TILE_USES = 2, LEFT_BYTES = 8 * TILE_BYTES };

typedef struct tile_shapes {
    uint8_t palette, start, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

/* Linux lends the tiles' registers to a process that asks. */
static int may_use_tiles(void) {
    enum { ARCH_REQ_XCOMP_PERM = 0x1023, XFEATURE_XTILEDATA = 18 };
    return syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA) == 0;
}

static void set_shapes(void) {
    tile_shapes shapes = {.palette = 1};
    for (int t = 0; t < 8; t++) {
        shapes.row_bytes[t] = 64;
        shapes.rows[t] = 16;
    }
    _tile_loadconfig(&shapes);
}

#define TILES(NAME, PRODUCT)                                                                       \
    static void NAME(const char *block, int64_t bytes, int rounds, int streaming) {                \
        set_shapes();                                                                              \
        _tile_zero(0);                                                                             \
        _tile_zero(1);                                                                             \
        _tile_zero(2);                                                                             \
        _tile_zero(3);                                                                             \
        _tile_loadd(4, block, 64);                                                                 \
        _tile_loadd(5, block, 64);                                                                 \
        _tile_loadd(6, block, 64);                                                                 \
        _tile_loadd(7, block, 64);                                                                 \
        for (int round = 0; round < rounds; round++)                                               \
            for (int64_t at = 0; at + 2 * TILE_BYTES <= bytes; at += 2 * TILE_BYTES) {             \
                if (streaming) {                                                                   \
                    _tile_loadd(4, block + at % LEFT_BYTES, 64);                                   \
                    _tile_loadd(5, block + at % LEFT_BYTES + TILE_BYTES, 64);                      \
                    _tile_loadd(6, block + at, 64);                                                \
                    _tile_loadd(7, block + at + TILE_BYTES, 64);                                   \
                }                                                                                  \
                PRODUCT(0, 4, 6);                                                                  \
                PRODUCT(1, 4, 7);                                                                  \
                PRODUCT(2, 5, 6);                                                                  \
                PRODUCT(3, 5, 7);                                                                  \
            }                                                                                      \
        _tile_release();                                                                           \
    }

TILES(amx_int8, _tile_dpbssd)
TILES(amx_bfloat16, _tile_dpbf16ps)
#undef TILES
