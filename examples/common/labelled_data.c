#include "common/labelled_data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/array_convert.h"
#include "common/file_set.h"

static bool check_labels(const struct array_file *file, struct io_error *error) {
    const struct array_view *view = &file->view;
    const bool column = view->dimensions == 2 && view->shape[1] == 1;
    if (view->dimensions != 1 && !column)
        return io_fail(error, "has %d dimensions; labels need one", view->dimensions);
    return view->count > 0 || io_fail(error, "has no labels");
}

static bool open_files(struct file_set *set, const char *argument, shape_check *check,
                       struct io_error *error) {
    bool ok = file_set_name(set, &argument, 1, error);
    for (int i = 0; ok && i < set->list.count; i++)
        ok = file_set_add(set, i, check, error);
    return ok;
}

static bool convert_labels(const struct file_set *set, int32_t *labels, struct io_error *error) {
    for (int i = 0; i < set->list.count; i++) {
        if (!array_to_labels(&set->file[i], labels, error))
            return false;
        labels += set->file[i].view.count;
    }
    return true;
}

bool labels_read(int32_t **labels, int64_t *count, const char *argument, struct io_error *error) {
    struct file_set files = {.file = NULL};
    *labels = NULL;
    bool ok = open_files(&files, argument, check_labels, error);
    *count = files.rows;
    if (ok) {
        *labels = malloc((size_t)files.rows * sizeof **labels);
        ok = *labels ? convert_labels(&files, *labels, error)
                     : io_fail_memory(error, (double)files.rows * sizeof **labels);
    }
    file_set_close(&files);
    if (!ok) {
        free(*labels);
        *labels = NULL;
    }
    return ok;
}

/* Rows of every file in one piece; each file is closed as soon as it has been converted. */
static bool join_points(struct labelled_data *data, const struct file_set *set, latent_type type,
                        struct io_error *error) {
    const int64_t row_bytes = set->columns * latent_type_size(type);
    if (set->rows > (INT64_MAX - 63) / row_bytes ||
        (uint64_t)(set->rows * row_bytes) > SIZE_MAX - 63)
        return io_fail(error, "the points are over 2^63 bytes");
    const size_t bytes = (size_t)(set->rows * row_bytes);
    data->converted = aligned_alloc(64, (bytes + 63) / 64 * 64);
    if (!data->converted)
        return io_fail_memory(error, (double)bytes);
    char *next = data->converted;
    for (int i = 0; i < set->list.count; i++) {
        array_convert(&set->file[i], type, next);
        next += set->file[i].view.shape[0] * row_bytes;
        array_file_close(&set->file[i]);
    }
    data->points = latent_matrix_view(data->converted, set->rows, set->columns, type);
    return true;
}

static bool read_points(struct labelled_data *data, struct file_set *set, struct io_error *error) {
    latent_type type;
    if (!array_float_type(&set->file[0], &type, error))
        return false;
    if (set->list.count == 1 && array_can_be_viewed(&set->file[0])) {
        data->mapped = set->file[0];
        data->mapped.path = NULL; /* it goes with the list */
        memset(&set->file[0], 0, sizeof set->file[0]);
        data->points =
            latent_matrix_view(array_file_data(&data->mapped), set->rows, set->columns, type);
        return true;
    }
    for (int i = 1; i < set->list.count; i++) {
        latent_type other;
        if (!array_float_type(&set->file[i], &other, error))
            return false;
        type = array_common_type(type, other);
    }
    return join_points(data, set, type, error);
}

bool labelled_data_open(struct labelled_data *data, const char *points, const char *labels,
                        struct io_error *error) {
    struct file_set files = {.file = NULL};
    int64_t count = 0;
    memset(data, 0, sizeof *data);
    bool ok = open_files(&files, points, points_check, error) &&
              (!labels || labels_read(&data->labels, &count, labels, error));
    if (ok && labels && files.rows != count)
        ok = io_fail(error, "%s has %" PRId64 " labels, but %s has %" PRId64 " rows", labels, count,
                     points, files.rows);
    ok = ok && read_points(data, &files, error);
    file_set_close(&files);
    if (!ok)
        labelled_data_close(data);
    return ok;
}

void labelled_data_close(struct labelled_data *data) {
    free(data->labels);
    free(data->converted);
    array_file_close(&data->mapped);
    memset(data, 0, sizeof *data);
}
