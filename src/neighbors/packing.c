#include "packing.h"

#include <math.h>
#include <string.h>

/* Elements packed at a time: a multiple of every cell's, and small enough for the stack. */
enum { CHUNK = 256 };

/* The squared norm of integers that may be packed: products of two rows stay below 2^31. */
static const double most_square = 2147483647.0;

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
        .step = 1,
        .inverse = 1,
        .widening = widening_of((double)columns, columns),
        .underflow = (double)columns * 0x1p-147,
        .spread = 0x1p-23,
    };
}

static latent__format format_of(latent_screen screen) {
    return screen == LATENT_SCREEN_INT8    ? LATENT__INT8
           : screen == LATENT_SCREEN_INT16 ? LATENT__INT16
                                           : LATENT__BF16;
}

latent__packing latent__packing_cells(const latent__screens *screens, latent_screen screen,
                                      int64_t columns, const int32_t *float_column,
                                      int64_t floats) {
    const latent__format format = format_of(screen);
    const latent__arithmetic *arithmetic = latent__screens_arithmetic(screens, format);
    const int64_t multiple = arithmetic->step_multiple * latent__cell_elements(format);
    /* Sums of integers are exact; those of bfloat16 may be rounded twice as coarsely as float32's,
     * and leave out what is below its normal range. */
    const bool integers = format != LATENT__BF16;
    const double roundings = (double)floats + 2 + (integers ? 0 : 2 * (double)columns);
    latent__packing packing = {
        .screen = screen,
        .arithmetic = arithmetic,
        .format = format,
        .group = LATENT__GROUP_ROWS,
        .columns = columns,
        .steps = (columns + multiple - 1) / multiple * arithmetic->step_multiple,
        .floats = floats,
        .step = 1,
        .inverse = 1,
        .widening = widening_of(roundings, columns),
        .underflow = (double)columns * (integers ? 0x1p-147 : 0x1p-124),
        .spread = 0x1p-6,
    };
    memcpy(packing.float_column, float_column, (size_t)floats * sizeof *float_column);
    return packing;
}

