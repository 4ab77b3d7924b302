/* What the two passes share: tiles and their ends, and thresholds in terms of the screen's
 * estimates. */
#include <math.h>

#include "pairs.h"

/* Float32's underflow in a product of n terms, twice. */
static double underflow(const latent__space *space) {
    return (double)space->columns * 0x1p-147;
}

float latent__limit(const latent__space *space, double d, double loss) {
    const double radius = latent__space_radius_above(space, d) + loss;
    return latent__float_above(radius * radius / 2 * latent__wider + underflow(space));
}

float latent__sure(const latent__space *space, double d, double loss) {
    const double radius = latent__space_radius_below(space, d) - loss;
    if (!(radius > 0))
        return -INFINITY;
    return latent__float_below(radius * radius / 2 * latent__narrower - underflow(space));
}

double latent__distance_above(const latent__space *space, float upper, double loss) {
    const double square = 2 * fmax((double)upper, 0) + 2 * underflow(space);
    return latent__space_evaluated_above(space, sqrt(square) * latent__wider + loss);
}

static latent__end end_of(const latent__side *side, int64_t block, const latent__panel *panel,
                          int64_t columns) {
    const int64_t first = side->block_start[block], offset = first - panel->first;
    latent__end end = {
        .side = side,
        .block = block,
        .first = first,
        .count = side->block_start[block + 1] - first,
        .values = panel->values + offset * columns,
        .lower = panel->lower + offset,
        .upper = panel->upper + offset,
        .loss = panel->loss + offset,
    };
    for (int64_t i = 0; i < end.count; i++)
        end.most_loss = fmaxf(end.most_loss, end.loss[i]);
    return end;
}

static bool holds(const latent__panel *panel, const latent__side *side, int64_t position) {
    return panel->side == side && panel->first <= position &&
           position < panel->first + panel->count;
}

static void attach(latent__end *end, const latent__scratch *scratch, int which) {
    end->limit = scratch->limit[which];
    end->sure = scratch->sure[which];
    end->below = scratch->below[which];
    end->nearest = scratch->nearest[which];
}

latent__tile latent__tile_make(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker) {
    const int64_t columns = pairs->space.columns;
    /* Symmetric walks keep everything in the first panel when it fits, and else one chunk in each.
     */
    const bool first = holds(&pairs->panel[0], pairs->right, pairs->right->block_start[b]);
    latent__tile tile = {
        .pairs = pairs,
        .scratch = &pairs->scratch[worker],
        .left = end_of(pairs->left, a, &pairs->panel[0], columns),
        .right = end_of(pairs->right, b, &pairs->panel[first ? 0 : 1], columns),
        .worker = worker,
    };
    attach(&tile.left, tile.scratch, 0);
    attach(&tile.right, tile.scratch, latent__tile_diagonal(&tile) ? 0 : 1);
    return tile;
}

double latent__tile_distance(const latent__tile *tile, int64_t i, int64_t j) {
    const latent__side *left = tile->left.side, *right = tile->right.side;
    const int64_t a = latent__side_row(left, tile->left.first + i);
    const int64_t b = latent__side_row(right, tile->right.first + j);
    return latent__space_distance(&tile->pairs->space, latent__row(left->view, a),
                                  latent__side_norm(left, a), latent__row(right->view, b),
                                  latent__side_norm(right, b));
}

void latent__tile_mute_columns(const latent__tile *tile) {
    for (int64_t j = 0; j < tile->right.count; j++)
        tile->right.limit[j] = tile->right.sure[j] = -INFINITY;
}
