#include "panel.h"

#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"

enum { BOUNDS = 5 };

int64_t latent__panel_row_bytes(const latent__packing *packing) {
    return latent__packing_row_bytes(packing) + BOUNDS * (int64_t)sizeof(float);
}

latent_status latent__panel_make(latent_context *context, int64_t capacity,
                                 const latent__packing *packing, latent__panel *panel) {
    latent_status status = LATENT_OK;
    *panel =
        (latent__panel){.capacity = capacity, .bytes = capacity * latent__panel_row_bytes(packing)};
    panel->values = latent__allocate(context, panel->bytes, 1, "packed rows", &status);
    if (status)
        return status;
    panel->lower = (float *)(void *)(panel->values + capacity * latent__packing_row_bytes(packing));
    panel->upper = panel->lower + capacity;
    panel->half = panel->upper + capacity;
    panel->loss = panel->half + capacity;
    panel->scale = panel->loss + capacity;
    return LATENT_OK;
}

void latent__panel_free(latent_context *context, latent__panel *panel) {
    latent__release(context, panel->values, panel->bytes, 1);
    *panel = (latent__panel){0};
}

typedef struct filling {
    latent_context *context;
    const latent__space *space;
    const latent__packing *packing;
    const double *shift;
    const latent__panel *panel;
    int64_t groups, groups_per_item;
} filling;

/* Rows of one group, from a place in the panel on: those of a block, zeros beyond its end. */
static void pack_group(const filling *work, int64_t place, int64_t position, int64_t count) {
    const latent__panel *panel = work->panel;
    const latent__packing *packing = work->packing;
    char *group = panel->values + place * latent__packing_row_bytes(packing);
    if (count < packing->group)
        memset(group, 0, (size_t)latent__packing_group_bytes(packing));
    for (int64_t r = 0; r < count; r++) {
        const int64_t row = latent__side_row(panel->side, position + r);
        const latent__bounds bounds = latent__bounds_of(
            packing, latent__pack_row(work->context, work->space, packing, work->shift, panel->side,
                                      row, group + r * LATENT__CELL_BYTES));
        panel->lower[place + r] = bounds.lower;
        panel->upper[place + r] = bounds.upper;
        panel->half[place + r] = bounds.half;
        panel->loss[place + r] = bounds.loss;
        panel->scale[place + r] = bounds.scale;
    }
}

static void fill_item(void *argument, int64_t item, int32_t worker) {
    const filling *work = argument;
    const latent__side *side = work->panel->side;
    const int64_t size = work->packing->group, *place_of = side->block_place;
    const int64_t base = place_of[work->panel->first];
    int64_t group = item * work->groups_per_item;
    int64_t block = latent__side_block_at(side, base + group * size);
    for (int64_t left = work->groups_per_item; left > 0 && group < work->groups; left--, group++) {
        if (latent__tick(work->context, worker))
            return;
        const int64_t place = base + group * size;
        while (place_of[block + 1] <= place)
            block++;
        const int64_t position = side->block_start[block] + (place - place_of[block]);
        const int64_t rest = side->block_start[block + 1] - position;
        pack_group(work, place - base, position, rest < size ? rest : size);
    }
}

latent_status latent__panel_fill(latent_context *context, const latent__space *space,
                                 const latent__packing *packing, const double *shift,
                                 const latent__side *side, int64_t first, int64_t end,
                                 latent__panel *panel) {
    if (panel->side == side && panel->first == first && panel->end == end)
        return LATENT_OK;
    panel->side = side;
    panel->first = first;
    panel->end = end;
    filling work = {
        .context = context,
        .space = space,
        .packing = packing,
        .shift = shift,
        .panel = panel,
        .groups = (side->block_place[end] - side->block_place[first]) / packing->group,
        .groups_per_item = 1 + 65536 / (space->columns * packing->group),
    };
    const int64_t items = (work.groups + work.groups_per_item - 1) / work.groups_per_item;
    return latent__parallel(context, items, fill_item, &work);
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
        context->kernels->pack[side->view->type - 1](latent__row(side->view, row), columns,
                                                     latent__row_factor(space, side, row), zeros,
                                                     row_values);
        for (int64_t k = 0; k < columns; k++)
            shift[k] += (double)row_values[k];
    }
    for (int64_t k = 0; k < columns; k++)
        shift[k] /= (double)sample;
}
