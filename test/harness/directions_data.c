#include "directions_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "oracle_directions.h"
#include "prng.h"
#include "testing.h"

static void fill_product(double *head, int64_t outputs, int64_t inputs, prng *g) {
    enum { RANK = 3 };
    double *const left = malloc((size_t)(outputs * RANK) * sizeof *left);
    double *const right = malloc((size_t)(inputs * RANK) * sizeof *right);
    for (int64_t i = 0; i < outputs * RANK; i++)
        left[i] = (double)(prng_below(g, 9) - 4);
    for (int64_t i = 0; i < inputs * RANK; i++)
        right[i] = (double)(prng_below(g, 9) - 4);
    for (int64_t y = 0; y < outputs; y++)
        for (int64_t j = 0; j < inputs; j++)
            for (int64_t r = 0; r < RANK; r++)
                head[y * inputs + j] += left[y * RANK + r] * right[j * RANK + r];
    free(left);
    free(right);
}

static double head_entry(head_kind kind, const double *head, int64_t inputs, int64_t y, int64_t j,
                         prng *g) {
    const double noise = prng_normal(g);
    switch (kind) {
    case HEAD_INTEGERS:
        return (double)(prng_below(g, 5) - 2);
    case HEAD_DUPLICATES:
        return y % 2 ? head[(y - 1) * inputs + j] : noise;
    case HEAD_NEAR:
        return y ? head[j] * (1 + 1e-6 * noise) : noise;
    case HEAD_DIAGONAL:
        return y == j ? ldexp(y % 3 ? 1 : -1, (int)(y % 40)) : 0;
    case HEAD_SCALES:
        return ldexp(noise, (int)(-j % 40));
    default:
        return noise;
    }
}

double *head_make(head_kind kind, int64_t outputs, int64_t inputs, uint64_t seed) {
    double *const head = calloc((size_t)(outputs * inputs), sizeof *head);
    prng g = {seed};
    if (kind == HEAD_LOW_RANK)
        fill_product(head, outputs, inputs, &g);
    else if (kind != HEAD_ZERO)
        for (int64_t y = 0; y < outputs; y++)
            for (int64_t j = 0; j < inputs; j++)
                head[y * inputs + j] = head_entry(kind, head, inputs, y, j, &g);
    return head;
}

latent_directions *directions_of(const double *head, int64_t outputs, int64_t inputs) {
    const latent_matrix view = latent_matrix_view(head, outputs, inputs, LATENT_F64);
    latent_context *const context = testing_context_with(NULL);
    latent_directions *made = NULL;
    expect_ok(context, latent_directions_create(context, &view, NULL, &made));
    latent_context_destroy(context);
    return made;
}

static double activation(activation_kind kind, int64_t row, double row_scale, prng *g) {
    const double noise = prng_normal(g);
    switch (kind) {
    case ACTIVATIONS_INTEGERS:
        return (double)(prng_below(g, 7) - 3);
    case ACTIVATIONS_ZEROS:
        return row % 3 ? noise : 0;
    case ACTIVATIONS_HUGE:
        return 1e30 * noise;
    case ACTIVATIONS_WILD:
        return 1e150 * noise;
    case ACTIVATIONS_TINY:
        return 1e-40 * noise;
    case ACTIVATIONS_SUBNORMAL:
        return 1e-318 * noise;
    case ACTIVATIONS_SCALES:
        return row_scale * noise;
    default:
        return noise;
    }
}

static double bias_entry(bias_kind kind, int64_t c, prng *g) {
    const double noise = prng_normal(g);
    switch (kind) {
    case BIAS_LARGE:
        return 1e7 + 0.1 * noise;
    case BIAS_EQUAL:
        return 0.1;
    case BIAS_WILD:
        return c == 1 ? 1e200 : noise;
    default:
        return noise;
    }
}

static int64_t *make_order(order_kind kind, int64_t rank, prng *g) {
    if (kind == ORDER_NONE)
        return NULL;
    int64_t *const order = malloc((size_t)(rank + 1) * sizeof *order);
    prng_permutation(g, order, rank);
    for (int64_t i = 0; i < rank && kind == ORDER_REVERSED; i++)
        order[i] = rank - 1 - i;
    return order;
}

