/* Moments whose values mathematics gives, where float64 has little room: one-hot rows at any scale,
 * two values in any proportion, neighbouring numbers, the ends of the range. */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "harness/agrees_moments.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

/* Moments of one list, found as a sample's and as a feature's: they have to agree. */
typedef struct found {
    int64_t count, degenerate;
    double mean, variance, skewness, kurtosis;
} found;

static latent_context *context;

static int set_up(void **state) {
    (void)state;
    context = testing_context();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    latent_context_destroy(context);
    return 0;
}

static found as_sample(latent_type type, const void *values, int64_t n) {
    found f = {.count = -1};
    latent_moments_samples samples = {sizeof samples, &f.count,    &f.mean,
                                      &f.variance,    &f.skewness, &f.kurtosis};
    latent_moments_overall overall = {.size = sizeof overall};
    const latent_matrix view = latent_matrix_view(values, 1, n, type);
    expect_ok(context, latent_moments_compute(context, &view, NULL, &samples, NULL, &overall));
    f.degenerate = overall.degenerate;
    return f;
}

static found as_feature(latent_type type, const void *values, int64_t n) {
    found f = {.count = -1};
    latent_moments_features features = {.size = sizeof features,
                                        .count = &f.count,
                                        .mean = &f.mean,
                                        .variance = &f.variance,
                                        .skewness = &f.skewness,
                                        .kurtosis = &f.kurtosis};
    const latent_matrix view = latent_matrix_view(values, n, 1, type);
    expect_ok(context, latent_moments_compute(context, &view, NULL, NULL, &features, NULL));
    f.degenerate = features.degenerate;
    return f;
}

static void expect_near(const char *what, double actual, double expected) {
    if (!(fabs(actual - expected) <= 1e-12 * fabs(expected)))
        fail_msg("%s is %.17g, should be %.17g", what, actual, expected);
}

/* A share p of ones and the rest zeros, in any units: skewness (1 - 2p) / sqrt(p (1 - p)), kurtosis
 * 1 / (p (1 - p)) - 3. */
static void expect_two_values(const found *f, int64_t ones, int64_t n) {
    const double p = (double)ones / (double)n, q = (double)(n - ones) / (double)n;
    assert_int_equal(f->count, n);
    assert_int_equal(f->degenerate, 0);
    expect_near("kurtosis", f->kurtosis, 1.0 / (p * q) - 3.0);
    if (2 * ones != n)
        expect_near("skewness", f->skewness, (q - p) / sqrt(p * q));
    else
        assert_true(fabs(f->skewness) <= 1e-12);
}

/* The most that a kurtosis can be, (d² - 3d + 3) / (d - 1): 510.00196 for 512. Also at scales whose
 * fourth powers no float64 holds. */
static void test_one_hot(void **state) {
    (void)state;
    static const double scales[] = {1.0, 1e-200, 1e200, -3e-320, 0x1p-1074, -DBL_MAX, 60.0};
    static const int64_t sizes[] = {2, 3, 15, 16, 17, 512, 768, 1023, 1024, 1025, 2049, 5000};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
            const int64_t d = sizes[s];
            double *const row = calloc((size_t)d, sizeof *row);
            row[d * 2 / 3] = scales[i];
            found both[2] = {as_sample(LATENT_F64, row, d), as_feature(LATENT_F64, row, d)};
            for (int b = 0; b < 2; b++) {
                const double n = (double)d;
                expect_near("kurtosis", both[b].kurtosis, (n * n - 3 * n + 3) / (n - 1));
                both[b].skewness = copysign(both[b].skewness, 1.0);
                expect_two_values(&both[b], 1, d);
                if (fabs(scales[i]) > 1e-290)
                    expect_near("mean", both[b].mean, scales[i] / n);
            }
            if (d == 512)
                assert_true(fabs(both[0].kurtosis - 510.00196) < 1e-5);
            free(row);
        }
}