void latent__packing_set_step(latent__packing *packing, double step) {
    /* Products are multiplied with its square, which must be in float32's normal range. Data whose spread
     * is far below their magnitude, or none, lose what a finer step would keep. */
    packing->step = (float)fmin(fmax(step, 0x1p-60), 0x1p60);
    packing->inverse = 1 / packing->step;
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

/* Moves the features kept in float32 from a chunk of columns, `first` and on, to their cells. Returns
 * the sum of their squares. */
static double take_floats(const latent__packing *packing, int64_t first, int64_t count,
                          float *chunk, char *out) {
    double square = 0;
    for (int64_t f = 0; f < packing->floats; f++) {
        const int64_t k = packing->float_column[f] - first;
        if (k < 0 || k >= count)
            continue;
        if (out)
            memcpy(out + (packing->steps + f) * LATENT__STEP_BYTES, &chunk[k], sizeof chunk[k]);
        square += (double)chunk[k] * (double)chunk[k];
        chunk[k] = 0;
    }
    return square;
}

/* Empties the cells of the format's steps from `step` on. */
static void clear_cells(const latent__packing *packing, int64_t step, char *out) {
    for (; out && step < packing->steps; step++)
        memset(out + step * LATENT__STEP_BYTES, 0, LATENT__CELL_BYTES);
}

/* Sums of squares over a row: of what was packed as float32 and of what that lost, of the features
 * that stay float32, and of the format's elements and what they lost of theirs. */
typedef struct sums {
    latent__packed row, cells;
    double floats;
} sums;

/* A chunk of a row whose float32 values are in `chunk`. */
static void pack_cells(const latent_context *context, const latent__packing *packing, int64_t first,
                       int64_t count, float *chunk, char *out, sums *total) {
    char unwanted[CHUNK / 2 * LATENT__STEP_BYTES];
    const int64_t elements = latent__cell_elements(packing->format);
    total->floats += take_floats(packing, first, count, chunk, out);
    const latent__packed packed = context->kernels->quantise[packing->format](
        chunk, count, packing->step, packing->inverse,
        out ? out + first / elements * LATENT__STEP_BYTES : unwanted);
    total->cells.stored += packed.stored;
    total->cells.lost += packed.lost;
}

static sums pack_chunks(const latent_context *context, const latent__packing *packing,
                        const latent_matrix *view, int64_t row, double factor, const double *shift,
                        char *out) {
    const int64_t size = (int64_t)latent_type_size((latent_type)view->type);
    const char *x = latent__row(view, row);
    float chunk[CHUNK];
    sums total = {{0, 0}, {0, 0}, 0};
    for (int64_t first = 0; first < packing->columns; first += CHUNK) {
        const int64_t rest = packing->columns - first, count = rest < CHUNK ? rest : CHUNK;
        float *to = out && !packing->arithmetic ? (float *)(void *)out + first : chunk;
        const latent__packed packed = context->kernels->pack[view->type - 1](
            x + first * size, count, factor, shift + first, to);
        total.row.stored += packed.stored;
        total.row.lost += packed.lost;
        if (packing->arithmetic)
            pack_cells(context, packing, first, count, chunk, out, &total);
    }
    return total;
}

/* A row of integers too long for its products is packed shorter; what that loses is measured like all
 * else. */
static sums pack_shorter(const latent_context *context, const latent__packing *packing,
                         const latent_matrix *view, int64_t row, double factor, const double *shift,
                         char *out, sums total) {
    latent__packing shorter = *packing;
    while (total.cells.stored > most_square) {
        shorter.inverse *= 0.99f * (float)sqrt(most_square / total.cells.stored);
        total = pack_chunks(context, &shorter, view, row, factor, shift, out);
    }
    return total;
}

latent__weight latent__pack_row(const latent_context *context, const latent__space *space,
                                const latent__packing *packing, const double *shift,
                                const latent__side *side, int64_t row, void *out) {
    const double factor = latent__row_factor(space, side, row);
    sums total = pack_chunks(context, packing, side->view, row, factor, shift, out);
    double half = total.row.stored / 2;
    if (packing->arithmetic) {
        const int64_t elements = latent__cell_elements(packing->format);
        const double step = (double)packing->step;
        clear_cells(packing, (packing->columns + elements - 1) / elements, out);
        if (packing->format != LATENT__BF16)
            total = pack_shorter(context, packing, side->view, row, factor, shift, out, total);
        half = (step * step * total.cells.stored + total.floats) / 2;
    }
    /* Beside the rounding that was measured: float64's own in the centring and in the sums, and under
     * cosine in the norm. */
    const double accuracy = 1 + ((double)packing->columns + 64) * 0x1p-52;
    const double measured = (sqrt(total.row.lost) + sqrt(total.cells.lost)) * accuracy;
    const double centring = 0x1p-52 * (sqrt(total.row.stored) * accuracy + measured) + 0x1p-500;
    const double norm = space->metric == LATENT_COSINE ? 1.01 * space->error : 0;
    return (latent__weight){half, measured + centring + norm};
}

latent__bounds latent__bounds_of(const latent__packing *packing, latent__weight weight) {
    if (!(packing->widening < 1))
        return (latent__bounds){-INFINITY, INFINITY, INFINITY, latent__float_above(weight.loss)};
    const double below = weight.half * (1 - packing->widening);
    const double above = weight.half * (1 + packing->widening);
    const double square = weight.loss * weight.loss * (1 + 0x1p-20);
    return (latent__bounds){
        .lower = latent__float_below(below - square * (1 / packing->spread + 1)),
        .upper = latent__float_above(above + square * (1 / packing->spread - 1)),
        .half = latent__float_above(above),
        .loss = latent__float_above(weight.loss),
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
