#include "common/vit_layers.h"

#include <math.h>
#include <string.h>

#include "common/dense_product.h"

void vit_average(int64_t rows, int64_t columns, const double *x, double *mean) {
    memset(mean, 0, (size_t)columns * sizeof *mean);
    for (int64_t i = 0; i < rows; i++)
        vit_add(columns, mean, x + i * columns, mean);
    for (int64_t k = 0; k < columns; k++)
        mean[k] /= (double)rows;
}

void vit_linear_values(const struct vit_linear *layer, int64_t rows, const double *x, double *y) {
    for (int64_t i = 0; i < rows; i++)
        memcpy(y + i * layer->outputs, layer->bias, (size_t)layer->outputs * sizeof *y);
    dense_product_add(rows, layer->inputs, layer->outputs, (struct dense_part){x, layer->inputs},
                      (struct dense_part){layer->transposed, layer->outputs}, y, layer->outputs);
}

void vit_norm_values(const struct vit_norm *layer, int64_t tokens, const double *x,
                     const struct vit_norm_kept *kept, double *y) {
    const int64_t size = layer->size;
    for (int64_t i = 0; i < tokens; i++) {
        const double *const token = x + i * size;
        double *const normal = kept->normal + i * size;
        double sum = 0, squares = 0;
        for (int64_t k = 0; k < size; k++)
            sum += token[k];
        const double mean = sum / (double)size;
        for (int64_t k = 0; k < size; k++)
            squares += (token[k] - mean) * (token[k] - mean);
        const double inverse = 1 / sqrt(squares / (double)size + layer->epsilon);
        for (int64_t k = 0; k < size; k++) {
            normal[k] = (token[k] - mean) * inverse;
            y[i * size + k] = layer->scale[k] * normal[k] + layer->shift[k];
        }
        kept->inverse_deviation[i] = inverse;
    }
}

/* 1 + erf(z) = erfc(-z), which does not cancel where erf is near -1. */
void vit_gelu_values(int64_t count, const double *x, double *y) {
    const double root_half = 0.70710678118654752440;
    for (int64_t i = 0; i < count; i++)
        y[i] = 0.5 * x[i] * erfc(-root_half * x[i]);
}

/* Makes of the numbers their softmax. */
static void softmax(int64_t count, double *numbers) {
    double largest = numbers[0], sum = 0;
    for (int64_t j = 1; j < count; j++)
        largest = numbers[j] > largest ? numbers[j] : largest;
    for (int64_t j = 0; j < count; j++) {
        numbers[j] = exp(numbers[j] - largest);
        sum += numbers[j];
    }
    for (int64_t j = 0; j < count; j++)
        numbers[j] /= sum;
}

/* The weights [tokens × tokens] of one head; `scratch`: tokens × features numbers. */
static void head_weights(int64_t tokens, int64_t features, struct dense_part queries,
                         struct dense_part keys, double *scratch, double *weights) {
    const double scale = 1 / sqrt((double)features);
    for (int64_t j = 0; j < tokens; j++) {
        for (int64_t k = 0; k < features; k++)
            scratch[k * tokens + j] = scale * keys.at[j * keys.stride + k];
    }
    memset(weights, 0, (size_t)(tokens * tokens) * sizeof *weights);
    dense_product_add(tokens, features, tokens, queries, (struct dense_part){scratch, tokens},
                      weights, tokens);
    for (int64_t i = 0; i < tokens; i++)
        softmax(tokens, weights + i * tokens);
}

void vit_attention_values(const struct vit_attention *layer, int64_t tokens, const double *x,
                          const struct vit_attention_kept *kept, double *scratch, double *y) {
    const int64_t d = layer->mix.inputs, features = d / layer->heads, stride = 3 * d;
    vit_linear_values(&layer->project, tokens, x, kept->projected);
    memset(kept->averages, 0, (size_t)(tokens * d) * sizeof *kept->averages);
    for (int64_t h = 0; h < layer->heads; h++) {
        const double *const queries = kept->projected + h * features;
        double *const weights = kept->weights + h * tokens * tokens;
        head_weights(tokens, features, (struct dense_part){queries, stride},
                     (struct dense_part){queries + d, stride}, scratch, weights);
        dense_product_add(tokens, tokens, features, (struct dense_part){weights, tokens},
                          (struct dense_part){queries + 2 * d, stride},
                          kept->averages + h * features, d);
    }
    vit_linear_values(&layer->mix, tokens, kept->averages, y);
}