/* Two values a and b, `ones` times b: neighbours of each other, far apart, at both ends. */
static void test_two_values(void **state) {
    (void)state;
    const double pairs[][2] = {
        {0.0, 1.0},
        {1.0, 1.0 + DBL_EPSILON},
        {1e8, 1e8 + 0x1p-26},
        {0.1, nextafter(0.1, 1.0)},
        {1e15, 1e15 + 0.125},
        {-1.7e308, 1.7e308},
        {-DBL_MAX, DBL_MAX},
        {nextafter(DBL_MAX, 0.0), DBL_MAX},
        {1e300, -1e300},
        {1e-300, 1e300},
        {0.0, 0x1p-1074},
        {-0x1p-1074, 0x1p-1074},
        {0x1p-1022, nextafter(0x1p-1022, 0.0)},
        {1e-160, 2e-160},
        {1e160, 2e160},
    };
    static const int64_t sizes[] = {2, 4, 7, 64, 65, 127, 256, 1024, 2500};
    for (size_t p = 0; p < sizeof pairs / sizeof pairs[0]; p++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (int sort = 0; sort < 3; sort++) {
                const int64_t n = sizes[s];
                const int64_t ones = sort == 0 ? n / 2 : sort == 1 ? 1 : (n + 3) / 4;
                double *const values = malloc((size_t)n * sizeof *values);
                for (int64_t i = 0; i < n; i++) /* spread out, ends included */
                    values[i] = pairs[p][(i + 1) * ones / n > i * ones / n];
                const bool up = pairs[p][1] > pairs[p][0];
                found both[2] = {as_sample(LATENT_F64, values, n),
                                 as_feature(LATENT_F64, values, n)};
                for (int b = 0; b < 2; b++) {
                    both[b].skewness *= up ? 1.0 : -1.0;
                    expect_two_values(&both[b], ones, n);
                    assert_true(isfinite(both[b].mean));
                    assert_true(both[b].mean >= fmin(pairs[p][0], pairs[p][1]));
                    assert_true(both[b].mean <= fmax(pairs[p][0], pairs[p][1]));
                }
                free(values);
            }
}

/* Mean of |h| and mean at the upper end: no rounding may lead out of the range. */
static void test_largest(void **state) {
    (void)state;
    enum { N = 700 };
    double values[N], mean, mean_abs;
    const double next = nextafter(DBL_MAX, 0.0);
    latent_moments_features features = {
        .size = sizeof features, .mean = &mean, .mean_abs = &mean_abs};
    for (int sort = 0; sort < 4; sort++)
        for (int64_t n = 1; n <= N; n += n < 70 ? 1 : 63) {
            for (int64_t i = 0; i < n; i++)
                values[i] = sort == 0   ? DBL_MAX
                            : sort == 1 ? (i % 2 ? -DBL_MAX : DBL_MAX)
                            : sort == 2 ? (i % 3 ? next : DBL_MAX)
                                        : (i % 100 ? -DBL_MAX : -1.0);
            const latent_matrix view = latent_matrix_view(values, n, 1, LATENT_F64);
            expect_ok(context, latent_moments_compute(context, &view, NULL, NULL, &features, NULL));
            assert_true(isfinite(mean));
            assert_true(isfinite(mean_abs));
            if (sort < 3)
                expect_near("mean_abs", mean_abs, DBL_MAX);
        }
}

/* Rows and features of one number: mean and range are that number, and nothing else exists. */
static void test_constant(void **state) {
    (void)state;
    static const double numbers[] = {0.1,    1e8,      -3.3e-320, 0x1p-1074, DBL_MAX,
                                     -1e300, 1.0 / 3., 0.0,       -0.0,      65504.0};
    static const int64_t sizes[] = {1, 2, 15, 16, 17, 31, 64, 65, 256, 257, 1024, 1025, 3000};
    for (size_t c = 0; c < sizeof numbers / sizeof numbers[0]; c++)
        for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
            for (int type = LATENT_F16; type <= LATENT_F64; type++) {
                const double x = fmax(-narrow_max((latent_type)type),
                                      fmin(narrow_max((latent_type)type), numbers[c]));
                const double stored = narrow_round((latent_type)type, x);
                const int64_t n = sizes[s];
                void *const values = malloc((size_t)n * 8);
                for (int64_t i = 0; i < n; i++)
                    narrow_store((latent_type)type, values, i, x);
                const found both[2] = {as_sample((latent_type)type, values, n),
                                       as_feature((latent_type)type, values, n)};
                for (int b = 0; b < 2; b++) {
                    assert_int_equal(both[b].count, n);
                    assert_int_equal(both[b].degenerate, 1);
                    assert_true(both[b].mean == stored && both[b].variance == 0.0);
                    assert_true(isnan(both[b].skewness) && isnan(both[b].kurtosis));
                }
                free(values);
            }
}

/* A 60 among float16 noise: scipy's float16 sums of fourth powers, 60⁴ = 12,960,000, are infinite. */
static void test_sixty_in_half_precision(void **state) {
    (void)state;
    enum { D = 768 };
    double values[D];
    prng g = {60};
    for (int i = 0; i < D; i++)
        values[i] = i == 77 ? 60.0 : prng_normal(&g);
    dataset set = dataset_from(LATENT_F16, values, NULL, 1, D, 0);
    const latent_moments_options options = {.size = sizeof options};
    assert_true(agrees_moments(context, &set, &options));
    assert_true(as_sample(LATENT_F16, set.buffer, D).kurtosis > 200.0);
    dataset_free(&set);
}

/* The first features of every segment are far from the rest: their mean is no centre for all. */
static void test_unlike_beginnings(void **state) {
    (void)state;
    enum { N = 9, D = 2300 };
    double *const values = malloc(sizeof *values * N * D);
    prng g = {61};
    for (int n = 0; n < N; n++)
        for (int i = 0; i < D; i++)
            values[n * D + i] = prng_normal(&g) + (i % 1024 < 64 ? (n % 3 ? 1e6 : 3.0) : 0.0);
    for (int type = LATENT_BF16; type <= LATENT_F64; type++) {
        dataset set = dataset_from((latent_type)type, values, NULL, N, D, 3);
        const latent_moments_options options = {.size = sizeof options};
        assert_true(agrees_moments(context, &set, &options));
        dataset_free(&set);
    }
    free(values);
}

/* Moments do not depend on the units, though variance does where float64 ends. */
static void test_variance_leaves_the_range(void **state) {
    (void)state;
    const double large[] = {1e300, -1e300, 5e299, 0.0}, small[] = {1e-300, 3e-300, 0.0, 2e-300};
    const found over = as_sample(LATENT_F64, large, 4), under = as_sample(LATENT_F64, small, 4);
    assert_true(isinf(over.variance) && over.variance > 0.0);
    assert_true(under.variance == 0.0);
    assert_int_equal(under.degenerate, 0);
    /* 1 -1 .5 0 has m_2 = 35/64 and m_4 = 2261/4096, 1 3 0 2 has 5/4 and 41/16. */
    expect_near("mean", over.mean, 1e300 / 8.0);
    expect_near("kurtosis", under.kurtosis, 1.64);
    assert_true(fabs(under.skewness) < 1e-12);
    expect_near("kurtosis", over.kurtosis, 323.0 / 175.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_hot),
        cmocka_unit_test(test_two_values),
        cmocka_unit_test(test_largest),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_sixty_in_half_precision),
        cmocka_unit_test(test_unlike_beginnings),
        cmocka_unit_test(test_variance_leaves_the_range),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
