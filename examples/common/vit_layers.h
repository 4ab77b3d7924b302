/* The layers of a Vision Transformer on the tokens of one image, in float64.
 *
 * Tokens are the rows of a matrix that lies in memory row by row. Each layer has one function that
 * computes its values; what a derivative of the layer needs besides its input stays in the caller's
 * memory. */
#ifndef EXAMPLES_VIT_LAYERS_H
#define EXAMPLES_VIT_LAYERS_H

#include <stdint.h>

/* y = W x + b. */
struct vit_linear {
    int64_t inputs, outputs;
    const double *weight;     /* W: [outputs × inputs] */
    const double *transposed; /* W^T: [inputs × outputs] */
    const double *bias;       /* [outputs] */
};

/* With the mean m and the variance v, of denominator `size`, of a token's features:
 * n = (x - m) / sqrt(v + epsilon), y = scale n + shift. */
struct vit_norm {
    int64_t size;
    double epsilon;
    const double *scale, *shift; /* [size] */
};

/* Queries, keys and values are linear in the tokens. Each head has d/heads features of each; for
 * token i it averages the values of all tokens j with the weights
 * softmax_j(q_i·k_j / sqrt(d/heads)). The heads' averages side by side go through another linear
 * map (Vaswani et al., arXiv 1706.03762). */
struct vit_attention {
    int64_t heads;
    struct vit_linear project; /* d to 3 d: queries, keys, values */
    struct vit_linear mix;     /* d to d */
};

struct vit_norm_kept {
    double *normal;            /* n: [tokens × size] */
    double *inverse_deviation; /* 1 / sqrt(v + epsilon): [tokens] */
};

struct vit_attention_kept {
    double *projected; /* [tokens × 3 d] */
    double *weights;   /* [heads × tokens × tokens] */
    double *averages;  /* [tokens × d] */
};

/* sum = x + y, element by element; `sum` may be either. */
static inline void vit_add(int64_t count, const double *x, const double *y, double *sum) {
    for (int64_t i = 0; i < count; i++)
        sum[i] = x[i] + y[i];
}

/* The average of the rows of x, [rows × columns]. */
void vit_average(int64_t rows, int64_t columns, const double *x, double *mean);

/* x: [rows × inputs], y: [rows × outputs]. */
void vit_linear_values(const struct vit_linear *layer, int64_t rows, const double *x, double *y);

/* x, y: [tokens × size]. */
void vit_norm_values(const struct vit_norm *layer, int64_t tokens, const double *x,
                     const struct vit_norm_kept *kept, double *y);

/* GELU in its exact form, x/2 (1 + erf(x / sqrt 2)), of each of `count` numbers (Hendrycks and
 * Gimpel, arXiv 1606.08415). */
void vit_gelu_values(int64_t count, const double *x, double *y);

/* x, y: [tokens × d]; `scratch`: tokens × d/heads numbers. */
void vit_attention_values(const struct vit_attention *layer, int64_t tokens, const double *x,
                          const struct vit_attention_kept *kept, double *scratch, double *y);

#endif
