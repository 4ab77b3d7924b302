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

#include <stdatomic.h>

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

/* The larger a tile, the less of sgemm's time goes into packing its operands; the tile of products
 * should not be much larger than a core's second-level cache, about 2 MiB. */
enum { LATENT__LARGEST_TILE = 768 };

/* The screens of a pass: a format, finer ones to fall back to, and at last float32. */
enum { LATENT__CHOICES = 4 };

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

    latent__packing choice[LATENT__CHOICES]; /* for a pass: the fastest, then finer ones */
    int32_t choices;
    latent__packing packing; /* of them, the one at hand */

    int64_t tile;    /* positions in a block at the most */
    int32_t workers; /* that visit tiles */
    latent__panel panel[2];
    int64_t *item_start;      /* of each left block in the current walk */
    latent__locks *locks;     /* one per left block, guarding the state of its positions */
    latent__scratch *scratch; /* one per worker, */
    int64_t scratch_bytes;    /* of so many bytes */

    /* State of each query position. */
    int64_t k;
    double
        *distance; /* k each: a heap with the farthest first while the pass runs, then ascending */
    int64_t *neighbor; /* their rows in the references' view */
    int64_t *below;    /* count pass */
    bool count_ties;   /* whether a pair at the very distance counts */
    int64_t tied;
    latent_screen nearest_screen, count_screen; /* that the passes were finished with */

    /* Of the present walk. */
    int64_t allowed;           /* evaluations; beyond them a finer screen is faster */
    atomic_int_fast64_t spent; /* those so far */
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

/* The evaluated distance of a query and a reference, by position. */
double latent__pairs_distance(const latent__pairs *pairs, int64_t query, int64_t reference);

/* How many pairs of a query and a reference have the same label. */
double latent__pairs_of_one_label(const latent__pairs *pairs);

/* Checks every element, raises *largest to the largest magnitude, computes norms (by row; for
 * cosine, else NULL). Sentences number the view's rows from `first_row`. */
latent_status latent__inspect(latent_context *context, const latent_matrix *view, const char *name,
                              int64_t first_row, const latent__space *space, double *norm,
                              double *largest);

/* ------------------------------------------------- for the files of this room */

/* For `packing`, chooses the tile, the workers and the panels within the memory that is left, and
 * allocates all that is needed; where that is too little for a format other than float32, it turns to
 * that. Whatever was planned before is released. */
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

/* One way of going over all pairs of some kind. */
typedef struct latent__pass {
    const char *phase;
    double pairs; /* that are screened, about */
    bool counting;
    latent_status (*begin)(latent__pairs *pairs); /* empties the state */
    latent__partners partners;
    latent__visit visit;
} latent__pass;

/* Chooses the screens of a pass, the fastest first: by what a sample of the data says, or as the
 * context's options want. */
latent_status latent__choose_screens(latent__pairs *pairs, const latent__pass *pass);

/* Walks with the screen that is chosen; with a finer one, from the start, when too many pairs had to be
 * evaluated. */
latent_status latent__screened_walk(latent__pairs *pairs, const latent__pass *pass, double from,
                                    double to);

/* The time of a pair's evaluation, in multiply-adds of float32 matrix products; measured with rows that
 * come from the third-level cache. */
static inline double latent__evaluation_cost(double columns) {
    return 10 * columns + 500;
}

/* Notes evaluations. True: they have become too many, and the walk is in vain. */
bool latent__spend(latent__pairs *pairs, int64_t evaluations);

/* The references with the label of a query group, as positions; empty if there are none. */
latent__range latent__same_label(const latent__pairs *pairs, int64_t query_group);

/* Rows of one block as a tile sees them. */
typedef struct latent__end {
    const latent__side *side;
    int64_t block, first, count;                      /* positions first … first + count - 1 */
    const char *values;                               /* packed, from the block's first row on */
    const float *lower, *upper, *half, *loss, *scale; /* latent__bounds */
    float *limit, *sure;                              /* thresholds of the screens */
    int32_t *below;                                   /* count pass */
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
    float *product; /* a strip */
    int32_t *hits;  /* tile */
    float *limit[2], *sure[2];
    int32_t *below[2];
    double *nearest[2];
    latent__candidate *candidate;
    uint64_t *key; /* two for each candidate */
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

/* Sends for the row of a column that is to be evaluated next. */
void latent__tile_fetch(const latent__tile *tile, int64_t j);

/* The evaluated distance of row i of the left end and row j of the right one. */
double latent__tile_distance(const latent__tile *tile, int64_t i, int64_t j);

/* Where no column asks for anything, because only the rows are queries. */
void latent__tile_mute_columns(const latent__tile *tile);

/* Products of some rows of a tile with some columns: that of row i, first <= i < end, and column j is
 * latent__strip_row(strip, i)[j]. */
typedef struct latent__strip {
    int64_t first, end;
    const float *product;
    int64_t origin, stride; /* the row that `product` begins with */
} latent__strip;

/* Rows from `row` on, up to `end_row` or fewer, against columns first_column … end_column - 1; valid
 * until the next strip of the tile's worker. */
latent__strip latent__tile_strip(const latent__tile *tile, int64_t row, int64_t end_row,
                                 int64_t first_column, int64_t end_column);

static inline const float *latent__strip_row(const latent__strip *strip, int64_t i) {
    return strip->product + (i - strip->origin) * strip->stride;
}

/* Rows of the strips that a packing's products are made in, for tiles of this size. */
int64_t latent__strip_rows(const latent__packing *packing, int64_t tile);

#endif
