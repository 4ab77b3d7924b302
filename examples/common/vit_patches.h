/* An image cut into the patches of a Vision Transformer, and put together again. */
#ifndef EXAMPLES_VIT_PATCHES_H
#define EXAMPLES_VIT_PATCHES_H

#include "common/vit_model.h"

/* Both hold each pixel once: the image by its rows; the patches [tokens × patch²] in the order in
 * which they lie in rows of the image, each by its own rows. */
void vit_patches_cut(const struct vit_model *model, const double *image, double *patches);
void vit_patches_join(const struct vit_model *model, const double *patches, double *image);

#endif
