/* Arguments of the calls on an encoder that cannot be: the status, the sentence, nothing written, no
 * callback called. */
#include <math.h>
#include <string.h>

#include "harness/toy_encoder.h"

enum { N = 3, M = 2 };

static const double matrix[M * N] = {1, 2, -1, 0.5, 0, 3};

/* Everything that a call is given; a test changes one thing. */
typedef struct attempt {
    toy_encoder toy;
    latent_encoder encoder;
    const latent_encoder *given;
    double point[N];
    const double *at;
    double epsilon, directions[2 * N], entries[M * N];
    latent_matrix view;
    const latent_matrix *along;
    int64_t count;
    latent_encoder_check_options check;
    latent_jacobian_options jacobian;
    latent_jacobian_leading_options leading;
    latent_jacobian_norm_options norm;
    latent_lipschitz_options lipschitz;
    latent_lipschitz_sampling sampling;
    latent_lipschitz_ascent_options ascent;
    latent_encoder_usage usage;
    bool no_options, no_result;
} attempt;

/* Every result struct has this much room, and is poisoned but for its size. */
typedef struct result {
    size_t size;
    unsigned char rest[192];
} result;

typedef latent_status (*call)(latent_context *context, attempt *a, result *out);

#define OPTIONS(field) (a->no_options ? NULL : &a->field)
#define RESULT (a->no_result ? NULL : (void *)out)

static latent_status call_check(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_encoder_check_result);
    return latent_encoder_check(context, a->given, a->at, OPTIONS(check), RESULT, &a->usage);
}

static latent_status call_explicit(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_jacobian);
    return latent_jacobian_explicit(context, a->given, a->at, OPTIONS(jacobian), RESULT, &a->usage);
}

static latent_status call_spectrum(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_jacobian_spectrum_result);
    return latent_jacobian_spectrum(context, a->given, a->at, OPTIONS(jacobian), RESULT, &a->usage);
}

static latent_status call_leading(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_jacobian_triplets);
    return latent_jacobian_leading(context, a->given, a->at, a->count, OPTIONS(leading), RESULT,
                                   &a->usage);
}

static latent_status call_norm(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_jacobian_norm_result);
    return latent_jacobian_norm(context, a->given, a->at, OPTIONS(norm), RESULT, &a->usage);
}

static latent_status call_along(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_lipschitz_result);
    return latent_lipschitz_along(context, a->given, a->at, a->along, OPTIONS(lipschitz), RESULT,
                                  &a->usage);
}

static latent_status call_sample(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_lipschitz_result);
    return latent_lipschitz_sample(context, a->given, a->at, &a->sampling, OPTIONS(lipschitz),
                                   RESULT, &a->usage);
}

static latent_status call_ascend(latent_context *context, attempt *a, result *out) {
    out->size = sizeof(latent_lipschitz_ascent);
    return latent_lipschitz_ascend(context, a->given, a->at, OPTIONS(ascent), RESULT, &a->usage);
}

static const call calls[] = {call_check, call_explicit, call_spectrum, call_leading,
                             call_norm,  call_along,    call_sample,   call_ascend};
enum { CALLS = sizeof calls / sizeof calls[0] };

static void prepare(attempt *a) {
    *a = (attempt){.toy = {.kind = TOY_LINEAR, .n = N, .m = M, .matrix = matrix},
                   .point = {1, -2, 0.5},
                   .epsilon = 0.5,
                   .directions = {1, 0, 0, 0, 1, 1},
                   .count = 1,
                   .check = {.size = sizeof a->check},
                   .jacobian = {.size = sizeof a->jacobian},
                   .leading = {.size = sizeof a->leading},
                   .norm = {.size = sizeof a->norm},
                   .lipschitz = {.size = sizeof a->lipschitz, .epsilon_count = 1},
                   .sampling = {.size = sizeof a->sampling, .count = 4},
                   .ascent = {.size = sizeof a->ascent, .epsilon = 0.5},
                   .usage = {.size = sizeof a->usage, .forward_calls = 99}};
    a->encoder = toy_encoder_make(&a->toy, LATENT_F64);
    a->given = &a->encoder;
    a->at = a->point;
    a->view = latent_matrix_view(a->directions, 2, N, LATENT_F64);
    a->along = &a->view;
    a->lipschitz.epsilons = &a->epsilon;
}

static void expect_bad(attempt *a, call make, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    result out;
    poison_fill(&out, sizeof out);
    expect_status(context, make(context, a, &out), expected, pieces);
    assert_true(poison_intact(out.rest, sizeof out.rest));
    for (int kind = 0; kind < 3; kind++)
        assert_int_equal(a->toy.calls[kind], 0);
    latent_context_destroy(context);
}

#define BAD(make, change, status, pieces)                                                          \
    do {                                                                                           \
        attempt a;                                                                                 \
        prepare(&a);                                                                               \
        change;                                                                                    \
        expect_bad(&a, make, status, pieces);                                                      \
    } while (0)

