/* Products of matrices of doubles that lie in memory row by row. */
#ifndef EXAMPLES_DENSE_PRODUCT_H
#define EXAMPLES_DENSE_PRODUCT_H

#include <stdint.h>

/* Part of a matrix: its first element, and how many elements its rows lie apart. */
struct dense_part {
    const double *at;
    int64_t stride;
};

/* c[i][j] += Σ_k a[i][k] b[k][j], for i < rows, k < inner, j < columns. Every sum is taken in the
 * order of k, one rounded product after the other, so that its bits do not depend on the blocks. */
void dense_product_add(int64_t rows, int64_t inner, int64_t columns, struct dense_part a,
                       struct dense_part b, double *c, int64_t c_stride);

#endif
