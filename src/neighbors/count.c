/* The count pass: pairs with the same label, against the nearest foreign distance found before. */
#include <string.h>

#include "pairs.h"

static void load_thresholds(const latent__pairs *pairs, const latent__end *end) {
    for (int64_t i = 0; i < end->count; i++) {
        const double d = pairs->distance[end->first + i];
        end->limit[i] = latent__limit(&pairs->space, &pairs->packing, d);
        end->sure[i] = latent__sure(&pairs->space, &pairs->packing, d);
    }
    memset(end->below, 0, (size_t)end->count * sizeof *end->below);
}

static void load(const latent__tile *t) {
    load_thresholds(t->pairs, &t->left);
    if (!t->pairs->symmetric) {
        latent__tile_mute_columns(t);
        memset(t->right.below, 0, (size_t)t->right.count * sizeof *t->right.below);
    } else if (!latent__tile_diagonal(t)) {
        load_thresholds(t->pairs, &t->right);
    }
}

/* Counts an evaluated pair for one of its ends. */
static void compare(const latent__tile *t, const latent__end *end, int64_t i, double distance) {
    const double nearest = t->pairs->distance[end->first + i];
    if (distance < nearest) {
        end->below[i]++;
    } else if (distance == nearest) {
        t->scratch->tied++;
        end->below[i] += t->pairs->count_ties;
    }
}

/* A pair that the screen left open for its row, its column or both. */
static void take(const latent__tile *t, int64_t i, int64_t j, float product) {
    const latent__end *left = &t->left, *right = &t->right;
    const float lower = (left->lower[i] + right->lower[j]) - product;
    const float upper = (left->upper[i] + right->upper[j]) - product;
    const double distance = latent__tile_distance(t, i, j);
    t->scratch->rescored++;
    if (upper > left->sure[i] && lower <= left->limit[i])
        compare(t, left, i, distance);
    if (t->pairs->symmetric && upper > right->sure[j] && lower <= right->limit[j])
        compare(t, right, j, distance);
}

static void count(const latent__tile *t, int64_t i, int64_t from, int64_t to,
                  const float *product) {
    const latent__end *left = &t->left, *right = &t->right;
    if (to <= from)
        return;
    const latent__row_bounds row = {.lower = left->lower[i],
                                    .upper = left->upper[i],
                                    .limit = left->limit[i],
                                    .sure = left->sure[i]};
    const latent__column_bounds columns = {.lower = right->lower + from,
                                           .upper = right->upper + from,
                                           .limit = right->limit + from,
                                           .sure = right->sure + from,
                                           .below = right->below + from};
    int32_t *hits = t->scratch->hits;
    int64_t below = 0;
    const int64_t found =
        t->pairs->context->kernels->count(product + from, row, &columns, to - from, &below, hits);
    left->below[i] += (int32_t)below;
    for (int64_t h = 0; h < found; h++) {
        if (latent__tick(t->pairs->context, t->worker))
            return;
        if (h + 1 < found)
            latent__tile_fetch(t, from + hits[h + 1]);
        take(t, i, from + hits[h], product[from + hits[h]]);
    }
    if (found > 0)
        latent__spend(t->pairs, found);
}

/* A strip's rows against columns of their label. */
static bool visit_strip(const latent__tile *t, const latent__strip *strip, latent__range columns) {
    const latent__pairs *pairs = t->pairs;
    const bool diagonal = latent__tile_diagonal(t);
    for (int64_t i = strip->first; i < strip->end; i++) {
        if (latent__tick(pairs->context, t->worker))
            return false;
        const float *row = latent__strip_row(strip, i);
        const int64_t from = diagonal ? i + 1 : columns.first;
        /* A chosen row meets itself among the references. */
        const int64_t self = pairs->self ? pairs->self[t->left.first + i] - t->right.first : -1;
        if (self >= from && self < columns.end) {
            count(t, i, from, self, row);
            count(t, i, self + 1, columns.end, row);
        } else {
            count(t, i, from, columns.end, row);
        }
    }
    return true;
}

