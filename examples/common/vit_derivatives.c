#include "common/vit_derivatives.h"

#include <math.h>
#include <string.h>

#include "common/dense_product.h"

static void set_zero(double *numbers, int64_t count) {
    memset(numbers, 0, (size_t)count * sizeof *numbers);
}

/* dy = W dx for each row, that is dX W^T for all. */
void vit_linear_tangent(const struct vit_linear *layer, int64_t rows, const double *dx,
                        double *dy) {
    set_zero(dy, rows * layer->outputs);
    dense_product_add(rows, layer->inputs, layer->outputs, (struct dense_part){dx, layer->inputs},
                      (struct dense_part){layer->transposed, layer->outputs}, dy, layer->outputs);
}

/* w = W^T u for each row, that is U W for all. */
void vit_linear_cotangent(const struct vit_linear *layer, int64_t rows, const double *u,
                          double *w) {
    set_zero(w, rows * layer->inputs);
    dense_product_add(rows, layer->outputs, layer->inputs, (struct dense_part){u, layer->outputs},
                      (struct dense_part){layer->weight, layer->inputs}, w, layer->inputs);
}

/* With the mean m of x and s² = mean (x - m)² + epsilon, n = (x - m) / s has the derivative
 *     dn = (dx - mean dx - n mean(n dx)) / s.
 * It is symmetric, so it carries tangents and cotangents alike. */
static void normal_derivative(int64_t size, const double *normal, double inverse_deviation,
                              double *numbers) {
    double sum = 0, along = 0;
    for (int64_t k = 0; k < size; k++) {
        sum += numbers[k];
        along += normal[k] * numbers[k];
    }
    for (int64_t k = 0; k < size; k++)
        numbers[k] = inverse_deviation *
                     (numbers[k] - sum / (double)size - normal[k] * (along / (double)size));
}

/* dy = scale dn. */
void vit_norm_tangent(const struct vit_norm *layer, int64_t tokens,
                      const struct vit_norm_kept *kept, const double *dx, double *dy) {
    const int64_t size = layer->size;
    memmove(dy, dx, (size_t)(tokens * size) * sizeof *dy);
    for (int64_t i = 0; i < tokens; i++, dy += size) {
        normal_derivative(size, kept->normal + i * size, kept->inverse_deviation[i], dy);
        for (int64_t k = 0; k < size; k++)
            dy[k] *= layer->scale[k];
    }
}

/* The transposed product: first the scale. */
void vit_norm_cotangent(const struct vit_norm *layer, int64_t tokens,
                        const struct vit_norm_kept *kept, const double *u, double *w) {
    const int64_t size = layer->size;
    for (int64_t i = 0; i < tokens; i++, u += size, w += size) {
        for (int64_t k = 0; k < size; k++)
            w[k] = layer->scale[k] * u[k];
        normal_derivative(size, kept->normal + i * size, kept->inverse_deviation[i], w);
    }
}

/* y = x F(x), F being the distribution function of the standard normal distribution and f its
 * density. So y' = F(x) + x f(x), and F(x) is y / x but near 0, where it is 1/2. */
void vit_gelu_derivative(int64_t count, const double *x, const double *y, double *tangents) {
    const double density_at_0 = 0.39894228040143267794, nothing = 1e-200;
    for (int64_t i = 0; i < count; i++) {
        const double below = fabs(x[i]) > nothing ? y[i] / x[i] : 0.5;
        tangents[i] *= below + x[i] * density_at_0 * exp(-0.5 * x[i] * x[i]);
    }
}

/* turned[k][j] = scale part[j][k], for j < rows, k < columns. */
static void turn(int64_t rows, int64_t columns, double scale, struct dense_part part,
                 double *turned) {
    for (int64_t j = 0; j < rows; j++) {
        for (int64_t k = 0; k < columns; k++)
            turned[k * rows + j] = scale * part.at[j * part.stride + k];
    }
}

/* A row of weights a = softmax(s) has the derivative da = a (ds - sum(a ds)), symmetric again. */
static void softmax_derivative(int64_t tokens, const double *weights, double *numbers) {
    for (int64_t i = 0; i < tokens; i++, weights += tokens, numbers += tokens) {
        double sum = 0;
        for (int64_t j = 0; j < tokens; j++)
            sum += weights[j] * numbers[j];
        for (int64_t j = 0; j < tokens; j++)
            numbers[j] = weights[j] * (numbers[j] - sum);
    }
}

/* One head: Q, K and V [tokens × features] at its place among the projected tokens, and what
 * belongs to them in the derivative. */
