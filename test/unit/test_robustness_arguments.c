/* Wrong arguments of the robustness calls: status, sentence, nothing written, and the right call
 * after it works. Structs of a wrong size are tried in test_structs.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/robustness_data.h"
#include "harness/testing.h"

enum { M = 4, S = 2 };

/* Everything that some call takes, all of it right; a case changes one thing. */
typedef struct arguments {
    double reference[M], values[M * S];
    latent_matrix shifted; /* its data are set by the call */
    latent_robustness_options options;
    int64_t shifts, count;
    double slope[S], intercept[S];
    int64_t models[S];
    double figure[S]; /* each of the three others */
    bool no_reference, no_data, no_fits, no_slope, no_intercept, no_models, no_slope_error,
        no_residual_std, no_reference_mean, no_accuracies, no_predicted, no_effective, no_mean,
        no_line_error, no_model_error;
} arguments;

static arguments right(void) {
    arguments a = {.reference = {60, 70, 75, 80},
                   .values = {50, 40, 61, 52, 66, 55, 73, 64},
                   .shifted = latent_matrix_view(NULL, M, S, LATENT_F64),
                   .shifts = S,
                   .count = M,
                   .slope = {1, 0.9},
                   .intercept = {-0.1, -0.5},
                   .models = {4, 5},
                   .figure = {0.25, 0.5}};
    a.options.size = sizeof a.options;
    return a;
}

static latent_matrix view_of(const arguments *a) {
    latent_matrix view = a->shifted;
    view.data = a->no_data ? NULL : a->values;
    return view;
}

/* Lines as a caller would give them; the library only reads them. */
static latent_robustness_fits lines_of(arguments *a) {
    return (latent_robustness_fits){
        .size = sizeof(latent_robustness_fits),
        .slope = a->no_slope ? NULL : a->slope,
        .intercept = a->no_intercept ? NULL : a->intercept,
        .models = a->no_models ? NULL : a->models,
        .slope_error = a->no_slope_error ? NULL : a->figure,
        .residual_std = a->no_residual_std ? NULL : a->figure,
        .reference_mean = a->no_reference_mean ? NULL : a->figure,
    };
}

typedef latent_status (*any_call)(latent_context *context, arguments *a, robustness_results *out);

static latent_status call_fit(latent_context *context, arguments *a, robustness_results *out) {
    const latent_matrix view = view_of(a);
    return latent_robustness_fit(context, a->no_reference ? NULL : a->reference, &view, &a->options,
                                 a->no_fits ? NULL : &out->fits);
}

static latent_status call_predict(latent_context *context, arguments *a, robustness_results *out) {
    const latent_robustness_fits lines = lines_of(a);
    return latent_robustness_predict(
        context, a->no_fits ? NULL : &lines, a->shifts, a->no_accuracies ? NULL : a->reference,
        a->count, a->no_predicted ? NULL : out->predicted,
        a->no_line_error ? NULL : out->line_error, a->no_model_error ? NULL : out->model_error);
}

static latent_status call_effective(latent_context *context, arguments *a,
                                    robustness_results *out) {
    const latent_robustness_fits lines = lines_of(a);
    const latent_matrix view = view_of(a);
    return latent_robustness_effective(
        context, a->no_fits ? NULL : &lines, a->no_reference ? NULL : a->reference, &view,
        &a->options, a->no_effective ? NULL : out->effective, a->no_mean ? NULL : out->mean);
}

/* Runs the call on `a` and checks all that an error promises; then again with right arguments. */
static void expect_call(any_call call, arguments *a, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    robustness_results out = robustness_results_new(M, S);
    expect_status(context, call(context, a, &out), expected, pieces);
    assert_true(poison_intact(out.block, out.bytes));
    arguments good = right();
    expect_ok(context, call(context, &good, &out));
    assert_false(poison_intact(out.block, out.bytes));
    robustness_results_free(&out);
    latent_context_destroy(context);
}