static void test_encoder(void **state) {
    (void)state;
    for (int c = 0; c < CALLS; c++) {
        BAD(calls[c], a.given = NULL, LATENT_ERROR_ARGUMENT, "encoder is NULL");
        BAD(calls[c], a.at = NULL, LATENT_ERROR_ARGUMENT, "point is NULL");
        BAD(calls[c], a.encoder.size = 0, LATENT_ERROR_OPTIONS, "encoder->size is 0");
        BAD(calls[c], a.encoder.inputs = 0, LATENT_ERROR_ARGUMENT,
            "encoder->inputs is 0; it must be at least 1");
        BAD(calls[c], a.encoder.outputs = -4, LATENT_ERROR_ARGUMENT,
            "encoder->outputs is -4; it must be at least 1");
        BAD(calls[c], a.encoder.outputs = INT64_MAX / 8, LATENT_ERROR_SHAPE, "memory can address");
        BAD(calls[c], a.encoder.type = LATENT_F16, LATENT_ERROR_TYPE, "encoder->type is 1");
        BAD(calls[c], a.encoder.concurrent = 2, LATENT_ERROR_ARGUMENT, "encoder->concurrent is 2");
        BAD(calls[c], a.encoder.forward = NULL, LATENT_ERROR_ARGUMENT, "encoder->forward is NULL");
        BAD(calls[c], a.encoder.max_batch = -1, LATENT_ERROR_ARGUMENT, "encoder->max_batch is -1");
        BAD(calls[c], a.encoder.max_evaluations = -2, LATENT_ERROR_ARGUMENT,
            "encoder->max_evaluations is -2");
        BAD(calls[c], a.point[1] = NAN, LATENT_ERROR_NONFINITE, "point[1] is NaN");
        BAD(calls[c], a.point[2] = -INFINITY, LATENT_ERROR_NONFINITE, "point[2] is -infinity");
        BAD(calls[c], (a.encoder.type = LATENT_F32, a.point[0] = 1e39), LATENT_ERROR_OVERFLOW,
            "point[0] is 1e+39, beyond the encoder's float32");
        BAD(calls[c], a.no_result = true, LATENT_ERROR_ARGUMENT, "result is NULL");
    }
}

/* The counts are zeros after an error that comes before any call. */
static void test_usage(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int c = 0; c < CALLS; c++) {
        attempt a;
        result out;
        prepare(&a);
        a.given = NULL;
        expect_status(context, calls[c](context, &a, &out), LATENT_ERROR_ARGUMENT, "encoder");
        assert_int_equal(a.usage.forward_calls, 0);
        prepare(&a);
        a.usage.size = 12;
        expect_status(context, calls[c](context, &a, &out), LATENT_ERROR_OPTIONS,
                      "usage->size is 12");
        assert_int_equal(a.usage.forward_calls, 99);
        a.usage.size = sizeof a.usage;
        assert_int_equal(calls[c](NULL, &a, &out), LATENT_ERROR_ARGUMENT);
    }
    latent_context_destroy(context);
}

static void test_jacobian_options(void **state) {
    (void)state;
    for (int c = 1; c < 3; c++) {
        BAD(calls[c], a.jacobian.method = -1, LATENT_ERROR_ARGUMENT, "options->method is -1");
        BAD(calls[c], (a.jacobian.method = LATENT_JACOBIAN_VJP, a.encoder.vjp = NULL),
            LATENT_ERROR_UNSUPPORTED, "encoder->vjp is NULL, but options->method needs");
        BAD(calls[c], (a.jacobian.method = LATENT_JACOBIAN_JVP, a.encoder.jvp = NULL),
            LATENT_ERROR_UNSUPPORTED, "encoder->jvp is NULL, but options->method");
    }
    BAD(call_spectrum, a.encoder.outputs = INT64_C(1) << 32, LATENT_ERROR_SHAPE,
        "the Jacobian is 4294967296 x 3, beyond LAPACK's 32-bit integers");
    BAD(call_check, a.check.pairs = -1, LATENT_ERROR_ARGUMENT, "options->pairs is -1");
    BAD(call_norm, a.norm.probes = -3, LATENT_ERROR_ARGUMENT, "options->probes is -3");
    BAD(call_norm, a.norm.largest = NAN, LATENT_ERROR_ARGUMENT, "options->largest is nan");
    BAD(call_leading, a.count = 3, LATENT_ERROR_ARGUMENT,
        "count is 3; a Jacobian of 2 x 3 has 1 to 2 singular values");
    BAD(call_leading, a.encoder.vjp = NULL, LATENT_ERROR_UNSUPPORTED, "encoder->vjp is NULL");
    BAD(call_leading, a.leading.tolerance = -0.5, LATENT_ERROR_ARGUMENT, "options->tolerance");
    BAD(call_leading, a.leading.tolerance = 1, LATENT_ERROR_ARGUMENT, "options->tolerance is 1");
    BAD(call_leading, a.leading.block = -1, LATENT_ERROR_ARGUMENT, "options->block is -1");
    BAD(call_leading, a.leading.basis = -1, LATENT_ERROR_ARGUMENT, "options->basis is -1");
    BAD(call_leading, a.leading.restarts = -1, LATENT_ERROR_ARGUMENT, "options->restarts is -1");
}

