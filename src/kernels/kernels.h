/* Inner loops behind one table, chosen when a context is created. Every instruction set gives the
 * same bits; reference.c, plain C, says what they are. */
#ifndef LATENT__KERNELS_H
#define LATENT__KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "latent/context.h"
#include "latent/matrix.h"
#include "screens.h"

enum { LATENT__TYPES = 4 }; /* tables by element type have the entry type - 1 */

/* What packing a row found out: sums of squares of what was stored and of what rounding lost. */
typedef struct latent__packed {
    double stored, lost;
} latent__packed;

/* One row's side of a screen. The estimate of half the squared distance to column j is
 * (bound + bound[j]) - product[j], with the lower or the upper bounds. */
typedef struct latent__row_bounds {
    float lower, upper; /* half the squared norm, rounded away as docs/numerics.md says */
    float limit;        /* a lower estimate above it settles the pair: it is too far */
    float sure;         /* counting: an upper estimate up to it settles the pair: it counts */
} latent__row_bounds;

/* The same for columns, one entry each, and how many rows count for each. */
typedef struct latent__column_bounds {
    const float *lower, *upper, *limit, *sure;
    int32_t *below;
} latent__column_bounds;

/* Sums over a list of t, t², t³ and t⁴, t being the distance from a centre. */
typedef struct latent__powers {
    double first, second, third, fourth;
} latent__powers;

/* The moments of a list of numbers. All zero but for low and high while it is empty. */
typedef struct latent__moment {
    double count;
    double centre, offset;        /* mean = centre + offset · 2^exponent */
    double second, third, fourth; /* central moments m_r, in units of 2^(r · exponent) */
    double exponent;              /* a whole number, 0 unless the fourth moment needs another */
    double low, high;             /* smallest and largest value */
    double magnitude;             /* mean of |x| */
} latent__moment;

/* The same for many features: field f (in the order above) of feature j is base[f · stride + j]. */
enum { LATENT__MOMENT_FIELDS = sizeof(latent__moment) / sizeof(double) };
typedef struct latent__moments {
    double *base;
    int64_t stride;
} latent__moments;

/* Some rows of some columns, a multiple of 16, of a matrix. */
typedef struct latent__patch {
    const void *start;
    int64_t stride, rows, columns; /* in elements */
    /* As many bytes as the patch has are wanted from here on soon, and go to the cache meanwhile;
     * NULL: none. */
    const void *ahead;
} latent__patch;

/* Values that count as large or far: |x| >= magnitude, |x - mean| > limit. Entry j of the two counts
 * grows if that of column j does. */
typedef struct latent__exceeding {
    double magnitude, mean, limit;
    int64_t *large, *far;
} latent__exceeding;

/* Products are made in tiles of so many rows and columns, a multiple of every vector's length. */
enum { LATENT__TILE_ROWS = 8, LATENT__TILE_COLUMNS = 24 };

/* Sums over samples of a tile's products p = <v, h>, entry l for column l. */
typedef struct latent__projections {
    double cosine[LATENT__TILE_COLUMNS];   /* of |p| / |h| */
    double absolute[LATENT__TILE_COLUMNS]; /* of |p| */
    double mean[LATENT__TILE_COLUMNS];     /* of p */
    double away[LATENT__TILE_COLUMNS];     /* of (p - mean)² */
} latent__projections;

/* Logits of a few samples are followed together, over a strip of classes and all levels of pruning. */
enum { LATENT__FOLLOWED = 4, LATENT__STRIP_CLASSES = 64, LATENT__GROUP_LEVELS = 8 };

/* What `follow` works on. Arrays by level have an entry per sample, of which there are FOLLOWED. */
typedef struct latent__levels {
    int64_t levels;
    const float *direction; /* levels × STRIP_CLASSES: what a level adds to the logits, times */
    const float *weight;    /* levels × FOLLOWED: this */
    float (
        *logit)[LATENT__STRIP_CLASSES]; /* of every sample, before the first level, then after the
                                              last */
    float *low;        /* by level: a logit up to it is surely not above the one that is watched */
    const float *high; /* by level: one beyond it surely is; low <= high */
    const float
        *calm; /* by group of GROUP_LEVELS levels: if all logits before a group are up to it, none
                        * is beyond `low` within the group; a kernel need not use it */
    int32_t *above; /* by level: how many are, up to `most` or a few more */
    int32_t most;   /* low becomes infinity when `above` gets there: nobody asks for more */
    /* Asked how many of the logits between low and high are above; bit l of `open` is class l. */
    int32_t (*decide)(void *user, int32_t sample, int64_t level, uint64_t open);
    void *user;
} latent__levels;

/* A concept while samples are walked along in the order of a ranking: how many of those so far show it,
 * and the sum of precisions since that number was last a multiple of CREDIT_TERMS, which keeps errors
 * from growing with the number of terms. */
enum { LATENT__CREDIT_TERMS = 256 };
typedef struct latent__credit {
    double sum;
    int64_t hits;
} latent__credit;

