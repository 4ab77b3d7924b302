#include "side.h"

#include "base/memory.h"

static void *held(latent_context *context, int64_t count, const char *what, latent_status *status) {
    return *status ? NULL : latent__allocate(context, count, sizeof(int64_t), what, status);
}

latent_status latent__side_plain(latent_context *context, const latent_matrix *view,
                                 const char *name, latent__side *side) {
    latent_status status = LATENT_OK;
    *side = (latent__side){.view = view, .name = name, .count = view->rows, .group_count = 1};
    side->group_start = held(context, 2, "the groups", &status);
    if (status)
        return status;
    side->group_start[0] = 0;
    side->group_start[1] = side->count;
    return LATENT_OK;
}

latent_status latent__side_labelled(latent_context *context, const latent_matrix *view,
                                    const char *name, const int32_t *labels, const int64_t *rows,
                                    int64_t count, latent__side *side) {
    *side = (latent__side){.view = view, .name = name, .count = count};
    latent__groups groups;
    latent_status status = latent__groups_make(context, labels, rows, count, &groups);
    if (status)
        return status;
    /* The side takes over what the groups hold. */
    side->group_count = groups.count;
    side->group_start = groups.start;
    side->group_label = groups.label;
    side->row = groups.order;
    if (rows) {
        side->entry = groups.order;
        side->row = held(context, count, "the chosen rows", &status);
        if (status) {
            latent__side_free(context, side);
            return status;
        }
        for (int64_t p = 0; p < count; p++)
            side->row[p] = rows[side->entry[p]];
    }
    return LATENT_OK;
}

/* Where the block that begins at `start`, in group `group`, ends: a group longer than a tile is cut
 * evenly; groups up to a tile long are gathered while they fit. */
static int64_t block_end(const latent__side *side, int64_t start, int64_t group, int64_t tile) {
    const int64_t *bound = side->group_start;
    const int64_t length = bound[group + 1] - bound[group];
    if (length > tile) {
        const int64_t parts = (length + tile - 1) / tile;
        /* `start` is bound + floor(length · part / parts): ceil finds part again. */
        const int64_t part = ((start - bound[group]) * parts + length - 1) / length;
        return bound[group] + length * (part + 1) / parts;
    }
    int64_t end = bound[group + 1];
    for (group++; group < side->group_count && bound[group + 1] - start <= tile; group++)
        end = bound[group + 1];
    return end;
}

/* Walks over the blocks; writes them when there is where to. Returns their number. */
static int64_t walk_blocks(latent__side *side, int64_t tile) {
    int64_t blocks = 0, start = 0, group = 0;
    while (start < side->count) {
        if (side->block_start) {
            side->block_start[blocks] = start;
            side->block_group[blocks] = group;
        }
        blocks++;
        start = block_end(side, start, group, tile);
        while (group < side->group_count && side->group_start[group + 1] <= start)
            group++;
    }
    return blocks;
}

latent_status latent__side_cut(latent_context *context, latent__side *side, int64_t tile,
                               int64_t group) {
    latent_status status = LATENT_OK;
    side->block_count = walk_blocks(side, tile);
    side->block_start = held(context, side->block_count + 1, "the blocks", &status);
    side->block_place = held(context, side->block_count + 1, "the blocks' places", &status);
    int64_t *groups = held(context, side->block_count, "the blocks' groups", &status);
    if (status)
        return status;
    side->block_group = groups;
    walk_blocks(side, tile);
    side->block_start[side->block_count] = side->count;
    side->block_place[0] = 0;
    for (int64_t b = 0; b < side->block_count; b++) {
        const int64_t rows = side->block_start[b + 1] - side->block_start[b];
        side->block_place[b + 1] = side->block_place[b] + (rows + group - 1) / group * group;
    }
    return LATENT_OK;
}

void latent__side_uncut(latent_context *context, latent__side *side) {
    const size_t word = sizeof(int64_t);
    latent__release(context, side->block_start, side->block_count + 1, word);
    latent__release(context, side->block_place, side->block_count + 1, word);
    latent__release(context, side->block_group, side->block_count, word);
    side->block_start = side->block_place = side->block_group = NULL;
    side->block_count = 0;
}

void latent__side_free(latent_context *context, latent__side *side) {
    const size_t word = sizeof(int64_t);
    latent__side_uncut(context, side);
    latent__release(context, side->row, side->count, word);
    latent__release(context, side->entry, side->count, word);
    latent__release(context, side->group_start, side->group_count + 1, word);
    latent__release(context, side->group_label, side->group_count, sizeof(int32_t));
    *side = (latent__side){0};
}

/* The run r with start[r] <= x < start[r + 1]. */
static int64_t find_run(const int64_t *start, int64_t runs, int64_t x) {
    int64_t low = 0, high = runs;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        if (start[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t latent__side_group_of(const latent__side *side, int64_t position) {
    return find_run(side->group_start, side->group_count, position);
}

int64_t latent__side_block_of(const latent__side *side, int64_t position) {
    return find_run(side->block_start, side->block_count, position);
}

int64_t latent__side_block_at(const latent__side *side, int64_t place) {
    return find_run(side->block_place, side->block_count, place);
}

int64_t latent__side_find(const latent__side *side, int32_t label) {
    const latent__groups groups = {.count = side->group_count, .label = side->group_label};
    return latent__groups_find(&groups, label);
}
