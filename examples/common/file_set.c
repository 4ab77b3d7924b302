#include "common/file_set.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/byte_order.h"

bool points_check(const struct array_file *file, struct io_error *error) {
    const struct array_view *view = &file->view;
    if (file->idx ? view->dimensions < 2 : view->dimensions != 2)
        return io_fail(error, "has %d dimension%s; rows of numbers need %s", view->dimensions,
                       view->dimensions == 1 ? "" : "s", file->idx ? "two or more" : "two");
    if (view->shape[0] == 0)
        return io_fail(error, "has no rows");
    return view->count > 0 || io_fail(error, "has no columns");
}

bool file_set_name(struct file_set *set, const char *const *arguments, int count,
                   struct io_error *error) {
    if (!path_list_split(&set->list, arguments, count, error))
        return false;
    set->file = calloc((size_t)set->list.count, sizeof *set->file);
    return set->file || io_fail_memory(error, (double)set->list.count * sizeof *set->file);
}

bool file_set_add(struct file_set *set, int i, shape_check *check, struct io_error *error) {
    struct array_file *file = &set->file[i];
    if (!array_file_open(file, set->list.path[i], error))
        return false;
    if (!check(file, error))
        return io_fail_in(error, file->path);
    const int64_t columns = file->view.count / file->view.shape[0];
    if (i > 0 && columns != set->columns)
        return io_fail(error, "%s has %" PRId64 " columns, but %s has %" PRId64, set->file[0].path,
                       set->columns, file->path, columns);
    set->columns = columns;
    set->rows += file->view.shape[0];
    return true;
}

void file_set_close(struct file_set *set) {
    for (int i = 0; set->file && i < set->list.count; i++)
        array_file_close(&set->file[i]);
    free(set->file);
    path_list_free(&set->list);
    *set = (struct file_set){.file = NULL};
}

bool array_can_be_viewed(const struct array_file *file) {
    const size_t size = (size_t)file->view.item_size;
    return file->view.kind == ARRAY_FLOAT && file->view.big_endian == host_is_big_endian() &&
           (uintptr_t)array_file_data(file) % size == 0;
}
