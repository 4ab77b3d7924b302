/* Seeded random numbers, the same on every machine. */
#ifndef LATENT__RANDOM_H
#define LATENT__RANDOM_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea, Flood 2014): a counter and a mixing function. */
typedef struct latent__random {
    uint64_t state;
} latent__random;

/* An independent stream for each pair of numbers. */
latent__random latent__random_stream(uint64_t seed, uint64_t stream);

/* 64 random bits. */
uint64_t latent__random_bits(latent__random *random);

/* Uniform on 0 … bound - 1, without bias; bound >= 1. */
uint64_t latent__random_below(latent__random *random, uint64_t bound);

/* Fills in `count` independent standard normal numbers. */
void latent__random_normals(latent__random *random, double *numbers, int64_t count);

/* Fills in `count` signs, -1 or 1 with equal chance. */
void latent__random_signs(latent__random *random, double *numbers, int64_t count);

#endif
