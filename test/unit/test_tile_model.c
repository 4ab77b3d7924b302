/* The model of AMX's instructions does what the manual says, faults included. */
#include "harness/narrow.h"
#include "harness/testing.h"

#if defined(__x86_64__)
#include "harness/tile_model.h"

/* Byte 0 is the palette, the tiles' bytes a row begin at 16 and their rows at 48. */
static void configure(int tile, int rows, int row_bytes, int place, int value) {
    unsigned char config[64] = {1};
    config[16 + 2 * tile] = (unsigned char)row_bytes;
    config[48 + tile] = (unsigned char)rows;
    config[place] = (unsigned char)value;
    _tile_loadconfig(config);
}

static void expect_fault(const char *why) {
    assert_non_null(tiles.fault);
    assert_string_equal(tiles.fault, why);
    memset(&tiles, 0, sizeof tiles);
}

static void test_configurations(void **state) {
    (void)state;
    memset(&tiles, 0, sizeof tiles);
    configure(0, 16, 64, 0, 2);
    expect_fault("palette");
    static const int reserved[] = {1, 2, 15, 32, 47, 56, 63};
    for (int i = 0; i < 7; i++) {
        configure(0, 16, 64, reserved[i], 1);
        expect_fault("reserved bytes");
    }
    configure(7, 17, 64, 0, 1);
    expect_fault("too large a tile");
    configure(7, 16, 65, 0, 1);
    expect_fault("too large a tile");
    configure(3, 0, 64, 0, 1);
    expect_fault("half a tile");
    configure(3, 16, 0, 0, 1);
    expect_fault("half a tile");
    configure(3, 16, 64, 0, 0);
    assert_null(tiles.fault);
    assert_false(tiles.configured);
}

static void test_tiles(void **state) {
    (void)state;
    char memory[1024];
    memset(&tiles, 0, sizeof tiles);
    _tile_loadd(0, memory, 64);
    expect_fault("no configuration");
    configure(0, 16, 64, 0, 1);
    _tile_release();
    _tile_dpbssd(0, 1, 2);
    expect_fault("no configuration");
    configure(0, 16, 64, 0, 1);
    _tile_stored(1, memory, 64);
    expect_fault("no such tile");
    configure(2, 16, 62, 0, 1);
    _tile_zero(2);
    expect_fault("a part of a cell");
}

/* Three tiles: sums m × n, left m × k, right k × n. */
static void configure_three(const int rows[3], const int row_bytes[3]) {
    unsigned char config[64] = {1};
    for (int t = 0; t < 3; t++) {
        config[48 + t] = (unsigned char)rows[t];
        config[16 + 2 * t] = (unsigned char)row_bytes[t];
    }
    memset(&tiles, 0, sizeof tiles);
    _tile_loadconfig(config);
}

static void test_operands(void **state) {
    (void)state;
    configure_three((const int[]){3, 3, 2}, (const int[]){12, 8, 12});
    _tile_dpbssd(0, 1, 2);
    assert_null(tiles.fault);
    _tile_dpbf16ps(0, 1, 1);
    expect_fault("twice the same tile");
    configure_three((const int[]){3, 4, 2}, (const int[]){12, 8, 12});
    _tile_dpbssd(0, 1, 2);
    expect_fault("another number of rows");
    configure_three((const int[]){3, 3, 2}, (const int[]){12, 8, 16});
    _tile_dpbssd(0, 1, 2);
    expect_fault("another number of columns");
    configure_three((const int[]){3, 3, 2}, (const int[]){12, 12, 12});
    _tile_dpbf16ps(0, 1, 2);
    expect_fault("another depth");
}

/* 2 × 2 sums of 2 × 1 and 1 × 2 cells: (1 2 3 4; -1 …) and (5 6 7 8; 1 …), beside INT32_MAX. */
static void test_int8(void **state) {
    (void)state;
    const int8_t left[8] = {1, 2, 3, 4, -1, -1, -1, -1}, right[8] = {5, 6, 7, 8, 1, 1, 1, 1};
    int32_t sums[6] = {100, INT32_MAX, 7, 0, INT32_MIN, 7};
    configure_three((const int[]){2, 2, 1}, (const int[]){8, 4, 8});
    _tile_loadd(0, sums, 12);
    _tile_loadd(1, left, 4);
    _tile_loadd(2, right, 8);
    memset(tiles.data[0][1] + 8, 99, 56);
    memset(tiles.data[0][2], 99, 64);
    _tile_dpbssd(0, 1, 2);
    _tile_stored(0, sums, 12);
    const int32_t expected[6] = {170, INT32_MIN + 9, 7, -26, INT32_MAX - 3, 7};
    assert_memory_equal(sums, expected, sizeof sums);
    static const unsigned char zeros[64];
    assert_memory_equal(tiles.data[0][1] + 8, zeros, 56);
    assert_memory_equal(tiles.data[0][2], zeros, 64);
}

typedef struct four {
    double x[4];
} four;

/* 1 × 1 sum of 1 × 2 and 2 × 1 cells. */
static float dot(float sum, four a, four b) {
    uint16_t left[4], right[4];
    for (int k = 0; k < 4; k++) {
        narrow_store(LATENT_BF16, left, k, a.x[k]);
        narrow_store(LATENT_BF16, right, k, b.x[k]);
    }
    configure_three((const int[]){1, 1, 2}, (const int[]){4, 8, 4});
    _tile_loadd(0, &sum, 4);
    _tile_loadd(1, left, 8);
    _tile_loadd(2, right, 4);
    _tile_dpbf16ps(0, 1, 2);
    _tile_stored(0, &sum, 4);
    assert_null(tiles.fault);
    return sum;
}

static void test_bf16(void **state) {
    (void)state;
    const four ones = {{1, 1, 1, 1}};
    /* 2^24 + 1 rounds to 2^24: the even and the odd elements' sums meet before they are added. */
    assert_true(dot(0x1p24f, (four){{1, 1}}, ones) == 0x1p24f + 2);
    /* In another order the first 1 would be lost. */
    assert_true(dot(0, (four){{0x1p24, 1, -0x1p24, 1}}, ones) == 2);
    /* Denormals that come in, or go out, are 0; not so products before they are added. */
    assert_true(dot(0, (four){{0x1p-127}}, (four){{0x1p100}}) == 0);
    assert_true(dot(0, (four){{0x1p-64}}, (four){{0x1p-63}}) == 0);
    assert_true(dot(0x1p-127f, (four){{0}}, ones) == 0);
    assert_true(dot(0, (four){{0x1p-63, 0, 0x1p-64}}, (four){{0x1p-63, 0, 0x1p-63}}) ==
                0x1.8p-126f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_configurations), cmocka_unit_test(test_tiles),
        cmocka_unit_test(test_operands), cmocka_unit_test(test_int8), cmocka_unit_test(test_bf16)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
static void test_nothing(void **state) {
    (void)state;
    skip(); /* another processor's instructions */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
