/* A run of a side's positions, packed for the screen: centred, scaled, rounded to float32. */
#ifndef LATENT__PANEL_H
#define LATENT__PANEL_H

#include "side.h"

typedef struct latent__panel {
    int64_t capacity; /* positions that fit */
    const latent__side
        *side; /* whose positions first … first + count - 1 are held; NULL: none yet */
    int64_t first, count;
    float *values;        /* count × columns */
    float *lower, *upper; /* half the squared norm, widened by the product's error */
    float *loss;          /* >= the distance that rounding moved the row */
} latent__panel;

/* Bytes of one packed position. */
int64_t latent__panel_row_bytes(int64_t columns);

latent_status latent__panel_make(latent_context *context, int64_t capacity, int64_t columns,
                                 latent__panel *panel);
void latent__panel_free(latent_context *context, int64_t columns, latent__panel *panel);

/* Fills the panel, unless it holds just these positions. `shift` is the centre, already scaled. */
latent_status latent__panel_fill(latent_context *context, const latent__space *space,
                                 const double *shift, const latent__side *side, int64_t first,
                                 int64_t count, latent__panel *panel);

/* The centre: the mean of up to some thousand rows of the side's view, spread evenly, as they are
 * packed. Any centre is correct; a near one makes the screen sharp. Each array has room
 * for one row; the last two are scratch. */
void latent__centre(const latent_context *context, const latent__space *space,
                    const latent__side *side, double *shift, double *zeros, float *row_values);

/* The nearest float that is not above (below) x. */
float latent__float_below(double x);
float latent__float_above(double x);

#endif
