#include "common/vit_model.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/byte_order.h"
#include "common/safetensors_file.h"

/* Takes the file's tensors one after the other. Where one is wrong, `error` has the sentence and
 * the rest is left out. */
struct weight_reader {
    const struct safetensors_file *file;
    double *next; /* room for the numbers */
    int64_t taken;
    bool ok;
    struct io_error *error;
};

static bool fail_tensor(struct weight_reader *reader, const char *name) {
    char subject[80];
    snprintf(subject, sizeof subject, "tensor '%s'", name);
    return io_fail_in(reader->error, subject);
}

/* Whether the tensor is float32 [rows × columns], or [columns] if there are 0 rows. */
static bool check_type(const struct safetensors_tensor *tensor, int64_t rows, int64_t columns,
                       struct io_error *error) {
    struct safetensors_tensor wanted = {.dtype = SAFETENSORS_F32};
    if (rows > 0)
        wanted.shape[wanted.dimensions++] = rows;
    wanted.shape[wanted.dimensions++] = columns;
    if (tensor->dtype == wanted.dtype && tensor->dimensions == wanted.dimensions &&
        memcmp(tensor->shape, wanted.shape, sizeof wanted.shape) == 0)
        return true;
    char have[SAFETENSORS_TYPE_TEXT], want[SAFETENSORS_TYPE_TEXT];
    return io_fail(error, "is %s; the architecture needs %s", safetensors_type_text(tensor, have),
                   safetensors_type_text(&wanted, want));
}

static bool copy_numbers(const struct safetensors_tensor *tensor, double *numbers,
                         struct io_error *error) {
    for (int64_t i = 0; i < tensor->count; i++) {
        const uint32_t bits = (uint32_t)bytes_to_uint(tensor->data + 4 * i, 4, false);
        float value;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            return io_fail(error, "element %" PRId64 " is %s", i,
                           isnan(value) ? "NaN" : "infinite");
        numbers[i] = value;
    }
    return true;
}

/* The tensor "<layer><part>" as [rows × columns], or [columns] if there are 0 rows. */
static const double *read_tensor(struct weight_reader *reader, const char *layer, const char *part,
                                 int64_t rows, int64_t columns) {
    char name[64];
    double *const numbers = reader->next;
    if (!reader->ok)
        return NULL;
    snprintf(name, sizeof name, "%s%s", layer, part);
    const struct safetensors_tensor *tensor = safetensors_find(reader->file, name, reader->error);
    reader->ok = tensor != NULL;
    if (tensor && !(check_type(tensor, rows, columns, reader->error) &&
                    copy_numbers(tensor, numbers, reader->error))) {
        fail_tensor(reader, name);
        reader->ok = io_fail_in(reader->error, reader->file->path);
    }
    if (!reader->ok)
        return NULL;
    reader->next += tensor->count;
    reader->taken++;
    return numbers;
}

/* `layer` is what the names of its two tensors begin with, a dot or underscore included. */
static struct vit_linear read_linear(struct weight_reader *reader, const char *layer,
                                     int64_t inputs, int64_t outputs) {
    struct vit_linear linear = {.inputs = inputs, .outputs = outputs};
    linear.weight = read_tensor(reader, layer, "weight", outputs, inputs);
    linear.bias = read_tensor(reader, layer, "bias", 0, outputs);
    if (!reader->ok)
        return linear;
    double *transposed = reader->next;
    for (int64_t o = 0; o < outputs; o++) {
        for (int64_t i = 0; i < inputs; i++)
            transposed[i * outputs + o] = linear.weight[o * inputs + i];
    }
    linear.transposed = transposed;
    reader->next += inputs * outputs;
    return linear;
}

static struct vit_norm read_norm(struct weight_reader *reader, const char *layer, int64_t size,
                                 double epsilon) {
    struct vit_norm norm = {.size = size, .epsilon = epsilon};
    norm.scale = read_tensor(reader, layer, "weight", 0, size);
    norm.shift = read_tensor(reader, layer, "bias", 0, size);
    return norm;
}

/* The tensors' names are those of torch.nn.TransformerEncoderLayer. */
static void read_block(struct weight_reader *reader, const struct vit_model *model, int64_t index,
                       struct vit_block *block) {
    static const char *const layers[] = {"norm1.", "self_attn.in_proj_", "self_attn.out_proj.",
                                         "norm2.", "linear1.",           "linear2."};
    char name[6][48];
    const int64_t d = model->dimension;
    const double epsilon = model->norm.epsilon;
    for (int i = 0; i < 6; i++)
        snprintf(name[i], sizeof name[i], "blocks.%" PRId64 ".%s", index, layers[i]);
    block->attention_norm = read_norm(reader, name[0], d, epsilon);
    block->attention.heads = model->heads;
    block->attention.project = read_linear(reader, name[1], d, 3 * d);
    block->attention.mix = read_linear(reader, name[2], d, d);
    block->mlp_norm = read_norm(reader, name[3], d, epsilon);
    block->mlp_in = read_linear(reader, name[4], d, model->hidden);
    block->mlp_out = read_linear(reader, name[5], model->hidden, d);
}

