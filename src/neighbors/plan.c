/* How large tiles and panels are: as the memory budget allows. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "pairs.h"

/* A tile should be done within some hundredths of a second on a slow machine too, so that
 * cancelling is quick: tile² · columns <= 1e9 multiply-adds, fewer where they are made in plain C. And
 * the bounds of k neighbours for two blocks should stay in cache. */
static int64_t preferred_tile(const latent__pairs *pairs) {
    const latent__arithmetic *arithmetic = pairs->packing.arithmetic;
    const double pace = arithmetic ? fmin((double)arithmetic->pace, 1) : 1;
    const int64_t k = pairs->k, left = pairs->left->count, right = pairs->right->count;
    const int64_t most = left > right ? left : right;
    int64_t tile = (int64_t)sqrt(1e9 * pace / (double)pairs->space.columns);
    if (tile > (1 << 19) / k)
        tile = (1 << 19) / k;
    if (tile > LATENT__LARGEST_TILE)
        tile = LATENT__LARGEST_TILE;
    const int64_t least = pairs->packing.group > 8 ? pairs->packing.group : 8;
    tile = tile >= 32 ? tile - tile % 16 : tile < least ? least : tile;
    return tile < most ? tile : most;
}

/* Bytes of one worker's scratch arrays, in 64-byte steps so that workers share no cache line. */
static int64_t padded(int64_t bytes) {
    return (bytes + 63) & ~(int64_t)63;
}

static int64_t product_bytes(const latent__packing *packing, int64_t tile) {
    const int64_t rows = latent__strip_rows(packing, tile), group = packing->group;
    return rows * ((tile + group - 1) / group * group) * (int64_t)sizeof(float);
}

static int64_t scratch_bytes(const latent__pairs *pairs) {
    const int64_t tile = pairs->tile;
    return padded(product_bytes(&pairs->packing, tile)) + padded(tile * 4) * 7 +
           padded(tile * pairs->k * 8) * 2 +
           padded(LATENT__CANDIDATES * (int64_t)sizeof(latent__candidate)) +
           padded(2 * LATENT__CANDIDATES * (int64_t)sizeof(uint64_t));
}

/* What the present tile and workers need at the least: scratch, panels of one block each (one panel
 * of a few blocks when they all fit), and the blocks' lists. No two blocks in a row are together
 * shorter than a tile but where a long group is between them, so there are at most three to a tile,
 * on each side. */
static int64_t needed(const latent__pairs *pairs) {
    const int64_t left = pairs->left->count, right = pairs->right->count, tile = pairs->tile;
    const int64_t rows_left = left < tile ? left : tile, rows_right = right < tile ? right : tile;
    const int64_t rows = pairs->symmetric && left < 2 * tile ? left : rows_left + rows_right;
    const int64_t filling = 6 * (pairs->packing.group - 1); /* of their last groups */
    const int64_t lists = 3 * (left + right) / tile + 6;
    return pairs->workers * (scratch_bytes(pairs) + (int64_t)sizeof(latent__scratch)) +
           (rows + filling) * latent__panel_row_bytes(&pairs->packing) + lists * 88 + 4096;
}

/* Halves the tile unless that needs more memory: there are lists of tiles, too. */
static bool halve(latent__pairs *pairs, int64_t least) {
    const int64_t tile = pairs->tile, before = needed(pairs);
    if (tile <= least)
        return false;
    pairs->tile = tile / 2;
    if (needed(pairs) < before)
        return true;
    pairs->tile = tile;
    return false;
}

/* Memory that is short is won by smaller tiles first, then by fewer workers. More workers than
 * tiles would have nothing to do. */
static void choose(latent__pairs *pairs) {
    const int64_t left = latent__memory_left(pairs->context);
    const int64_t least = pairs->packing.group; /* positions in a tile */
    const int32_t threads = latent__pool_threads(pairs->context->pool);
    pairs->tile = preferred_tile(pairs);
    const int64_t a = pairs->left->count / pairs->tile + 1,
                  b = pairs->right->count / pairs->tile + 1;
    pairs->workers = a * b < threads ? (int32_t)(a * b) : threads;
    while (needed(pairs) > left && halve(pairs, 16))
        ;
    while (pairs->workers > 1 && needed(pairs) > left)
        pairs->workers /= 2;
    while (needed(pairs) > left && halve(pairs, least))
        ;
}

static char *carve(char **memory, int64_t bytes) {
    char *start = *memory;
    *memory += padded(bytes);
    return start;
}