/* Seven of ten labels are the class with the largest logit. */
static void fill_labels(const pruning_spec *spec, pruning_data *data, prng *g) {
    for (int64_t n = 0; n < spec->rows; n++) {
        double largest = -(double)INFINITY;
        int32_t best = 0;
        for (int64_t c = 0; c < spec->outputs; c++) {
            double logit = data->bias ? data->bias[c] : 0;
            for (int64_t j = 0; j < spec->inputs; j++)
                logit += data->head[c * spec->inputs + j] * data->points[n * spec->inputs + j];
            if (logit > largest) {
                largest = logit;
                best = (int32_t)c;
            }
        }
        data->labels[n] = prng_below(g, 10) < 7 ? best : (int32_t)prng_below(g, spec->outputs);
    }
}

pruning_data pruning_data_make(const pruning_spec *spec) {
    pruning_data data = {0};
    prng g = {spec->seed + 1};
    data.head = head_make(spec->head, spec->outputs, spec->inputs, spec->seed);
    data.directions = directions_of(data.head, spec->outputs, spec->inputs);
    data.points = malloc((size_t)(spec->rows * spec->inputs) * sizeof *data.points);
    for (int64_t n = 0; n < spec->rows; n++) {
        const double scale = ldexp(1, (int)prng_below(&g, 1660) - 1000);
        for (int64_t j = 0; j < spec->inputs; j++)
            data.points[n * spec->inputs + j] = activation(spec->activations, n, scale, &g);
    }
    if (spec->bias != BIAS_NONE) {
        data.bias = malloc((size_t)spec->outputs * sizeof *data.bias);
        for (int64_t c = 0; c < spec->outputs; c++)
            data.bias[c] = bias_entry(spec->bias, c, &g);
    }
    data.order = make_order(spec->order, latent_directions_rank(data.directions), &g);
    data.labels = malloc((size_t)spec->rows * sizeof *data.labels);
    fill_labels(spec, &data, &g);
    return data;
}

void pruning_data_free(pruning_data *data) {
    latent_directions_destroy(data->directions);
    free(data->head);
    free(data->points);
    free(data->labels);
    free(data->bias);
    free(data->order);
}

const char *pruning_spec_text(const pruning_spec *spec) {
    static char text[200];
    snprintf(text, sizeof text,
             "head %d (%lld x %lld), %lld activations %d, bias %d, order %d, top %d, seed %llu",
             (int)spec->head, (long long)spec->outputs, (long long)spec->inputs,
             (long long)spec->rows, (int)spec->activations, (int)spec->bias, (int)spec->order,
             (int)spec->top, (unsigned long long)spec->seed);
    return text;
}

static bool same_counts(const char *name, const int64_t *found, const int64_t *expected,
                        int64_t levels) {
    for (int64_t k = 0; k < levels; k++)
        if (found[k] != expected[k]) {
            fprintf(stderr, "%s[%lld] is %lld, expected %lld\n", name, (long long)k,
                    (long long)found[k], (long long)expected[k]);
            return false;
        }
    return true;
}

bool agrees_curve(latent_context *context, const pruning_spec *spec, const pruning_data *data) {
    enum { COUNTS = 3 };
    static const char *const names[COUNTS] = {"correct", "correct_top", "changed"};
    oracle_head head = oracle_head_of(data->directions);
    const int64_t levels = head.rank + 1;
    const latent_matrix view =
        latent_matrix_view(data->points, spec->rows, spec->inputs, LATENT_F64);
    const latent_pruning_options options = {.size = sizeof options, .top = spec->top};
    int64_t *const expected = malloc((size_t)(COUNTS * levels) * sizeof *expected);
    int64_t *const found = malloc((size_t)(COUNTS * levels) * sizeof *found);
    const oracle_counts counts = {expected, expected + levels, expected + 2 * levels};
    bool same = true;
    head.bias = data->bias;
    head.order = data->order;
    oracle_curve(&head, data->points, data->labels, spec->rows, spec->top, &counts);
    for (int asked = 1; asked < 1 << COUNTS; asked++) {
        const latent_pruning_curve curve = {.size = sizeof curve,
                                            .correct = asked & 1 ? found : NULL,
                                            .correct_top = asked & 2 ? found + levels : NULL,
                                            .changed = asked & 4 ? found + 2 * levels : NULL};
        latent_pruning_curve given = curve;
        poison_fill(found, (size_t)(COUNTS * levels) * sizeof *found);
        expect_ok(context, latent_pruning_evaluate(context, data->directions, &view,
                                                   asked & 3 ? data->labels : NULL, data->bias,
                                                   data->order, &options, &given));
        for (int i = 0; i < COUNTS; i++)
            if (asked & 1 << i)
                same &= same_counts(names[i], found + i * levels, expected + i * levels, levels);
    }
    free(expected);
    free(found);
    return same;
}
