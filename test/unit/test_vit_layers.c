/* Layers of a Vision Transformer on inputs whose outputs mathematics gives. */
#include "harness/testing.h"

#include <math.h>

#include "common/vit_layers.h"

static void expect_near(double value, double expected, double tolerance) {
    if (!(fabs(value - expected) <= tolerance * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void linear_is_a_product_and_a_bias(void **state) {
    (void)state;
    static const double weight[] = {1, 2, 3, 4, 5, 6}, transposed[] = {1, 4, 2, 5, 3, 6};
    static const double bias[] = {10, 20}, x[] = {1, 0, 0, 0, 1, -1};
    const struct vit_linear layer = {3, 2, weight, transposed, bias};
    double y[4];
    vit_linear_values(&layer, 2, x, y);
    assert_true(y[0] == 11 && y[1] == 24 && y[2] == 9 && y[3] == 19);
}

/* 1, 2, 3, 4: mean 2.5, variance 1.25. A constant token has the variance 0. */
static void norm_of_small_numbers(void **state) {
    (void)state;
    static const double scale[] = {1, 2, 3, 4}, shift[] = {0, 0, 1, 1};
    static const double x[] = {1, 2, 3, 4, 7, 7, 7, 7};
    const struct vit_norm layer = {4, 0.75, scale, shift};
    const double r = 1 / sqrt(2.0);
    const double normal[] = {-1.5 * r, -0.5 * r, 0.5 * r, 1.5 * r, 0, 0, 0, 0};
    double n[8], inverse[2], y[8];
    vit_norm_values(&layer, 2, x, &(struct vit_norm_kept){n, inverse}, y);
    for (int i = 0; i < 8; i++) {
        expect_near(n[i], normal[i], 1e-15);
        expect_near(y[i], scale[i % 4] * normal[i] + shift[i % 4], 1e-15);
    }
    expect_near(inverse[0], r, 1e-15);
    expect_near(inverse[1], 1 / sqrt(0.75), 1e-15);
}

/* x Φ(x); Φ(1) and Φ(2) as tables have them, and Φ(-10) to show that nothing cancels. */
static void gelu_is_exact_in_the_tails(void **state) {
    (void)state;
    static const double x[] = {0, 1, -1, 2, -10, 40, -40};
    static const double expected[] = {0,
                                      0.841344746068542948585,
                                      -0.158655253931457051415,
                                      1.95449973610364158560,
                                      -7.61985302416052606597e-23,
                                      40,
                                      0};
    double y[7];
    vit_gelu_values(7, x, y);
    for (int i = 0; i < 7; i++)
        assert_true(fabs(y[i] - expected[i]) <= 4e-15 * fabs(expected[i]) + 1e-300);
}

/* Three tokens of four features, two heads. The values are the tokens themselves and so is what the
 * heads make of the averages; queries come from the bias, keys from `key`. */
enum { TOKENS = 3, D = 4 };

static void run_attention(const double *query_bias, double key, const double *x,
                          const struct vit_attention_kept *kept, double *y) {
    double weight[3 * D * D] = {0}, transposed[3 * D * D] = {0}, bias[3 * D] = {0};
    double same[D * D] = {0};
    static const double none[D] = {0};
    for (int k = 0; k < D; k++) {
        weight[(D + k) * D + k] = transposed[k * 3 * D + D + k] = key;
        weight[(2 * D + k) * D + k] = transposed[k * 3 * D + 2 * D + k] = 1;
        same[k * D + k] = 1;
        bias[k] = query_bias[k];
    }
    const struct vit_attention layer = {
        2, {D, 3 * D, weight, transposed, bias}, {D, D, same, same, none}};
    double scratch[TOKENS * D];
    vit_attention_values(&layer, TOKENS, x, kept, scratch, y);
}

static void attention_averages(void **state) {
    (void)state;
    static const double x[TOKENS * D] = {1, 2, 3, 4, 0, 1, 5, 2, 2, 0, 1, 9};
    static const double even[D] = {0}, first_head[D] = {1, 0, 0, 0};
    double projected[TOKENS * 3 * D], weights[2 * TOKENS * TOKENS], averages[TOKENS * D];
    double y[TOKENS * D];
    const struct vit_attention_kept kept = {projected, weights, averages};
    run_attention(even, 1, x, &kept, y);
    for (int i = 0; i < TOKENS * D; i++)
        expect_near(y[i], (x[i % D] + x[D + i % D] + x[2 * D + i % D]) / 3, 1e-15);
    /* With the key sqrt 2, the first head's weights are softmax(1, 0, 2), from feature 0. */
    run_attention(first_head, sqrt(2.0), x, &kept, y);
    const double share[] = {exp(1), 1, exp(2)}, sum = exp(1) + 1 + exp(2);
    for (int i = 0; i < TOKENS; i++) {
        for (int j = 0; j < TOKENS; j++)
            expect_near(weights[i * TOKENS + j], share[j] / sum, 1e-15);
        for (int k = 0; k < D; k++) {
            double expected = 0;
            for (int j = 0; j < TOKENS; j++)
                expected += (k < 2 ? share[j] / sum : 1.0 / 3) * x[j * D + k];
            expect_near(y[i * D + k], expected, 1e-15);
        }
    }
    /* Scores that exp() alone would overflow with. */
    run_attention(first_head, 1e5, x, &kept, y);
    expect_near(y[0], 2, 0);
    expect_near(y[1], 0, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_is_a_product_and_a_bias),
        cmocka_unit_test(norm_of_small_numbers),
        cmocka_unit_test(gelu_is_exact_in_the_tails),
        cmocka_unit_test(attention_averages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
