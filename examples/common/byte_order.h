/* Numbers out of bytes of either order, at any address. */
#ifndef EXAMPLES_BYTE_ORDER_H
#define EXAMPLES_BYTE_ORDER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool host_is_big_endian(void) {
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* The unsigned number in `count` bytes, 1 to 8. */
static inline uint64_t bytes_to_uint(const unsigned char *bytes, int count, bool big_endian) {
    uint64_t value = 0;
    for (int i = 0; i < count; i++)
        value = value << 8 | bytes[big_endian ? i : count - 1 - i];
    return value;
}

#endif
