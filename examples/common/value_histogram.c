#include "common/value_histogram.h"

#include <math.h>
#include <string.h>

static const double wide = 20;

static bool find_range(const double *values, int64_t n, double *least, double *greatest) {
    *least = (double)INFINITY;
    *greatest = -(double)INFINITY;
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        *least = values[i] < *least ? values[i] : *least;
        *greatest = values[i] > *greatest ? values[i] : *greatest;
    }
    return *least <= *greatest;
}

static void set_edges(struct value_histogram *histogram, double least, double greatest,
                      double base) {
    const int cells = histogram->cells;
    const double ratio = histogram->logarithmic ? (greatest - base) / (least - base) : 1;
    for (int c = 0; c < cells; c++) {
        const double part = (double)c / cells;
        histogram->edge[c] = histogram->logarithmic ? base + (least - base) * pow(ratio, part)
                                                    : least + (greatest - least) * part;
    }
    histogram->edge[0] = least;
    histogram->edge[cells] = greatest;
}

/* The last cell whose lower edge is not above the value. */
static int cell_of(const struct value_histogram *histogram, double value) {
    int low = 0, high = histogram->cells - 1;
    while (low < high) {
        const int middle = (low + high + 1) / 2;
        if (histogram->edge[middle] <= value)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

void value_histogram_fill(struct value_histogram *histogram, const double *values, int64_t n,
                          int cells, double base) {
    double least, greatest;
    memset(histogram, 0, sizeof *histogram);
    if (!find_range(values, n, &least, &greatest))
        return;
    histogram->cells = least < greatest ? cells : 1;
    histogram->logarithmic = least > base && greatest - base > wide * (least - base);
    set_edges(histogram, least, greatest, base);
    for (int64_t i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            continue;
        const int64_t count = ++histogram->count[cell_of(histogram, values[i])];
        histogram->most = count > histogram->most ? count : histogram->most;
    }
}
