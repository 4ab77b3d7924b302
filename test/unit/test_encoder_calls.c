/* geometry/encoder_calls.c: batches, threads, types, what is said about a call that fails. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geometry/encoder_calls.h"
#include "harness/toy_encoder.h"
#include "harness/prng.h"

enum { N = 3, M = 2, ROWS = 23 };

static const double matrix[M * N] = {1, 2, -1, 0.5, 0, 3};
static const double epsilon = 0.25;

/* Constants along ROWS rows of whole numbers. */
static latent_status evaluate(latent_context *context, const latent_encoder *encoder,
                              double *constants, latent_encoder_usage *usage) {
    static const double point[N] = {1, -1, 0.5};
    double directions[ROWS * N];
    for (int e = 0; e < ROWS * N; e++)
        directions[e] = (e * 7 + 1) % 11 - 4.5;
    const latent_matrix view = latent_matrix_view(directions, ROWS, N, LATENT_F64);
    const latent_lipschitz_options options = {
        .size = sizeof options, .epsilons = &epsilon, .epsilon_count = 1};
    latent_lipschitz_result result = {.size = sizeof result, .constants = constants};
    *usage = (latent_encoder_usage){.size = sizeof *usage};
    return latent_lipschitz_along(context, encoder, point, &view, &options, &result, usage);
}

static latent_context *threaded(int32_t threads) {
    latent_context_options options = testing_options();
    options.threads = threads;
    return testing_context_with(&options);
}

/* Batches of every size up to all rows, one or several threads: the same bits, every row once, and as many
 * calls as full batches take. */
static void test_batches_and_threads(void **state) {
    (void)state;
    double expected[ROWS], constants[ROWS];
    for (int32_t threads = 1; threads <= 5; threads += 2)
        for (int64_t batch = 0; batch < ROWS + 4; batch++)
            for (int32_t concurrent = 0; concurrent < 2; concurrent++) {
                toy_encoder toy = {.kind = TOY_TANH, .n = N, .m = M, .matrix = matrix};
                latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
                latent_encoder_usage usage;
                encoder.max_batch = batch;
                encoder.concurrent = concurrent;
                latent_context *const context = threaded(threads);
                const bool first = threads == 1 && batch == 0 && concurrent == 0;
                expect_ok(context,
                          evaluate(context, &encoder, first ? expected : constants, &usage));
                assert_memory_equal(first ? expected : constants, expected, sizeof expected);
                const int64_t size = batch == 0 ? 256 : batch > 1 ? batch / 2 * 2 : 1;
                assert_int_equal(usage.forward_rows, ROWS + 1);
                assert_int_equal(usage.forward_calls, 1 + (ROWS + size - 1) / size);
                assert_int_equal(toy.calls[TOY_FORWARD], usage.forward_calls);
                assert_int_equal(toy.rows[TOY_FORWARD], usage.forward_rows);
                latent_context_destroy(context);
            }
}

/* Notes the threads that it is called from. */
typedef struct witness {
    toy_encoder toy;
    latent_encoder inner;
    pthread_t owner;
    atomic_int elsewhere;
} witness;

static int32_t watched(void *user, const void *inputs, int64_t batch, void *outputs) {
    witness *const w = user;
    if (!pthread_equal(pthread_self(), w->owner))
        atomic_fetch_add(&w->elsewhere, 1);
    return w->inner.forward(&w->toy, inputs, batch, outputs);
}

/* Other threads call back only if the encoder says that they may. */
static void test_calling_thread(void **state) {
    (void)state;
    latent_context *const context = threaded(4);
    for (int32_t concurrent = 0; concurrent < 2; concurrent++) {
        witness w = {.toy = {.kind = TOY_LINEAR, .n = N, .m = M, .matrix = matrix},
                     .owner = pthread_self()};
        double constants[ROWS];
        latent_encoder_usage usage;
        w.inner = toy_encoder_make(&w.toy, LATENT_F64);
        latent_encoder encoder = w.inner;
        encoder.forward = watched;
        encoder.user = &w;
        encoder.max_batch = 1;
        encoder.concurrent = concurrent;
        for (int round = 0; round < 200 && (round == 0 || (concurrent && !w.elsewhere)); round++)
            expect_ok(context, evaluate(context, &encoder, constants, &usage));
        assert_int_equal(w.elsewhere > 0, concurrent);
    }
    latent_context_destroy(context);
}

/* Call `at` of jvp goes wrong in its own way, and so do the two after it: the first one is named, whatever
 * the threads. */
typedef struct saboteur {
    toy_encoder toy;
    latent_encoder inner;
    int64_t at;
} saboteur;

enum { WIDE = 24 };

