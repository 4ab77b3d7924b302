#include "common/moments_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/program_run.h"

static bool create(latent_moments **moments, latent_context *context,
                   const struct moments_request *request, int64_t columns, struct io_error *error) {
    const latent_moments_options options = {.size = sizeof options,
                                            .bias = request->bias,
                                            .fisher = request->fisher,
                                            .nan_policy = request->nan_policy,
                                            .samples = 1,
                                            .outliers = 1,
                                            .magnitude = request->magnitude,
                                            .sigma = request->sigma};
    const latent_status status = latent_moments_create(context, columns, &options, moments);
    return status == LATENT_OK || program_fail_call(error, context, status);
}

static bool load(latent_moments **part, latent_context *context, const char *path,
                 struct io_error *error) {
    struct file_bytes bytes;
    if (!file_bytes_open(&bytes, path, error))
        return false;
    const latent_status status =
        latent_moments_load(context, bytes.data, (int64_t)bytes.size, part);
    file_bytes_close(&bytes);
    if (status == LATENT_OK)
        return true;
    program_fail_call(error, context, status);
    return io_fail_in(error, path);
}

/* Adds a part; the first one begins the accumulator if there are no activations. */
static bool add(latent_moments **moments, latent_context *context,
                const struct moments_request *request, const latent_moments *part,
                struct io_error *error) {
    const int64_t columns = latent_moments_columns(part);
    if (!*moments && !create(moments, context, request, columns, error))
        return false;
    if (latent_moments_columns(*moments) != columns)
        return io_fail(error, "was saved for %" PRId64 " columns, but there are %" PRId64, columns,
                       latent_moments_columns(*moments));
    const latent_status status = latent_moments_merge(context, *moments, part);
    if (status == LATENT_OK)
        return true;
    program_fail_call(error, context, status);
    return status != LATENT_ERROR_ARGUMENT ? false
                                           : io_fail_in(error, "was saved with other options");
}

bool moments_parts_begin(latent_moments **moments, latent_context *context,
                         const struct moments_request *request, int64_t columns,
                         const char *const *arguments, int count, struct io_error *error) {
    struct path_list list = {NULL, NULL, 0};
    *moments = NULL;
    bool ok = (columns == 0 || create(moments, context, request, columns, error)) &&
              (count == 0 || path_list_split(&list, arguments, count, error));
    for (int i = 0; ok && i < list.count; i++) {
        latent_moments *part = NULL;
        ok = load(&part, context, list.path[i], error);
        if (ok && !add(moments, context, request, part, error))
            ok = io_fail_in(error, list.path[i]);
        latent_moments_destroy(part);
    }
    path_list_free(&list);
    if (!ok) {
        latent_moments_destroy(*moments);
        *moments = NULL;
    }
    return ok;
}

bool moments_parts_save(FILE *stream, latent_context *context, const latent_moments *moments,
                        struct io_error *error) {
    const int64_t count = latent_moments_saved_bytes(moments);
    void *bytes = (uint64_t)count > SIZE_MAX ? NULL : malloc((size_t)count);
    if (!bytes)
        return io_fail_memory(error, (double)count);
    const latent_status status = latent_moments_save(context, moments, bytes, count);
    bool ok = status == LATENT_OK || program_fail_call(error, context, status);
    if (ok && fwrite(bytes, 1, (size_t)count, stream) != (size_t)count)
        ok = io_fail(error, "cannot be written: %s", strerror(errno));
    free(bytes);
    return ok;
}