static bool read_weights(struct vit_model *model, const struct safetensors_file *file,
                         struct io_error *error) {
    struct weight_reader reader = {file, model->numbers, 0, true, error};
    const int64_t d = model->dimension;
    model->embed = read_linear(&reader, "embed.", model->patch * model->patch, d);
    model->position = read_tensor(&reader, "position", "", model->tokens, d);
    for (int64_t b = 0; b < model->blocks; b++)
        read_block(&reader, model, b, &model->block[b]);
    model->norm = read_norm(&reader, "norm.", d, model->norm.epsilon);
    model->head = read_linear(&reader, "head.", d, model->classes);
    if (!reader.ok)
        return false;
    if (reader.taken == file->table.count)
        return true;
    io_fail(error, "holds %" PRId64 " tensors, but the architecture has %" PRId64,
            file->table.count, reader.taken);
    return io_fail_in(error, file->path);
}

/* A value of the file's free texts that must be a whole number from 1 to `most`. */
static bool read_count(const struct safetensors_file *file, const char *key, int64_t most,
                       int64_t *value, struct io_error *error) {
    const char *text = safetensors_metadata(file, key);
    char *end = NULL;
    errno = 0;
    *value = text ? strtoll(text, &end, 10) : 0;
    if (text && end != text && *end == '\0' && errno == 0 && *value >= 1 && *value <= most)
        return true;
    return io_fail(error, "its __metadata__ has no '%s' from 1 to %" PRId64, key, most);
}

static bool read_word(const struct safetensors_file *file, const char *key, const char *wanted,
                      struct io_error *error) {
    const char *text = safetensors_metadata(file, key);
    return (text && strcmp(text, wanted) == 0) ||
           io_fail(error, "its __metadata__ has no '%s' that is '%s', the only one known", key,
                   wanted);
}

static bool read_epsilon(const struct safetensors_file *file, double *epsilon,
                         struct io_error *error) {
    static const char key[] = "layer_norm_epsilon";
    const char *text = safetensors_metadata(file, key);
    char *end = NULL;
    *epsilon = text ? strtod(text, &end) : 0;
    return (text && end != text && *end == '\0' && *epsilon > 0 && *epsilon < 1) ||
           io_fail(error, "its __metadata__ has no '%s' between 0 and 1", key);
}

/* The bounds keep every product of these numbers far from overflow. */
static bool read_architecture(struct vit_model *model, const struct safetensors_file *file,
                              struct io_error *error) {
    if (!read_count(file, "image", 1024, &model->side, error) ||
        !read_count(file, "patch", model->side, &model->patch, error) ||
        !read_count(file, "dimension", 16384, &model->dimension, error) ||
        !read_count(file, "blocks", 256, &model->blocks, error) ||
        !read_count(file, "heads", 256, &model->heads, error) ||
        !read_count(file, "hidden", 65536, &model->hidden, error) ||
        !read_count(file, "classes", 65536, &model->classes, error) ||
        !read_epsilon(file, &model->norm.epsilon, error) ||
        !read_word(file, "gelu", "erf", error) || !read_word(file, "pooling", "mean", error))
        return false;
    if (model->side % model->patch != 0)
        return io_fail(error,
                       "its images of %" PRId64 " pixels cannot be cut into patches of %" PRId64,
                       model->side, model->patch);
    if (model->dimension % model->heads != 0)
        return io_fail(error, "its dimension %" PRId64 " cannot be divided among %" PRId64 " heads",
                       model->dimension, model->heads);
    model->tokens = (model->side / model->patch) * (model->side / model->patch);
    return true;
}

static bool read_model(struct vit_model *model, const struct safetensors_file *file,
                       struct io_error *error) {
    if (!read_architecture(model, file, error))
        return io_fail_in(error, file->path);
    /* Each tensor is read once, and matrices are kept transposed too. */
    size_t numbers = 1;
    for (int64_t i = 0; i < file->table.count; i++)
        numbers += 2 * (size_t)file->table.tensor[i].count;
    model->numbers = calloc(numbers, sizeof *model->numbers);
    model->block = calloc((size_t)model->blocks, sizeof *model->block);
    if (!model->numbers || !model->block)
        return io_fail_memory(error, (double)numbers * sizeof *model->numbers);
    return read_weights(model, file, error);
}

bool vit_model_open(struct vit_model *model, const char *path, struct io_error *error) {
    struct safetensors_file file;
    memset(model, 0, sizeof *model);
    if (!safetensors_file_open(&file, path, error))
        return false;
    const bool ok = read_model(model, &file, error);
    safetensors_file_close(&file);
    if (!ok)
        vit_model_close(model);
    return ok;
}

void vit_model_close(struct vit_model *model) {
    free(model->numbers);
    free(model->block);
    memset(model, 0, sizeof *model);
}
