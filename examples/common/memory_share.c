#include "common/memory_share.h"

#include <unistd.h>

int64_t memory_share(const latent_matrix *points, int64_t physical) {
    const double input = (double)points->rows * (double)points->columns *
                         (double)latent_type_size((latent_type)points->type);
    const int64_t half = physical / 2;
    return 1.2 * input > (double)half ? half : 0;
}

int64_t memory_physical(void) {
    const long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (int64_t)pages * bytes : INT64_MAX;
}