/* Unit vectors say which of the calls, of two rows each, this is. */
static int32_t sabotage(void *user, const void *inputs, const void *tangents, int64_t batch,
                        void *products) {
    saboteur *const s = user;
    const double *v = tangents;
    int64_t j = 0;
    while (v[j] == 0)
        j++;
    const int64_t call = 1 + j / 2;
    if (call >= s->at && call < s->at + 3)
        return (int32_t)(100 + call);
    return s->inner.jvp(&s->toy, inputs, tangents, batch, products);
}

static void test_first_failure(void **state) {
    (void)state;
    double wide[M * WIDE], point[WIDE], entries[M * WIDE];
    for (int e = 0; e < M * WIDE; e++)
        wide[e] = e;
    memset(point, 0, sizeof point);
    const latent_jacobian_options options = {.size = sizeof options, .method = LATENT_JACOBIAN_JVP};
    for (int32_t threads = 1; threads <= 4; threads++)
        for (int64_t at = 1; at <= WIDE / 2; at++) {
            saboteur s = {.toy = {.kind = TOY_LINEAR, .n = WIDE, .m = M, .matrix = wide}, .at = at};
            latent_encoder_usage usage = {.size = sizeof usage};
            latent_jacobian result = {.size = sizeof result, .entries = entries};
            char sentence[80];
            s.inner = toy_encoder_make(&s.toy, LATENT_F64);
            latent_encoder encoder = s.inner;
            encoder.jvp = sabotage;
            encoder.user = &s;
            encoder.max_batch = 2;
            encoder.concurrent = 1;
            latent_context *const context = threaded(threads);
            poison_fill(entries, sizeof entries);
            snprintf(sentence, sizeof sentence, "call %d of the encoder's jvp returned %d", (int)at,
                     (int)at + 100);
            expect_status(
                context,
                latent_jacobian_explicit(context, &encoder, point, &options, &result, &usage),
                LATENT_ERROR_CALLBACK, sentence);
            assert_int_equal(usage.code, at + 100);
            assert_true(poison_intact(entries, sizeof entries));
            latent_context_destroy(context);
        }
}

/* A number that float32 does not have: named before the encoder sees it. */
static void test_beyond_float32(void **state) {
    (void)state;
    toy_encoder toy = {.kind = TOY_LINEAR, .n = N, .m = M, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F32);
    const double point[N] = {1, 2, 3}, far = 1e39;
    const double direction[N] = {0, 0, 1};
    const latent_matrix view = latent_matrix_view(direction, 1, N, LATENT_F64);
    const latent_lipschitz_options options = {
        .size = sizeof options, .epsilons = &far, .epsilon_count = 1};
    latent_lipschitz_result result = {.size = sizeof result};
    latent_context *const context = testing_context();
    expect_status(
        context, latent_lipschitz_along(context, &encoder, point, &view, &options, &result, NULL),
        LATENT_ERROR_OVERFLOW, "call 2 of the encoder's forward|row 0, entry 2|beyond its float32");
    latent_context_destroy(context);
}

/* Steps follow the scale of every coordinate, and of every tangent. */
static void test_differences(void **state) {
    (void)state;
    toy_encoder toy = {.kind = TOY_SQUARES, .n = N, .m = M, .matrix = matrix};
    const latent_encoder encoder = toy_encoder_make(&toy, LATENT_F64);
    latent_context *const context = testing_context();
    prng g = {3};
    expect_ok(context, latent__enter(context));
    for (int scale = -200; scale <= 200; scale += 50) {
        double x[N], tangents[2 * N], products[2 * M];
        for (int j = 0; j < N; j++) {
            x[j] = prng_normal(&g) * pow(10, j);
            tangents[j] = ldexp(prng_normal(&g), scale);
            tangents[N + j] = 0;
        }
        latent__encoder_calls calls;
        expect_ok(context, latent__encoder_open(context, &encoder, 2, &calls));
        expect_ok(context, latent__encoder_differences(&calls, x, 0, tangents, 2, 1, products));
        latent__encoder_close(&calls);
        for (int i = 0; i < M; i++) {
            double exact = 0, size = 0;
            for (int j = 0; j < N; j++) {
                exact += matrix[i * N + j] * x[j] * tangents[j];
                size += fabs(matrix[i * N + j] * x[j] * tangents[j]);
            }
            assert_true(fabs(products[i] - exact) <= 1e-7 * size);
            assert_true(products[M + i] == 0);
        }
    }
    latent__leave(context, LATENT_OK);
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batches_and_threads), cmocka_unit_test(test_calling_thread),
        cmocka_unit_test(test_first_failure),       cmocka_unit_test(test_beyond_float32),
        cmocka_unit_test(test_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
