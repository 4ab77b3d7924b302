#include "random.h"

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
