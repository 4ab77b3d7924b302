#include "oracle_directions.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

oracle_head oracle_head_of(const latent_directions *directions) {
    return (oracle_head){.values = latent_directions_values(directions),
                         .right = latent_directions_right(directions),
                         .left = latent_directions_left(directions),
                         .outputs = latent_directions_outputs(directions),
                         .inputs = latent_directions_inputs(directions),
                         .count = latent_directions_count(directions),
                         .rank = latent_directions_rank(directions)};
}

/* The power of two in whose units an activation is taken: 1 but for numbers that are very large or
 * small. */
static int unit_of(const double *h, int64_t inputs) {
    double largest = 0;
    for (int64_t j = 0; j < inputs; j++)
        largest = fmax(largest, fabs(h[j]));
    return largest == 0 || (largest > 0x1p-400 && largest < 0x1p400) ? 0 : ilogb(largest);
}

static double weight_of(const oracle_head *head, int64_t i, const double *h) {
    const int unit = unit_of(h, head->inputs);
    double sum = 0;
    for (int64_t j = 0; j < head->inputs; j++)
        sum = fma(ldexp(h[j], -unit), head->right[i * head->inputs + j], sum);
    return head->values[i] * ldexp(sum, unit);
}

void oracle_logits(const oracle_head *head, const double *h, double *logits) {
    for (int64_t c = 0; c < head->outputs; c++)
        logits[c] = head->bias ? head->bias[c] : 0;
    for (int64_t k = 1; k <= head->rank; k++) {
        const int64_t i = head->order ? head->order[k - 1] : k - 1;
        const double weight = weight_of(head, i, h);
        const double *const before = logits + (k - 1) * head->outputs;
        for (int64_t c = 0; c < head->outputs; c++)
            logits[k * head->outputs + c] = fma(weight, head->left[c * head->count + i], before[c]);
    }
}

static int64_t place_of(const double *logits, int64_t classes, int64_t label) {
    int64_t before = 0;
    for (int64_t c = 0; c < classes; c++)
        before += logits[c] > logits[label] || (logits[c] == logits[label] && c < label);
    return before;
}

static int64_t prediction_of(const double *logits, int64_t classes) {
    int64_t best = 0;
    for (int64_t c = 1; c < classes; c++)
        if (logits[c] > logits[best])
            best = c;
    return best;
}

void oracle_curve(const oracle_head *head, const double *points, const int32_t *labels,
                  int64_t rows, int32_t top, const oracle_counts *counts) {
    const int64_t levels = head->rank + 1, classes = head->outputs;
    double *const logits = malloc((size_t)(levels * classes) * sizeof *logits);
    for (int64_t k = 0; k < levels; k++)
        counts->correct[k] = counts->correct_top[k] = counts->changed[k] = 0;
    for (int64_t n = 0; n < rows; n++) {
        oracle_logits(head, points + n * head->inputs, logits);
        const int64_t full = prediction_of(logits + head->rank * classes, classes);
        for (int64_t k = 0; k < levels; k++) {
            const double *const level = logits + k * classes;
            counts->changed[k] += prediction_of(level, classes) != full;
            if (labels) {
                const int64_t place = place_of(level, classes, labels[n]);
                counts->correct[k] += place == 0;
                counts->correct_top[k] += place < top;
            }
        }
    }
    free(logits);
}

/* The product with a row of points, the sum of magnitudes in it, and the row's length. */
typedef struct product {
    long double value, size, length;
} product;

static product product_of(const double *v, const double *h, int64_t inputs) {
    product p = {0, 0, 0};
    for (int64_t j = 0; j < inputs; j++) {
        p.value += (long double)v[j] * h[j];
        p.size += fabsl((long double)v[j] * h[j]);
        p.length += (long double)h[j] * h[j];
    }
    p.length = sqrtl(p.length);
    return p;
}

/* A product of n terms is wrong by (n + 1) units of its size; a sum over rows adds some tens, since
 * rows are summed by strips. */
oracle_means oracle_importance(const double *v, const double *points, int64_t rows,
                               int64_t inputs) {
    const long double units = (long double)(inputs + 100), n = (long double)rows;
    oracle_means means = {0};
    long double mean = 0, most = 0;
    for (int64_t r = 0; r < rows; r++) {
        const product p = product_of(v, points + r * inputs, inputs);
        means.projection += fabsl(p.value) / n;
        means.projection_room += units * p.size / n;
        means.cosine += p.length > 0 ? fabsl(p.value) / p.length / n : 0;
        means.cosine_room += p.length > 0 ? units * p.size / p.length / n : 0;
        mean += p.value / n;
        most = fmaxl(most, p.size);
    }
    for (int64_t r = 0; r < rows; r++) {
        const long double away = product_of(v, points + r * inputs, inputs).value - mean;
        means.variance += away * away / n;
    }
    means.variance_room = units * (means.variance + 2 * most * sqrtl(means.variance)) +
                          units * units * 0x1p-53L * most * most;
    return means;
}
