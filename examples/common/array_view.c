#include "common/array_view.h"

#include <inttypes.h>

bool array_view_settle(struct array_view *view, size_t size, struct io_error *error) {
    int64_t bytes = view->item_size;
    view->count = 1;
    for (int i = 0; i < view->dimensions; i++) {
        if (view->shape[i] > 0 && bytes > INT64_MAX / view->shape[i])
            return io_fail(error, "its header lies: the product of its shape is over 2^63 bytes");
        bytes *= view->shape[i];
        view->count *= view->shape[i];
    }
    const uint64_t have = size - view->offset;
    if ((uint64_t)bytes > have)
        return io_fail(error,
                       "is truncated: its header promises %" PRId64 " bytes of data, "
                       "%" PRIu64 " are there",
                       bytes, have);
    if ((uint64_t)bytes < have)
        return io_fail(error,
                       "its header lies: it promises %" PRId64 " bytes of data, "
                       "%" PRIu64 " are there",
                       bytes, have);
    return true;
}

const char *array_type_name(const struct array_view *view) {
    static const char *const names[3][4] = {{"float8", "float16", "float32", "float64"},
                                            {"int8", "int16", "int32", "int64"},
                                            {"uint8", "uint16", "uint32", "uint64"}};
    const int power =
        view->item_size == 8 ? 3 : (view->item_size == 4 ? 2 : (view->item_size == 2 ? 1 : 0));
    return names[view->kind][power];
}
