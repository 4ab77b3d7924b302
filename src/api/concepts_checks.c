#include "concepts_checks.h"

#include <inttypes.h>

#include "base/structs.h"

latent_status latent__check_most(latent_context *context, int64_t value, const char *name) {
    if (value <= INT32_MAX)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "%s is %" PRId64 "; it must be at most 2147483647", name, value);
}

static latent_status check_count(latent_context *context, int64_t value, const char *name) {
    if (value < 1)
        return latent__fail(context, LATENT_ERROR_SHAPE, "%s is %" PRId64 "; it must be at least 1",
                            name, value);
    return latent__check_most(context, value, name);
}

/* Dense labels, and no lists. */
static latent_status check_dense(latent_context *context, latent_concept_labels *labels) {
    if (labels->present || labels->present_offsets || labels->ignored || labels->ignored_offsets)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels has both values and lists; give one of them");
    if (labels->stride == 0)
        labels->stride = labels->concepts;
    if (labels->stride < labels->concepts)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "labels->stride is %" PRId64 ", less than its %" PRId64 " concepts",
                            labels->stride, labels->concepts);
    if (labels->samples > INT64_MAX / labels->stride)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "labels has %" PRId64 " samples of stride %" PRId64
                            ": more bytes than can be addressed",
                            labels->samples, labels->stride);
    return LATENT_OK;
}

/* Where samples' lists begin and end. */
static latent_status check_offsets(latent_context *context, const latent_concept_labels *labels,
                                   const int64_t *offsets, const int32_t *list, const char *name) {
    if (offsets[0] != 0)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels->%s_offsets[0] is %" PRId64 "; it must be 0", name, offsets[0]);
    for (int64_t n = 0; n < labels->samples; n++) {
        if (offsets[n + 1] < offsets[n])
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "labels->%s_offsets[%" PRId64 "] is %" PRId64 " after %" PRId64
                                "; offsets must not fall",
                                name, n + 1, offsets[n + 1], offsets[n]);
        if (offsets[n + 1] - offsets[n] > labels->concepts)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "labels->%s_offsets gives sample %" PRId64 " %" PRId64
                                " concepts, but there are %" PRId64,
                                name, n, offsets[n + 1] - offsets[n], labels->concepts);
    }
    if (!list && offsets[labels->samples] > 0)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels->%s is NULL, but labels->%s_offsets says that it has %" PRId64
                            " entries",
                            name, name, offsets[labels->samples]);
    return LATENT_OK;
}

static latent_status check_lists(latent_context *context, const latent_concept_labels *labels) {
    if (!labels->present_offsets)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels->values and labels->present_offsets are both NULL");
    if (labels->stride != 0)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels->stride is %" PRId64 ", but there are no labels->values",
                            labels->stride);
    if (labels->ignored && !labels->ignored_offsets)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "labels->ignored is given, but labels->ignored_offsets is NULL");
    latent_status status =
        check_offsets(context, labels, labels->present_offsets, labels->present, "present");
    if (!status && labels->ignored_offsets)
        status =
            check_offsets(context, labels, labels->ignored_offsets, labels->ignored, "ignored");
    return status;
}

latent_status latent__read_labels(latent_context *context, const latent_concept_labels *given,
                                  latent_concept_labels *labels) {
    latent_status status = latent__need(context, given, "labels");
    if (!status)
        status = latent__options_read(context, labels, sizeof *labels, given, "labels");
    if (!status)
        status = check_count(context, labels->samples, "labels->samples");
    if (!status)
        status = check_count(context, labels->concepts, "labels->concepts");
    if (status)
        return status;
    return labels->values ? check_dense(context, labels) : check_lists(context, labels);
}

int64_t latent__labels_bytes(const latent_concept_labels *labels, int64_t concepts) {
    if (labels->values)
        return labels->samples * concepts;
    const int64_t *const ignored = labels->ignored_offsets;
    return (labels->present_offsets[labels->samples] + (ignored ? ignored[labels->samples] : 0)) *
           (int64_t)sizeof(int32_t);
}

latent_status latent__check_sign(latent_context *context, int32_t sign) {
    if (sign == LATENT_SIGN_AS_IS || sign == LATENT_SIGN_BOTH)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_ARGUMENT, "options->sign is %d, no sign", (int)sign);
}
