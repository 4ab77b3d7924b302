#include "ordering.h"

#include <string.h>

/* Keys are whole numbers that ascend as scores descend. Pairs of a key's upper 32 bits (of a float32's
 * all) and a sample's number are sorted; where float64 scores agree in those bits, which is rare but for
 * ties, the run of them is sorted by the lower bits. */

static uint32_t key_of_float(float score) {
    uint32_t bits;
    score += 0.0f; /* -0 becomes 0 */
    memcpy(&bits, &score, sizeof bits);
    return bits >> 31 ? bits : ~bits & INT32_MAX;
}

static uint64_t key_of_double(double score) {
    uint64_t bits;
    score += 0.0;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 63 ? bits : ~bits & INT64_MAX;
}

static uint64_t pair_of(uint64_t key, int64_t sample) {
    return key << 32 | (uint64_t)sample;
}

static uint32_t sample_of(uint64_t pair) {
    return (uint32_t)pair;
}

static uint32_t key_of(uint64_t pair) {
    return (uint32_t)(pair >> 32);
}

static void fill_pairs(const latent__scores *scores, int64_t n, uint64_t *pairs) {
    if (scores->wide)
        for (int64_t i = 0; i < n; i++)
            pairs[i] = pair_of(key_of_double(((const double *)scores->values)[i]) >> 32, i);
    else
        for (int64_t i = 0; i < n; i++)
            pairs[i] = pair_of(key_of_float(((const float *)scores->values)[i]), i);
}

/* Runs up to this long are sorted by insertion. */
enum { SHORT_RUN = 16 };

static void insert_all(uint64_t *pairs, int64_t n) {
    for (int64_t i = 1; i < n; i++) {
        const uint64_t pair = pairs[i];
        int64_t j = i;
        for (; j > 0 && pairs[j - 1] > pair; j--)
            pairs[j] = pairs[j - 1];
        pairs[j] = pair;
    }
}

/* Sorts pairs whose scores agree in the upper bits by the lower ones, which become the pairs' keys. */
static bool sort_run(const double *scores, uint64_t *pairs, uint64_t *spare, int64_t n,
                     latent__stop stop, void *argument) {
    for (int64_t i = 0; i < n; i++) {
        const uint32_t sample = sample_of(pairs[i]);
        pairs[i] = pair_of((uint32_t)key_of_double(scores[sample]), sample);
    }
    if (n <= SHORT_RUN) {
        insert_all(pairs, n);
        return true;
    }
    const uint64_t *const sorted = latent__sort_bits(pairs, spare, n, 32, 64, stop, argument);
    if (sorted && sorted != pairs)
        memcpy(pairs, sorted, (size_t)n * sizeof *pairs);
    return sorted != NULL;
}

/* Entries between two questions whether to stop. */
enum { STRETCH = 1 << 16 };

uint32_t *latent__order(const latent__scores *scores, int64_t n, const latent__order_room *room,
                        latent__stop stop, void *argument) {
    fill_pairs(scores, n, room->pairs);
    uint64_t *const pairs = latent__sort_bits(room->pairs, room->spare, n, 32, 64, stop, argument);
    if (!pairs)
        return NULL;
    /* Entry i lies where spare pair i / 2 did: what a run needs of the spare ones comes later. */
    uint64_t *const spare = pairs == room->pairs ? room->spare : room->pairs;
    uint32_t *const order = (uint32_t *)spare;
    for (int64_t begin = 0, end, pause = 0; begin < n; begin = end) {
        if (begin >= pause && stop(argument))
            return NULL;
        if (begin >= pause)
            pause = begin + STRETCH;
        for (end = begin + 1; end < n && key_of(pairs[end]) == key_of(pairs[begin]);)
            end++;
        if (scores->wide && end - begin > 1 &&
            !sort_run(scores->values, pairs + begin, spare + begin, end - begin, stop, argument))
            return NULL;
        for (int64_t i = begin; i < end; i++) {
            const bool last = i + 1 == end || key_of(pairs[i]) != key_of(pairs[i + 1]);
            order[i] = sample_of(pairs[i]) | (last ? LATENT__LAST_OF_TIES : 0);
        }
    }
    return order;
}

void latent__order_reverse(uint32_t *order, int64_t n) {
    /* The first of a group is the one after the last of another. It becomes the last. */
    uint32_t first = LATENT__LAST_OF_TIES;
    for (int64_t i = 0; i < n; i++) {
        const uint32_t last = order[i] & LATENT__LAST_OF_TIES;
        order[i] = (order[i] & ~LATENT__LAST_OF_TIES) | first;
        first = last;
    }
    for (int64_t i = 0; i < n / 2; i++) {
        const uint32_t entry = order[i];
        order[i] = order[n - 1 - i];
        order[n - 1 - i] = entry;
    }
}
