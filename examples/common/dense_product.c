#include "common/dense_product.h"

#include <string.h>

/* Two doubles side by side: what every processor with vectors has. */
typedef double pair __attribute__((vector_size(16)));
enum { TILE = 4 };

/* One row of a tile. */
struct tile_row {
    pair left, right;
};

static inline struct tile_row load_row(const double *at) {
    struct tile_row row;
    memcpy(&row.left, at, sizeof row.left);
    memcpy(&row.right, at + 2, sizeof row.right);
    return row;
}

static inline void store_row(double *at, struct tile_row row) {
    memcpy(at, &row.left, sizeof row.left);
    memcpy(at + 2, &row.right, sizeof row.right);
}

static inline void add_multiple(struct tile_row *sum, double factor, struct tile_row row) {
    sum->left += factor * row.left;
    sum->right += factor * row.right;
}

/* Four rows by four columns: sixteen sums that stay in registers. */
static void add_tile(int64_t inner, struct dense_part a, struct dense_part b, double *c,
                     int64_t c_stride) {
    const double *const a0 = a.at, *const a1 = a0 + a.stride;
    const double *const a2 = a1 + a.stride, *const a3 = a2 + a.stride;
    struct tile_row c0 = load_row(c), c1 = load_row(c + c_stride);
    struct tile_row c2 = load_row(c + 2 * c_stride), c3 = load_row(c + 3 * c_stride);
    for (int64_t k = 0; k < inner; k++) {
        const struct tile_row bk = load_row(b.at + k * b.stride);
        add_multiple(&c0, a0[k], bk);
        add_multiple(&c1, a1[k], bk);
        add_multiple(&c2, a2[k], bk);
        add_multiple(&c3, a3[k], bk);
    }
    store_row(c, c0);
    store_row(c + c_stride, c1);
    store_row(c + 2 * c_stride, c2);
    store_row(c + 3 * c_stride, c3);
}

/* The same for what is left at the edges. */
static void add_edge(int64_t rows, int64_t inner, int64_t columns, struct dense_part a,
                     struct dense_part b, double *c, int64_t c_stride) {
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t k = 0; k < inner; k++) {
            const double factor = a.at[i * a.stride + k];
            for (int64_t j = 0; j < columns; j++)
                c[i * c_stride + j] += factor * b.at[k * b.stride + j];
        }
    }
}

void dense_product_add(int64_t rows, int64_t inner, int64_t columns, struct dense_part a,
                       struct dense_part b, double *c, int64_t c_stride) {
    const int64_t whole_rows = rows - rows % TILE, whole_columns = columns - columns % TILE;
    for (int64_t j = 0; j < whole_columns; j += TILE) {
        const struct dense_part right = {b.at + j, b.stride};
        for (int64_t i = 0; i < whole_rows; i += TILE)
            add_tile(inner, (struct dense_part){a.at + i * a.stride, a.stride}, right,
                     c + i * c_stride + j, c_stride);
    }
    add_edge(whole_rows, inner, columns - whole_columns, a,
             (struct dense_part){b.at + whole_columns, b.stride}, c + whole_columns, c_stride);
    add_edge(rows - whole_rows, inner, columns,
             (struct dense_part){a.at + whole_rows * a.stride, a.stride}, b,
             c + whole_rows * c_stride, c_stride);
}
