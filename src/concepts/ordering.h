/* Samples in the order of a direction's scores. */
#ifndef LATENT__ORDERING_H
#define LATENT__ORDERING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sort.h"

/* An entry of an order: the number of a sample, below 2^31, and whether the next one's score is lower,
 * so that a group of ties ends here. */
enum { LATENT__MOST_SAMPLES = INT32_MAX };
#define LATENT__LAST_OF_TIES ((uint32_t)1 << 31)

/* Finite scores of all samples: float32, or float64 if `wide`. */
typedef struct latent__scores {
    const void *values;
    bool wide;
} latent__scores;

/* Memory for an order: two arrays of n. */
typedef struct latent__order_room {
    uint64_t *pairs, *spare;
} latent__order_room;

/* All samples by descending score, equal ones (-0 equals 0) by number. The order is in the room; NULL
 * if it was stopped. */
uint32_t *latent__order(const latent__scores *scores, int64_t n, const latent__order_room *room,
                        latent__stop stop, void *argument);

/* The order by ascending score, in place of one by descending score. */
void latent__order_reverse(uint32_t *order, int64_t n);

#endif
