/* The IDX format of MNIST and its successors, parsed from memory. */
#ifndef EXAMPLES_IDX_FORMAT_H
#define EXAMPLES_IDX_FORMAT_H

#include "common/array_view.h"

/* True if the bytes begin as an IDX file does: two zero bytes and a known type. */
bool idx_is(const unsigned char *bytes, size_t size);

/* Reads the header of a whole IDX file that lies in memory: two zero bytes, a type byte (0x08 uint8,
 * 0x09 int8, 0x0B int16, 0x0C int32, 0x0D float32, 0x0E float64), the number of dimensions, each
 * dimension as a big-endian uint32, then big-endian elements. Any bytes are safe. */
bool idx_parse(const unsigned char *bytes, size_t size, struct array_view *view,
               struct io_error *error);

#endif
