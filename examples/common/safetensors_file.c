#include "common/safetensors_file.h"

#include <inttypes.h>
#include <string.h>

bool safetensors_file_open(struct safetensors_file *file, const char *path,
                           struct io_error *error) {
    *file = (struct safetensors_file){.path = path};
    if (!file_bytes_open(&file->bytes, path, error))
        return false;
    if (safetensors_parse(file->bytes.data, file->bytes.size, &file->table, error))
        return true;
    file_bytes_close(&file->bytes);
    return io_fail_in(error, path);
}

void safetensors_file_close(struct safetensors_file *file) {
    safetensors_table_free(&file->table);
    file_bytes_close(&file->bytes);
}

/* "a, b, c": as many names as fit, then dots. */
static void list_names(const struct safetensors_table *table, char *text, size_t room) {
    static const char dots[] = "...";
    size_t used = 0;
    for (int64_t i = 0; i < table->count; i++) {
        const char *name = table->tensor[i].name;
        const size_t length = strlen(name) + 2;
        if (used + length + sizeof dots > room) {
            memcpy(text + used, dots, sizeof dots);
            return;
        }
        used += (size_t)snprintf(text + used, room - used, "%s%s", name,
                                 i + 1 < table->count ? ", " : "");
    }
}

const struct safetensors_tensor *safetensors_find(const struct safetensors_file *file,
                                                  const char *name, struct io_error *error) {
    const struct safetensors_table *table = &file->table;
    char names[400] = "no tensor";
    for (int64_t i = 0; i < table->count; i++) {
        if (strcmp(table->tensor[i].name, name) == 0)
            return &table->tensor[i];
    }
    list_names(table, names, sizeof names);
    io_fail(error, "no tensor '%.200s'; it holds %s", name, names);
    io_fail_in(error, file->path);
    return NULL;
}

const char *safetensors_type_text(const struct safetensors_tensor *tensor,
                                  char text[SAFETENSORS_TYPE_TEXT]) {
    int used = snprintf(text, SAFETENSORS_TYPE_TEXT, "%s [", safetensors_dtype_name(tensor->dtype));
    for (int i = 0; i < tensor->dimensions; i++)
        used += snprintf(text + used, (size_t)(SAFETENSORS_TYPE_TEXT - used), "%s%" PRId64,
                         i > 0 ? ", " : "", tensor->shape[i]);
    snprintf(text + used, (size_t)(SAFETENSORS_TYPE_TEXT - used), "]");
    return text;
}

const char *safetensors_metadata(const struct safetensors_file *file, const char *key) {
    return json_string_value(
        json_object_get(json_object_get(file->table.header, "__metadata__"), key));
}
