#include "packing.h"

#include <math.h>
#include <string.h>

/* Elements packed at a time: a multiple of every cell's, and small enough for the stack. */
enum { CHUNK = 256 };

/* The norm of a row of integers, at the most: products of two stay below 2^31. */
static const double most_norm = 46340;

/* Rows shorter than this times an integer are packed as zeros, so that products of scales stay in
 * float32's range. Norms are up to 2^62. */
static const double least_step = 0x1p-60;

float latent__float_below(double x) {
    const float rounded = (float)x;
    return (double)rounded > x ? nextafterf(rounded, -INFINITY) : rounded;
}

float latent__float_above(double x) {
    const float rounded = (float)x;
    return (double)rounded < x ? nextafterf(rounded, INFINITY) : rounded;
}

/* gamma_n + 8 u of float32, for a product of n roundings and the additions after it, and float64's
 * error in the norms. From n u = 1/4 on nothing is claimed. */
static double widening_of(double roundings, int64_t columns) {
    const double u = 0x1p-24;
    if (roundings * u >= 0.25)
        return 1;
    return roundings * u / (1 - roundings * u) + 8 * u + ((double)columns + 64) * 0x1p-52;
}

latent__packing latent__packing_float32(int64_t columns) {
    return (latent__packing){
        .screen = LATENT_SCREEN_FLOAT32,
        .group = 1,
        .columns = columns,
        .widening = widening_of((double)columns, columns),
        .underflow = (double)columns * 0x1p-147,
        .spread = 0x1p-23,
    };
}

latent__format latent__format_of(latent_screen screen) {
    return screen == LATENT_SCREEN_INT8    ? LATENT__INT8
           : screen == LATENT_SCREEN_INT16 ? LATENT__INT16
                                           : LATENT__BF16;
}

latent__packing latent__packing_cells(const latent__screens *screens, latent_screen screen,
                                      int64_t columns, const int32_t *float_column,
                                      int64_t floats) {
    const latent__format format = latent__format_of(screen);
    const latent__arithmetic *arithmetic = latent__screens_arithmetic(screens, format);
    const int64_t multiple = arithmetic->step_multiple * latent__cell_elements(format);
    /* Sums of integers are exact; those of bfloat16 may be rounded twice as coarsely as float32's,
     * and leave out what is below its normal range. */
    const bool integers = format != LATENT__BF16;
    const double roundings = (double)floats + 6 + (integers ? 0 : 2 * (double)columns);
    latent__packing packing = {
        .screen = screen,
        .arithmetic = arithmetic,
        .format = format,
        .group = LATENT__GROUP_ROWS,
        .columns = columns,
        .steps = (columns + multiple - 1) / multiple * arithmetic->step_multiple,
        .floats = floats,
        .widening = widening_of(roundings, columns),
        .underflow = (double)columns * (integers ? 0x1p-147 : 0x1p-124),
        .spread = 0x1p-6,
    };
    memcpy(packing.float_column, float_column, (size_t)floats * sizeof *float_column);
    return packing;
}

void latent__packing_set_spread(latent__packing *packing, double loss, double radius) {
    const double best = radius > 0 ? 2 * loss / radius : 1;
    packing->spread = best > 0.5 ? 0.5 : best < 0x1p-24 ? 0x1p-24 : best;
}

int64_t latent__packing_row_bytes(const latent__packing *packing) {
    return packing->arithmetic ? (packing->steps + packing->floats) * LATENT__CELL_BYTES
                               : packing->columns * (int64_t)sizeof(float);
}

double latent__row_factor(const latent__space *space, const latent__side *side, int64_t row) {
    return space->metric == LATENT_COSINE ? 1 / latent__side_norm(side, row) : space->scale;
}

/* Where a row comes from, and what is done to it before it is rounded. */
typedef struct source {
    const latent__kernels *kernels;
    const latent__packing *packing;
    const char *row;
    latent_type type;
    double factor;
    const double *shift;
} source;

/* Sums of squares over a row: of what was packed as float32 and of what that lost, of the features
 * that stay float32, and of the format's elements and what they lost of theirs. */
typedef struct sums {
    latent__packed row, cells;
    double floats;
} sums;

/* Columns `first` and on, as float32. */
static void pack_chunk(const source *from, int64_t first, int64_t count, float *out, sums *total) {
    const int64_t size = (int64_t)latent_type_size(from->type);
    const latent__packed packed = from->kernels->pack[from->type - 1](
        from->row + first * size, count, from->factor, from->shift + first, out);
    total->row.stored += packed.stored;
    total->row.lost += packed.lost;
}

/* Moves the features kept in float32 from a chunk to their cells, in units of the row's step. */
static void take_floats(const latent__packing *packing, int64_t first, int64_t count, float inverse,
                        float *chunk, char *out, sums *total) {
    for (int64_t f = 0; f < packing->floats; f++) {
        const int64_t k = packing->float_column[f] - first;
        if (k < 0 || k >= count)
            continue;
        const float value = chunk[k] * inverse;
        if (out)
            memcpy(out + (packing->steps + f) * LATENT__STEP_BYTES, &value, sizeof value);
        total->floats += (double)value * (double)value;
        chunk[k] = 0;
    }
}

static int64_t chunk_length(const latent__packing *packing, int64_t first) {
    const int64_t rest = packing->columns - first;
    return rest < CHUNK ? rest : CHUNK;
}

/* The step of a row's integers: its largest element, and its norm, just fit. Features kept in float32
 * are divided by it too, and stay below 2^60. */
