#include "common/head_file.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/array_convert.h"
#include "common/file_set.h"
#include "common/idx_format.h"
#include "common/npy_format.h"
#include "common/safetensors_file.h"

/* Numbers of one file or tensor: a matrix, or with one column a vector. */
struct numbers {
    int64_t rows, columns;
    double *values; /* allocated */
    bool single;
};

/* The count is at most that of bytes of a file in memory, so it fits. */
static bool allocate(struct numbers *numbers, struct io_error *error) {
    const double bytes = 8 * (double)numbers->rows * (double)numbers->columns;
    numbers->values = bytes < (double)SIZE_MAX ? malloc((size_t)bytes) : NULL;
    return numbers->values || io_fail_memory(error, bytes);
}

static bool check_finite(const struct numbers *numbers, struct io_error *error) {
    for (int64_t i = 0; i < numbers->rows * numbers->columns; i++) {
        const double value = numbers->values[i];
        if (isfinite(value))
            continue;
        const char *name = isnan(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
        if (numbers->columns == 1)
            return io_fail(error, "element %" PRId64 " is %s", i, name);
        return io_fail(error, "row %" PRId64 ", column %" PRId64 " is %s", i / numbers->columns,
                       i % numbers->columns, name);
    }
    return true;
}

static bool check_weights(const struct array_file *file, struct io_error *error) {
    if (file->view.dimensions != 2)
        return io_fail(error, "has %d dimension%s; a head needs two", file->view.dimensions,
                       file->view.dimensions == 1 ? "" : "s");
    return file->view.count > 0 || io_fail(error, "has no weights");
}

static bool check_bias(const struct array_file *file, struct io_error *error) {
    if (file->view.dimensions != 1)
        return io_fail(error, "has %d dimensions; a bias needs one", file->view.dimensions);
    return file->view.count > 0 || io_fail(error, "has no numbers");
}

/* From an array file that is open; the caller names it. */
static bool take_array(struct numbers *numbers, const struct array_file *file, shape_check *check,
                       struct io_error *error) {
    latent_type type;
    if (!check(file, error) || !array_float_type(file, &type, error))
        return false;
    *numbers = (struct numbers){.rows = file->view.shape[0],
                                .columns = file->view.count / file->view.shape[0],
                                .single = file->view.kind == ARRAY_FLOAT && type != LATENT_F64};
    if (!allocate(numbers, error))
        return false;
    array_convert(file, LATENT_F64, numbers->values);
    return check_finite(numbers, error);
}

static bool read_array(struct numbers *numbers, const char *path, shape_check *check,
                       struct io_error *error) {
    struct array_file file;
    if (!array_file_open(&file, path, error))
        return false;
    const bool ok = take_array(numbers, &file, check, error);
    array_file_close(&file);
    return ok || io_fail_in(error, path);
}

/* bfloat16 is the upper half of float32. */
static void widen_bf16(const double *codes, int64_t count, double *values) {
    for (int64_t i = 0; i < count; i++) {
        const uint32_t bits = (uint32_t)codes[i] << 16;
        float value;
        memcpy(&value, &bits, sizeof value);
        values[i] = value;
    }
}

static bool is_float(enum safetensors_dtype type) {
    return type == SAFETENSORS_F16 || type == SAFETENSORS_BF16 || type == SAFETENSORS_F32 ||
           type == SAFETENSORS_F64;
}

/* The tensor as if it were an array file of its own; bfloat16 as the integers of its bits. */
static struct array_file view_tensor(const struct safetensors_file *file,
                                     const struct safetensors_tensor *tensor) {
    struct array_file view = {.path = file->path, .bytes = file->bytes};
    view.view = (struct array_view){.kind = tensor->dtype == SAFETENSORS_BF16 ? ARRAY_UNSIGNED
                                                                              : ARRAY_FLOAT,
                                    .item_size = safetensors_dtype_size(tensor->dtype),
                                    .dimensions = tensor->dimensions,
                                    .count = tensor->count,
                                    .offset = (size_t)(tensor->data - file->bytes.data)};
    memcpy(view.view.shape, tensor->shape, sizeof view.view.shape);
    return view;
}

static bool take_tensor(struct numbers *numbers, const struct safetensors_file *file,
                        const struct safetensors_tensor *tensor, shape_check *check,
                        struct io_error *error) {
    char type[SAFETENSORS_TYPE_TEXT];
    if (!is_float(tensor->dtype))
        return io_fail(error, "is %s; F16, BF16, F32 or F64 are needed",
                       safetensors_type_text(tensor, type));
    const struct array_file view = view_tensor(file, tensor);
    if (!check(&view, error))
        return false;
    *numbers = (struct numbers){.rows = tensor->shape[0],
                                .columns = tensor->count / tensor->shape[0],
                                .single = tensor->dtype != SAFETENSORS_F64};
    if (!allocate(numbers, error))
        return false;
    array_convert(&view, LATENT_F64, numbers->values);
    if (tensor->dtype == SAFETENSORS_BF16)
        widen_bf16(numbers->values, tensor->count, numbers->values);
    return check_finite(numbers, error);
}

static bool read_tensor(struct numbers *numbers, const struct safetensors_file *file,
                        const char *name, shape_check *check, struct io_error *error) {
    const struct safetensors_tensor *tensor = safetensors_find(file, name, error);
    if (!tensor)
        return false;
    if (take_tensor(numbers, file, tensor, check, error))
        return true;
    char subject[240];
    snprintf(subject, sizeof subject, "tensor '%.200s'", name);
    io_fail_in(error, subject);
    return io_fail_in(error, file->path);
}

/* The sentence that says between which tensors --head-tensor chooses; returns false. */
static bool fail_unnamed(const struct safetensors_file *file, struct io_error *error) {
    char list[700] = "";
    size_t used = 0;
    for (int64_t i = 0; i < file->table.count; i++) {
        const struct safetensors_tensor *tensor = &file->table.tensor[i];
        char type[SAFETENSORS_TYPE_TEXT], item[sizeof type + 208];
        if (tensor->dimensions != 2)
            continue;
        snprintf(item, sizeof item, "%s'%.200s' %s", used > 0 ? ", " : "", tensor->name,
                 safetensors_type_text(tensor, type));
        if (used + strlen(item) + sizeof ", ..." > sizeof list) {
            strcpy(list + used, ", ...");
            break;
        }
        used += strlen(strcpy(list + used, item));
    }
    if (*list)
        io_fail(error, "--head-tensor must say which tensor is the head: %s", list);
    else
        io_fail(error, "holds no tensor of two dimensions, so no head");
    return io_fail_in(error, file->path);
}

/* Weights and bias, as far as they are in the first file. */
struct parts {
    struct numbers weights, bias;
};

static bool read_tensors(struct parts *parts, const struct head_source *source,
                         struct io_error *error) {
    struct safetensors_file file;
    if (!safetensors_file_open(&file, source->path, error))
        return false;
    const bool ok = (source->tensor || fail_unnamed(&file, error)) &&
                    read_tensor(&parts->weights, &file, source->tensor, check_weights, error) &&
                    (!source->bias_tensor ||
                     read_tensor(&parts->bias, &file, source->bias_tensor, check_bias, error));
    safetensors_file_close(&file);
    return ok;
}

enum kind { ARRAY, TENSORS };

/* The header of a .safetensors file is JSON after eight bytes of length, which may be the first
 * bytes of an IDX file too. */
static bool find_kind(enum kind *kind, const char *path, struct io_error *error) {
    struct file_bytes bytes;
    if (!file_bytes_open(&bytes, path, error))
        return false;
    const bool npy = npy_is(bytes.data, bytes.size);
    const bool tensors = !npy && bytes.size > 8 && bytes.data[8] == '{';
    const bool known = npy || tensors || idx_is(bytes.data, bytes.size);
    *kind = tensors ? TENSORS : ARRAY;
    file_bytes_close(&bytes);
    if (known)
        return true;
    io_fail(error, "is neither .npy nor IDX nor .safetensors");
    return io_fail_in(error, path);
}

static bool read_parts(struct parts *parts, const struct head_source *source,
                       struct io_error *error) {
    enum kind kind;
    if (!find_kind(&kind, source->path, error))
        return false;
    if (kind == TENSORS)
        return read_tensors(parts, source, error);
    if (source->tensor || source->bias_tensor)
        return io_fail(error, "--%s: %s is no .safetensors file",
                       source->tensor ? "head-tensor" : "bias-tensor", source->path);
    return read_array(&parts->weights, source->path, check_weights, error);
}

static bool check_lengths(const struct parts *parts, const struct head_source *source,
                          struct io_error *error) {
    const int64_t have = parts->bias.rows, want = parts->weights.rows;
    if (!parts->bias.values || have == want)
        return true;
    return io_fail(error,
                   "%s '%s' has %" PRId64 " numbers, but the head in %s has %" PRId64 " rows",
                   source->bias ? "the bias" : "the bias tensor",
                   source->bias ? source->bias : source->bias_tensor, have, source->path, want);
}

bool head_file_open(struct head_file *head, const struct head_source *source,
                    struct io_error *error) {
    struct parts parts = {.weights = {.values = NULL}};
    const bool ok = read_parts(&parts, source, error) &&
                    (!source->bias || read_array(&parts.bias, source->bias, check_bias, error)) &&
                    check_lengths(&parts, source, error);
    *head = (struct head_file){parts.weights.rows, parts.weights.columns, parts.weights.values,
                               parts.bias.values, parts.weights.single};
    if (!ok)
        head_file_close(head);
    return ok;
}

void head_file_close(struct head_file *head) {
    free(head->weights);
    free(head->bias);
    *head = (struct head_file){.weights = NULL};
}
