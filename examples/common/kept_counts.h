/* Numbers of directions of a head to keep: which ones to show, and how few suffice. */
#ifndef EXAMPLES_KEPT_COUNTS_H
#define EXAMPLES_KEPT_COUNTS_H

#include <stdint.h>

/* A part of the rank in percent, rounded up. */
int64_t kept_of_percent(double percent, int64_t rank);

/* Fills `counts`, ascending, each once: 0, some small numbers, round percentages of the rank, all
 * of it, and `extra` where it is 0 … rank. Returns how many there are. */
enum { KEPT_COUNTS = 16 };
int kept_counts(int64_t rank, const int64_t extra[2], int64_t counts[KEPT_COUNTS]);

/* The smallest count K from which on 100 · lost[k] <= samples, k = K … rank; `lost` has rank + 1
 * entries, of which the last one suffices. */
int64_t kept_sufficient(const int64_t *lost, int64_t rank, int64_t samples);

#endif
