#include "narrow.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A binary format of 16 bits: one sign, `exponent` bits and `fraction` bits. */
typedef struct format {
    int exponent, fraction;
} format;

static const format binary16 = {5, 10}, bfloat16 = {8, 7};

/* Exponent of the smallest normal number. */
static int lowest(format f) {
    return 2 - (1 << (f.exponent - 1));
}

static uint16_t encode(format f, double value) {
    const uint32_t sign = signbit(value) ? 0x8000u : 0u;
    const uint32_t infinity = ((1u << f.exponent) - 1u) << f.fraction;
    if (isnan(value))
        return (uint16_t)(sign | infinity | 1u);
    if (isinf(value))
        return (uint16_t)(sign | infinity);
    const double magnitude = fabs(value);
    int e = magnitude == 0.0 ? lowest(f) : ilogb(magnitude);
    if (e < lowest(f))
        e = lowest(f);
    /* In units of the last place; a carry into the next binade carries into the exponent field. */
    const double units = nearbyint(ldexp(magnitude, f.fraction - e));
    const uint64_t bits = ((uint64_t)(e - lowest(f)) << f.fraction) + (uint64_t)units;
    return (uint16_t)(sign | (bits > infinity ? infinity : (uint32_t)bits));
}

static double decode(format f, uint16_t bits) {
    const int field = (bits >> f.fraction) & ((1 << f.exponent) - 1);
    const int fraction = bits & ((1 << f.fraction) - 1);
    const double sign = (bits & 0x8000) ? -1.0 : 1.0;
    if (field == (1 << f.exponent) - 1)
        return fraction ? (double)NAN : sign * (double)INFINITY;
    if (field == 0)
        return sign * ldexp(fraction, lowest(f) - f.fraction);
    return sign * ldexp(fraction + (1 << f.fraction), field - 1 + lowest(f) - f.fraction);
}

int64_t narrow_size(latent_type type) {
    return type == LATENT_F64 ? 8 : type == LATENT_F32 ? 4 : 2;
}

void narrow_store(latent_type type, void *buffer, int64_t index, double value) {
    if (type == LATENT_F64)
        ((double *)buffer)[index] = value;
    else if (type == LATENT_F32)
        ((float *)buffer)[index] = (float)value;
    else
        ((uint16_t *)buffer)[index] = encode(type == LATENT_F16 ? binary16 : bfloat16, value);
}

double narrow_load(latent_type type, const void *buffer, int64_t index) {
    if (type == LATENT_F64)
        return ((const double *)buffer)[index];
    if (type == LATENT_F32)
        return ((const float *)buffer)[index];
    return decode(type == LATENT_F16 ? binary16 : bfloat16, ((const uint16_t *)buffer)[index]);
}

double narrow_round(latent_type type, double value) {
    double cell = 0.0;
    narrow_store(type, &cell, 0, value);
    return narrow_load(type, &cell, 0);
}

double narrow_max(latent_type type) {
    if (type == LATENT_F64)
        return DBL_MAX;
    if (type == LATENT_F32)
        return (double)FLT_MAX;
    return type == LATENT_F16 ? 65504.0 : ldexp(255.0, 120);
}

double narrow_min(latent_type type) {
    if (type == LATENT_F64)
        return ldexp(1.0, -1074);
    if (type == LATENT_F32)
        return ldexp(1.0, -149);
    return ldexp(1.0, type == LATENT_F16 ? -24 : -133);
}
