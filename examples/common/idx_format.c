#include "common/idx_format.h"

#include <string.h>

#include "common/byte_order.h"

static bool read_type(unsigned char code, struct array_view *view) {
    static const struct {
        unsigned char code;
        enum array_kind kind;
        int item_size;
    } types[] = {
        {0x08, ARRAY_UNSIGNED, 1}, {0x09, ARRAY_SIGNED, 1}, {0x0B, ARRAY_SIGNED, 2},
        {0x0C, ARRAY_SIGNED, 4},   {0x0D, ARRAY_FLOAT, 4},  {0x0E, ARRAY_FLOAT, 8},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (types[i].code == code) {
            view->kind = types[i].kind;
            view->item_size = types[i].item_size;
            return true;
        }
    }
    return false;
}

bool idx_is(const unsigned char *bytes, size_t size) {
    struct array_view view;
    return size >= 4 && bytes[0] == 0 && bytes[1] == 0 && read_type(bytes[2], &view);
}

bool idx_parse(const unsigned char *bytes, size_t size, struct array_view *view,
               struct io_error *error) {
    memset(view, 0, sizeof *view);
    if (size < 4 || bytes[0] != 0 || bytes[1] != 0)
        return io_fail(error, "is no IDX file");
    if (!read_type(bytes[2], view))
        return io_fail(error, "has the unknown IDX element type 0x%02x", bytes[2]);
    if (bytes[3] == 0 || bytes[3] > ARRAY_MAX_DIMENSIONS)
        return io_fail(error, "has %d dimensions; 1 to %d can be read", bytes[3],
                       ARRAY_MAX_DIMENSIONS);
    view->big_endian = true;
    view->dimensions = bytes[3];
    view->offset = 4 + 4 * (size_t)view->dimensions;
    if (size < view->offset)
        return io_fail(error, "is truncated inside its header");
    for (int i = 0; i < view->dimensions; i++)
        view->shape[i] = (int64_t)bytes_to_uint(bytes + 4 + 4 * i, 4, true);
    return array_view_settle(view, size, error);
}
