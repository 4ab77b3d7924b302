/* A small seeded generator for test data (splitmix64), independent of the library's own. */
#ifndef HARNESS_PRNG_H
#define HARNESS_PRNG_H

#include <stdint.h>

typedef struct prng {
    uint64_t state;
} prng;

uint64_t prng_next(prng *generator);
/* Uniform on [0, 1). */
double prng_uniform(prng *generator);
/* Uniform on 0 ... bound - 1. */
int64_t prng_below(prng *generator, int64_t bound);
/* Standard normal, by the polar form of Box and Muller. */
double prng_normal(prng *generator);
/* A random order of 0 ... count - 1. */
void prng_permutation(prng *generator, int64_t *order, int64_t count);

#endif
