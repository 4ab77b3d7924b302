/* Derivatives of a Vision Transformer's layers and of the whole network, against differences of
 * their values, and both ways against each other. */
#define _XOPEN_SOURCE 700

#include "harness/testing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/vit_encoder.h"
#include "harness/prng.h"
#include "harness/small_vit.h"

enum { TOKENS = 5, D = 6, HEADS = 2, PROJECTED = 3 * D, MOST = TOKENS * PROJECTED };
enum { IMAGES = 4, PIXELS = SMALL_VIT_PIXELS, LATENTS = SMALL_VIT_DIMENSION };

static void randomize(prng *random, double *numbers, int count) {
    for (int i = 0; i < count; i++)
        numbers[i] = prng_normal(random);
}

static double dot(int count, const double *x, const double *y) {
    double sum = 0;
    for (int i = 0; i < count; i++)
        sum += x[i] * y[i];
    return sum;
}

static double norm(int count, const double *x) {
    return sqrt(dot(count, x, x));
}

/* Some layer: its values, and its derivative both ways at the values of the last call. */
typedef void values_of(void *layer, const double *x, double *y);
typedef void derivative_of(void *layer, const double *in, double *out);

struct case_of_layer {
    void *layer;
    int inputs, outputs;
    values_of *values;
    derivative_of *tangent, *cotangent;
};

/* f(x + h v) - f(x - h v) over 2 h by Richardson's extrapolation from h and h/2, whose error is of
 * the order h^4, little beside the 1e-12 that rounding adds. */
static void difference(const struct case_of_layer *c, const double *x, const double *v,
                       double *dy) {
    double moved[MOST], y[MOST];
    memset(dy, 0, (size_t)c->outputs * sizeof *dy);
    for (int s = 0; s < 4; s++) {
        const double h = (s < 2 ? 2e-4 : 1e-4) * (s % 2 ? -1 : 1);
        for (int i = 0; i < c->inputs; i++)
            moved[i] = x[i] + h * v[i];
        c->values(c->layer, moved, y);
        for (int i = 0; i < c->outputs; i++)
            dy[i] += (s < 2 ? -1.0 / 3 : 4.0 / 3) * y[i] / (2 * h);
    }
}

static void check(const struct case_of_layer *c, uint64_t seed) {
    prng random = {seed};
    for (int repeat = 0; repeat < 20; repeat++) {
        double x[MOST], v[MOST], u[MOST], y[MOST], dy[MOST], expected[MOST], w[MOST];
        randomize(&random, x, c->inputs);
        randomize(&random, v, c->inputs);
        randomize(&random, u, c->outputs);
        difference(c, x, v, expected);
        c->values(c->layer, x, y);
        c->tangent(c->layer, v, dy);
        c->cotangent(c->layer, u, w);
        double off = 0;
        for (int i = 0; i < c->outputs; i++)
            off = fmax(off, fabs(dy[i] - expected[i]));
        if (!(off <= 1e-8 * (norm(c->outputs, dy) + 1e-3)))
            fail_msg("a tangent is off by %g of %g", off, norm(c->outputs, dy));
        const double forward = dot(c->outputs, u, dy), back = dot(c->inputs, w, v);
        if (!(fabs(forward - back) <= 1e-13 * norm(c->outputs, u) * norm(c->outputs, dy) +
                                          1e-13 * norm(c->inputs, w) * norm(c->inputs, v)))
            fail_msg("u.Jv is %.17g but J'u.v is %.17g", forward, back);
    }
}

static void linear_values(void *layer, const double *x, double *y) {
    vit_linear_values(layer, TOKENS, x, y);
}

static void linear_tangent(void *layer, const double *dx, double *dy) {
    vit_linear_tangent(layer, TOKENS, dx, dy);
}

static void linear_cotangent(void *layer, const double *u, double *w) {
    vit_linear_cotangent(layer, TOKENS, u, w);
}

/* A linear layer of random numbers, in a block for its three arrays. */
static struct vit_linear random_linear(prng *random, int inputs, int outputs, double *block) {
    double *const weight = block, *const transposed = weight + inputs * outputs;
    double *const bias = transposed + inputs * outputs;
    randomize(random, weight, inputs * outputs);
    randomize(random, bias, outputs);
    for (int o = 0; o < outputs; o++)
        for (int i = 0; i < inputs; i++)
            transposed[i * outputs + o] = weight[o * inputs + i];
    return (struct vit_linear){inputs, outputs, weight, transposed, bias};
}

static void linear(void **state) {
    (void)state;
    double block[2 * D * 7 + 7];
    prng random = {1};
    struct vit_linear layer = random_linear(&random, D, 7, block);
    check(&(struct case_of_layer){&layer, TOKENS * D, TOKENS * 7, linear_values, linear_tangent,
                                  linear_cotangent},
          2);
}

