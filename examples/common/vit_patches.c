#include "common/vit_patches.h"

#include <string.h>

/* Where the image has the row of a patch; rows of all patches are counted through. */
static int64_t place_of(const struct vit_model *model, int64_t row) {
    const int64_t across = model->side / model->patch;
    const int64_t token = row / model->patch, down = row % model->patch;
    return ((token / across) * model->patch + down) * model->side + token % across * model->patch;
}

void vit_patches_cut(const struct vit_model *model, const double *image, double *patches) {
    for (int64_t row = 0; row < model->tokens * model->patch; row++)
        memcpy(patches + row * model->patch, image + place_of(model, row),
               (size_t)model->patch * sizeof *patches);
}

void vit_patches_join(const struct vit_model *model, const double *patches, double *image) {
    for (int64_t row = 0; row < model->tokens * model->patch; row++)
        memcpy(image + place_of(model, row), patches + row * model->patch,
               (size_t)model->patch * sizeof *image);
}
