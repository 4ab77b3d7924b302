#include "common/concept_matrix.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/array_convert.h"
#include "common/file_set.h"

/* Elements that are converted at a time. */
enum { RUN = 4096 };

static bool check_shape(const struct array_file *file, struct io_error *error) {
    const struct array_view *view = &file->view;
    if (view->dimensions != 2)
        return io_fail(error, "has %d dimension%s; concepts need two, samples and concepts",
                       view->dimensions, view->dimensions == 1 ? "" : "s");
    if (view->shape[0] == 0)
        return io_fail(error, "has no rows, which are the samples");
    if (view->shape[1] == 0)
        return io_fail(error, "has no columns, which are the concepts");
    return view->kind != ARRAY_FLOAT ||
           io_fail(error, "holds %s; concepts must be integers or booleans", array_type_name(view));
}

static bool fail_value(const struct array_file *file, int64_t place, struct io_error *error) {
    const int64_t columns = file->view.shape[1];
    char text[ARRAY_DIGITS];
    io_fail(error,
            "row %" PRId64 ", column %" PRId64 " is %s, but concepts are 1 (present), 0 (absent) "
            "or -1 (ignored)",
            place / columns, place % columns, array_integer_text(file, place, text));
    return io_fail_in(error, file->path);
}

static bool convert(const struct array_file *file, int8_t *values, struct io_error *error) {
    const int64_t count = file->view.count;
    double part[RUN];
    for (int64_t first = 0; first < count; first += RUN) {
        const int64_t n = count - first < RUN ? count - first : RUN;
        /* What float64 rounds is far from what is allowed. */
        array_convert_part(file, first, n, LATENT_F64, part);
        for (int64_t i = 0; i < n; i++) {
            if (part[i] != 1 && part[i] != 0 && part[i] != -1)
                return fail_value(file, first + i, error);
            values[first + i] = (int8_t)part[i];
        }
    }
    return true;
}

/* Every file is in memory or mapped with at least a byte per element, so their number fits. */
static bool convert_all(struct concept_matrix *matrix, const struct file_set *files,
                        struct io_error *error) {
    const double bytes = (double)files->rows * (double)files->columns;
    matrix->samples = files->rows;
    matrix->concepts = files->columns;
    matrix->values = bytes < (double)SIZE_MAX ? malloc((size_t)bytes) : NULL;
    if (!matrix->values)
        return io_fail_memory(error, bytes);
    int8_t *next = matrix->values;
    for (int i = 0; i < files->list.count; i++) {
        if (!convert(&files->file[i], next, error))
            return false;
        next += files->file[i].view.count;
    }
    return true;
}

bool concept_matrix_open(struct concept_matrix *matrix, const char *argument,
                         struct io_error *error) {
    struct file_set files = {.file = NULL};
    *matrix = (struct concept_matrix){.values = NULL};
    bool ok = file_set_name(&files, &argument, 1, error);
    for (int i = 0; ok && i < files.list.count; i++)
        ok = file_set_add(&files, i, check_shape, error);
    ok = ok && convert_all(matrix, &files, error);
    file_set_close(&files);
    if (!ok)
        concept_matrix_close(matrix);
    return ok;
}

void concept_matrix_close(struct concept_matrix *matrix) {
    free(matrix->values);
    *matrix = (struct concept_matrix){.values = NULL};
}
