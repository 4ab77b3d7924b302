/* Products with the Jacobian of a Vision Transformer, the derivative of its latent vector with
 * respect to the pixels: J [d × pixels]. */
#ifndef EXAMPLES_VIT_PRODUCTS_H
#define EXAMPLES_VIT_PRODUCTS_H

#include "common/vit_derivatives.h"
#include "common/vit_trace.h"

/* Room for one product at a time; t tokens of d features. */
struct vit_room {
    double *patches;      /* [t × patch²] */
    double *tokens;       /* [t × d] */
    double *first, *last; /* [t × d]: inside a residual branch */
    double *hidden;       /* [t × hidden] */
    struct vit_attention_room attention;
    double *numbers; /* all of these */
};

/* Makes room; one serves any number of products of that model. */
bool vit_room_open(struct vit_room *room, const struct vit_model *model, struct io_error *error);

/* Releases the room; a struct of zeros is fine. */
void vit_room_close(struct vit_room *room);

/* J v at the image that the trace ran: how the latent vector moves, [d], when the image moves along
 * v, [pixels]. */
void vit_tangent(const struct vit_trace *trace, const struct vit_model *model,
                 struct vit_room *room, const double *v, double *product);

/* J^T u at that image: the gradient of u·latent with respect to the pixels. u: [d], product:
 * [pixels]. */
void vit_cotangent(const struct vit_trace *trace, const struct vit_model *model,
                   struct vit_room *room, const double *u, double *product);

/* The whole J of one image, [d × pixels], by tangents or cotangents, whichever are fewer. */
bool vit_jacobian(const struct vit_model *model, const double *image, double *jacobian,
                  struct io_error *error);

#endif
