/* The all-pairs engine: exact answers about all distances between two sides, a tile at a time.
 *
 * A tile is a block of queries times a block of references. Two passes run over tiles, each a step
 * whose partial result merges with that of any other tile, in any order:
 *   nearest  the k nearest references of each query that the rule admits; merges by taking the
 *            best k;
 *   count    with the nearest foreign distance m known, how many references of the query's own
 *            label lie below it; merges by adding.
 * When the references are the queries (symmetric), a tile serves its rows and its columns, and only
 * blocks a <= b are visited: each pair once. */
#ifndef LATENT__PAIRS_H
#define LATENT__PAIRS_H

#include "panel.h"
#include "parallel/pool.h"

/* What to compare. */
typedef struct latent__problem {
    latent_metric metric;
    const latent_matrix *references;
    const char *references_name;
    const int32_t *reference_labels; /* NULL: no labels. Else pairs with the same label are left to
                                        the count pass */
    const latent_matrix *queries;    /* NULL: the references, each without itself */
    const char *queries_name;
    const int32_t *query_labels; /* of `queries`; needed if and only if both are given */
    const int64_t *rows;         /* if `queries` is NULL: the rows that are queries; NULL: all */
    int64_t row_count;
} latent__problem;

typedef struct latent__scratch latent__scratch;

typedef struct latent__pairs {
    latent_context *context;
    latent__space space;
    latent__side reference_side, query_side; /* the latter is empty when symmetric */
    const latent__side *left, *right;        /* queries, references */
    bool symmetric, labelled;
    double *reference_norm, *query_norm; /* by row of the view; cosine only */
    double *shift;
    int64_t *match; /* not symmetric, labelled: query group -> reference group or -1 */
    int64_t *self;  /* chosen rows: query position -> its own reference position */

    int64_t tile;    /* positions in a block at the most */
    int32_t workers; /* that visit tiles */
    latent__panel panel[2];
    int64_t *item_start;      /* of each left block in the current walk */
    latent__locks *locks;     /* one per left block, guarding the state of its positions */
    latent__scratch *scratch; /* one per worker */

    /* State of each query position. */
    int64_t k;
    double
        *distance; /* k each: a heap with the farthest first while the pass runs, then ascending */
    int64_t *neighbor; /* their rows in the references' view */
    int64_t *below;    /* count pass */
    bool count_ties;   /* whether a pair at the very distance counts */
    int64_t tied, rescored;
} latent__pairs;

/* Checks the data (finite, in range; under cosine not zero), sorts, and makes ready for the nearest
 * pass with `k`. Views and labels must have been checked for shape. Close in any case. */
latent_status latent__pairs_open(latent_context *context, const latent__problem *problem, int64_t k,
                                 latent__pairs *pairs);
void latent__pairs_close(latent__pairs *pairs);

/* The nearest pass. Afterwards distance and neighbor are in ascending order, ties by row. The phase
 * takes the call's progress from `from` to `to`. */
latent_status latent__pairs_nearest(latent__pairs *pairs, double from, double to);

/* The count pass, after a nearest pass with k = 1 over labels: below[p] = how many references of
 * p's label, p itself left out, have a distance < distance[p], or <= if `ties` is true. */
latent_status latent__pairs_count(latent__pairs *pairs, bool ties, double from, double to);

/* Checks every element, raises *largest to the largest magnitude, computes norms (by row; for
 * cosine, else NULL). Sentences number the view's rows from `first_row`. */
latent_status latent__inspect(latent_context *context, const latent_matrix *view, const char *name,
                              int64_t first_row, const latent__space *space, double *norm,
                              double *largest);

/* ------------------------------------------------- for the files of this room */

/* Chooses the tile, the workers and the panels within the memory that is left, and allocates all
 * that is needed. */
latent_status latent__plan(latent__pairs *pairs);
void latent__plan_free(latent__pairs *pairs);

/* Right blocks that a left block meets. */
typedef struct latent__range {
    int64_t first, end;
} latent__range;
typedef latent__range (*latent__partners)(const latent__pairs *pairs, int64_t block);

/* One tile. */
typedef void (*latent__visit)(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker);

/* Visits every tile (a, b) with b in partners(a), packing what each needs. */
latent_status latent__walk(latent__pairs *pairs, const char *phase, double from, double to,
                           latent__partners partners, latent__visit visit);

/* The references with the label of a query group, as positions; empty if there are none. */
latent__range latent__same_label(const latent__pairs *pairs, int64_t query_group);

/* The block that a position lies in. */
int64_t latent__block_of(const latent__side *side, int64_t position);

/* Rows of one block as a tile sees them. */
typedef struct latent__end {
    const latent__side *side;
    int64_t block, first, count;                /* positions first … first + count - 1 */
    const float *values, *lower, *upper, *loss; /* packed */
    float most_loss;
    float *limit, *sure; /* thresholds of the screens, see latent__row_bounds */
    int32_t *below;      /* count pass */
    double *nearest; /* nearest pass: k upper bounds of each row's k nearest distances, a heap */
} latent__end;

/* A pair that the nearest pass has still to evaluate. */
typedef struct latent__candidate {
    int32_t i, j;
    float lower;
    bool row, column;
    double distance;
} latent__candidate;

enum { LATENT__CANDIDATES = 1024 };

/* One worker's memory. */
struct latent__scratch {
    float *product; /* tile × tile */
    int32_t *hits;  /* tile */
    float *limit[2], *sure[2];
    int32_t *below[2];
    double *nearest[2];
    latent__candidate *candidate;
    int64_t candidates;
    int64_t tied, rescored;
};

/* Left block a times right block b, on a worker. */
typedef struct latent__tile {
    latent__pairs *pairs;
    latent__scratch *scratch;
    latent__end left, right; /* the same thresholds where a block meets itself */
    int32_t worker;
} latent__tile;

latent__tile latent__tile_make(latent__pairs *pairs, int64_t a, int64_t b, int32_t worker);

/* Whether the tile is a block of a symmetric problem against itself: then only pairs i < j are
 * wanted. */
static inline bool latent__tile_diagonal(const latent__tile *tile) {
    return tile->pairs->symmetric && tile->left.block == tile->right.block;
}

/* The evaluated distance of row i of the left end and row j of the right one. */
double latent__tile_distance(const latent__tile *tile, int64_t i, int64_t j);

/* Where no column asks for anything, because only the rows are queries. */
void latent__tile_mute_columns(const latent__tile *tile);

/* Threshold for lower estimates: above it, the distance is > d (loss: both rows'). */
float latent__limit(const latent__space *space, double d, double loss);

/* Threshold for upper estimates: up to it, the distance is < d. */
float latent__sure(const latent__space *space, double d, double loss);

/* An upper bound of the distance, from an upper estimate. */
double latent__distance_above(const latent__space *space, float upper, double loss);

#endif
