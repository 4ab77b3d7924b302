/* Going over all tiles: chunk by chunk when the packed rows do not fit, workers side by side. */
#include "linalg/blas.h"
#include "pairs.h"

typedef struct walking {
    latent__pairs *pairs;
    latent__partners partners;
    latent__visit visit;
    latent__range rows, columns; /* blocks of the two chunks at hand */
} walking;

int64_t latent__block_of(const latent__side *side, int64_t position) {
    int64_t low = 0,
            high = side->block_count; /* block_start[low] <= position < block_start[high] */
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (side->block_start[middle] <= position)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* A row block's partners within the column chunk. */
static latent__range partners_here(const walking *walk, int64_t block) {
    latent__range range = walk->partners(walk->pairs, block);
    if (range.first < walk->columns.first)
        range.first = walk->columns.first;
    if (range.end > walk->columns.end)
        range.end = walk->columns.end;
    if (range.end < range.first)
        range.end = range.first;
    return range;
}

/* Numbers the tiles: those of row block a are item_start[a - first] up to the next. */
static int64_t number_items(const walking *walk) {
    int64_t *start = walk->pairs->item_start, items = 0;
    for (int64_t a = walk->rows.first; a < walk->rows.end; a++) {
        const latent__range range = partners_here(walk, a);
        start[a - walk->rows.first] = items;
        items += range.end - range.first;
    }
    start[walk->rows.end - walk->rows.first] = items;
    return items;
}

static void visit_item(void *argument, int64_t item, int32_t worker) {
    const walking *walk = argument;
    const int64_t *start = walk->pairs->item_start;
    int64_t low = 0, high = walk->rows.end - walk->rows.first;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (start[middle] <= item)
            low = middle;
        else
            high = middle;
    }
    const int64_t a = walk->rows.first + low;
    if (worker != 0)
        latent__blas_worker();
    walk->visit(walk->pairs, a, partners_here(walk, a).first + item - start[low], worker);
}

/* As many blocks from `first` on as a panel holds. */
static latent__range chunk_from(const latent__side *side, int64_t first, int64_t capacity) {
    int64_t end = first + 1;
    while (end < side->block_count &&
           side->block_start[end + 1] - side->block_start[first] <= capacity)
        end++;
    return (latent__range){first, end};
}

static latent_status fill(latent__pairs *pairs, int which, const latent__side *side,
                          latent__range chunk) {
    const int64_t first = side->block_start[chunk.first];
    return latent__panel_fill(pairs->context, &pairs->space, pairs->shift, side, first,
                              side->block_start[chunk.end] - first, &pairs->panel[which]);
}

/* One chunk of rows against all the chunks of columns it meets. */
static latent_status walk_rows(walking *walk, const char *phase, double from, double to) {
    latent__pairs *pairs = walk->pairs;
    const latent__side *right = pairs->right;
    latent__phase(pairs->context, phase, from, from);
    latent_status status = fill(pairs, 0, pairs->left, walk->rows);
    int64_t first = pairs->symmetric ? walk->rows.first : 0;
    const int64_t begin = first;
    while (!status && first < right->block_count) {
        const bool same = pairs->symmetric && first == walk->rows.first;
        walk->columns = same ? walk->rows : chunk_from(right, first, pairs->panel[1].capacity);
        const int64_t items = number_items(walk);
        const double whole = (double)(right->block_count - begin);
        const double start = from + (to - from) * (double)(first - begin) / whole;
        first = walk->columns.end;
        if (items == 0)
            continue;
        latent__phase(pairs->context, phase, start, start);
        if (!same)
            status = fill(pairs, 1, right, walk->columns);
        latent__phase(pairs->context, phase, start,
                      from + (to - from) * (double)(first - begin) / whole);
        if (!status)
            status = latent__parallel_few(pairs->context, pairs->workers, items, visit_item, walk);
    }
    return status;
}

latent_status latent__walk(latent__pairs *pairs, const char *phase, double from, double to,
                           latent__partners partners, latent__visit visit) {
    walking walk = {.pairs = pairs, .partners = partners, .visit = visit};
    const latent__side *left = pairs->left;
    const latent__blas_hold hold = latent__blas_begin();
    latent_status status = LATENT_OK;
    for (int64_t first = 0; !status && first < left->block_count; first = walk.rows.end) {
        walk.rows = chunk_from(left, first, pairs->panel[0].capacity);
        const double blocks = (double)left->block_count;
        status = walk_rows(&walk, phase, from + (to - from) * (double)first / blocks,
                           from + (to - from) * (double)walk.rows.end / blocks);
    }
    latent__blas_end(hold);
    return status;
}
