/* Pieces of one block of numbers, handed out one after the other. */
#ifndef EXAMPLES_NUMBER_ARENA_H
#define EXAMPLES_NUMBER_ARENA_H

#include <stddef.h>
#include <stdint.h>

/* With no block the arena only counts how many numbers it needs. */
struct number_arena {
    double *numbers;
    size_t used;
};

static inline double *arena_take(struct number_arena *arena, int64_t count) {
    double *piece = arena->numbers ? arena->numbers + arena->used : NULL;
    arena->used += (size_t)count;
    return piece;
}

#endif
