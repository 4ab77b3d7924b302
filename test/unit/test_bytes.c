/* base/bytes.c: the byte order is fixed, and the checksum is the one that everybody calls CRC-32. */
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "base/bytes.h"
#include "harness/prng.h"
#include "harness/testing.h"

static void test_layout(void **state) {
    (void)state;
    static const unsigned char expected[] = {
        0x04, 0x03, 0x02, 0x01,                         /* 0x01020304 */
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* -2 */
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xf8, 0xbf, /* -1.5 */
    };
    unsigned char bytes[sizeof expected], *to = bytes;
    latent__put_u32(&to, 0x01020304);
    latent__put_i64(&to, -2);
    latent__put_f64(&to, -1.5);
    assert_ptr_equal(to, bytes + sizeof bytes);
    assert_memory_equal(bytes, expected, sizeof bytes);
    const unsigned char *from = bytes;
    assert_true(latent__get_u32(&from) == 0x01020304);
    assert_true(latent__get_i64(&from) == -2);
    assert_true(latent__get_f64(&from) == -1.5);
    assert_ptr_equal(from, bytes + sizeof bytes);
}

static void test_extremes(void **state) {
    (void)state;
    static const int64_t numbers[] = {0, 1, -1, INT64_MAX, INT64_MIN};
    for (int i = 0; i < 5; i++) {
        unsigned char bytes[8], *to = bytes;
        const unsigned char *from = bytes;
        latent__put_i64(&to, numbers[i]);
        assert_true(latent__get_i64(&from) == numbers[i]);
    }
    static const double values[] = {-0.0, INFINITY, -INFINITY, 5e-324, 1.7976931348623157e308};
    for (int i = 0; i < 5; i++) {
        unsigned char bytes[8], *to = bytes;
        const unsigned char *from = bytes;
        latent__put_f64(&to, values[i]);
        const double back = latent__get_f64(&from);
        assert_memory_equal(&back, &values[i], sizeof back);
    }
}

static void test_checksum(void **state) {
    (void)state;
    assert_true(latent__crc32((const unsigned char *)"123456789", 9) == 0xcbf43926u);
    unsigned char bytes[300];
    prng g = {5};
    for (int n = 0; n < 300; n++) {
        for (int i = 0; i < n; i++)
            bytes[i] = (unsigned char)prng_below(&g, 256);
        assert_true(latent__crc32(bytes, n) == crc32(0, bytes, (uInt)n));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_checksum),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
