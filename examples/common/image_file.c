#include "common/image_file.h"

#include <inttypes.h>
#include <math.h>

#include "common/array_convert.h"

static bool is_bytes(const struct array_view *view) {
    return view->kind == ARRAY_UNSIGNED && view->item_size == 1;
}

static bool check_view(const struct array_view *view, int64_t side, struct io_error *error) {
    const int64_t *shape = view->shape;
    const bool square = view->dimensions == 3 && shape[1] == side && shape[2] == side;
    const bool flat = view->dimensions == 2 && shape[1] == side * side;
    if (!square && !flat)
        return io_fail(error,
                       "does not have the shape [count, %" PRId64 ", %" PRId64
                       "] or [count, %" PRId64 "]",
                       side, side, side * side);
    if (shape[0] == 0)
        return io_fail(error, "has no images");
    return view->kind == ARRAY_FLOAT || is_bytes(view) ||
           io_fail(error, "holds %s; pixels must be uint8 or floating-point numbers",
                   array_type_name(view));
}

bool image_file_open(struct image_file *file, const char *path, int64_t side,
                     struct io_error *error) {
    *file = (struct image_file){.pixels = side * side};
    if (!array_file_open(&file->array, path, error))
        return false;
    file->count = file->array.view.shape[0];
    if (check_view(&file->array.view, side, error))
        return true;
    array_file_close(&file->array);
    return io_fail_in(error, path);
}

void image_file_close(struct image_file *file) {
    array_file_close(&file->array);
}

bool image_file_read(const struct image_file *file, int64_t first, int64_t count, double *pixels,
                     struct io_error *error) {
    struct array_file rows = file->array;
    rows.view.offset += (size_t)(first * file->pixels * rows.view.item_size);
    rows.view.count = count * file->pixels;
    array_convert(&rows, LATENT_F64, pixels);
    for (int64_t i = 0; i < rows.view.count; i++) {
        if (!isfinite(pixels[i])) {
            io_fail(error, "pixel %" PRId64 " of image %" PRId64 " is %s", i % file->pixels,
                    first + i / file->pixels, isnan(pixels[i]) ? "NaN" : "infinite");
            return io_fail_in(error, rows.path);
        }
        if (is_bytes(&rows.view))
            pixels[i] /= 255;
    }
    return true;
}
