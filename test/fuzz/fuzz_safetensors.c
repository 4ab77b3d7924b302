/* Any bytes as a .safetensors file: what the parser accepts must be tensors that lie in the bytes,
 * one after the other, and can be found by their names. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/safetensors_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition) {
    if (!condition)
        abort();
}

static size_t check_tensor(const struct safetensors_tensor *tensor) {
    char text[SAFETENSORS_TYPE_TEXT];
    require(tensor->dtype < SAFETENSORS_DTYPES);
    require(tensor->dimensions >= 0 && tensor->dimensions <= SAFETENSORS_MAX_DIMENSIONS);
    int64_t count = 1;
    for (int i = 0; i < tensor->dimensions; i++) {
        require(tensor->shape[i] >= 0);
        count *= tensor->shape[i];
    }
    require(count == tensor->count);
    require(strlen(safetensors_type_text(tensor, text)) < sizeof text);
    return (size_t)count * (size_t)safetensors_dtype_size(tensor->dtype);
}

static void check_file(const struct safetensors_file *file) {
    const unsigned char *const end = file->bytes.data + file->bytes.size;
    const struct safetensors_table *table = &file->table;
    const unsigned char *next = table->count > 0 ? table->tensor[0].data : end;
    struct io_error error;
    for (int64_t i = 0; i < table->count; i++) {
        const struct safetensors_tensor *tensor = &table->tensor[i];
        require(tensor->data == next);
        next += check_tensor(tensor);
        require(next <= end);
        require(safetensors_find(file, tensor->name, &error) == tensor);
    }
    require(next == end);
    require(safetensors_find(file, "\x01", &error) == NULL);
    require(strlen(error.text) > 0 && strlen(error.text) < sizeof error.text);
    safetensors_metadata(file, "key");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct io_error error = {""};
    struct safetensors_file file = {.path = "fuzz"};
    file.bytes.data = malloc(size > 0 ? size : 1);
    require(file.bytes.data != NULL);
    memcpy(file.bytes.data, bytes, size);
    file.bytes.size = size;
    if (safetensors_parse(file.bytes.data, size, &file.table, &error)) {
        check_file(&file);
    } else {
        require(strlen(error.text) > 0 && strlen(error.text) < sizeof error.text);
        for (const char *at = error.text; *at; at++)
            require((unsigned char)*at >= ' ' && *at != 0x7f);
    }
    safetensors_file_close(&file);
    return 0;
}
