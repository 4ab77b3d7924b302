/* NumPy's .npy format: parsing it from memory, and writing arrays. */
#ifndef EXAMPLES_NPY_FORMAT_H
#define EXAMPLES_NPY_FORMAT_H

#include <stdio.h>

#include "common/array_view.h"

/* True if the bytes begin as an .npy file does. */
bool npy_is(const unsigned char *bytes, size_t size);

/* Reads the header of a whole .npy file that lies in memory. Accepted are versions 1 to 3, C order,
 * little-endian f2, f4, f8, i1 … i8, u1 … u8 and b1, which is read as u1. A pure function: any bytes
 * are safe, and an accepted view lies inside the bytes. */
bool npy_parse(const unsigned char *bytes, size_t size, struct array_view *view,
               struct io_error *error);

/* Writes a one-dimensional int64 array; false if the stream failed (errno says how). */
bool npy_write_int64(FILE *stream, const int64_t *values, int64_t count);

/* Writes a two-dimensional array in C order as float64 or, rounded, as float32; likewise. */
bool npy_write_floats(FILE *stream, const double *values, int64_t rows, int64_t columns,
                      bool single);

/* Writes a two-dimensional int8 array; likewise. */
bool npy_write_int8(FILE *stream, const int8_t *values, int64_t rows, int64_t columns);

#endif
