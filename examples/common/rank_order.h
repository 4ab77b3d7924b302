/* The order of numbers. */
#ifndef EXAMPLES_RANK_ORDER_H
#define EXAMPLES_RANK_ORDER_H

#include <stdbool.h>
#include <stdint.h>

/* Fills `order` with 0 … count - 1 in the order of their values, ascending or descending; NaN
 * comes last and equal values go by index. False if memory fails. */
bool rank_order(const double *values, int64_t count, bool descending, int64_t *order);

#endif
