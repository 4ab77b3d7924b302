/* What the two passes share: tiles, their ends, and strips of products. */
#include <math.h>

#include "linalg/blas.h"
#include "pairs.h"

static latent__end end_of(const latent__side *side, int64_t block, const latent__panel *panel,
                          int64_t row_bytes) {
    const int64_t first = side->block_start[block];
    const int64_t place = side->block_place[block] - side->block_place[panel->first];
    return (latent__end){
        .side = side,
        .block = block,
        .first = first,
        .count = side->block_start[block + 1] - first,
        .values = panel->values + place * row_bytes,
        .lower = panel->lower + place,
        .upper = panel->upper + place,
        .half = panel->half + place,
        .loss = panel->loss + place,
        .scale = panel->scale + place,
    };
}

static bool holds(const latent__panel *panel, const latent__side *side, int64_t block) {
    return panel->side == side && panel->first <= block && block < panel->end;
}

static void attach(latent__end *end, const latent__scratch *scratch, int which) {
    end->limit = scratch->limit[which];
    end->sure = scratch->sure[which];
    end->below = scratch->below[which];
    end->nearest = scratch->nearest[which];
}

latent__tile latent__tile_make(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker) {
    const int64_t bytes = latent__packing_row_bytes(&pairs->packing);
    /* Symmetric walks keep everything in the first panel when it fits, and else one chunk in each.
     */
    const bool first = holds(&pairs->panel[0], pairs->right, b);
    latent__tile tile = {
        .pairs = pairs,
        .scratch = &pairs->scratch[worker],
        .left = end_of(pairs->left, a, &pairs->panel[0], bytes),
        .right = end_of(pairs->right, b, &pairs->panel[first ? 0 : 1], bytes),
        .worker = worker,
    };
    attach(&tile.left, tile.scratch, 0);
    attach(&tile.right, tile.scratch, latent__tile_diagonal(&tile) ? 0 : 1);
    return tile;
}

/* Of a block against itself little more than what is above the diagonal is wanted, so there strips of
 * float32 are short. The others are, so that their products stay in the first-level cache. */
enum { DIAGONAL_ROWS = 128, CELL_ROWS = 2 * LATENT__GROUP_ROWS };

int64_t latent__strip_rows(const latent__packing *packing, int64_t tile) {
    return packing->arithmetic ? CELL_ROWS : tile;
}

static latent__strip float32_strip(const latent__tile *tile, int64_t row, int64_t end_row,
                                   int64_t first_column, int64_t end_column) {
    const latent__pairs *pairs = tile->pairs;
    const int64_t d = pairs->space.columns, stride = pairs->tile;
    const float *left = (const float *)(const void *)tile->left.values;
    const float *right = (const float *)(const void *)tile->right.values;
    float *product = tile->scratch->product;
    if (latent__tile_diagonal(tile) && end_row - row > DIAGONAL_ROWS)
        end_row = row + DIAGONAL_ROWS;
    latent__blas_product(left + row * d, end_row - row, right + first_column * d,
                         end_column - first_column, d, product + first_column, stride);
    return (latent__strip){row, end_row, product, row, stride};
}

static latent__strip cell_strip(const latent__tile *tile, int64_t row, int64_t end_row,
                                int64_t first_column, int64_t end_column) {
    const latent__packing *packing = &tile->pairs->packing;
    const int64_t rows = LATENT__GROUP_ROWS, bytes = latent__packing_group_bytes(packing);
    const int64_t group = row / rows, column_group = first_column / rows;
    const int64_t wanted = (end_row + rows - 1) / rows - group;
    const int64_t groups = wanted < CELL_ROWS / rows ? wanted : CELL_ROWS / rows;
    const int64_t stride = (tile->pairs->tile + rows - 1) / rows * rows;
    float *product = tile->scratch->product;
    const latent__rectangle all = {
        .left = tile->left.values + group * bytes,
        .right = tile->right.values + column_group * bytes,
        .left_groups = groups,
        .right_groups = (end_column + rows - 1) / rows - column_group,
        .steps = packing->steps,
        .floats = packing->floats,
        .out = product + column_group * rows,
        .stride = stride,
    };
    packing->arithmetic->multiply(&all);
    const int64_t end = (group + groups) * rows;
    const latent__strip strip = {row, end < end_row ? end : end_row, product, group * rows, stride};
    for (int64_t i = row; i < strip.end; i++)
        tile->pairs->context->kernels->rescale(
            product + (i - group * rows) * stride + first_column, tile->left.scale[i],
            tile->right.scale + first_column, end_column - first_column);
    return strip;
}

latent__strip latent__tile_strip(const latent__tile *tile, int64_t row, int64_t end_row,
                                 int64_t first_column, int64_t end_column) {
    return (tile->pairs->packing.arithmetic ? cell_strip : float32_strip)(tile, row, end_row,
                                                                          first_column, end_column);
}

/* To the second cache: it takes more lines on their way at a time than the first, twice as many bytes a
 * second here. */
void latent__tile_fetch(const latent__tile *tile, int64_t j) {
    enum { LINE = 64, MOST = 8192 };
    const latent__side *side = tile->right.side;
    const latent_matrix *view = side->view;
    const char *row = latent__row(view, latent__side_row(side, tile->right.first + j));
    const int64_t bytes = view->columns * (int64_t)latent_type_size((latent_type)view->type);
    for (int64_t b = 0; b < bytes && b < MOST; b += LINE)
        __builtin_prefetch(row + b, 0, 2);
}

double latent__tile_distance(const latent__tile *tile, int64_t i, int64_t j) {
    return latent__pairs_distance(tile->pairs, tile->left.first + i, tile->right.first + j);
}

void latent__tile_mute_columns(const latent__tile *tile) {
    for (int64_t j = 0; j < tile->right.count; j++)
        tile->right.limit[j] = tile->right.sure[j] = -INFINITY;
}
