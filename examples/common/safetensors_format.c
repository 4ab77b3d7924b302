#include "common/safetensors_format.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/byte_order.h"

#define METADATA "__metadata__"
/* A longer header is refused, as the format's own library does. */
enum { LENGTH_BYTES = 8, MAX_HEADER = 100 * 1000 * 1000 };

static const struct {
    const char *name;
    int size;
} dtypes[SAFETENSORS_DTYPES] = {
    [SAFETENSORS_BOOL] = {"BOOL", 1}, [SAFETENSORS_U8] = {"U8", 1},
    [SAFETENSORS_I8] = {"I8", 1},     [SAFETENSORS_U16] = {"U16", 2},
    [SAFETENSORS_I16] = {"I16", 2},   [SAFETENSORS_U32] = {"U32", 4},
    [SAFETENSORS_I32] = {"I32", 4},   [SAFETENSORS_U64] = {"U64", 8},
    [SAFETENSORS_I64] = {"I64", 8},   [SAFETENSORS_F16] = {"F16", 2},
    [SAFETENSORS_BF16] = {"BF16", 2}, [SAFETENSORS_F32] = {"F32", 4},
    [SAFETENSORS_F64] = {"F64", 8},
};

const char *safetensors_dtype_name(enum safetensors_dtype dtype) {
    return dtypes[dtype].name;
}

int safetensors_dtype_size(enum safetensors_dtype dtype) {
    return dtypes[dtype].size;
}

/* Text of the file that goes into an error must not command the terminal. */
static bool is_control(char c) {
    return (unsigned char)c < ' ' || c == 0x7f;
}

static bool has_control(const char *text) {
    while (*text && !is_control(*text))
        text++;
    return *text != '\0';
}

/* Puts the tensor's name before the sentence. */
static bool fail_in_tensor(struct io_error *error, const char *name) {
    char subject[256];
    snprintf(subject, sizeof subject, "tensor '%.200s'", name);
    return io_fail_in(error, subject);
}

static bool read_dtype(const json_t *entry, struct safetensors_tensor *tensor,
                       struct io_error *error) {
    const char *text = json_string_value(json_object_get(entry, "dtype"));
    if (!text)
        return io_fail(error, "'dtype' is missing or no string");
    for (int i = 0; i < SAFETENSORS_DTYPES; i++) {
        if (strcmp(text, dtypes[i].name) == 0) {
            tensor->dtype = (enum safetensors_dtype)i;
            return true;
        }
    }
    return io_fail(error, "has the unknown dtype '%.20s'", has_control(text) ? "?" : text);
}

/* Sets the shape, its product, and the bytes that it takes. */
static bool read_shape(const json_t *entry, struct safetensors_tensor *tensor, int64_t *bytes,
                       struct io_error *error) {
    const json_t *shape = json_object_get(entry, "shape");
    const size_t dimensions = json_array_size(shape);
    if (!json_is_array(shape))
        return io_fail(error, "'shape' is missing or no array");
    if (dimensions > SAFETENSORS_MAX_DIMENSIONS)
        return io_fail(error, "has %zu dimensions; at most %d can be read", dimensions,
                       SAFETENSORS_MAX_DIMENSIONS);
    *bytes = dtypes[tensor->dtype].size;
    tensor->dimensions = (int)dimensions;
    tensor->count = 1;
    for (size_t i = 0; i < dimensions; i++) {
        const json_t *extent = json_array_get(shape, i);
        const json_int_t value = json_integer_value(extent);
        if (!json_is_integer(extent) || value < 0)
            return io_fail(error, "shape[%zu] is no whole number from 0 on", i);
        if (value > 0 && *bytes > INT64_MAX / value)
            return io_fail(error, "the product of its shape is over 2^63 bytes");
        *bytes *= value;
        tensor->count *= value;
        tensor->shape[i] = value;
    }
    return true;
}

/* Sets the pointer to the data, which are `size` bytes for all tensors. */
static bool read_offsets(const json_t *entry, struct safetensors_tensor *tensor, int64_t bytes,
                         const unsigned char *data, size_t size, struct io_error *error) {
    const json_t *offsets = json_object_get(entry, "data_offsets");
    const json_t *first = json_array_get(offsets, 0), *last = json_array_get(offsets, 1);
    if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(last))
        return io_fail(error, "'data_offsets' is missing or no pair of whole numbers");
    const json_int_t begin = json_integer_value(first), end = json_integer_value(last);
    if (begin < 0 || end < begin)
        return io_fail(error, "data_offsets [%" PRId64 ", %" PRId64 "] are no range",
                       (int64_t)begin, (int64_t)end);
    if ((uint64_t)end > size)
        return io_fail(error,
                       "its data end at byte %" PRId64 ", but only %zu bytes of data are there: "
                       "truncated?",
                       (int64_t)end, size);
    if (end - begin != bytes)
        return io_fail(error,
                       "its shape and dtype take %" PRId64 " bytes, its data_offsets give %" PRId64,
                       bytes, (int64_t)(end - begin));
    tensor->data = data + begin;
    return true;
}