/* Rows and columns of one label within the tile. */
static bool visit_label(const latent__tile *t, latent__range rows, latent__range columns) {
    const bool diagonal = latent__tile_diagonal(t);
    latent__strip strip = {0};
    if (diagonal && rows.end - rows.first < 2)
        return true;
    for (int64_t i = rows.first; i < rows.end; i = strip.end) {
        strip = latent__tile_strip(t, i, rows.end, diagonal ? i : columns.first, columns.end);
        if (latent__spend(t->pairs, 0) || !visit_strip(t, &strip, columns))
            return false;
    }
    return true;
}

/* What a range of positions has in common with an end, as its rows. */
static latent__range within(latent__range range, const latent__end *end) {
    latent__range common = {range.first - end->first, range.end - end->first};
    if (common.first < 0)
        common.first = 0;
    if (common.end > end->count)
        common.end = end->count;
    return common;
}

static void merge(latent__pairs *pairs, const latent__end *end) {
    latent__lock(pairs->locks, end->block);
    for (int64_t i = 0; i < end->count; i++)
        pairs->below[end->first + i] += end->below[i];
    latent__unlock(pairs->locks, end->block);
}

static void visit(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker) {
    const latent__tile t = latent__tile_make(pairs, a, b, worker);
    load(&t);
    const latent__side *left = pairs->left;
    const int64_t end = latent__block_group_end(left, a);
    for (int64_t group = left->block_group[a]; group < end; group++) {
        const latent__range rows = {left->group_start[group], left->group_start[group + 1]};
        const latent__range r = within(rows, &t.left);
        const latent__range c = within(latent__same_label(pairs, group), &t.right);
        if (r.first < r.end && c.first < c.end && !visit_label(&t, r, c))
            return;
    }
    merge(pairs, &t.left);
    if (pairs->symmetric && !latent__tile_diagonal(&t))
        merge(pairs, &t.right);
}

/* The blocks that hold the labels of a left block. */
static latent__range partners(const latent__pairs *pairs, int64_t a) {
    const latent__side *right = pairs->right;
    const int64_t first = pairs->left->block_group[a];
    const int64_t end = latent__block_group_end(pairs->left, a);
    latent__range blocks = {0, 0};
    for (int64_t group = first; group < end; group++) {
        const latent__range same = latent__same_label(pairs, group);
        if (same.end == same.first)
            continue;
        if (blocks.end == 0)
            blocks.first = latent__side_block_of(right, same.first);
        blocks.end = latent__side_block_of(right, same.end - 1) + 1;
    }
    if (pairs->symmetric)
        blocks.first = a;
    return blocks;
}

static latent_status clear(latent__pairs *pairs) {
    memset(pairs->below, 0, (size_t)pairs->left->count * sizeof *pairs->below);
    pairs->tied = 0;
    return LATENT_OK;
}

double latent__pairs_of_one_label(const latent__pairs *pairs) {
    double same = 0;
    for (int64_t g = 0; g < pairs->left->group_count; g++) {
        const latent__range range = latent__same_label(pairs, g);
        const int64_t rows = pairs->left->group_start[g + 1] - pairs->left->group_start[g];
        same += (double)rows * (double)(range.end - range.first);
    }
    return same;
}

latent_status latent__pairs_count(latent__pairs *pairs, bool ties, double from, double to) {
    const double all = latent__pairs_of_one_label(pairs);
    const latent__pass pass = {
        .phase = "counting nearer ones",
        .pairs = pairs->symmetric ? all / 2 : all,
        .counting = true,
        .begin = clear,
        .partners = partners,
        .visit = visit,
    };
    pairs->count_ties = ties;
    const latent_status status = latent__screened_walk(pairs, &pass, from, to);
    pairs->count_screen = pairs->packing.screen;
    return status;
}