static void share_out(const latent__pairs *pairs, latent__scratch *scratch, char *memory) {
    const int64_t tile = pairs->tile, k = pairs->k;
    *scratch = (latent__scratch){0};
    scratch->product = (float *)(void *)carve(&memory, product_bytes(&pairs->packing, tile));
    scratch->hits = (int32_t *)(void *)carve(&memory, tile * 4);
    for (int end = 0; end < 2; end++) {
        scratch->limit[end] = (float *)(void *)carve(&memory, tile * 4);
        scratch->sure[end] = (float *)(void *)carve(&memory, tile * 4);
        scratch->below[end] = (int32_t *)(void *)carve(&memory, tile * 4);
        scratch->nearest[end] = (double *)(void *)carve(&memory, tile * k * 8);
    }
    scratch->candidate = (latent__candidate *)(void *)carve(
        &memory, LATENT__CANDIDATES * (int64_t)sizeof(latent__candidate));
    scratch->key = (uint64_t *)(void *)memory;
}

static latent_status make_scratch(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    const int64_t count = pairs->workers, bytes = scratch_bytes(pairs);
    latent_status status = LATENT_OK;
    pairs->scratch_bytes = bytes;
    pairs->scratch =
        latent__allocate(context, count, sizeof *pairs->scratch, "the workers", &status);
    if (status)
        return status;
    char *memory = latent__allocate(context, count, (size_t)bytes, "the workers' tiles", &status);
    for (int64_t w = 0; w < count; w++)
        if (memory)
            share_out(pairs, &pairs->scratch[w], memory + w * bytes);
        else
            pairs->scratch[w] = (latent__scratch){0};
    return status;
}

/* All blocks of both sides when they fit; else, of two panels, a small side whole and the rest for the
 * other, or half each. */
static latent_status make_panels(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    const int64_t group = pairs->packing.group;
    const int64_t left = pairs->left->block_place[pairs->left->block_count];
    const int64_t right =
        pairs->symmetric ? 0 : pairs->right->block_place[pairs->right->block_count];
    const int64_t room = (latent__memory_left(context) - 256) /
                         latent__panel_row_bytes(&pairs->packing) / group * group; /* rows */
    const int64_t half = room / 2 / group * group;
    int64_t first = left, second = right;
    if (left + right > room) {
        first = second = half;
        if (!pairs->symmetric && left <= half) {
            first = left;
            second = room - left;
        } else if (!pairs->symmetric && right <= half) {
            second = right;
            first = room - right;
        }
    }
    latent_status status = latent__panel_make(context, first, &pairs->packing, &pairs->panel[0]);
    if (!status && second > 0)
        status = latent__panel_make(context, second, &pairs->packing, &pairs->panel[1]);
    return status;
}

static latent_status fail_short(const latent__pairs *pairs, int64_t need) {
    latent_context *context = pairs->context;
    return latent__fail(context, LATENT_ERROR_BUDGET,
                        "the memory budget is %" PRId64 " bytes; at least %" PRId64 " are needed",
                        context->limit, context->in_use + need);
}

latent_status latent__plan(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    latent__plan_free(pairs);
    choose(pairs);
    if (needed(pairs) > latent__memory_left(context) && pairs->packing.arithmetic) {
        pairs->packing = latent__packing_float32(pairs->space.columns);
        choose(pairs);
    }
    if (needed(pairs) > latent__memory_left(context))
        return fail_short(pairs, needed(pairs));
    const int64_t group = pairs->packing.group;
    latent_status status = latent__side_cut(context, &pairs->reference_side, pairs->tile, group);
    if (!status && !pairs->symmetric)
        status = latent__side_cut(context, &pairs->query_side, pairs->tile, group);
    if (!status)
        pairs->item_start = latent__allocate(context, pairs->left->block_count + 1, sizeof(int64_t),
                                             "the list of tiles", &status);
    if (!status)
        pairs->locks = latent__locks_create(context, pairs->left->block_count, &status);
    if (!status)
        status = make_scratch(pairs);
    return status ? status : make_panels(pairs);
}

void latent__plan_free(latent__pairs *pairs) {
    latent_context *context = pairs->context;
    latent__panel_free(context, &pairs->panel[1]);
    latent__panel_free(context, &pairs->panel[0]);
    if (pairs->scratch)
        latent__release(context, pairs->scratch[0].product, pairs->workers,
                        (size_t)pairs->scratch_bytes);
    latent__release(context, pairs->scratch, pairs->workers, sizeof *pairs->scratch);
    latent__locks_destroy(context, pairs->locks);
    latent__release(context, pairs->item_start, pairs->left->block_count + 1, sizeof(int64_t));
    pairs->scratch = NULL;
    pairs->locks = NULL;
    pairs->item_start = NULL;
    pairs->workers = 0;
    latent__side_uncut(context, &pairs->query_side);
    latent__side_uncut(context, &pairs->reference_side);
}
