#include "projected.h"

#include <math.h>
#include <string.h>

/* Inputs filled up to what kernels write beyond a row. */
static int64_t padded(int64_t inputs) {
    return (inputs + 15) / 16 * 16;
}

int64_t latent__strip_doubles(const latent_directions *directions) {
    return latent__row_panels(LATENT__STRIP_ROWS, directions->inputs) +
           LATENT__TILE_ROWS * padded(directions->inputs);
}

void latent__strip_in(latent__strip *strip, double *memory, const latent_directions *directions) {
    strip->vectors = memory;
    strip->panels = memory + LATENT__TILE_ROWS * padded(directions->inputs);
}

/* Squares between these neither leave the range nor lose digits, whatever the number of inputs. */
#define LARGE 0x1p400
#define SMALL 0x1p-400

/* Scales a row if need be, and measures it. */
static void measure(const latent__kernels *kernels, double *row, int64_t inputs, double largest,
                    double *unit, double *inverse_norm) {
    const int exponent = largest == 0 || (largest < LARGE && largest > SMALL) ? 0 : ilogb(largest);
    if (exponent != 0)
        for (int64_t k = 0; k < inputs; k++)
            row[k] = ldexp(row[k], -exponent);
    *unit = ldexp(1, exponent);
    *inverse_norm = largest == 0 ? 0 : 1 / sqrt(kernels->dot[LATENT_F64 - 1](row, row, inputs));
}

int64_t latent__strip_take(const latent__kernels *kernels, const latent_matrix *points,
                           int64_t first, int64_t count, latent__strip *strip) {
    const int32_t type = points->type - 1;
    const int64_t inputs = points->columns, stride = padded(inputs);
    for (int64_t r = 0; r < count; r++) {
        const void *source = latent__row(points, first + r);
        double *row = strip->vectors + r % LATENT__TILE_ROWS * stride;
        double largest = 0;
        if (!kernels->inspect[type](source, inputs, &largest))
            return first + r;
        kernels->widen[type](source, inputs, row);
        measure(kernels, row, inputs, largest, &strip->unit[r], &strip->inverse_norm[r]);
        if ((r + 1) % LATENT__TILE_ROWS == 0 || r + 1 == count)
            latent__pack_panels(strip->vectors, stride, r % LATENT__TILE_ROWS + 1, inputs,
                                LATENT__TILE_ROWS,
                                strip->panels + r / LATENT__TILE_ROWS * LATENT__TILE_ROWS * inputs);
    }
    return -1;
}

void latent__strip_project(const latent__kernels *kernels, const latent__strip *strip,
                           int64_t count, const latent_directions *directions, int64_t panel,
                           double *out, int64_t stride) {
    const int64_t depth = directions->inputs;
    latent__product_strip(kernels, strip->panels, count,
                          directions->columns + panel * LATENT__TILE_COLUMNS * depth, depth, out,
                          stride);
}