static float step_of(const source *from) {
    const latent__packing *packing = from->packing;
    const double most_element = packing->format == LATENT__INT8 ? 127 : 32767;
    double largest = 0, square = 0;
    sums total = {{0, 0}, {0, 0}, 0};
    if (packing->format == LATENT__BF16)
        return 1;
    for (int64_t first = 0; first < packing->columns; first += CHUNK) {
        float chunk[CHUNK];
        const int64_t count = chunk_length(packing, first);
        pack_chunk(from, first, count, chunk, &total);
        take_floats(packing, first, count, 1, chunk, NULL, &total);
        from->kernels->inspect[LATENT_F32 - 1](chunk, count, &largest);
        square += from->kernels->dot[LATENT_F32 - 1](chunk, chunk, count);
    }
    /* Rounding makes a row longer by half a unit for each element at the most. */
    const double room = most_norm - sqrt((double)packing->columns) / 2;
    const double step = fmax(largest / most_element, 1.001 * sqrt(square) / room);
    return (float)fmax(step, fmax(least_step, 0x1p-60 * sqrt(total.floats)));
}

static sums pack_cells(const source *from, float step, char *out) {
    const latent__packing *packing = from->packing;
    const int64_t elements = latent__cell_elements(packing->format);
    const float inverse = 1 / step;
    sums total = {{0, 0}, {0, 0}, 0};
    for (int64_t first = 0; first < packing->columns; first += CHUNK) {
        float chunk[CHUNK];
        char unwanted[CHUNK / 2 * LATENT__STEP_BYTES];
        const int64_t count = chunk_length(packing, first);
        pack_chunk(from, first, count, chunk, &total);
        take_floats(packing, first, count, inverse, chunk, out, &total);
        const latent__packed packed = from->kernels->quantise[packing->format](
            chunk, count, step, inverse,
            out ? out + first / elements * LATENT__STEP_BYTES : unwanted);
        total.cells.stored += packed.stored;
        total.cells.lost += packed.lost;
    }
    for (int64_t s = (packing->columns + elements - 1) / elements; out && s < packing->steps; s++)
        memset(out + s * LATENT__STEP_BYTES, 0, LATENT__CELL_BYTES);
    return total;
}

static sums pack_floats(const source *from, char *out) {
    float chunk[CHUNK];
    sums total = {{0, 0}, {0, 0}, 0};
    for (int64_t first = 0; first < from->packing->columns; first += CHUNK)
        pack_chunk(from, first, chunk_length(from->packing, first),
                   out ? (float *)(void *)out + first : chunk, &total);
    total.cells.stored = total.row.stored;
    return total;
}

latent__weight latent__pack_row(const latent_context *context, const latent__space *space,
                                const latent__packing *packing, const double *shift,
                                const latent__side *side, int64_t row, void *out) {
    const source from = {
        .kernels = context->kernels,
        .packing = packing,
        .row = latent__row(side->view, row),
        .type = (latent_type)side->view->type,
        .factor = latent__row_factor(space, side, row),
        .shift = shift,
    };
    const float step = packing->arithmetic ? step_of(&from) : 1;
    const sums total = packing->arithmetic ? pack_cells(&from, step, out) : pack_floats(&from, out);
    const double unit = (double)step * (double)step;
    /* Beside the rounding that was measured: float64's own in the centring and in the sums, that of the
     * features kept in float32, and under cosine that of the norm. */
    const double accuracy = 1 + ((double)packing->columns + 64) * 0x1p-52;
    const double measured = (sqrt(total.row.lost) + sqrt(total.cells.lost)) * accuracy;
    const double centring = 0x1p-52 * (sqrt(total.row.stored) * accuracy + measured) + 0x1p-500;
    const double floats = packing->floats > 0 ? 0x1p-22 * sqrt(total.floats * unit) : 0;
    const double norm = space->metric == LATENT_COSINE ? 1.01 * space->error : 0;
    return (latent__weight){(total.cells.stored + total.floats) * unit / 2,
                            measured + centring + floats + norm, step};
}

latent__bounds latent__bounds_of(const latent__packing *packing, latent__weight weight) {
    if (!(packing->widening < 1))
        return (latent__bounds){-INFINITY, INFINITY, INFINITY, latent__float_above(weight.loss),
                                weight.scale};
    const double below = weight.half * (1 - packing->widening);
    const double above = weight.half * (1 + packing->widening);
    const double square = weight.loss * weight.loss * (1 + 0x1p-20);
    return (latent__bounds){
        .lower = latent__float_below(below - square * (1 / packing->spread + 1)),
        .upper = latent__float_above(above + square * (1 / packing->spread - 1)),
        .half = latent__float_above(above),
        .loss = latent__float_above(weight.loss),
        .scale = weight.scale,
    };
}

float latent__limit(const latent__space *space, const latent__packing *packing, double d) {
    const double radius = latent__space_radius_above(space, d);
    return latent__float_above(radius * radius / 2 * (1 + packing->spread) * latent__wider +
                               packing->underflow);
}

float latent__sure(const latent__space *space, const latent__packing *packing, double d) {
    const double radius = latent__space_radius_below(space, d);
    if (!(radius > 0))
        return -INFINITY;
    return latent__float_below(radius * radius / 2 * (1 - packing->spread) * latent__narrower -
                               packing->underflow);
}

double latent__distance_above(const latent__space *space, const latent__packing *packing,
                              float upper, double loss) {
    const double square = 2 * fmax((double)upper, 0) + 2 * packing->underflow;
    return latent__space_evaluated_above(space, sqrt(square) * latent__wider + loss);
}
