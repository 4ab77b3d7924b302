#include "common/labelled_data.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/array_convert.h"
#include "common/byte_order.h"
#include "common/path_list.h"

/* The files that one argument names, opened. */
struct file_set {
    struct path_list list;
    struct array_file *file;
    int64_t rows;
    int64_t columns; /* of points */
};

static void file_set_close(struct file_set *set) {
    for (int i = 0; set->file && i < set->list.count; i++)
        array_file_close(&set->file[i]);
    free(set->file);
    path_list_free(&set->list);
}

static bool check_points(const struct array_file *file, struct io_error *error) {
    const struct array_view *view = &file->view;
    if (file->idx ? view->dimensions < 2 : view->dimensions != 2)
        return io_fail(error, "has %d dimension%s; points need %s", view->dimensions,
                       view->dimensions == 1 ? "" : "s", file->idx ? "two or more" : "two");
    if (view->shape[0] == 0)
        return io_fail(error, "has no rows");
    return view->count > 0 || io_fail(error, "has no columns");
}

static bool check_labels(const struct array_file *file, struct io_error *error) {
    const struct array_view *view = &file->view;
    const bool column = view->dimensions == 2 && view->shape[1] == 1;
    if (view->dimensions != 1 && !column)
        return io_fail(error, "has %d dimensions; labels need one", view->dimensions);
    return view->count > 0 || io_fail(error, "has no labels");
}

static bool add_file(struct file_set *set, const struct array_file *file, bool points,
                     struct io_error *error) {
    if (!(points ? check_points(file, error) : check_labels(file, error)))
        return io_fail_in(error, file->path);
    const int64_t columns = file->view.count / file->view.shape[0];
    if (set->rows > 0 && columns != set->columns)
        return io_fail(error, "%s has %" PRId64 " columns, but %s has %" PRId64, set->file[0].path,
                       set->columns, file->path, columns);
    set->columns = columns;
    set->rows += file->view.shape[0];
    return true;
}

/* `set` may be closed afterwards, whatever is returned. */
static bool file_set_open(struct file_set *set, const char *argument, bool points,
                          struct io_error *error) {
    if (!path_list_split(&set->list, argument, error))
        return false;
    set->file = calloc((size_t)set->list.count, sizeof *set->file);
    if (!set->file)
        return io_fail_memory(error, (double)set->list.count * sizeof *set->file);
    for (int i = 0; i < set->list.count; i++) {
        if (!array_file_open(&set->file[i], set->list.path[i], error) ||
            !add_file(set, &set->file[i], points, error))
            return false;
    }
    return true;
}

static bool read_labels(struct labelled_data *data, const struct file_set *set,
                        struct io_error *error) {
    data->labels = malloc((size_t)set->rows * sizeof *data->labels);
    if (!data->labels)
        return io_fail_memory(error, (double)set->rows * sizeof *data->labels);
    int32_t *next = data->labels;
    for (int i = 0; i < set->list.count; i++) {
        if (!array_to_labels(&set->file[i], next, error))
            return false;
        next += set->file[i].view.count;
    }
    return true;
}

static bool can_be_viewed(const struct array_file *file) {
    const size_t size = (size_t)file->view.item_size;
    return file->view.kind == ARRAY_FLOAT && file->view.big_endian == host_is_big_endian() &&
           (uintptr_t)array_file_data(file) % size == 0;
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
    if (set->list.count == 1 && can_be_viewed(&set->file[0])) {
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
    struct file_set point_files = {{NULL, NULL, 0}, NULL, 0, 0};
    struct file_set label_files = {{NULL, NULL, 0}, NULL, 0, 0};
    memset(data, 0, sizeof *data);
    bool ok = file_set_open(&point_files, points, true, error) &&
              file_set_open(&label_files, labels, false, error);
    if (ok && point_files.rows != label_files.rows)
        ok = io_fail(error, "%s has %" PRId64 " labels, but %s has %" PRId64 " rows", labels,
                     label_files.rows, points, point_files.rows);
    ok = ok && read_labels(data, &label_files, error) && read_points(data, &point_files, error);
    file_set_close(&point_files);
    file_set_close(&label_files);
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
