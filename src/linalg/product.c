#include "product.h"

#include <string.h>

static int64_t panels_of(int64_t count, int64_t width, int64_t depth) {
    return (count + width - 1) / width * width * depth;
}

int64_t latent__row_panels(int64_t count, int64_t depth) {
    return panels_of(count, LATENT__TILE_ROWS, depth);
}

int64_t latent__column_panels(int64_t count, int64_t depth) {
    return panels_of(count, LATENT__TILE_COLUMNS, depth);
}

void latent__pack_panels(const double *vectors, int64_t stride, int64_t count, int64_t depth,
                         int width, double *panels) {
    for (int64_t first = 0; first < count; first += width, panels += width * depth)
        for (int l = 0; l < width; l++) {
            const double *vector = vectors + (first + l) * stride;
            const bool there = first + l < count;
            for (int64_t k = 0; k < depth; k++)
                panels[k * width + l] = there ? vector[k] : 0;
        }
}

enum {
    TILE = LATENT__TILE_ROWS * LATENT__TILE_COLUMNS,
    DEPTH = 128, /* of a column panel at a time, which the first cache then holds for all rows */
};

void latent__product_strip(const latent__kernels *kernels, const double *row_panels, int64_t rows,
                           const double *column_panel, int64_t depth, double *out, int64_t stride) {
    double tiles[LATENT__STRIP_ROWS / LATENT__TILE_ROWS][TILE] = {{0}};
    const int64_t panels = (rows + LATENT__TILE_ROWS - 1) / LATENT__TILE_ROWS;
    for (int64_t k = 0; k < depth; k += DEPTH)
        for (int64_t p = 0; p < panels; p++)
            kernels->multiply(row_panels + (p * depth + k) * LATENT__TILE_ROWS,
                              column_panel + k * LATENT__TILE_COLUMNS,
                              depth - k < DEPTH ? depth - k : DEPTH, tiles[p]);
    for (int64_t r = 0; r < panels * LATENT__TILE_ROWS; r++)
        memcpy(out + r * stride,
               tiles[r / LATENT__TILE_ROWS] + r % LATENT__TILE_ROWS * LATENT__TILE_COLUMNS,
               LATENT__TILE_COLUMNS * sizeof *out);
}
