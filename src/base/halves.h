/* The 16-bit types as float32, exactly, in portable C. */
#ifndef LATENT__HALVES_H
#define LATENT__HALVES_H

#include <stdint.h>
#include <string.h>

static inline float latent__float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline float latent__from_bf16(uint16_t half) {
    return latent__float_of_bits((uint32_t)half << 16);
}

/* binary16 has 5 bits of exponent (bias 15) and 10 of fraction; binary32 has 8 (bias 127) and 23. A
 * subnormal is its fraction times 2^-24, which float32 holds exactly. */
static inline float latent__from_f16(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
    const uint32_t exponent = (half >> 10) & 0x1fu;
    const uint32_t fraction = half & 0x3ffu;
    if (exponent == 0) {
        const float magnitude = (float)fraction * 0x1p-24f;
        return sign ? -magnitude : magnitude;
    }
    if (exponent == 31)
        return latent__float_of_bits(sign | 0x7f800000u | (fraction << 13));
    return latent__float_of_bits(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

#endif
