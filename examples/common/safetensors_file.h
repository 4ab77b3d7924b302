/* A .safetensors file, opened: its tensors by name. */
#ifndef EXAMPLES_SAFETENSORS_FILE_H
#define EXAMPLES_SAFETENSORS_FILE_H

#include "common/file_bytes.h"
#include "common/safetensors_format.h"

struct safetensors_file {
    const char *path; /* the caller's */
    struct file_bytes bytes;
    struct safetensors_table table;
};

/* Maps the file and checks it as safetensors_parse() does. `path` must outlive the file. Every
 * error names it. */
bool safetensors_file_open(struct safetensors_file *file, const char *path, struct io_error *error);

/* Releases the file and all that was found in it; a struct of zeros is fine. */
void safetensors_file_close(struct safetensors_file *file);

/* The tensor of that name; NULL and a sentence that lists the names if there is none. */
const struct safetensors_tensor *safetensors_find(const struct safetensors_file *file,
                                                  const char *name, struct io_error *error);

/* The tensor's dtype and shape, such as "F32 [3, 4]"; returns `text`. */
enum { SAFETENSORS_TYPE_TEXT = 200 };
const char *safetensors_type_text(const struct safetensors_tensor *tensor,
                                  char text[SAFETENSORS_TYPE_TEXT]);

/* A value of the file's free texts, or NULL. */
const char *safetensors_metadata(const struct safetensors_file *file, const char *key);

#endif
