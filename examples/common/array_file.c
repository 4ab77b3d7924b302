#include "common/array_file.h"

#include "common/idx_format.h"
#include "common/npy_format.h"

static bool parse(struct array_file *file, struct io_error *error) {
    const struct file_bytes *bytes = &file->bytes;
    if (npy_is(bytes->data, bytes->size))
        return npy_parse(bytes->data, bytes->size, &file->view, error);
    if (!idx_is(bytes->data, bytes->size))
        return io_fail(error, "is neither .npy nor IDX");
    file->idx = true;
    return idx_parse(bytes->data, bytes->size, &file->view, error);
}

bool array_file_open(struct array_file *file, const char *path, struct io_error *error) {
    *file = (struct array_file){.path = path};
    if (!file_bytes_open(&file->bytes, path, error))
        return false;
    if (parse(file, error))
        return true;
    array_file_close(file);
    return io_fail_in(error, path);
}

void array_file_close(struct array_file *file) {
    file_bytes_close(&file->bytes);
}
