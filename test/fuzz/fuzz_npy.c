/* Any bytes as an array file: what the parsers accept must lie inside the bytes, and every element of
 * it can be converted. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/array_convert.h"
#include "common/idx_format.h"
#include "common/npy_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool condition) {
    if (!condition)
        abort();
}

static void check_view(const struct array_view *view, size_t size) {
    require(view->kind <= ARRAY_UNSIGNED);
    require(view->item_size == 1 || view->item_size == 2 || view->item_size == 4 ||
            view->item_size == 8);
    require(view->kind != ARRAY_FLOAT || view->item_size > 1);
    require(view->dimensions >= 0 && view->dimensions <= ARRAY_MAX_DIMENSIONS);
    int64_t count = 1;
    for (int i = 0; i < view->dimensions; i++) {
        require(view->shape[i] >= 0);
        count *= view->shape[i];
    }
    require(count == view->count);
    require(view->offset <= size);
    require((uint64_t)count * (uint64_t)view->item_size == size - view->offset);
}

/* Converts as labelled data would; an unaligned offset is the usual case here. */
static void convert(const struct array_file *file) {
    const size_t count = (size_t)file->view.count;
    struct io_error error;
    latent_type type;
    if (count == 0 || file->view.dimensions == 0)
        return;
    int32_t *labels = malloc(count * sizeof *labels);
    require(labels != NULL);
    const bool are_labels = array_to_labels(file, labels, &error);
    require(!are_labels || file->view.kind != ARRAY_FLOAT);
    if (array_float_type(file, &type, &error)) {
        void *numbers = aligned_alloc(64, (count * (size_t)latent_type_size(type) + 63) / 64 * 64);
        require(numbers != NULL);
        array_convert(file, type, numbers);
        /* An integer label up to 2^24 is a float32 of the same value. */
        for (size_t i = 0; are_labels && type == LATENT_F32 && i < count; i++)
            require((double)((const float *)numbers)[i] == labels[i]);
        free(numbers);
    }
    free(labels);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    struct io_error error = {""};
    struct array_file file;
    memset(&file, 0, sizeof file);
    file.path = "fuzz";
    file.bytes.data = malloc(size > 0 ? size : 1);
    require(file.bytes.data != NULL);
    memcpy(file.bytes.data, bytes, size);
    file.bytes.size = size;
    const bool npy = npy_parse(file.bytes.data, size, &file.view, &error);
    require(!npy || npy_is(file.bytes.data, size));
    if (npy || idx_parse(file.bytes.data, size, &file.view, &error)) {
        check_view(&file.view, size);
        convert(&file);
    } else {
        require(strlen(error.text) > 0 && strlen(error.text) < sizeof error.text);
    }
    file_bytes_close(&file.bytes);
    return 0;
}