struct kept_norm {
    struct vit_norm layer;
    double normal[TOKENS * D], inverse[TOKENS];
};

static void norm_values(void *layer, const double *x, double *y) {
    struct kept_norm *norm = layer;
    vit_norm_values(&norm->layer, TOKENS, x, &(struct vit_norm_kept){norm->normal, norm->inverse},
                    y);
}

static void norm_tangent(void *layer, const double *dx, double *dy) {
    struct kept_norm *norm = layer;
    vit_norm_tangent(&norm->layer, TOKENS, &(struct vit_norm_kept){norm->normal, norm->inverse}, dx,
                     dy);
}

static void norm_cotangent(void *layer, const double *u, double *w) {
    struct kept_norm *norm = layer;
    vit_norm_cotangent(&norm->layer, TOKENS, &(struct vit_norm_kept){norm->normal, norm->inverse},
                       u, w);
}

/* An epsilon that matters too. */
static void normalisation(void **state) {
    (void)state;
    double scale[D], shift[D];
    prng random = {3};
    randomize(&random, scale, D);
    randomize(&random, shift, D);
    for (int i = 0; i < 2; i++) {
        struct kept_norm norm = {.layer = {D, i ? 1e-5 : 0.7, scale, shift}};
        check(&(struct case_of_layer){&norm, TOKENS * D, TOKENS * D, norm_values, norm_tangent,
                                      norm_cotangent},
              4);
    }
}

struct kept_gelu {
    double x[TOKENS * D], y[TOKENS * D];
};

static void gelu_values(void *layer, const double *x, double *y) {
    struct kept_gelu *gelu = layer;
    memcpy(gelu->x, x, sizeof gelu->x);
    vit_gelu_values(TOKENS * D, x, gelu->y);
    memcpy(y, gelu->y, sizeof gelu->y);
}

static void gelu_derivative(void *layer, const double *in, double *out) {
    struct kept_gelu *gelu = layer;
    memcpy(out, in, sizeof gelu->x);
    vit_gelu_derivative(TOKENS * D, gelu->x, gelu->y, out);
}

static void gelu(void **state) {
    (void)state;
    struct kept_gelu gelu;
    check(&(struct case_of_layer){&gelu, TOKENS * D, TOKENS * D, gelu_values, gelu_derivative,
                                  gelu_derivative},
          5);
}

