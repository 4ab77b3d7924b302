/* Checks of matrix views, and access to their rows and elements. */
#ifndef LATENT__ROWS_H
#define LATENT__ROWS_H

#include "core.h"
#include "latent/matrix.h"

/* Shape, stride, type and pointer of a view; `name` is the argument's. */
latent_status latent__view_check(latent_context *context, const latent_matrix *view,
                                 const char *name);

/* Bytes of the rows that a view spans, padding left out. */
int64_t latent__view_bytes(const latent_matrix *view);

/* Address of a row. */
static inline const void *latent__row(const latent_matrix *view, int64_t row) {
    return (const char *)view->data +
           row * view->stride * latent_type_size((latent_type)view->type);
}

/* One element as float64, exactly. */
double latent__element(const latent_matrix *view, int64_t row, int64_t column);

/* LATENT_ERROR_NONFINITE that names the first NaN or infinity of a row, which the sentence calls row
 * `number`; LATENT_OK if there is none. */
latent_status latent__fail_nonfinite(latent_context *context, const latent_matrix *view,
                                     const char *name, int64_t row, int64_t number);

/* The same for what lies from `column` on. */
latent_status latent__fail_nonfinite_from(latent_context *context, const latent_matrix *view,
                                          const char *name, int64_t row, int64_t number,
                                          int64_t column);

#endif
