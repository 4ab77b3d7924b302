#include "prng.h"

#include <math.h>

uint64_t prng_next(prng *generator) {
    uint64_t z = generator->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

double prng_uniform(prng *generator) {
    return ldexp((double)(prng_next(generator) >> 11), -53);
}

int64_t prng_below(prng *generator, int64_t bound) {
    return (int64_t)(prng_uniform(generator) * (double)bound);
}

double prng_normal(prng *generator) {
    for (;;) {
        const double x = 2.0 * prng_uniform(generator) - 1.0;
        const double y = 2.0 * prng_uniform(generator) - 1.0;
        const double square = x * x + y * y;
        if (square > 0.0 && square < 1.0)
            return x * sqrt(-2.0 * log(square) / square);
    }
}

void prng_permutation(prng *generator, int64_t *order, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const int64_t j = prng_below(generator, i + 1);
        order[i] = order[j];
        order[j] = i;
    }
}
