/* The weights and bias of a classification head, or any linear layer, from files. */
#ifndef EXAMPLES_HEAD_FILE_H
#define EXAMPLES_HEAD_FILE_H

#include <stdint.h>

#include "common/io_error.h"

/* Where they are. */
struct head_source {
    const char *path;        /* .npy, IDX or .safetensors, told apart by what they contain */
    const char *tensor;      /* of a .safetensors file: the weights; NULL: not given */
    const char *bias;        /* an array file, or NULL */
    const char *bias_tensor; /* or a tensor of the weights' file, or NULL; only one of the two */
};

struct head_file {
    int64_t outputs, inputs;
    double *weights; /* outputs × inputs, row after row */
    double *bias;    /* outputs of them; NULL: none */
    bool single;     /* the file's weights were float32, float16 or bfloat16 */
};

/* Reads both into memory. Every number is finite, and there is at least one. Sentences name the
 * file, the tensor and the place. */
bool head_file_open(struct head_file *head, const struct head_source *source,
                    struct io_error *error);

/* A struct of zeros is fine. */
void head_file_close(struct head_file *head);

#endif
