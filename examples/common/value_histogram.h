/* How values are distributed, on a linear or logarithmic axis. */
#ifndef EXAMPLES_VALUE_HISTOGRAM_H
#define EXAMPLES_VALUE_HISTOGRAM_H

#include <stdbool.h>
#include <stdint.h>

#define HISTOGRAM_MOST_CELLS 100

/* Cell c holds the values from edge[c] to below edge[c + 1], the last one also those that equal its
 * upper edge. */
struct value_histogram {
    int cells; /* 0: no value; 1 of no width: all values are one */
    bool logarithmic;
    double edge[HISTOGRAM_MOST_CELLS + 1];
    int64_t count[HISTOGRAM_MOST_CELLS];
    int64_t most; /* in one cell */
};

/* Counts the finite ones among n values in cells that lie evenly between the least and the
 * greatest: of v, or of log(v - base) if all values are above `base` and the greatest is more
 * than 20 times as far from it as the least. */
void value_histogram_fill(struct value_histogram *histogram, const double *values, int64_t n,
                          int cells, double base);

#endif