static void test_lipschitz_options(void **state) {
    (void)state;
    static const double probabilities[] = {0.5, -0.1};
    for (int c = 5; c < 7; c++) {
        BAD(calls[c], a.no_options = true, LATENT_ERROR_ARGUMENT, "options is NULL");
        BAD(calls[c], a.lipschitz.epsilons = NULL, LATENT_ERROR_ARGUMENT,
            "options->epsilons is NULL");
        BAD(calls[c], a.lipschitz.epsilon_count = 0, LATENT_ERROR_ARGUMENT,
            "options->epsilon_count is 0");
        BAD(calls[c], a.epsilon = -1, LATENT_ERROR_ARGUMENT, "options->epsilons[0] is -1");
        BAD(calls[c], a.epsilon = INFINITY, LATENT_ERROR_ARGUMENT, "options->epsilons[0] is inf");
        BAD(calls[c], a.lipschitz.quantile_count = -1, LATENT_ERROR_ARGUMENT,
            "options->quantile_count is -1");
        BAD(calls[c], a.lipschitz.quantile_count = 1, LATENT_ERROR_ARGUMENT,
            "options->probabilities is NULL");
        BAD(calls[c], (a.lipschitz.quantile_count = 2, a.lipschitz.probabilities = probabilities),
            LATENT_ERROR_ARGUMENT, "options->probabilities[1] is -0.1, outside 0 to 1");
    }
    BAD(call_along, a.along = NULL, LATENT_ERROR_ARGUMENT, "directions is NULL");
    BAD(call_along, a.view.columns = 2, LATENT_ERROR_SHAPE, "directions has 2 columns|3 inputs");
    BAD(call_sample, a.sampling.count = 0, LATENT_ERROR_ARGUMENT, "sampling->count is 0");
    BAD(call_sample, a.sampling.complement_count = -1, LATENT_ERROR_ARGUMENT,
        "sampling->complement_count is -1");
    BAD(call_sample, a.sampling.complement_count = 3, LATENT_ERROR_ARGUMENT,
        "sampling->complement_count is 3; it must be below the 3 inputs");
    BAD(call_sample, a.sampling.complement_count = 2, LATENT_ERROR_ARGUMENT,
        "sampling->complement_of is NULL");
    BAD(call_sample, a.sampling.count = INT64_MAX / 4, LATENT_ERROR_SHAPE,
        "directions with 1 numbers each are more than memory can address");
}

static void test_ascent_options(void **state) {
    (void)state;
    static const double starts[] = {1, 0, 0, 1, NAN, 0}, two[] = {1, 0, 0, 0, 1, 0};
    BAD(call_ascend, a.no_options = true, LATENT_ERROR_ARGUMENT, "options is NULL");
    BAD(call_ascend, a.encoder.vjp = NULL, LATENT_ERROR_UNSUPPORTED, "gradient ascent");
    BAD(call_ascend, a.ascent.epsilon = 0, LATENT_ERROR_ARGUMENT, "options->epsilon is 0");
    BAD(call_ascend, a.ascent.restarts = -1, LATENT_ERROR_ARGUMENT, "options->restarts is -1");
    BAD(call_ascend, a.ascent.iterations = -1, LATENT_ERROR_ARGUMENT, "options->iterations is -1");
    BAD(call_ascend, a.ascent.tolerance = 1, LATENT_ERROR_ARGUMENT, "options->tolerance is 1");
    BAD(call_ascend, a.ascent.start_count = -1, LATENT_ERROR_ARGUMENT,
        "options->start_count is -1");
    BAD(call_ascend, a.ascent.start_count = 1, LATENT_ERROR_ARGUMENT, "options->starts is NULL");
    BAD(call_ascend, (a.ascent.start_count = 2, a.ascent.starts = starts), LATENT_ERROR_NONFINITE,
        "options->starts[4] is NaN");
    BAD(call_ascend, (a.ascent.start_count = INT64_MAX / 2, a.ascent.starts = starts),
        LATENT_ERROR_SHAPE, "more than memory can address");
    BAD(call_ascend, a.ascent.restarts = INT64_MAX / 2, LATENT_ERROR_SHAPE, "memory can address");
    BAD(call_ascend, (a.ascent.start_count = 2, a.ascent.starts = two, a.ascent.restarts = 1),
        LATENT_ERROR_ARGUMENT, "options->start_count is 2, but options->restarts is 1");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encoder),          cmocka_unit_test(test_usage),
        cmocka_unit_test(test_jacobian_options), cmocka_unit_test(test_lipschitz_options),
        cmocka_unit_test(test_ascent_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
