/* The bound of float32's error that pruning relies on (directions/ladder.h), attacked: logits
 * that are rounded the same way at every level, all but as badly as the bound allows; and curves
 * of such heads, of exact ties and of near ones, whose counts have to be right nevertheless. The
 * left vectors are put in place after the decomposition, since no head has quite these. */
#include <math.h>
#include <stdlib.h>

#include "directions/ladder.h"
#include "harness/directions_data.h"
#include "harness/oracle_directions.h"
#include "harness/prng.h"
#include "harness/testing.h"
#include "linalg/product.h"

/* A square head whose directions are the axes, all of weight 1: weights are the activations. */
static latent_directions *axes(int64_t outputs, int64_t inputs) {
    double *const head = calloc((size_t)(outputs * inputs), sizeof *head);
    for (int64_t i = 0; i < inputs; i++)
        head[i * inputs + i] = 1;
    latent_directions *const made = directions_of(head, outputs, inputs);
    free(head);
    assert_int_equal(latent_directions_rank(made), inputs);
    for (int64_t i = 0; i < inputs; i++)
        for (int64_t j = 0; j < inputs; j++)
            made->right[i * inputs + j] = i == j;
    for (int64_t j = 0; j < inputs; j++)
        made->values[j] = 1;
    latent__pack_panels(made->right, inputs, inputs, inputs, LATENT__TILE_COLUMNS, made->columns);
    return made;
}

/* Scales the left vectors by a power of two, so that no class's part of them is longer than 1:
 * that of a decomposition is not. Returns its reciprocal. */
static double shorten(latent_directions *d) {
    double longest = 0;
    for (int64_t c = 0; c < d->outputs; c++) {
        double squares = 0;
        for (int64_t i = 0; i < d->count; i++)
            squares += d->left[c * d->count + i] * d->left[c * d->count + i];
        longest = fmax(longest, sqrt(squares));
    }
    const int exponent = longest > 1 ? ilogb(longest) + 1 : 0;
    for (int64_t i = 0; i < d->outputs * d->count; i++)
        d->left[i] = ldexp(d->left[i], -exponent);
    return ldexp(1, exponent);
}

static double error_of(double logit, float low) {
    return fabs((double)low - logit);
}

/* The largest error over slack of a class's logits in float32, with multiply-adds and without. */
static double worst_share(const latent__ladder *ladder, const double *weight, const double *slack,
                          int64_t c) {
    const latent_directions *const d = ladder->directions;
    double worst = 0, logit = ladder->bias ? ladder->bias[c] : 0;
    float fused = (float)logit, rounded = (float)logit;
    for (int64_t k = 0; k < ladder->levels; k++) {
        if (k > 0) {
            const double u = d->left[c * d->count + latent__ladder_direction(ladder, k)];
            logit = fma(weight[k], u, logit);
            fused = fmaf((float)weight[k], (float)u, fused);
            rounded += (float)weight[k] * (float)u;
        }
        worst = fmax(worst, error_of(logit, fused) / slack[k]);
        worst = fmax(worst, error_of(logit, rounded) / slack[k]);
    }
    return worst;
}

static double worst_of(const latent_directions *d, const double *bias, const double *weight) {
    latent_context *const context = testing_context_with(NULL);
    const latent__curve_question question = {.directions = d, .bias = bias};
    double *const slack = malloc((size_t)(d->rank + 1) * sizeof *slack);
    latent__ladder ladder;
    double worst = 0;
    expect_ok(context, latent__enter(context));
    expect_ok(context, latent__ladder_open(context, &question, &ladder));
    latent__slacks(&ladder, weight, slack);
    for (int64_t c = 0; c < d->outputs; c++)
        worst = fmax(worst, worst_share(&ladder, weight, slack, c));
    latent__ladder_close(context, &ladder);
    expect_ok(context, latent__leave(context, LATENT_OK));
    latent_context_destroy(context);
    free(slack);
    return worst;
}

enum { CLASSES = 70, LEVELS = 60 };

/* Class 0 starts at 1 and rises at every level by a little more than half of float32's last place:
 * float32 rises by twice as much. */
static void climb_by_halves(latent_directions *d, double *bias, double *weight) {
    for (int64_t c = 0; c < d->outputs; c++) {
        bias[c] = 1;
        for (int64_t i = 0; i < d->count; i++)
            d->left[c * d->count + i] = c == 0;
    }
    const double unit = shorten(d);
    for (int64_t k = 1; k <= d->rank; k++)
        weight[k] = 0x1p-24 * (1 + 0x1p-10) * unit;
    weight[0] = 0;
}

static void test_bound_is_nearly_reached(void **state) {
    (void)state;
    latent_directions *const d = axes(600, 600);
    double bias[600], weight[601];
    climb_by_halves(d, bias, weight);
    assert_float_equal(worst_of(d, bias, weight), 0.98, 0.01);
    latent_directions_destroy(d);
}

/* A number whose neighbours in float32 are nearly equally far. */
static double half_way(prng *g, double size) {
    const float low = (float)(size * prng_normal(g));
    const double gap = (double)nextafterf(low, INFINITY) - (double)low;
    return (double)low + gap * (0.5 + 0.01 * (prng_uniform(g) - 0.5));
}

