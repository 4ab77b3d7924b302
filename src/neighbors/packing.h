/* How rows are packed for a screen: in which number format, on which scale, and what a distance between
 * packed rows says. docs/numerics.md derives every constant. */
#ifndef LATENT__PACKING_H
#define LATENT__PACKING_H

#include "side.h"

/* Features that a format would spoil the scale for are kept in float32, so many at the most. */
enum { LATENT__MOST_FLOATS = 16 };

typedef struct latent__packing {
    latent_screen screen;                      /* never LATENT_SCREEN_AUTO */
    const latent__arithmetic *arithmetic;      /* NULL: float32 matrix products */
    latent__format format;                     /* if there is an arithmetic */
    int64_t group;                             /* rows packed together */
    int64_t columns, steps, floats;            /* of a row; steps and floats: screens.h */
    int32_t float_column[LATENT__MOST_FLOATS]; /* in any order */
    double widening;                           /* relative error of an estimate; 1: no estimate */
    double underflow;                          /* absolute error of an estimate */
    double spread; /* in (0, 1): how losses are shared out between a row's bounds and thresholds */
} latent__packing;

/* The number format of a screen other than float32. */
latent__format latent__format_of(latent_screen screen);

latent__packing latent__packing_float32(int64_t columns);

/* A format, with the features listed kept in float32. */
latent__packing latent__packing_cells(const latent__screens *screens, latent_screen screen,
                                      int64_t columns, const int32_t *float_column, int64_t floats);

/* Makes bounds sharpest for pairs at this radius whose rows lose so much each. */
void latent__packing_set_spread(latent__packing *packing, double loss, double radius);

/* Bytes of a packed row, its bounds not counted. */
int64_t latent__packing_row_bytes(const latent__packing *packing);

/* Bytes of a group of packed rows. */
static inline int64_t latent__packing_group_bytes(const latent__packing *packing) {
    return packing->group * latent__packing_row_bytes(packing);
}

/* Of a packed row: half the squared norm, at least how far packing moved it, and what its cells are
 * to be multiplied with. */
typedef struct latent__weight {
    double half, loss;
    float scale;
} latent__weight;

/* Packs a row of a side's view, moved by `shift`, the scaled centre. `out` is its place, or that of its
 * cell in the group's first step; NULL: weighs only. */
latent__weight latent__pack_row(const latent_context *context, const latent__space *space,
                                const latent__packing *packing, const double *shift,
                                const latent__side *side, int64_t row, void *out);

/* What a row is multiplied with before it is moved. */
double latent__row_factor(const latent__space *space, const latent__side *side, int64_t row);

/* A packed row's part of the estimates of half the squared distance. From two rows' sum of `lower`,
 * the product (times both scales) is taken away to get a number that latent__limit() holds for;
 * likewise `upper` and latent__sure(), `half` and latent__distance_above(). */
typedef struct latent__bounds {
    float lower, upper, half;
    float loss, scale;
} latent__bounds;

latent__bounds latent__bounds_of(const latent__packing *packing, latent__weight weight);

/* A lower estimate above it: the evaluated distance is > d. */
float latent__limit(const latent__space *space, const latent__packing *packing, double d);

/* An upper estimate up to it: the evaluated distance is < d. */
float latent__sure(const latent__space *space, const latent__packing *packing, double d);

/* An upper bound of the evaluated distance, from an estimate with `half` and both rows' losses. */
double latent__distance_above(const latent__space *space, const latent__packing *packing,
                              float upper, double loss);

/* The nearest float that is not above (below) x. */
float latent__float_below(double x);
float latent__float_above(double x);

#endif