struct head {
    int64_t tokens, features;
    double scale; /* 1 / sqrt(features) */
    struct dense_part queries, keys, values;
    const double *weights; /* A: [tokens × tokens] */
};

static struct head head_of(const struct vit_attention *layer, int64_t tokens,
                           const struct vit_attention_kept *kept, int64_t h) {
    const int64_t d = layer->mix.inputs, features = d / layer->heads;
    const double *const at = kept->projected + h * features;
    return (struct head){.tokens = tokens,
                         .features = features,
                         .scale = 1 / sqrt((double)features),
                         .queries = {at, 3 * d},
                         .keys = {at + d, 3 * d},
                         .values = {at + 2 * d, 3 * d},
                         .weights = kept->weights + h * tokens * tokens};
}

/* With S = Q K^T / sqrt(features), A = softmax(S) and O = A V:
 *     dS = (dQ K^T + Q dK^T) / sqrt(features),  dO = dA V + A dV.
 * `moved` is the place of dQ, with dK and dV behind it as K and V are behind Q; `averages` that of
 * dO, which is added to. */
static void head_tangent(const struct head *head, int64_t d, const double *moved,
                         const struct vit_attention_room *room, double *averages) {
    const int64_t t = head->tokens, f = head->features;
    const struct dense_part turned = {room->turned, t}, weights = {room->weights, t};
    const struct dense_part queries = {moved, 3 * d}, keys = {moved + d, 3 * d};
    const struct dense_part values = {moved + 2 * d, 3 * d};
    set_zero(room->weights, t * t);
    turn(t, f, head->scale, head->keys, room->turned);
    dense_product_add(t, f, t, queries, turned, room->weights, t);
    turn(t, f, head->scale, keys, room->turned);
    dense_product_add(t, f, t, head->queries, turned, room->weights, t);
    softmax_derivative(t, head->weights, room->weights);
    dense_product_add(t, t, f, weights, head->values, averages, d);
    dense_product_add(t, t, f, (struct dense_part){head->weights, t}, values, averages, d);
}

void vit_attention_tangent(const struct vit_attention *layer, int64_t tokens,
                           const struct vit_attention_kept *kept,
                           const struct vit_attention_room *room, const double *dx, double *dy) {
    const int64_t d = layer->mix.inputs;
    vit_linear_tangent(&layer->project, tokens, dx, room->projected);
    set_zero(room->averages, tokens * d);
    for (int64_t h = 0; h < layer->heads; h++) {
        const struct head head = head_of(layer, tokens, kept, h);
        head_tangent(&head, d, room->projected + h * head.features, room,
                     room->averages + h * head.features);
    }
    vit_linear_tangent(&layer->mix, tokens, room->averages, dy);
}

/* With W the cotangent of each matrix:
 *     W_V = A^T W_O,  W_A = W_O V^T,  W_Q = W_S K / sqrt(features),  W_K = W_S^T Q / sqrt(features).
 * `weighed` is the place of W_Q, with W_K and W_V behind it; they are added to. `averages` is that
 * of W_O. */
static void head_cotangent(const struct head *head, int64_t d, const double *averages,
                           const struct vit_attention_room *room, double *weighed) {
    const int64_t t = head->tokens, f = head->features;
    const struct dense_part turned = {room->turned, t}, weights = {room->weights, t};
    const struct dense_part outputs = {averages, d};
    turn(t, t, 1, (struct dense_part){head->weights, t}, room->turned);
    dense_product_add(t, t, f, turned, outputs, weighed + 2 * d, 3 * d);
    set_zero(room->weights, t * t);
    turn(t, f, head->scale, head->values, room->turned);
    dense_product_add(t, f, t, outputs, turned, room->weights, t);
    softmax_derivative(t, head->weights, room->weights);
    dense_product_add(t, t, f, weights, head->keys, weighed, 3 * d);
    turn(t, t, 1, weights, room->turned);
    dense_product_add(t, t, f, turned, head->queries, weighed + d, 3 * d);
}

void vit_attention_cotangent(const struct vit_attention *layer, int64_t tokens,
                             const struct vit_attention_kept *kept,
                             const struct vit_attention_room *room, const double *u, double *w) {
    const int64_t d = layer->mix.inputs;
    vit_linear_cotangent(&layer->mix, tokens, u, room->averages);
    set_zero(room->projected, tokens * 3 * d);
    for (int64_t h = 0; h < layer->heads; h++) {
        const struct head head = head_of(layer, tokens, kept, h);
        head_cotangent(&head, d, room->averages + h * head.features, room,
                       room->projected + h * head.features);
    }
    vit_linear_cotangent(&layer->project, tokens, room->projected, w);
}
