#include "checks.h"

#include <inttypes.h>

latent_status latent__check_metric(latent_context *context, int32_t metric, const char *name) {
    if (metric == LATENT_EUCLIDEAN || metric == LATENT_COSINE)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "%s is %d, no metric", name, (int)metric);
}

latent_status latent__check_ties(latent_context *context, int32_t ties) {
    if (ties == LATENT_TIES_EXCLUDE || ties == LATENT_TIES_INCLUDE)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "options->ties is %d, no rule for ties",
                        (int)ties);
}

latent_status latent__check_reserved(latent_context *context, int32_t value) {
    if (value == 0)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_OPTIONS,
                        "options->reserved is %" PRId32 "; it must be 0", value);
}

latent_status latent__check_least(latent_context *context, int64_t value, int64_t least,
                                  const char *name) {
    if (value >= least)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT,
                        "%s is %" PRId64 "; it must be at least %" PRId64, name, value, least);
}

latent_status latent__check_second_view(latent_context *context, const latent_matrix *view,
                                        const char *name, const latent_matrix *other,
                                        const char *other_name) {
    const latent_status status = latent__view_check(context, view, name);
    if (status)
        return status;
    if (view->columns != other->columns)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "%s has %" PRId64 " columns, but %s has %" PRId64, name, view->columns,
                            other_name, other->columns);
    if (view->type != other->type)
        return latent__fail(context, LATENT_ERROR_TYPE,
                            "%s has element type %d, but %s has %d: they must agree", name,
                            (int)view->type, other_name, (int)other->type);
    return LATENT_OK;
}

latent_status latent__check_rows(latent_context *context, const int64_t *list, int64_t count,
                                 int64_t rows, const char *name) {
    for (int64_t e = 0; e < count; e++)
        if (list[e] < 0 || list[e] >= rows)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "%s[%" PRId64 "] is %" PRId64 ", outside 0 to %" PRId64, name, e,
                                list[e], rows - 1);
    return LATENT_OK;
}
