/* Going over all tiles: chunk by chunk when the packed rows do not fit, workers side by side. */
#include <math.h>
#include <stdatomic.h>

#include "linalg/blas.h"
#include "pairs.h"

typedef struct walking {
    latent__pairs *pairs;
    latent__partners partners;
    latent__visit visit;
    latent__range rows, columns; /* blocks of the two chunks at hand */
} walking;

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

/* As many blocks from `first` on as a panel has room for. */
static latent__range chunk_from(const latent__side *side, int64_t first, int64_t capacity) {
    int64_t end = first + 1;
    while (end < side->block_count &&
           side->block_place[end + 1] - side->block_place[first] <= capacity)
        end++;
    return (latent__range){first, end};
}

static latent_status fill(latent__pairs *pairs, int which, const latent__side *side,
                          latent__range chunk) {
    return latent__panel_fill(pairs->context, &pairs->space, &pairs->packing, pairs->shift, side,
                              chunk.first, chunk.end, &pairs->panel[which]);
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

bool latent__spend(latent__pairs *pairs, int64_t evaluations) {
    if (evaluations == 0)
        return atomic_load_explicit(&pairs->spent, memory_order_relaxed) > pairs->allowed;
    return atomic_fetch_add(&pairs->spent, evaluations) + evaluations > pairs->allowed;
}

/* Evaluations that every screen leaves: of n partners in any order, k (1 + log(n / k)) are on the way
 * among the k nearest so far. */
static double unavoidable(const latent__pairs *pairs, const latent__pass *pass) {
    const double k = (double)pairs->k, n = (double)pairs->right->count;
    return pass->counting ? 0 : (double)pairs->left->count * k * (1 + log(fmax(n / k, 1)));
}

/* With float32 there is no finer screen; with another one, evaluations may take half as long as all
 * products of float32 would, beside those that there would be anyway. */
static void allow(latent__pairs *pairs, const latent__pass *pass, bool last) {
    const double d = (double)pairs->space.columns;
    const double most = pass->pairs * d / 2 / latent__evaluation_cost(d) + unavoidable(pairs, pass);
    atomic_store(&pairs->spent, 0);
    pairs->allowed = last || most > 1e18 ? INT64_MAX : 10000 + (int64_t)most;
}

/* A pass that wants the screen of the one before finds its rows packed. */
static latent_status plan(latent__pairs *pairs, const latent__packing *wanted) {
    if (pairs->scratch && pairs->packing.screen == wanted->screen)
        return LATENT_OK;
    pairs->packing = *wanted;
    return latent__plan(pairs);
}

static void collect_counts(latent__pairs *pairs) {
    for (int32_t w = 0; w < pairs->workers; w++) {
        pairs->context->rescored_pairs += pairs->scratch[w].rescored;
        pairs->tied += pairs->scratch[w].tied;
        pairs->scratch[w].rescored = pairs->scratch[w].tied = 0;
    }
}

latent_status latent__screened_walk(latent__pairs *pairs, const latent__pass *pass, double from,
                                    double to) {
    latent_status status = latent__choose_screens(pairs, pass);
    bool vain = true;
    for (int32_t c = 0; !status && vain; c++) {
        status = plan(pairs, &pairs->choice[c]);
        if (!status)
            status = pass->begin(pairs);
        if (status)
            return status;
        allow(pairs, pass,
              c == pairs->choices - 1 || pairs->packing.screen == LATENT_SCREEN_FLOAT32);
        status = latent__walk(pairs, pass->phase, from, to, pass->partners, pass->visit);
        collect_counts(pairs);
        vain = latent__spend(pairs, 0);
    }
    return status;
}
