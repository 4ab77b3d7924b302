/* All bytes of a file: mapped into memory, or inflated if the file is compressed by gzip. */
#ifndef EXAMPLES_FILE_BYTES_H
#define EXAMPLES_FILE_BYTES_H

#include <stdbool.h>
#include <stddef.h>

#include "common/io_error.h"

/* A mapping costs no memory of its own: pages come from the file when they are read and may be
 * dropped again, so a file may be larger than the machine's memory. An inflated one cannot be. */
struct file_bytes {
    unsigned char *data;
    size_t size;
    bool mapped;
};

/* Whether it is compressed is told by its first two bytes, not by its name. */
bool file_bytes_open(struct file_bytes *bytes, const char *path, struct io_error *error);

/* Releases the bytes; a struct of zeros is fine. */
void file_bytes_close(struct file_bytes *bytes);

#endif