typedef struct latent__kernels {
    latent_isa isa;

    /* Sums of distance.h over n elements: of (a_k - b_k)², and of a_k · b_k. */
    double (*squared_distance[LATENT__TYPES])(const void *a, const void *b, int64_t n);
    double (*dot[LATENT__TYPES])(const void *a, const void *b, int64_t n);

    /* Raises *largest to the largest |x_k|; false if one is not finite. */
    bool (*inspect[LATENT__TYPES])(const void *row, int64_t n, double *largest);

    /* out_k = float32(x_k · factor - shift_k). */
    latent__packed (*pack[LATENT__TYPES])(const void *row, int64_t n, double factor,
                                          const double *shift, float *out);

    /* Writes n elements of a packed row to its cells (screens.h): the integers next to x_k · inverse,
     * which the format must have, `inverse` being about 1 / step; or bfloat16, for which both are 1.
     * `stored` is the sum of squares of what was written, `lost` that of x_k - step · written. */
    latent__packed (*quantise[LATENT__FORMATS])(const float *x, int64_t n, float step,
                                                float inverse, void *cells);

    /* product[j] · (row · column[j]), rounded each. */
    void (*rescale)(float *product, float row, const float *column, int64_t n);

    /* Writes n elements as float64 and zeros up to a multiple of 16; returns their sum, in the order
     * of distance.h. */
    double (*widen[LATENT__TYPES])(const void *row, int64_t n, double *out);

    /* Sums of powers of x_k - centre, each in that order too. */
    latent__powers (*powers[LATENT__TYPES])(const void *row, int64_t n, double centre);

    /* Adds the rows of a patch to the moments of its columns, or makes them the moments if `fresh`.
     * Columns that the formulas may not be exact enough for are left as they are; they are written
     * to `open`, and their number is returned. */
    int64_t (*columns[LATENT__TYPES])(const latent__patch *patch, latent__moments into, bool fresh,
                                      int32_t *open);

    /* Merges the moments of n features, whose arrays have room for a multiple of 16. Features that
     * the formulas may not be exact enough for are left as they are, and listed like columns. */
    int64_t (*merge)(latent__moments into, latent__moments from, int64_t n, int32_t *open);

    /* Counts the finite values of a row that are large or far. */
    void (*exceed)(const double *row, int64_t n, const latent__exceeding *exceeding);

    /* Adds to a tile c (TILE_ROWS × TILE_COLUMNS) the products of two panels, in which element k of
     * every row of a, and of every column of b, are together. The sum is one chain of multiply-adds
     * in the order of k, each rounded once. */
    void (*multiply)(const double *a, const double *b, int64_t depth, double *c);

    /* The partial sums of a chain of multiply-adds, each rounded once: sums_0 = start and
     * sums_k = a_k · b_k + sums_(k-1) for k = 1 … n. */
    void (*chain)(const double *a, const double *b, int64_t n, double start, double *sums);

    /* Sums over `rows` rows of products, `stride` apart, of TILE_COLUMNS columns. Row r is in units of
     * unit[r], and 1/|h| in those units is inverse_norm[r]. */
    void (*project)(const double *p, int64_t stride, int64_t rows, const double *inverse_norm,
                    const double *unit, latent__projections *sums);

    /* Follows the logits of FOLLOWED samples over all levels, in float32, each level one
     * multiply-add, and counts at every level those above the watched one. */
    void (*follow)(const latent__levels *work);

    /* Writes to `hits` the columns j < n whose lower estimate is at most the row's limit or the
     * column's; returns how many. */
    int64_t (*screen)(const float *product, latent__row_bounds row, const float *lower,
                      const float *limit, int64_t n, int32_t *hits);

    /* Counts the pairs that are surely below: adds the row's to *below and each column's to
     * columns->below[j]. Writes to `hits` those open for the row or the column; their number is
     * returned. */
    int64_t (*count)(const float *product, latent__row_bounds row,
                     const latent__column_bounds *columns, int64_t n, int64_t *below,
                     int32_t *hits);

    /* A sample that shows the concepts of a list, each once, comes at place `seen`, a whole number below
     * 2^31: their hits grow by 1, and their sums by hits / seen, rounded once. A sum whose hits become
     * a multiple of CREDIT_TERMS moves to the concept's total. */
    void (*credit)(const uint16_t *list, int64_t count, double seen, latent__credit *credits,
                   double *totals);
} latent__kernels;

/* The table of an instruction set that the machine has; LATENT_ISA_AUTO gives the best. */
const latent__kernels *latent__kernels_choose(latent_isa isa);

extern const latent__kernels latent__kernels_reference;
#if defined(__x86_64__)
extern const latent__kernels latent__kernels_avx2;
extern const latent__kernels latent__kernels_avx512;
#elif defined(__aarch64__)
extern const latent__kernels latent__kernels_neon;
#endif

#endif
