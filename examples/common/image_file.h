/* Square grey images from an array file, as pixels in float64. */
#ifndef EXAMPLES_IMAGE_FILE_H
#define EXAMPLES_IMAGE_FILE_H

#include "common/array_file.h"

struct image_file {
    struct array_file array;
    int64_t count;
    int64_t pixels; /* of one image */
};

/* Opens an .npy or IDX file of shape [count, side, side] or [count, side²]. `path` must outlive the
 * file. Every error names it. */
bool image_file_open(struct image_file *file, const char *path, int64_t side,
                     struct io_error *error);

/* Releases the file; a struct of zeros is fine. */
void image_file_close(struct image_file *file);

/* Writes the pixels [count × pixels] of the images from `first` on: bytes divided by 255, and
 * floating-point numbers as they are, which must be finite. */
bool image_file_read(const struct image_file *file, int64_t first, int64_t count, double *pixels,
                     struct io_error *error);

#endif
