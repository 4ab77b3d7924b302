/* One side of an all-pairs problem: rows of a view in the engine's order, cut into blocks.
 *
 * A position counts rows in that order. Rows with the same label form a group, a run of positions,
 * so that "same label" is a range of positions. A block is at most one tile long and holds either
 * whole groups or a part of one. */
#ifndef LATENT__SIDE_H
#define LATENT__SIDE_H

#include "base/groups.h"
#include "space.h"

typedef struct latent__side {
    const latent_matrix *view;
    const char *name;    /* of the argument, for sentences */
    int64_t count;       /* positions */
    int64_t *row;        /* position -> row of the view; NULL: the same number */
    int64_t *entry;      /* position -> place in the caller's outputs; NULL: as `row` */
    int64_t group_count; /* 1 without labels */
    int64_t *group_start;
    int32_t *group_label; /* NULL without labels */
    int64_t block_count;
    int64_t *block_start;
    int64_t *block_group; /* group of the block's first position */
    int64_t *block_place; /* where a block would begin if all were packed one after the other */
    const double *norm;   /* by row of the view, for cosine; else NULL */
} latent__side;

/* All rows of a view as one group. */
latent_status latent__side_plain(latent_context *context, const latent_matrix *view,
                                 const char *name, latent__side *side);

/* Rows grouped by label: all of the view's, or the `count` ones listed in `rows` (labels are then
 * still indexed by row of the view). */
latent_status latent__side_labelled(latent_context *context, const latent_matrix *view,
                                    const char *name, const int32_t *labels, const int64_t *rows,
                                    int64_t count, latent__side *side);

/* Cuts the side into blocks of at most `tile` positions, each packed in whole groups of rows; and
 * forgets about them. */
latent_status latent__side_cut(latent_context *context, latent__side *side, int64_t tile,
                               int64_t group);
void latent__side_uncut(latent_context *context, latent__side *side);

void latent__side_free(latent_context *context, latent__side *side);

/* The group that a position lies in. */
int64_t latent__side_group_of(const latent__side *side, int64_t position);

/* The block that a position, or a place among packed rows, lies in. */
int64_t latent__side_block_of(const latent__side *side, int64_t position);
int64_t latent__side_block_at(const latent__side *side, int64_t place);

/* The group with a label, or -1. */
int64_t latent__side_find(const latent__side *side, int32_t label);

static inline int64_t latent__side_row(const latent__side *side, int64_t position) {
    return side->row ? side->row[position] : position;
}

static inline int64_t latent__side_entry(const latent__side *side, int64_t position) {
    return side->entry ? side->entry[position] : latent__side_row(side, position);
}

/* Norm of a row of the view; only cosine looks at it. */
static inline double latent__side_norm(const latent__side *side, int64_t row) {
    return side->norm ? side->norm[row] : 0;
}

/* One past the last group that has positions in a block. */
static inline int64_t latent__block_group_end(const latent__side *side, int64_t block) {
    const int64_t end = side->block_start[block + 1];
    int64_t group = side->block_group[block];
    while (group < side->group_count && side->group_start[group] < end)
        group++;
    return group;
}

/* Whether a block lies within one group. */
static inline bool latent__block_pure(const latent__side *side, int64_t block) {
    return side->group_start[side->block_group[block] + 1] >= side->block_start[block + 1];
}

#endif
