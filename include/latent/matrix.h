/** @file
 * Views of the caller's data.
 *
 * A view never owns and is never written through. Rows are samples, columns are features, and the
 * elements of one row are contiguous. The distance from a row to the next is the stride, so a
 * view can be a block of columns, every second row, or a part of a memory-mapped file.
 */
#ifndef LATENT_MATRIX_H
#define LATENT_MATRIX_H

#include <stdint.h>

#include "status.h"

LATENT_BEGIN

/** Element types. Zero is none of them, so that a view that was never filled in is an error. */
typedef enum latent_type {
    LATENT_F16 = 1,  /**< IEEE binary16. */
    LATENT_BF16 = 2, /**< bfloat16: the upper half of a binary32. */
    LATENT_F32 = 3,  /**< IEEE binary32, C's float. */
    LATENT_F64 = 4   /**< IEEE binary64, C's double. */
} latent_type;

/**
 * A read-only view of a matrix in native byte order, row after row.
 *
 * Element (n, i) is at `data + (n * stride + i) * size of the type`. The data must stay unchanged
 * and alive during the call and must be aligned for the element type. This struct never changes.
 * @since 0.1.0
 */
typedef struct latent_matrix {
    const void *data; /**< First element of row 0. */
    int64_t rows;     /**< Samples, at least 1. */
    int64_t columns;  /**< Features, at least 1. */
    int64_t stride;   /**< Elements from one row to the next, at least `columns`. */
    int32_t type;     /**< Type of the elements, a ::latent_type. */
} latent_matrix;

/**
 * A view of contiguous rows: the struct filled in with `stride = columns`. Nothing is checked
 * here; every call checks the views it is given.
 *
 * @param data    First element, owned by the caller.
 * @param rows    Number of samples.
 * @param columns Number of features.
 * @param type    Type of the elements.
 * @return The view.
 * @since 0.1.0
 */
LATENT_API latent_matrix latent_matrix_view(const void *data, int64_t rows, int64_t columns,
                                            latent_type type);

/**
 * Bytes of one element.
 *
 * @param type An element type.
 * @return 2, 4 or 8; 0 for a value that is no element type.
 * @since 0.1.0
 */
LATENT_API int64_t latent_type_size(latent_type type);

LATENT_END

#endif
