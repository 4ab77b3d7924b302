/* Sorting of numbers, without the hidden memory of the C library's. */
#ifndef LATENT__SORT_H
#define LATENT__SORT_H

#include <stdbool.h>
#include <stdint.h>

/* Asked every few milliseconds whether to give up; NULL never does. */
typedef bool (*latent__stop)(void *argument);

/* Sorts n numbers, none of them NaN, in ascending order, -0 before 0. `room` is for n more. O(n).
 * False, with the numbers in some other order or lost, if it was stopped. */
bool latent__sort(double *values, double *room, int64_t n, latent__stop stop, void *argument);

/* The number at (n - 1) p of an ascending list of n, by linear interpolation from the nearer neighbour,
 * so that it is never beyond the other. Where no step leads from one to the other, since one is infinite
 * or both are too far apart, by their weighted mean. */
double latent__sorted_quantile(const double *sorted, int64_t n, double p);

/* Sorts n whole numbers of 64 bits by their bits low … high - 1 alone, ascending; those that agree in
 * them stay in their order. Returns where the sorted ones are, `numbers` or `room`, or NULL if it was
 * stopped. O(n). */
void *latent__sort_bits(void *numbers, void *room, int64_t n, int low, int high, latent__stop stop,
                        void *argument);

#endif