static bool read_tensor(const char *name, const json_t *entry, struct safetensors_tensor *tensor,
                        const unsigned char *data, size_t size, struct io_error *error) {
    int64_t bytes = 0;
    if (has_control(name))
        return io_fail(error, "holds a tensor with a control character in its name");
    tensor->name = name;
    return (read_dtype(entry, tensor, error) && read_shape(entry, tensor, &bytes, error) &&
            read_offsets(entry, tensor, bytes, data, size, error)) ||
           fail_in_tensor(error, name);
}

static bool check_metadata(json_t *metadata, struct io_error *error) {
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return io_fail(error, "'" METADATA "' is no JSON object");
    json_object_foreach(metadata, key, value) {
        if (!json_is_string(value))
            return io_fail(error, "'" METADATA "': the value of '%.200s' is no string",
                           has_control(key) ? "?" : key);
    }
    return true;
}

static const unsigned char *end_of(const struct safetensors_tensor *tensor) {
    return tensor->data + tensor->count * dtypes[tensor->dtype].size;
}

/* By beginning, then by end: an empty tensor goes before the one that begins at the same place. */
static int compare_places(const void *left, const void *right) {
    const struct safetensors_tensor *a = left, *b = right;
    if (a->data != b->data)
        return a->data < b->data ? -1 : 1;
    return (end_of(a) > end_of(b)) - (end_of(a) < end_of(b));
}

/* The tensors in the order of their data must follow one another without overlap or gap. */
static bool check_places(const struct safetensors_table *table, const unsigned char *data,
                         size_t size, struct io_error *error) {
    const unsigned char *expected = data;
    for (int64_t i = 0; i < table->count; i++) {
        const struct safetensors_tensor *tensor = &table->tensor[i];
        if (tensor->data < expected) {
            io_fail(error, "its data overlap those of '%.200s'", tensor[-1].name);
            return fail_in_tensor(error, tensor->name);
        }
        if (tensor->data > expected) {
            io_fail(error, "the %td bytes before its data belong to no tensor",
                    tensor->data - expected);
            return fail_in_tensor(error, tensor->name);
        }
        expected = end_of(tensor);
    }
    return expected == data + size ||
           io_fail(error, "%td bytes after the last tensor's data belong to no tensor",
                   data + size - expected);
}

static bool read_header(struct safetensors_table *table, const unsigned char *data, size_t size,
                        struct io_error *error) {
    const size_t entries = json_object_size(table->header);
    const char *key;
    json_t *value;
    table->tensor = calloc(entries + 1, sizeof *table->tensor);
    if (!table->tensor)
        return io_fail_memory(error, (double)(entries + 1) * (double)sizeof *table->tensor);
    json_object_foreach(table->header, key, value) {
        if (strcmp(key, METADATA) == 0) {
            if (!check_metadata(value, error))
                return false;
        } else if (!read_tensor(key, value, &table->tensor[table->count++], data, size, error)) {
            return false;
        }
    }
    qsort(table->tensor, (size_t)table->count, sizeof *table->tensor, compare_places);
    return check_places(table, data, size, error);
}

static bool fail_json(const json_error_t *reason, struct io_error *error) {
    char text[sizeof reason->text];
    memcpy(text, reason->text, sizeof text);
    for (char *at = text; *at; at++) {
        if (is_control(*at))
            *at = '?';
    }
    return io_fail(error, "its header is no sound JSON: %s", text);
}

bool safetensors_parse(const unsigned char *bytes, size_t size, struct safetensors_table *table,
                       struct io_error *error) {
    *table = (struct safetensors_table){NULL, NULL, 0};
    /* The first brace of the JSON is all that tells the format. */
    if (size <= LENGTH_BYTES || bytes[LENGTH_BYTES] != '{')
        return io_fail(error, "is no .safetensors file");
    const uint64_t length = bytes_to_uint(bytes, LENGTH_BYTES, false);
    const size_t rest = size - LENGTH_BYTES;
    if (length > MAX_HEADER)
        return io_fail(error,
                       "its header is said to have %" PRIu64 " bytes; at most %d can be read",
                       length, MAX_HEADER);
    if (length > rest)
        return io_fail(error,
                       "is truncated inside its header, of which %zu of %" PRIu64 " bytes "
                       "are there",
                       rest, length);
    json_error_t reason;
    const unsigned char *text = bytes + LENGTH_BYTES;
    table->header = json_loadb((const char *)text, (size_t)length, JSON_REJECT_DUPLICATES, &reason);
    if (!table->header)
        return fail_json(&reason, error);
    if (read_header(table, text + length, rest - (size_t)length, error))
        return true;
    safetensors_table_free(table);
    return false;
}

void safetensors_table_free(struct safetensors_table *table) {
    json_decref(table->header);
    free(table->tensor);
    *table = (struct safetensors_table){NULL, NULL, 0};
}