/* F(x) + x f(x) where nothing may be divided by 0 or overflow; at 1 and -2 from tables of F. */
static void gelu_slopes(void **state) {
    (void)state;
    static const double x[] = {0, -0.0, 1e-310, -1e-310, 1e-200, 1, -2, 40, -40};
    static const double slope[] = {
        0.5, 0.5, 0.5, 0.5, 0.5, 1.08331547058768673, -0.0852318010781969, 1, 0};
    double y[9], slopes[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    vit_gelu_values(9, x, y);
    vit_gelu_derivative(9, x, y, slopes);
    for (int i = 0; i < 9; i++)
        assert_true(fabs(slopes[i] - slope[i]) <= 1e-14);
}

struct kept_attention {
    struct vit_attention layer;
    double numbers[2 * D * PROJECTED + PROJECTED + 2 * D * D + D];
    double projected[TOKENS * PROJECTED], weights[HEADS * TOKENS * TOKENS], averages[TOKENS * D];
    double moved[TOKENS * PROJECTED], some[TOKENS * TOKENS], more[TOKENS * D];
    double turned[TOKENS * (TOKENS > D / HEADS ? TOKENS : D / HEADS)];
};

static void attention_values(void *layer, const double *x, double *y) {
    struct kept_attention *a = layer;
    vit_attention_values(&a->layer, TOKENS, x,
                         &(struct vit_attention_kept){a->projected, a->weights, a->averages},
                         a->turned, y);
}

static void attention_tangent(void *layer, const double *dx, double *dy) {
    struct kept_attention *a = layer;
    vit_attention_tangent(
        &a->layer, TOKENS, &(struct vit_attention_kept){a->projected, a->weights, a->averages},
        &(struct vit_attention_room){a->moved, a->more, a->some, a->turned}, dx, dy);
}

static void attention_cotangent(void *layer, const double *u, double *w) {
    struct kept_attention *a = layer;
    vit_attention_cotangent(
        &a->layer, TOKENS, &(struct vit_attention_kept){a->projected, a->weights, a->averages},
        &(struct vit_attention_room){a->moved, a->more, a->some, a->turned}, u, w);
}

static void attention(void **state) {
    (void)state;
    struct kept_attention *a = calloc(1, sizeof *a);
    prng random = {6};
    assert_non_null(a);
    a->layer.heads = HEADS;
    a->layer.project = random_linear(&random, D, PROJECTED, a->numbers);
    a->layer.mix = random_linear(&random, D, D, a->numbers + 2 * D * PROJECTED + PROJECTED);
    /* Large weights would make softmax a choice, whose derivative is 0. */
    for (int i = 0; i < 2 * D * PROJECTED + PROJECTED; i++)
        a->numbers[i] *= 0.4;
    check(&(struct case_of_layer){a, TOKENS * D, TOKENS * D, attention_values, attention_tangent,
                                  attention_cotangent},
          7);
    free(a);
}

static char path[] = "/tmp/test_vit_derivatives.XXXXXX";

static int make_model(void **state) {
    static struct vit_model model;
    struct io_error error;
    const int descriptor = mkstemp(path);
    if (descriptor < 0 || close(descriptor) != 0)
        return -1;
    small_vit_write(path, NULL, NULL);
    *state = &model;
    return vit_model_open(&model, path, &error) ? 0 : -1;
}

static int remove_model(void **state) {
    vit_model_close(*state);
    return unlink(path);
}

struct network_at {
    latent_encoder encoder;
    double image[PIXELS];
};

static void network_values(void *user, const double *x, double *y) {
    struct network_at *at = user;
    memcpy(at->image, x, sizeof at->image);
    assert_int_equal(at->encoder.forward(at->encoder.user, x, 1, y), 0);
}

static void network_tangent(void *user, const double *dx, double *dy) {
    struct network_at *at = user;
    assert_int_equal(at->encoder.jvp(at->encoder.user, at->image, dx, 1, dy), 0);
}

static void network_cotangent(void *user, const double *u, double *w) {
    struct network_at *at = user;
    assert_int_equal(at->encoder.vjp(at->encoder.user, at->image, u, 1, w), 0);
}

static void network(void **state) {
    struct vit_encoder own;
    struct io_error error;
    assert_true(vit_encoder_open(&own, *state, 1, &error));
    struct network_at at = {.encoder = vit_encoder_callbacks(&own)};
    assert_int_equal(at.encoder.inputs, PIXELS);
    assert_int_equal(at.encoder.outputs, LATENTS);
    assert_int_equal(at.encoder.type, LATENT_F64);
    check(&(struct case_of_layer){&at, PIXELS, LATENTS, network_values, network_tangent,
                                  network_cotangent},
          8);
    vit_encoder_close(&own);
}

/* Neither what ran before nor how rows are cut into batches changes a bit. */
static void rows_of_a_batch_are_independent(void **state) {
    struct vit_encoder own;
    struct io_error error;
    prng random = {9};
    double x[IMAGES * PIXELS], v[IMAGES * PIXELS], u[IMAGES * LATENTS];
    double y[IMAGES * LATENTS], dy[IMAGES * LATENTS], w[IMAGES * PIXELS];
    double one[LATENTS], back[PIXELS];
    randomize(&random, x, IMAGES * PIXELS);
    memcpy(x + 2 * PIXELS, x + PIXELS, PIXELS * sizeof *x);
    randomize(&random, v, IMAGES * PIXELS);
    randomize(&random, u, IMAGES * LATENTS);
    assert_true(vit_encoder_open(&own, *state, 1, &error));
    const latent_encoder encoder = vit_encoder_callbacks(&own);
    assert_int_equal(encoder.vjp(encoder.user, x, u, IMAGES, w), 0);
    assert_int_equal(encoder.forward(encoder.user, x, IMAGES, y), 0);
    assert_int_equal(encoder.jvp(encoder.user, x, v, IMAGES, dy), 0);
    for (int i = IMAGES - 1; i >= 0; i--) {
        assert_true(vit_model_run(*state, 1, x + i * PIXELS, one, NULL, &error));
        assert_memory_equal(one, y + i * LATENTS, sizeof one);
        encoder.vjp(encoder.user, x + i * PIXELS, u + i * LATENTS, 1, back);
        assert_memory_equal(back, w + i * PIXELS, sizeof back);
        encoder.jvp(encoder.user, x + i * PIXELS, v + i * PIXELS, 1, one);
        assert_memory_equal(one, dy + i * LATENTS, sizeof one);
    }
    vit_encoder_close(&own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear),
        cmocka_unit_test(normalisation),
        cmocka_unit_test(gelu),
        cmocka_unit_test(gelu_slopes),
        cmocka_unit_test(attention),
        cmocka_unit_test(network),
        cmocka_unit_test(rows_of_a_batch_are_independent),
    };
    return cmocka_run_group_tests(tests, make_model, remove_model);
}
