/* An array file, opened: .npy or IDX, plain or compressed by gzip, told apart by their contents. */
#ifndef EXAMPLES_ARRAY_FILE_H
#define EXAMPLES_ARRAY_FILE_H

#include "common/array_view.h"
#include "common/file_bytes.h"

struct array_file {
    const char *path; /* the caller's */
    struct file_bytes bytes;
    struct array_view view;
    bool idx; /* else .npy */
};

/* `path` must outlive the file. Every error names it. */
bool array_file_open(struct array_file *file, const char *path, struct io_error *error);

void array_file_close(struct array_file *file);

/* First element; it may be unaligned. */
static inline const unsigned char *array_file_data(const struct array_file *file) {
    return file->bytes.data + file->view.offset;
}

#endif