static void test_bound_holds(void **state) {
    (void)state;
    static const double sizes[] = {1, 1e-30, 1e-38, 1e-42, 1e-45, 1e28, 1e-7, 1e-3};
    prng g = {5};
    latent_directions *const d = axes(CLASSES, LEVELS);
    for (int round = 0; round < (testing_small() ? 8 : 200); round++) {
        double bias[CLASSES], weight[LEVELS + 1] = {0};
        const double size = sizes[round % 8], left_size = sizes[round / 8 % 8];
        for (int c = 0; c < CLASSES; c++)
            bias[c] = round % 3 ? half_way(&g, round % 2 ? size : 1) : 0;
        for (int k = 1; k <= LEVELS; k++)
            weight[k] = half_way(&g, size * (round % 5 ? 1 : ldexp(1, -k)));
        for (int i = 0; i < CLASSES * LEVELS; i++)
            d->left[i] = half_way(&g, left_size < 1 ? left_size : 1);
        for (int i = 0; i < LEVELS; i++)
            d->left[i] = 1; /* one class's part is not short */
        shorten(d);
        assert_in_range((int64_t)(1e6 * worst_of(d, bias, weight)), 0, 1000000);
    }
    latent_directions_destroy(d);
}

/* The library's and the oracle's counts for activations that are the weights themselves. */
static void check_counts(const latent_directions *d, const double *bias, double *points,
                         int64_t rows, int32_t label) {
    pruning_data data = {.points = points, .bias = (double *)(uintptr_t)bias};
    const pruning_spec spec = {.outputs = d->outputs, .inputs = d->inputs, .rows = rows, .top = 3};
    latent_context *const context = testing_context();
    data.directions = (latent_directions *)(uintptr_t)d;
    data.labels = malloc((size_t)rows * sizeof *data.labels);
    for (int64_t n = 0; n < rows; n++)
        data.labels[n] = label >= 0 ? label : (int32_t)(n % d->outputs);
    assert_true(agrees_curve(context, &spec, &data));
    free(data.labels);
    latent_context_destroy(context);
}

/* In float32 the rising class overtakes the others, whose logits stay, twice too early. */
static void test_overtaken_in_float32_only(void **state) {
    (void)state;
    latent_directions *const d = axes(CLASSES, LEVELS);
    double bias[CLASSES], weight[LEVELS + 1];
    climb_by_halves(d, bias, weight);
    for (int c = 1; c < CLASSES; c++)
        bias[c] = 1 + 0x1p-24 * c;
    for (int32_t label = 0; label < CLASSES; label++)
        check_counts(d, bias, weight + 1, 1, label);
    /* And the other way round: it falls. */
    for (int c = 0; c < CLASSES; c++)
        bias[c] = -bias[c];
    for (int k = 1; k <= LEVELS; k++)
        weight[k] = -weight[k];
    for (int32_t label = 0; label < CLASSES; label++)
        check_counts(d, bias, weight + 1, 1, label);
    latent_directions_destroy(d);
}

/* Left vectors of few different entries: most classes are equal in most levels, to the last bit
 * or but for it. */
static void check_ties(prng *g, latent_directions *d, double *points, int64_t rows) {
    double bias[CLASSES];
    const double step = prng_below(g, 2) ? 0x1p-30 : 1;
    const double slip = prng_below(g, 2) ? 0x1p-52 : 0;
    const double scale = ldexp(1, (int)prng_below(g, 200) - 100);
    const int64_t different = 1 + prng_below(g, 4);
    for (int c = 0; c < CLASSES; c++)
        bias[c] = scale * (1 + step * (double)prng_below(g, different));
    for (int i = 0; i < CLASSES * LEVELS; i++)
        d->left[i] = (1 + slip * (double)prng_below(g, 3)) * (double)(prng_below(g, different));
    shorten(d);
    for (int64_t i = 0; i < rows * LEVELS; i++)
        points[i] = scale * step * (double)(prng_below(g, 7) - 3);
    check_counts(d, prng_below(g, 2) ? bias : NULL, points, rows, prng_below(g, 2) ? -1 : 3);
}

static void test_ties(void **state) {
    (void)state;
    enum { ROWS = 9 };
    prng g = {6};
    latent_directions *const d = axes(CLASSES, LEVELS);
    double *const points = malloc(sizeof *points * ROWS * LEVELS);
    for (int round = 0; round < (testing_small() ? 10 : 100); round++)
        check_ties(&g, d, points, ROWS);
    free(points);
    latent_directions_destroy(d);
}

/* Sizes around the one from which on float64 decides everything, and around the overflow. */
static void test_sizes(void **state) {
    (void)state;
    prng g = {7};
    latent_directions *const d = axes(CLASSES, LEVELS);
    double points[LEVELS], bias[CLASSES] = {0};
    for (int exponent = -1074; exponent<990; exponent += exponent> 80 && exponent < 130 ? 1 : 19) {
        for (int k = 0; k < LEVELS; k++)
            points[k] = ldexp(prng_normal(&g), exponent);
        bias[5] = ldexp(1, exponent / 2);
        for (int i = 0; i < CLASSES * LEVELS; i++)
            d->left[i] = i % 11 ? prng_normal(&g) : d->left[i > LEVELS ? i - LEVELS : 0];
        shorten(d);
        check_counts(d, exponent % 2 ? bias : NULL, points, 1, exponent & 31);
    }
    latent_directions_destroy(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bound_is_nearly_reached),
        cmocka_unit_test(test_bound_holds),
        cmocka_unit_test(test_overtaken_in_float32_only),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
