/* Some blocks of a side, packed for the screen. */
#ifndef LATENT__PANEL_H
#define LATENT__PANEL_H

#include "packing.h"

typedef struct latent__panel {
    int64_t capacity;         /* rows that fit */
    int64_t bytes;            /* of all of them */
    const latent__side *side; /* whose blocks are held; NULL: none yet */
    int64_t first, end;       /* those blocks */
    char *values;             /* packed rows, from block to block, each a multiple of a group */
    float *lower, *upper, *half, *loss, *scale; /* latent__bounds of each */
} latent__panel;

/* Bytes of one packed row with all that belongs to it. */
int64_t latent__panel_row_bytes(const latent__packing *packing);

/* For so many rows, a multiple of a group. */
latent_status latent__panel_make(latent_context *context, int64_t capacity,
                                 const latent__packing *packing, latent__panel *panel);
void latent__panel_free(latent_context *context, latent__panel *panel);

/* Packs blocks first … end - 1, unless the panel holds just these. `shift` is the centre, scaled. */
latent_status latent__panel_fill(latent_context *context, const latent__space *space,
                                 const latent__packing *packing, const double *shift,
                                 const latent__side *side, int64_t first, int64_t end,
                                 latent__panel *panel);

/* The centre: the mean of up to some thousand rows of the side's view, spread evenly, as they are
 * packed. Any centre is correct; a near one makes the screen sharp. Each array has room
 * for one row; the last two are scratch. */
void latent__centre(const latent_context *context, const latent__space *space,
                    const latent__side *side, double *shift, double *zeros, float *row_values);

#endif
