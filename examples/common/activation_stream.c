#include "common/activation_stream.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/array_convert.h"

/* Large enough that all threads find work, small enough to be converted in little memory. */
enum { CHUNK_ELEMENTS = 1 << 23 };

bool activation_stream_open(struct activation_stream *stream, const char *const *arguments,
                            int count, struct io_error *error) {
    *stream = (struct activation_stream){.file = -1};
    struct file_set *files = &stream->files;
    bool ok = file_set_name(files, arguments, count, error);
    if (ok) {
        stream->type = malloc((size_t)files->list.count * sizeof *stream->type);
        ok = stream->type || io_fail_memory(error, (double)files->list.count);
    }
    bool inflated = false;
    for (int i = 0; ok && i < files->list.count; i++) {
        struct array_file *file = &files->file[i];
        ok = file_set_add(files, i, points_check, error) &&
             array_float_type(file, &stream->type[i], error);
        if (!ok || file->bytes.mapped)
            continue;
        if (inflated)
            array_file_close(file);
        inflated = true;
    }
    if (!ok)
        activation_stream_close(stream);
    return ok;
}

/* Opens a file again that was closed after it had been checked or read. */
static bool reopen(struct array_file *file, struct io_error *error) {
    const struct array_view before = file->view;
    const char *path = file->path;
    if (file->bytes.data)
        return true;
    if (!array_file_open(file, path, error))
        return false;
    const struct array_view *now = &file->view;
    return (now->kind == before.kind && now->item_size == before.item_size &&
            now->count == before.count && now->shape[0] == before.shape[0]) ||
           io_fail(error, "%s: has changed since it was checked", path);
}

static bool make_room(struct activation_stream *stream, size_t bytes, struct io_error *error) {
    if (bytes <= stream->room)
        return true;
    free(stream->converted);
    stream->room = (bytes + 63) / 64 * 64;
    stream->converted = aligned_alloc(64, stream->room);
    if (stream->converted)
        return true;
    stream->room = 0;
    return io_fail_memory(error, (double)bytes);
}

static bool view_chunk(struct activation_stream *stream, latent_matrix *chunk,
                       struct io_error *error) {
    const struct array_file *file = &stream->files.file[stream->file];
    const latent_type type = stream->type[stream->file];
    const int64_t columns = stream->files.columns;
    const int64_t first = stream->first * columns, count = stream->rows * columns;
    const void *data = array_file_data(file) + first * file->view.item_size;
    if (!array_can_be_viewed(file)) {
        if (!make_room(stream, (size_t)count * (size_t)latent_type_size(type), error))
            return false;
        array_convert_part(file, first, count, type, stream->converted);
        data = stream->converted;
    }
    *chunk = latent_matrix_view(data, stream->rows, columns, type);
    return true;
}

void activation_stream_rewind(struct activation_stream *stream) {
    stream->next_file = 0;
    stream->next_row = 0;
}

bool activation_stream_next(struct activation_stream *stream, latent_matrix *chunk,
                            struct io_error *error) {
    struct file_set *files = &stream->files;
    if (stream->next_file > 0 && stream->next_row == 0)
        array_file_close(&files->file[stream->next_file - 1]);
    memset(chunk, 0, sizeof *chunk);
    if (stream->next_file == files->list.count)
        return true;
    struct array_file *file = &files->file[stream->next_file];
    if (!reopen(file, error))
        return false;
    const int64_t most = files->columns < CHUNK_ELEMENTS ? CHUNK_ELEMENTS / files->columns : 1;
    const int64_t left = file->view.shape[0] - stream->next_row;
    stream->file = stream->next_file;
    stream->first = stream->next_row;
    stream->rows = left < most ? left : most;
    stream->next_row += stream->rows;
    if (stream->next_row == file->view.shape[0]) {
        stream->next_row = 0;
        stream->next_file++;
    }
    return view_chunk(stream, chunk, error);
}

bool activation_stream_fail_nonfinite(const struct activation_stream *stream, const char *advice,
                                      struct io_error *error) {
    const struct array_file *file = &stream->files.file[stream->file];
    const int64_t columns = stream->files.columns;
    const int64_t end = (stream->first + stream->rows) * columns;
    int64_t place = stream->first * columns;
    while (place < end - 1 && isfinite(array_element(file, place)))
        place++;
    const double value = array_element(file, place);
    io_fail(error, "row %" PRId64 ", column %" PRId64 " is %s%s", place / columns, place % columns,
            isnan(value) ? "NaN" : (value > 0 ? "infinity" : "-infinity"), advice);
    return io_fail_in(error, file->path);
}

void activation_stream_close(struct activation_stream *stream) {
    file_set_close(&stream->files);
    free(stream->type);
    free(stream->converted);
    *stream = (struct activation_stream){.file = -1};
}
