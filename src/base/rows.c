#include "rows.h"

#include <inttypes.h>
#include <math.h>

#include "halves.h"

int64_t latent_type_size(latent_type type) {
    switch (type) {
    case LATENT_F16:
    case LATENT_BF16:
        return 2;
    case LATENT_F32:
        return 4;
    case LATENT_F64:
        return 8;
    }
    return 0;
}

latent_matrix latent_matrix_view(const void *data, int64_t rows, int64_t columns,
                                 latent_type type) {
    return (latent_matrix){
        .data = data, .rows = rows, .columns = columns, .stride = columns, .type = type};
}

latent_status latent__view_check(latent_context *context, const latent_matrix *view,
                                 const char *name) {
    latent_status status = latent__need(context, view, name);
    if (status)
        return status;
    if (view->rows < 1)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has %" PRId64 " rows; it needs at least 1", name, view->rows);
    if (view->columns < 1)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has %" PRId64 " columns; it needs at least 1", name, view->columns);
    if (view->stride < view->columns)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has stride %" PRId64 ", less than its %" PRId64 " columns", name,
                            view->stride, view->columns);
    const int64_t size = latent_type_size((latent_type)view->type);
    if (size == 0)
        return latent__fail(context, LATENT_ERROR_TYPE, "%s has the unknown element type %d", name,
                            (int)view->type);
    /* The last element's offset must be an address. */
    if (view->rows > INT64_MAX / size / view->stride)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has %" PRId64 " rows of stride %" PRId64
                            ": more bytes than can be addressed",
                            name, view->rows, view->stride);
    if (!view->data)
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s->data is NULL", name);
    if ((uintptr_t)view->data % (uintptr_t)size != 0)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "%s->data is not aligned for elements of %" PRId64 " bytes", name,
                            size);
    return LATENT_OK;
}

int64_t latent__view_bytes(const latent_matrix *view) {
    return view->rows * view->columns * latent_type_size((latent_type)view->type);
}

double latent__element(const latent_matrix *view, int64_t row, int64_t column) {
    const void *start = latent__row(view, row);
    switch ((latent_type)view->type) {
    case LATENT_F16:
        return (double)latent__from_f16(((const uint16_t *)start)[column]);
    case LATENT_BF16:
        return (double)latent__from_bf16(((const uint16_t *)start)[column]);
    case LATENT_F32:
        return (double)((const float *)start)[column];
    case LATENT_F64:
        break;
    }
    return ((const double *)start)[column];
}

latent_status latent__fail_nonfinite(latent_context *context, const latent_matrix *view,
                                     const char *name, int64_t row, int64_t number) {
    return latent__fail_nonfinite_from(context, view, name, row, number, 0);
}

latent_status latent__fail_nonfinite_from(latent_context *context, const latent_matrix *view,
                                          const char *name, int64_t row, int64_t number,
                                          int64_t column) {
    for (int64_t k = column; k < view->columns; k++) {
        const double x = latent__element(view, row, k);
        if (!isfinite(x))
            return latent__fail(context, LATENT_ERROR_NONFINITE,
                                "%s[%" PRId64 "][%" PRId64 "] is %s", name, number, k,
                                isnan(x) ? "NaN"
                                : x < 0  ? "-infinity"
                                         : "infinity");
    }
    return LATENT_OK;
}