#define CASE(call, change, expected, pieces)                                                       \
    do {                                                                                           \
        arguments a = right();                                                                     \
        change;                                                                                    \
        expect_call(call, &a, LATENT_ERROR_##expected, pieces);                                    \
    } while (0)

static void test_null_pointers(void **state) {
    (void)state;
    CASE(call_fit, a.no_reference = true, ARGUMENT, "reference is NULL");
    CASE(call_fit, a.no_data = true, ARGUMENT, "shifted->data is NULL");
    CASE(call_fit, a.no_fits = true, ARGUMENT, "fits is NULL");
    CASE(call_predict, a.no_fits = true, ARGUMENT, "fits is NULL");
    CASE(call_predict, a.no_slope = true, ARGUMENT, "fits->slope is NULL");
    CASE(call_predict, a.no_intercept = true, ARGUMENT, "fits->intercept is NULL");
    CASE(call_predict, a.no_models = true, ARGUMENT, "fits->models is NULL");
    CASE(call_predict, a.no_slope_error = true, ARGUMENT, "fits->slope_error is NULL");
    CASE(call_predict, a.no_residual_std = true, ARGUMENT, "fits->residual_std is NULL");
    CASE(call_predict, a.no_reference_mean = true, ARGUMENT, "fits->reference_mean is NULL");
    CASE(call_predict, a.no_accuracies = true, ARGUMENT, "accuracies is NULL");
    CASE(call_predict, a.no_predicted = true, ARGUMENT, "predicted is NULL");
    CASE(call_effective, a.no_fits = true, ARGUMENT, "fits is NULL");
    CASE(call_effective, a.no_slope = true, ARGUMENT, "fits->slope is NULL");
    CASE(call_effective, a.no_intercept = true, ARGUMENT, "fits->intercept is NULL");
    CASE(call_effective, a.no_reference = true, ARGUMENT, "reference is NULL");
    CASE(call_effective, a.no_data = true, ARGUMENT, "shifted->data is NULL");
    CASE(call_effective, a.no_effective = a.no_mean = true, ARGUMENT, "effective|mean|NULL");
}

/* What is not asked for needs no memory, and without errors the lines need no more than two numbers
 * each. */
static void test_optional(void **state) {
    (void)state;
    arguments a = right();
    a.no_models = a.no_slope_error = a.no_residual_std = a.no_reference_mean = true;
    a.no_line_error = a.no_model_error = a.no_mean = true;
    latent_context *const context = testing_context();
    robustness_results out = robustness_results_new(M, S);
    expect_ok(context, call_predict(context, &a, &out));
    expect_ok(context, call_effective(context, &a, &out));
    a.no_mean = false;
    a.no_effective = true;
    expect_ok(context, call_effective(context, &a, &out));
    const latent_robustness_fits nothing = {.size = sizeof nothing};
    const latent_matrix view = view_of(&a);
    latent_robustness_fits none = nothing;
    expect_ok(context, latent_robustness_fit(context, a.reference, &view, NULL, &none));
    assert_memory_equal(&none, &nothing, sizeof none);
    assert_true(poison_intact(out.line_error, M * S * 8));
    robustness_results_free(&out);
    latent_context_destroy(context);
}

static void expect_view(any_call call) {
    CASE(call, a.shifted.rows = 0, SHAPE, "shifted has 0 rows");
    CASE(call, a.shifted.columns = 0, SHAPE, "shifted has 0 columns");
    CASE(call, a.shifted.stride = 1, SHAPE, "shifted has stride 1");
    CASE(call, a.shifted.type = 9, TYPE, "shifted|9");
}

static void test_shapes(void **state) {
    (void)state;
    expect_view(call_fit);
    expect_view(call_effective);
    CASE(call_predict, a.shifts = 0, ARGUMENT, "shifts is 0");
    CASE(call_predict, a.shifts = -2, ARGUMENT, "shifts is -2");
    CASE(call_predict, a.count = 0, ARGUMENT, "count is 0");
    CASE(call_predict, a.count = -1, ARGUMENT, "count is -1");
    latent_context *const context = testing_context();
    robustness_results out = robustness_results_new(M, S);
    const arguments a = right();
    expect_status(context, latent_robustness_fit(context, a.reference, NULL, NULL, &out.fits),
                  LATENT_ERROR_ARGUMENT, "shifted is NULL");
    assert_true(poison_intact(out.block, out.bytes));
    robustness_results_free(&out);
    latent_context_destroy(context);
}

/* The argument that is called `name` in the sentence is `reference` in all three. */
static void expect_reference(any_call call, const char *name) {
    static const struct {
        double value;
        latent_status status;
        const char *piece;
    } bad[] = {
        {0, LATENT_ERROR_DOMAIN, "[3] is 0, which has no logit"},
        {100, LATENT_ERROR_DOMAIN, "[3] is 100, which has no logit"},
        {-0.5, LATENT_ERROR_ARGUMENT, "[3] is -0.5, outside 0 to 100"},
        {100.0 + 0x1p-40, LATENT_ERROR_ARGUMENT, "[3] is 100.000000000001, outside 0 to 100"},
        {(double)NAN, LATENT_ERROR_NONFINITE, "[3] is NaN"},
        {(double)INFINITY, LATENT_ERROR_NONFINITE, "[3] is infinity"},
        {-(double)INFINITY, LATENT_ERROR_NONFINITE, "[3] is -infinity"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char sentence[100] = "";
        strcat(strcat(sentence, name), bad[i].piece);
        arguments a = right();
        a.reference[3] = bad[i].value;
        expect_call(call, &a, bad[i].status, sentence);
        /* The option is for what was measured under a shift. */
        a.options.missing = 1;
        expect_call(call, &a, bad[i].status, sentence);
    }
}

static void test_reference(void **state) {
    (void)state;
    expect_reference(call_fit, "reference");
    expect_reference(call_predict, "accuracies");
    expect_reference(call_effective, "reference");
}

static void expect_shifted(any_call call) {
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call, a.values[5] = nan, NONFINITE, "shifted[2][1] is NaN");
    CASE(call, a.values[5] = inf, NONFINITE, "shifted[2][1] is infinity");
    CASE(call, (a.values[5] = -inf, a.options.missing = 1), NONFINITE,
         "shifted[2][1] is -infinity");
    CASE(call, a.values[5] = 150, ARGUMENT, "shifted[2][1] is 150, outside 0 to 100");
    CASE(call, (a.values[5] = -1e-9, a.options.missing = 1), ARGUMENT, "shifted[2][1] is -1e-09");
}

static void test_shifted(void **state) {
    (void)state;
    expect_shifted(call_fit);
    expect_shifted(call_effective);
    CASE(call_fit, a.values[0] = 0, DOMAIN, "shifted[0][0] is 0, which has no logit");
    CASE(call_fit, a.values[7] = 100, DOMAIN, "shifted[3][1] is 100, which has no logit");
}

/* A line needs two different accuracies, or rather logits. */
static void test_too_few(void **state) {
    (void)state;
    const double nan = (double)NAN;
    CASE(call_fit, a.shifted.rows = 1, DOMAIN, "column 0 of shifted is 1|needs two");
    CASE(call_fit, a.reference[0] = a.reference[1] = a.reference[2] = a.reference[3] = 76.1, DOMAIN,
         "reference is 76.1 for all 4 models|column 0|two that differ");
    CASE(call_fit, (a.options.missing = 1, a.values[1] = a.values[3] = a.values[5] = nan), DOMAIN,
         "column 1 of shifted is 1");
    CASE(call_fit,
         (a.options.missing = 1, a.values[1] = a.values[3] = a.values[5] = a.values[7] = nan),
         DOMAIN, "column 1 of shifted is 0");
    CASE(call_fit, (a.options.missing = 1, a.reference[1] = 60, a.values[5] = a.values[7] = nan),
         DOMAIN, "reference is 60 for all 2 models|column 1");
    /* Those that were measured, and not the first model, are named. */
    CASE(call_fit,
         (a.options.missing = 1, a.reference[2] = a.reference[3] = 81,
          a.values[1] = a.values[3] = nan),
         DOMAIN, "reference is 81 for all 2 models|column 1");
    /* Neighbours so small that their logits are the same number. */
    CASE(call_fit,
         (a.shifted.rows = 2, a.reference[0] = 1e-200, a.reference[1] = nextafter(1e-200, 1)),
         DOMAIN, "reference is 1e-200 for all 2 models|column 0");
}

static void test_lines(void **state) {
    (void)state;
    const double nan = (double)NAN, inf = (double)INFINITY;
    CASE(call_predict, a.slope[1] = nan, NONFINITE, "fits->slope[1] is NaN");
    CASE(call_predict, a.intercept[0] = inf, NONFINITE, "fits->intercept[0] is infinite");
    CASE(call_effective, a.slope[0] = -inf, NONFINITE, "fits->slope[0] is infinite");
    CASE(call_effective, a.intercept[1] = nan, NONFINITE, "fits->intercept[1] is NaN");
    CASE(call_predict, a.models[1] = 1, ARGUMENT, "fits->models[1] is 1");
    CASE(call_predict, (a.no_line_error = true, a.models[0] = -1), ARGUMENT,
         "fits->models[0] is -1");
    CASE(call_predict, (a.no_model_error = true, a.models[0] = 0), ARGUMENT,
         "fits->models[0] is 0");
}

/* Nothing is written if a later shift has no line. */
static void test_all_or_nothing(void **state) {
    (void)state;
    enum { MANY = 40 };
    robustness_inputs table = robustness_inputs_make(5, MANY, 3);
    robustness_results out = robustness_results_new(5, MANY);
    const latent_robustness_options options = {.size = sizeof options, .missing = 1};
    for (int m = 0; m < 4; m++)
        table.values[m * MANY + MANY - 1] = (double)NAN;
    latent_context *const context = testing_context();
    expect_status(
        context,
        latent_robustness_fit(context, table.reference, &table.shifted, &options, &out.fits),
        LATENT_ERROR_DOMAIN, "column 39");
    assert_true(poison_intact(out.block, out.bytes));
    latent_context_destroy(context);
    robustness_inputs_free(&table);
    robustness_results_free(&out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_pointers), cmocka_unit_test(test_optional),
        cmocka_unit_test(test_shapes),        cmocka_unit_test(test_reference),
        cmocka_unit_test(test_shifted),       cmocka_unit_test(test_too_few),
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_all_or_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
