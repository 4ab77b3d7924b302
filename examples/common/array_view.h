/* What the header of an array file says, whatever the format. */
#ifndef EXAMPLES_ARRAY_VIEW_H
#define EXAMPLES_ARRAY_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/io_error.h"

#define ARRAY_MAX_DIMENSIONS 8

enum array_kind { ARRAY_FLOAT, ARRAY_SIGNED, ARRAY_UNSIGNED };

/* Elements in C order (the last index runs fastest), `item_size` bytes each, from `offset` on. The
 * offset need not be a multiple of the item's size. */
struct array_view {
    enum array_kind kind;
    int item_size; /* 1, 2, 4 or 8; 2, 4 or 8 for floats */
    bool big_endian;
    int dimensions; /* 0 … ARRAY_MAX_DIMENSIONS */
    int64_t shape[ARRAY_MAX_DIMENSIONS];
    int64_t count; /* product of the shape */
    size_t offset; /* of the first element in the file's bytes */
};

/* Sets `count` and checks that the elements are exactly the bytes from `offset` to `size`: neither
 * truncated nor followed by anything. */
bool array_view_settle(struct array_view *view, size_t size, struct io_error *error);

/* "float32", "int64", "uint8" and so on. */
const char *array_type_name(const struct array_view *view);

#endif
