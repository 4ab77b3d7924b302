#include "common/rank_order.h"

#include <math.h>
#include <stdlib.h>

struct ranked {
    double value;
    int64_t index;
};

static int compare_ranked(const void *a, const void *b) {
    const struct ranked *x = a, *y = b;
    if (isnan(x->value) != isnan(y->value))
        return isnan(x->value) ? 1 : -1;
    if (x->value < y->value || x->value > y->value)
        return x->value < y->value ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

bool rank_order(const double *values, int64_t count, bool descending, int64_t *order) {
    struct ranked *ranked =
        (uint64_t)count > SIZE_MAX / sizeof *ranked ? NULL : malloc((size_t)count * sizeof *ranked);
    if (!ranked)
        return count == 0;
    for (int64_t i = 0; i < count; i++)
        ranked[i] = (struct ranked){descending ? -values[i] : values[i], i};
    qsort(ranked, (size_t)count, sizeof *ranked, compare_ranked);
    for (int64_t i = 0; i < count; i++)
        order[i] = ranked[i].index;
    free(ranked);
    return true;
}
