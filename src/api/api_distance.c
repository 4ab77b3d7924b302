/* distance.h. */
#include <inttypes.h>

#include "checks.h"
#include "neighbors/pairs.h"

/* A view of one row, checked, with its norm if the metric wants it. */
static latent_status one_row(latent_context *context, const latent_matrix *view, const char *name,
                             int64_t row, const latent__space *space, latent_matrix *one,
                             double *norm) {
    if (row < 0 || row >= view->rows)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "row %" PRId64 " of %s does not exist; it has %" PRId64, row, name,
                            view->rows);
    *one = *view;
    one->data = latent__row(view, row);
    one->rows = 1;
    double largest = 0;
    return latent__inspect(context, one, name, row, space,
                           space->metric == LATENT_COSINE ? norm : NULL, &largest);
}

static latent_status distance_of(latent_context *context, const latent_matrix *a, int64_t i,
                                 const latent_matrix *b, int64_t j, latent_metric metric,
                                 double *distance) {
    latent_status status = latent__view_check(context, a, "a");
    if (!status)
        status = latent__check_second_view(context, b, "b", a, "a");
    if (!status)
        status = latent__check_metric(context, metric, "metric");
    if (!status)
        status = latent__need(context, distance, "distance");
    if (status)
        return status;
    const latent__space space =
        latent__space_make(context, metric, a->columns, (latent_type)a->type);
    latent_matrix row_a, row_b;
    double norm_a = 0, norm_b = 0;
    status = one_row(context, a, "a", i, &space, &row_a, &norm_a);
    if (!status)
        status = one_row(context, b, "b", j, &space, &row_b, &norm_b);
    if (!status)
        *distance = latent__space_distance(&space, row_a.data, norm_a, row_b.data, norm_b);
    return status;
}

latent_status latent_distance(latent_context *context, const latent_matrix *a, int64_t i,
                              const latent_matrix *b, int64_t j, latent_metric metric,
                              double *distance) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, distance_of(context, a, i, b, j, metric, distance));
}
