#include "panel.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"

static const char what[] = "packed rows";

int64_t latent__panel_row_bytes(int64_t columns) {
    return (columns + 3) * (int64_t)sizeof(float);
}

latent_status latent__panel_make(latent_context *context, int64_t capacity, int64_t columns,
                                 latent__panel *panel) {
    latent_status status = LATENT_OK;
    *panel = (latent__panel){.capacity = capacity};
    panel->values =
        latent__allocate(context, capacity * (columns + 3), sizeof(float), what, &status);
    if (status)
        return status;
    panel->lower = panel->values + capacity * columns;
    panel->upper = panel->lower + capacity;
    panel->loss = panel->upper + capacity;
    return LATENT_OK;
}

void latent__panel_free(latent_context *context, int64_t columns, latent__panel *panel) {
    latent__release(context, panel->values, panel->capacity * (columns + 3), sizeof(float));
    *panel = (latent__panel){0};
}

float latent__float_below(double x) {
    const float rounded = (float)x;
    return (double)rounded > x ? nextafterf(rounded, -INFINITY) : rounded;
}

float latent__float_above(double x) {
    const float rounded = (float)x;
    return (double)rounded < x ? nextafterf(rounded, INFINITY) : rounded;
}

/* What a row is multiplied with before it is centred. */
static double row_factor(const latent__space *space, const latent__side *side, int64_t row) {
    return space->metric == LATENT_COSINE ? 1 / latent__side_norm(side, row) : space->scale;
}

typedef struct packing {
    latent_context *context;
    const latent__space *space;
    const double *shift;
    latent__panel *panel;
    int64_t rows_per_item;
    double widening; /* relative error of an estimate, docs/numerics.md; 1 or more: no estimate */
} packing;

static void pack_row(const packing *work, int64_t i) {
    const latent__panel *panel = work->panel;
    const latent__space *space = work->space;
    const latent__side *side = panel->side;
    const int64_t row = latent__side_row(side, panel->first + i);
    const latent__packed packed = work->context->kernels->pack[side->view->type - 1](
        latent__row(side->view, row), space->columns, row_factor(space, side, row), work->shift,
        panel->values + i * space->columns);
    const bool hopeless = !(work->widening < 1);
    const double half = packed.stored / 2;
    panel->lower[i] = hopeless ? -INFINITY : latent__float_below(half * (1 - work->widening));
    panel->upper[i] = hopeless ? INFINITY : latent__float_above(half * (1 + work->widening));
    /* Beside the rounding that was measured: float64's own in the centring and in the sums, and
     * under cosine in the norm. */
    const double sums = 1 + ((double)space->columns + 64) * 0x1p-52;
    const double measured = sqrt(packed.lost) * sums;
    const double centring = 0x1p-52 * (sqrt(packed.stored) * sums + measured) + 0x1p-500;
    const double norm = space->metric == LATENT_COSINE ? 1.01 * space->error : 0;
    panel->loss[i] = latent__float_above(measured + centring + norm);
}

static void pack_item(void *argument, int64_t item, int32_t worker) {
    const packing *work = argument;
    const int64_t first = item * work->rows_per_item;
    for (int64_t i = first; i < first + work->rows_per_item && i < work->panel->count; i++) {
        if (latent__tick(work->context, worker))
            return;
        pack_row(work, i);
    }
}

/* gamma_d + 8 u of float32 for the product and the additions after it, and float64's error in the
 * norms. From d u = 1/4 on nothing is claimed. */
static double estimate_widening(int64_t columns) {
    const double u = 0x1p-24, d = (double)columns;
    if (d * u >= 0.25)
        return 1;
    return d * u / (1 - d * u) + 8 * u + (d + 64) * 0x1p-52;
}

latent_status latent__panel_fill(latent_context *context, const latent__space *space,
                                 const double *shift, const latent__side *side, int64_t first,
                                 int64_t count, latent__panel *panel) {
    if (panel->side == side && panel->first == first && panel->count == count)
        return LATENT_OK;
    panel->side = side;
    panel->first = first;
    panel->count = count;
    packing work = {.context = context,
                    .space = space,
                    .shift = shift,
                    .panel = panel,
                    .rows_per_item = 1 + 65536 / space->columns,
                    .widening = estimate_widening(space->columns)};
    const int64_t items = (count + work.rows_per_item - 1) / work.rows_per_item;
    return latent__parallel(context, items, pack_item, &work);
}

void latent__centre(const latent_context *context, const latent__space *space,
                    const latent__side *side, double *shift, double *zeros, float *row_values) {
    const int64_t columns = space->columns, rows = side->view->rows;
    int64_t sample = (4 << 20) / columns;
    sample = sample < 1 ? 1 : sample > 4096 ? 4096 : sample;
    sample = sample < rows ? sample : rows;
    memset(shift, 0, (size_t)columns * sizeof *shift);
    memset(zeros, 0, (size_t)columns * sizeof *zeros);
    for (int64_t n = 0; n < sample; n++) {
        const int64_t row = (int64_t)((double)n / (double)sample * (double)rows);
        context->kernels->pack[side->view->type - 1](
            latent__row(side->view, row), columns, row_factor(space, side, row), zeros, row_values);
        for (int64_t k = 0; k < columns; k++)
            shift[k] += (double)row_values[k];
    }
    for (int64_t k = 0; k < columns; k++)
        shift[k] /= (double)sample;
}
