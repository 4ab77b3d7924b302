/* The .safetensors format of named tensors, parsed from memory:
 * https://github.com/huggingface/safetensors describes it. */
#ifndef EXAMPLES_SAFETENSORS_FORMAT_H
#define EXAMPLES_SAFETENSORS_FORMAT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "common/io_error.h"

#define SAFETENSORS_MAX_DIMENSIONS 8

enum safetensors_dtype {
    SAFETENSORS_BOOL,
    SAFETENSORS_U8,
    SAFETENSORS_I8,
    SAFETENSORS_U16,
    SAFETENSORS_I16,
    SAFETENSORS_U32,
    SAFETENSORS_I32,
    SAFETENSORS_U64,
    SAFETENSORS_I64,
    SAFETENSORS_F16,
    SAFETENSORS_BF16,
    SAFETENSORS_F32,
    SAFETENSORS_F64,
    SAFETENSORS_DTYPES /* how many */
};

/* "F32" and so on, as files spell it, and the bytes of an element. */
const char *safetensors_dtype_name(enum safetensors_dtype dtype);
int safetensors_dtype_size(enum safetensors_dtype dtype);

struct safetensors_tensor {
    const char *name; /* UTF-8 without control characters */
    enum safetensors_dtype dtype;
    int dimensions; /* 0 … SAFETENSORS_MAX_DIMENSIONS */
    int64_t shape[SAFETENSORS_MAX_DIMENSIONS];
    int64_t count;             /* product of the shape */
    const unsigned char *data; /* in C order, little-endian, at any address */
};

struct safetensors_table {
    json_t *header;                    /* holds the names */
    struct safetensors_tensor *tensor; /* in the order of their data */
    int64_t count;
};

/* Reads the header of a whole .safetensors file that lies in memory, which must outlive the table.
 * Any bytes are safe. What is accepted is sound: every tensor has an own name and its own bytes, as
 * many as its shape says, and together they are all bytes after the header. */
bool safetensors_parse(const unsigned char *bytes, size_t size, struct safetensors_table *table,
                       struct io_error *error);

/* Releases the table; a struct of zeros is fine. */
void safetensors_table_free(struct safetensors_table *table);

#endif
