#include "encoder_views.h"

#include <inttypes.h>
#include <math.h>

#include "geometry/encoder_calls.h"

latent_status latent__check_finite_view(latent_context *context, const latent_matrix *view,
                                        const char *name, int64_t columns, const char *what) {
    latent_status status = latent__view_check(context, view, name);
    if (!status && view->columns != columns)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "%s has %" PRId64 " columns, but %s are %" PRId64, name,
                              view->columns, what, columns);
    for (int64_t row = 0; !status && row < view->rows; row++)
        status = latent__fail_nonfinite(context, view, name, row, row);
    return status;
}

/* Numbers of float64 may be beyond float32. */
static latent_status check_range(latent_context *context, const latent_encoder *encoder,
                                 const latent_matrix *view, const char *name) {
    if (view->type != LATENT_F64 || encoder->type == LATENT_F64)
        return LATENT_OK;
    for (int64_t row = 0; row < view->rows; row++)
        for (int64_t j = 0; j < view->columns; j++) {
            const double x = latent__element(view, row, j);
            if (!isfinite(latent__encoder_rounded(encoder, x)))
                return latent__fail(context, LATENT_ERROR_OVERFLOW,
                                    "%s[%" PRId64 "][%" PRId64
                                    "] is %g, beyond the encoder's float32",
                                    name, row, j, x);
        }
    return LATENT_OK;
}

latent_status latent__check_input_view(latent_context *context, const latent_encoder *encoder,
                                       const latent_matrix *view, const char *name) {
    const latent_status status =
        latent__check_finite_view(context, view, name, encoder->inputs, "the encoder's inputs");
    return status ? status : check_range(context, encoder, view, name);
}

latent_status latent__check_output_view(latent_context *context, const latent_encoder *encoder,
                                        const latent_matrix *view, const char *name) {
    const latent_status status =
        latent__check_finite_view(context, view, name, encoder->outputs, "the encoder's outputs");
    return status ? status : check_range(context, encoder, view, name);
}

latent_status latent__check_same_rows(latent_context *context, const latent_matrix *view,
                                      const char *name, const latent_matrix *other,
                                      const char *other_name) {
    if (view->rows == other->rows)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE, "%s has %" PRId64 " rows, but %s has %" PRId64,
                        name, view->rows, other_name, other->rows);
}

latent_status latent__check_finite(latent_context *context, double value, const char *name) {
    if (isfinite(value))
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %g; it must be finite", name, value);
}

latent_status latent__check_not_negative(latent_context *context, double value, const char *name) {
    const latent_status status = latent__check_finite(context, value, name);
    if (status || value >= 0)
        return status;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %g; it must not be negative", name,
                        value);
}
