#include "random.h"

#include <math.h>

static uint64_t mixed(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

latent__random latent__random_stream(uint64_t seed, uint64_t stream) {
    return (latent__random){mixed(mixed(seed) + 0x9e3779b97f4a7c15u * (stream + 1))};
}

uint64_t latent__random_bits(latent__random *random) {
    random->state += 0x9e3779b97f4a7c15u;
    return mixed(random->state);
}

uint64_t latent__random_below(latent__random *random, uint64_t bound) {
    /* Values below 2^64 mod bound would make the small results more frequent: draw again. */
    const uint64_t skip = (0 - bound) % bound;
    uint64_t bits;
    do
        bits = latent__random_bits(random);
    while (bits < skip);
    return bits % bound;
}

/* ln x for 0 < x <= 1 in plain arithmetic, since the C library's own logarithms differ: with x = 2^e m and
 * s = (m - 1)/(m + 1), ln m = 2 (s + s³/3 + s⁵/5 + …), |s| <= 3 - 2√2; the first term left out is below
 * 2^-56 of the sum. */
static double natural_log(double x) {
    static const double inverse_odd[] = {1,        1.0 / 3,  1.0 / 5,  1.0 / 7,  1.0 / 9, 1.0 / 11,
                                         1.0 / 13, 1.0 / 15, 1.0 / 17, 1.0 / 19, 1.0 / 21};
    const double ln_2 = 0x1.62e42fefa39efp-1;
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0x1.6a09e667f3bcdp-1) { /* √½ */
        m *= 2;
        exponent--;
    }
    const double s = (m - 1) / (m + 1), square = s * s;
    double sum = 0;
    for (int k = sizeof inverse_odd / sizeof *inverse_odd - 1; k >= 0; k--)
        sum = sum * square + inverse_odd[k];
    return 2 * s * sum + exponent * ln_2;
}

/* Uniform on (-1, 1), never 0. */
static double uniform(latent__random *random) {
    const double ulp = 0x1p-53;
    return (double)(2 * (int64_t)(latent__random_bits(random) >> 11) + 1) * ulp - 1;
}

/* Marsaglia's polar method (Marsaglia and Bray 1964): two at a time. */
void latent__random_normals(latent__random *random, double *numbers, int64_t count) {
    for (int64_t i = 0; i < count; i += 2) {
        double a, b, square;
        do {
            a = uniform(random);
            b = uniform(random);
            square = a * a + b * b;
        } while (square >= 1);
        const double factor = sqrt(-2 * natural_log(square) / square);
        numbers[i] = a * factor;
        if (i + 1 < count)
            numbers[i + 1] = b * factor;
    }
}

void latent__random_signs(latent__random *random, double *numbers, int64_t count) {
    uint64_t bits = 0;
    for (int64_t i = 0; i < count; i++) {
        bits = i % 64 == 0 ? latent__random_bits(random) : bits >> 1;
        numbers[i] = bits & 1 ? 1 : -1;
    }
}
