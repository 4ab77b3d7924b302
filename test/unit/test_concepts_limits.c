/* Where the calls of concepts.h end: places in large matrices, sizes beyond memory and beyond 64
 * bits, structs of other versions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/wrong_concepts.h"

#define MOST ((int64_t)INT32_MAX)

/* A place of a large matrix is named by sample and concept, whatever the stride. */
static void test_places(void **state) {
    (void)state;
    enum { SAMPLES = 1500, CONCEPTS = 37, STRIDE = 41 };
    int8_t *const marks = calloc(SAMPLES, STRIDE);
    memset(marks + CONCEPTS, 99, STRIDE - CONCEPTS); /* padding is not read */
    const latent_concept_labels labels = {.size = sizeof labels,
                                          .samples = SAMPLES,
                                          .concepts = CONCEPTS,
                                          .values = marks,
                                          .stride = STRIDE};
    latent_concepts_counts counts = {.size = sizeof counts};
    for (int32_t threads = 1; threads <= 4; threads += 3) {
        latent_context_options options = testing_options();
        options.threads = threads;
        latent_context *const context = testing_context_with(&options);
        expect_ok(context, latent_concepts_count(context, &labels, &counts));
        marks[1200 * STRIDE + 36] = marks[1201 * STRIDE] = marks[1499 * STRIDE + 3] = 3;
        expect_status(context, latent_concepts_count(context, &labels, &counts),
                      LATENT_ERROR_ARGUMENT, "labels->values[1200][36] is 3");
        marks[1200 * STRIDE + 36] = marks[1201 * STRIDE] = marks[1499 * STRIDE + 3] = 0;
        latent_context_destroy(context);
    }
    free(marks);
}

/* The first place that is asked for is named, whatever the blocks in which a small budget has
 * directions come. */
static void test_first_place(void **state) {
    (void)state;
    enum { SAMPLES = 300, FEATURES = 70, CONCEPTS = 2 };
    double *const values = calloc(SAMPLES * FEATURES, sizeof *values);
    values[250 * FEATURES + 3] = values[3 * FEATURES + 69] = values[2 * FEATURES + 40] =
        (double)NAN;
    values[FEATURES + 2] = values[66] = (double)INFINITY; /* are not asked for */
    concept_marks marks = concept_marks_make(IGNORED_NONE, SAMPLES, CONCEPTS, 1);
    const latent_concept_labels labels = concept_marks_dense(&marks);
    const latent_matrix view = latent_matrix_view(values, SAMPLES, FEATURES, LATENT_F64);
    const latent_concepts_options part = {
        .size = sizeof part, .first_direction = 3, .directions = 63};
    double ap[FEATURES * CONCEPTS];
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    int64_t budget = 16384;
    for (int refused = 0; refused < 30; budget += budget / 8) {
        latent_context_options options = testing_options();
        options.memory_budget = budget;
        latent_context *const context = testing_context_with(&options);
        const latent_status status =
            latent_concepts_ap(context, &view, NULL, &labels, &part, &result);
        if (status != LATENT_ERROR_BUDGET) {
            expect_status(context, status, LATENT_ERROR_NONFINITE, "activations[2][40] is NaN");
            refused++;
        }
        latent_context_destroy(context);
    }
    concept_marks_free(&marks);
    free(values);
}

/* No sample can have more concepts than there are: none of them is read. */
static void test_endless_list(void **state) {
    (void)state;
    const int64_t offsets[] = {0, 0, INT64_MAX};
    const int32_t present[] = {0};
    const latent_concept_labels labels = {.size = sizeof labels,
                                          .samples = 2,
                                          .concepts = 3,
                                          .present_offsets = offsets,
                                          .present = present};
    latent_concepts_counts counts = {.size = sizeof counts};
    latent_context *const context = testing_context();
    expect_status(context, latent_concepts_count(context, &labels, &counts), LATENT_ERROR_ARGUMENT,
                  "labels->present_offsets|sample 1|9223372036854775807 concepts|are 3");
    latent_context_destroy(context);
}

/* Work whose results alone need more bytes than there are is refused; nothing is touched. */
static void test_too_much(void **state) {
    (void)state;
    static const double values[1];
    static const int64_t offsets[2];
    const latent_matrix wide = latent_matrix_view(values, 1, 1 << 20, LATENT_F64);
    const latent_matrix widest = latent_matrix_view(values, 1, MOST, LATENT_F64);
    const latent_concept_labels labels = {
        .size = sizeof labels, .samples = 1, .concepts = MOST, .present_offsets = offsets};
    double ap;
    const latent_concepts_result result = {.size = sizeof result, .ap = &ap};
    latent_context_options options = testing_options();
    options.memory_budget = (int64_t)1 << 30;
    latent_context *const context = testing_context_with(&options);
    expect_status(context, latent_concepts_ap(context, &wide, NULL, &labels, NULL, &result),
                  LATENT_ERROR_BUDGET, "budget");
    expect_status(context, latent_concepts_ap(context, &widest, NULL, &labels, NULL, &result),
                  LATENT_ERROR_SHAPE, "2147483647 directions of stride 2147483647");
    const latent_concepts_chance chance = {.size = sizeof chance};
    expect_status(context, latent_concepts_null(context, &labels, 1, NULL, NULL, &chance),
                  LATENT_ERROR_BUDGET, "budget");
    latent_context_destroy(context);
}

static latent_status with_labels(latent_context *context, const void *labels) {
    latent_concepts_counts counts = {.size = sizeof counts};
    return latent_concepts_count(context, labels, &counts);
}

static latent_status with_result(latent_context *context, const void *result) {
    concepts_arguments a;
    concepts_arguments_make(&a);
    return latent_concepts_ap(context, &a.points, NULL, &a.dense, NULL, result);
}

/* A struct of `size` bytes, more or fewer than there are in memory; beyond them a byte may be
 * wrong. */
static void check_struct(testing_call call, const void *given, size_t held, size_t least) {
    latent_context *const context = testing_context();
    for (size_t size = 0; size <= held + 24; size++) {
        unsigned char *const bytes = calloc(1, size < sizeof size ? sizeof size : size);
        memcpy(bytes, given, size < held ? size : held);
        memcpy(bytes, &size, sizeof size);
        if (size < sizeof size)
            expect_status(context, call(context, bytes), LATENT_ERROR_OPTIONS, "size");
        else if (size >= least && size % 8 == 0)
            expect_ok(context, call(context, bytes));
        if (size > held) {
            bytes[size - 1] = 1;
            expect_status(context, call(context, bytes), LATENT_ERROR_OPTIONS, "");
        }
        free(bytes);
    }
    latent_context_destroy(context);
}

/* Versions to come append fields; the first version might have had fewer. */
static void test_struct_sizes(void **state) {
    (void)state;
    concepts_arguments a;
    concepts_arguments_make(&a);
    double ap[ARGUMENT_FEATURES * ARGUMENT_CONCEPTS];
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    check_struct(with_labels, &a.dense, sizeof a.dense, offsetof(latent_concept_labels, stride));
    check_struct(with_labels, &a.lists, sizeof a.lists, sizeof a.lists);
    check_struct(with_result, &result, sizeof result, offsetof(latent_concepts_result, type));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_places),       cmocka_unit_test(test_first_place),
        cmocka_unit_test(test_endless_list), cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_struct_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
