/* Sorting of numbers, without the hidden memory of the C library's. */
#ifndef LATENT__SORT_H
#define LATENT__SORT_H

#include <stdint.h>

/* Sorts n numbers, none of them NaN, in ascending order, -0 before 0. `room` is for n more. O(n). */
void latent__sort(double *values, double *room, int64_t n);

#endif
