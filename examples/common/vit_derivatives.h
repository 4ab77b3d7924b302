/* Derivatives of the layers of a Vision Transformer, at what a layer kept of its values.
 *
 * A tangent dx is a direction in which a layer's input moves; dy = J dx is how its output then does
 * (forward mode). A cotangent u weighs the output; w = J^T u is the gradient of u·y with respect to
 * the input (reverse mode). So u·(J dx) = (J^T u)·dx. No output may overlap an input, unless it
 * says so. */
#ifndef EXAMPLES_VIT_DERIVATIVES_H
#define EXAMPLES_VIT_DERIVATIVES_H

#include "common/vit_layers.h"

/* dx, w: [rows × inputs]; dy, u: [rows × outputs]. */
void vit_linear_tangent(const struct vit_linear *layer, int64_t rows, const double *dx, double *dy);
void vit_linear_cotangent(const struct vit_linear *layer, int64_t rows, const double *u, double *w);

/* All [tokens × size]; dy may be dx, w may be u. */
void vit_norm_tangent(const struct vit_norm *layer, int64_t tokens,
                      const struct vit_norm_kept *kept, const double *dx, double *dy);
void vit_norm_cotangent(const struct vit_norm *layer, int64_t tokens,
                        const struct vit_norm_kept *kept, const double *u, double *w);

/* Multiplies tangents or cotangents by the slope of GELU at x, whose values are y: that derivative
 * is the same both ways. */
void vit_gelu_derivative(int64_t count, const double *x, const double *y, double *tangents);

/* Room for the derivative of a layer of attention. */
struct vit_attention_room {
    double *projected; /* [tokens × 3 d] */
    double *averages;  /* [tokens × d] */
    double *weights;   /* [tokens × tokens] */
    double *turned;    /* [tokens × the larger of tokens and d/heads] */
};

/* All [tokens × d]. */
void vit_attention_tangent(const struct vit_attention *layer, int64_t tokens,
                           const struct vit_attention_kept *kept,
                           const struct vit_attention_room *room, const double *dx, double *dy);
void vit_attention_cotangent(const struct vit_attention *layer, int64_t tokens,
                             const struct vit_attention_kept *kept,
                             const struct vit_attention_room *room, const double *u, double *w);

#endif
