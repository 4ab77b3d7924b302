/* The nearest pass. A tile works with its own copy of both blocks' bounds; what it finds is merged
 * into the state under the blocks' locks, so the answer does not depend on the order of tiles. */
#include <math.h>
#include <string.h>

#include "base/sort.h"
#include "pairs.h"

/* Heaps have their largest entry first; entries are distances, and rows where those are known. */
static void sift_bound(double *heap, int64_t k, double value) {
    int64_t hole = 0;
    for (int64_t child = 1; child < k; child = 2 * hole + 1) {
        if (child + 1 < k && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= value)
            break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = value;
}

static bool before(double d, int64_t row, double other_d, int64_t other_row) {
    return d < other_d || (d == other_d && row < other_row);
}

static void sift_neighbor(double *d, int64_t *row, int64_t k, double new_d, int64_t new_row) {
    int64_t hole = 0;
    for (int64_t child = 1; child < k; child = 2 * hole + 1) {
        if (child + 1 < k && before(d[child], row[child], d[child + 1], row[child + 1]))
            child++;
        if (!before(new_d, new_row, d[child], row[child]))
            break;
        d[hole] = d[child];
        row[hole] = row[child];
        hole = child;
    }
    d[hole] = new_d;
    row[hole] = new_row;
}

static void set_limit(const latent__tile *t, const latent__end *end, int64_t i) {
    end->limit[i] =
        latent__limit(&t->pairs->space, &t->pairs->packing, end->nearest[i * t->pairs->k]);
}

/* Copies a block's distances as the first bounds. They are a heap, and stay one. */
static void load_bounds(const latent__tile *t, const latent__end *end) {
    const latent__pairs *pairs = t->pairs;
    latent__lock(pairs->locks, end->block);
    memcpy(end->nearest, pairs->distance + end->first * pairs->k,
           (size_t)(end->count * pairs->k) * sizeof(double));
    latent__unlock(pairs->locks, end->block);
    for (int64_t i = 0; i < end->count; i++)
        set_limit(t, end, i);
}

static void load(const latent__tile *t) {
    load_bounds(t, &t->left);
    if (!t->pairs->symmetric)
        latent__tile_mute_columns(t);
    else if (!latent__tile_diagonal(t))
        load_bounds(t, &t->right);
}

/* Row i of `end` has one reference more at a distance of at most `bound`. */
static void tighten(const latent__tile *t, const latent__end *end, int64_t i, double bound) {
    double *heap = end->nearest + i * t->pairs->k;
    if (bound >= heap[0])
        return;
    sift_bound(heap, t->pairs->k, bound);
    set_limit(t, end, i);
}

static void merge(latent__pairs *pairs, int64_t position, double d, int64_t row) {
    double *distance = pairs->distance + position * pairs->k;
    int64_t *neighbor = pairs->neighbor + position * pairs->k;
    if (before(d, row, distance[0], neighbor[0]))
        sift_neighbor(distance, neighbor, pairs->k, d, row);
}

/* Merges the first `kept` candidates into the rows' or the columns' state. */
static void merge_kept(const latent__tile *t, int64_t kept, bool columns) {
    const latent__end *to = columns ? &t->right : &t->left, *from = columns ? &t->left : &t->right;
    latent__lock(t->pairs->locks, to->block);
    for (int64_t c = 0; c < kept; c++) {
        const latent__candidate *one = &t->scratch->candidate[c];
        if (columns ? one->column : one->row)
            merge(t->pairs, to->first + (columns ? one->j : one->i), one->distance,
                  latent__side_row(from->side, from->first + (columns ? one->i : one->j)));
    }
    latent__unlock(t->pairs->locks, to->block);
}

/* Leaves the candidates that the bounds still admit; returns how many. */
static int64_t sift_candidates(const latent__tile *t) {
    latent__scratch *scratch = t->scratch;
    int64_t kept = 0;
    for (int64_t c = 0; c < scratch->candidates; c++) {
        latent__candidate one = scratch->candidate[c];
        one.row = one.lower <= t->left.limit[one.i];
        one.column = t->pairs->symmetric && one.lower <= t->right.limit[one.j];
        if (one.row || one.column)
            scratch->candidate[kept++] = one;
    }
    scratch->candidates = 0;
    return kept;
}

/* Takes back the state's bounds for the rows, or columns, that candidates are for: what upper estimates
 * said of those very candidates must not count beside their distances. */
static void reload_bounds(const latent__tile *t, int64_t kept, bool columns) {
    const latent__pairs *pairs = t->pairs;
    const latent__end *end = columns ? &t->right : &t->left;
    const int64_t k = pairs->k;
    latent__lock(pairs->locks, end->block);
    for (int64_t c = 0; c < kept; c++) {
        const latent__candidate *one = &t->scratch->candidate[c];
        const int64_t i = columns ? one->j : one->i;
        if (columns ? one->column : one->row)
            memcpy(end->nearest + i * k, pairs->distance + (end->first + i) * k,
                   (size_t)k * sizeof(double));
    }
    latent__unlock(pairs->locks, end->block);
    for (int64_t c = 0; c < kept; c++) {
        const latent__candidate *one = &t->scratch->candidate[c];
        if (columns ? one->column : one->row)
            set_limit(t, end, columns ? one->j : one->i);
    }
}

/* The candidates' numbers in the low halves of what is returned, those of smaller lower estimates
 * first: the bits of a float, its sign seen to, order as numbers do. */
static const uint64_t *order_candidates(const latent__scratch *scratch, int64_t kept) {
    for (int64_t c = 0; c < kept; c++) {
        uint32_t bits;
        memcpy(&bits, &scratch->candidate[c].lower, sizeof bits);
        bits = bits >> 31 ? ~bits : bits | 0x80000000u;
        scratch->key[c] = (uint64_t)bits << 32 | (uint64_t)c;
    }
    return latent__sort_bits(scratch->key, scratch->key + LATENT__CANDIDATES, kept, 32, 64, NULL,
                             NULL);
}

/* Evaluates a candidate if the bounds still admit it, and tightens them. */
static bool evaluate(const latent__tile *t, latent__candidate *one) {
    one->row = one->row && one->lower <= t->left.limit[one->i];
    one->column = one->column && one->lower <= t->right.limit[one->j];
    if (!one->row && !one->column)
        return false;
    one->distance = latent__tile_distance(t, one->i, one->j);
    if (one->row)
        tighten(t, &t->left, one->i, one->distance);
    if (one->column)
        tighten(t, &t->right, one->j, one->distance);
    return true;
}

/* Evaluates the candidates that are left, the most promising first, and merges them into the state. */
static void settle(const latent__tile *t) {
    latent__pairs *pairs = t->pairs;
    latent__candidate *candidate = t->scratch->candidate;
    const int64_t kept = sift_candidates(t);
    int64_t evaluated = 0;
    reload_bounds(t, kept, false);
    if (pairs->symmetric)
        reload_bounds(t, kept, true);
    const uint64_t *order = order_candidates(t->scratch, kept);
    for (int64_t c = 0; c < kept; c++) {
        if (latent__tick(pairs->context, t->worker))
            return;
        if (c + 1 < kept)
            latent__tile_fetch(t, candidate[order[c + 1] & UINT32_MAX].j);
        evaluated += evaluate(t, &candidate[order[c] & UINT32_MAX]);
    }
    t->scratch->rescored += evaluated;
    latent__spend(pairs, evaluated);
    merge_kept(t, kept, false);
    if (pairs->symmetric)
        merge_kept(t, kept, true);
}

/* A pair that the screen let through: remember it, and use what its upper estimate says. */
static void take(const latent__tile *t, int64_t i, int64_t j, float product) {
    const latent__end *left = &t->left, *right = &t->right;
    latent__scratch *scratch = t->scratch;
    const float lower = (left->lower[i] + right->lower[j]) - product;
    const float upper = (left->half[i] + right->half[j]) - product;
    const bool row = lower <= left->limit[i];
    const bool column = t->pairs->symmetric && lower <= right->limit[j];
    if (!row && !column)
        return;
    const double bound = latent__distance_above(&t->pairs->space, &t->pairs->packing, upper,
                                                (double)left->loss[i] + (double)right->loss[j]);
    if (row)
        tighten(t, left, i, bound);
    if (column)
        tighten(t, right, j, bound);
    scratch->candidate[scratch->candidates++] =
        (latent__candidate){.i = (int32_t)i, .j = (int32_t)j, .lower = lower};
    if (scratch->candidates == LATENT__CANDIDATES)
        settle(t);
}

/* Columns from … to - 1 of row i; `product` is the row's. */
static void screen(const latent__tile *t, int64_t i, int64_t from, int64_t to,
                   const float *product) {
    const latent__end *left = &t->left, *right = &t->right;
    if (to <= from)
        return;
    const latent__row_bounds row = {.lower = left->lower[i], .limit = left->limit[i]};
    int32_t *hits = t->scratch->hits;
    const int64_t found = t->pairs->context->kernels->screen(
        product + from, row, right->lower + from, right->limit + from, to - from, hits);
    for (int64_t h = 0; h < found; h++)
        take(t, i, from + hits[h], product[from + hits[h]]);
}

/* Columns of the tile that carry row i's label; *group is i's or an earlier row's group. */
static latent__range excluded(const latent__tile *t, int64_t i, int64_t *group) {
    const latent__end *left = &t->left, *right = &t->right;
    if (!t->pairs->labelled)
        return (latent__range){0, 0};
    while (left->side->group_start[*group + 1] <= left->first + i)
        ++*group;
    latent__range range = latent__same_label(t->pairs, *group);
    range.first = range.first < right->first ? 0 : range.first - right->first;
    range.end = range.end < right->first ? 0 : range.end - right->first;
    if (range.end > right->count)
        range.end = right->count;
    return range.first < range.end ? range : (latent__range){0, 0};
}

/* A strip's rows: above the diagonal only, where a block meets itself. */
static bool visit_strip(const latent__tile *t, const latent__strip *strip, int64_t *group) {
    const int64_t columns = t->right.count;
    const bool diagonal = latent__tile_diagonal(t);
    for (int64_t i = strip->first; i < strip->end; i++) {
        if (latent__tick(t->pairs->context, t->worker))
            return false;
        const float *row = latent__strip_row(strip, i);
        const int64_t from = diagonal ? i + 1 : 0;
        const latent__range out = excluded(t, i, group);
        screen(t, i, from, out.end > 0 ? out.first : columns, row);
        if (out.end > 0)
            screen(t, i, from > out.end ? from : out.end, columns, row);
    }
    return true;
}

static void visit(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker) {
    /* One label only on both sides: nothing foreign here. */
    if (pairs->labelled && !pairs->symmetric && latent__block_pure(pairs->left, a) &&
        latent__block_pure(pairs->right, b) &&
        pairs->match[pairs->left->block_group[a]] == pairs->right->block_group[b])
        return;
    const latent__tile t = latent__tile_make(pairs, a, b, worker);
    load(&t);
    t.scratch->candidates = 0; /* a tile that was given up may have left some */
    const bool diagonal = latent__tile_diagonal(&t);
    int64_t group = pairs->left->block_group[a];
    latent__strip strip = {0};
    for (int64_t i = 0; i < t.left.count; i = strip.end) {
        strip = latent__tile_strip(&t, i, t.left.count, diagonal ? i : 0, t.right.count);
        if (latent__spend(pairs, 0) || !visit_strip(&t, &strip, &group))
            return;
    }
    settle(&t);
}

static latent__range partners(const latent__pairs *pairs, int64_t a) {
    const latent__side *right = pairs->right;
    if (!pairs->symmetric)
        return (latent__range){0, right->block_count};
    const int64_t group = right->block_group[a];
    if (!pairs->labelled || !latent__block_pure(right, a))
        return (latent__range){a, right->block_count};
    /* All of one label: start behind the label's last block. */
    return (latent__range){latent__side_block_of(right, right->group_start[group + 1] - 1) + 1,
                           right->block_count};
}

/* Heapsort of one query's neighbours: take the farthest away, again and again. */
static void sort_item(void *argument, int64_t position, int32_t worker) {
    latent__pairs *pairs = argument;
    double *d = pairs->distance + position * pairs->k;
    int64_t *row = pairs->neighbor + position * pairs->k;
    (void)worker;
    for (int64_t last = pairs->k - 1; last > 0; last--) {
        const double far_d = d[0];
        const int64_t far_row = row[0];
        sift_neighbor(d, row, last, d[last], row[last]);
        d[last] = far_d;
        row[last] = far_row;
    }
}

enum { CLEARED_PER_ITEM = 1 << 16 };

static void clear_item(void *argument, int64_t item, int32_t worker) {
    const latent__pairs *pairs = argument;
    const int64_t entries = pairs->left->count * pairs->k, first = item * CLEARED_PER_ITEM;
    const int64_t end = first + CLEARED_PER_ITEM < entries ? first + CLEARED_PER_ITEM : entries;
    (void)worker;
    for (int64_t e = first; e < end; e++) {
        pairs->distance[e] = INFINITY;
        pairs->neighbor[e] = INT64_MAX;
    }
}

static latent_status clear(latent__pairs *pairs) {
    const int64_t entries = pairs->left->count * pairs->k;
    return latent__parallel(pairs->context, entries / CLEARED_PER_ITEM + 1, clear_item, pairs);
}

latent_status latent__pairs_nearest(latent__pairs *pairs, double from, double to) {
    const double all = (double)pairs->left->count * (double)pairs->right->count;
    const latent__pass pass = {
        .phase = "nearest neighbours",
        .pairs = pairs->symmetric ? all / 2 : all,
        .begin = clear,
        .partners = partners,
        .visit = visit,
    };
    latent_status status = latent__screened_walk(pairs, &pass, from, to);
    pairs->nearest_screen = pairs->context->screen = pairs->packing.screen;
    latent__phase(pairs->context, "sorting neighbours", to, to);
    if (!status && pairs->k > 1)
        status = latent__parallel(pairs->context, pairs->left->count, sort_item, pairs);
    return status;
}
