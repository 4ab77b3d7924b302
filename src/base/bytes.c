#include "bytes.h"

#include <string.h>

static void put(unsigned char **at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        *(*at)++ = (unsigned char)(value >> (8 * i));
}

static uint64_t get(const unsigned char **at, int bytes) {
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t) * (*at)++ << (8 * i);
    return value;
}

void latent__put_u32(unsigned char **at, uint32_t value) {
    put(at, value, 4);
}

void latent__put_i64(unsigned char **at, int64_t value) {
    put(at, (uint64_t)value, 8);
}

void latent__put_f64(unsigned char **at, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(at, bits, 8);
}

uint32_t latent__get_u32(const unsigned char **at) {
    return (uint32_t)get(at, 4);
}

int64_t latent__get_i64(const unsigned char **at) {
    const uint64_t bits = get(at, 8);
    int64_t value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double latent__get_f64(const unsigned char **at) {
    const uint64_t bits = get(at, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Half a byte at a time: entry i is i divided by the reflected polynomial 0xedb88320. */
uint32_t latent__crc32(const unsigned char *bytes, int64_t count) {
    uint32_t table[16];
    for (uint32_t i = 0; i < 16; i++) {
        table[i] = i;
        for (int bit = 0; bit < 4; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320u : 0);
    }
    uint32_t rest = ~0u;
    for (int64_t i = 0; i < count; i++) {
        rest ^= bytes[i];
        rest = rest >> 4 ^ table[rest & 15];
        rest = rest >> 4 ^ table[rest & 15];
    }
    return ~rest;
}
