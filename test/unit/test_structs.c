/* Size-prefixed structs: shorter, longer, with a tail, with a size that was never filled in. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/struct_calls.h"

enum { EXTRA_BYTES = 40 };

/* A struct of `size` bytes, zero but for its head, in memory that ends with it. */
static unsigned char *make_struct(int s, size_t held, size_t said) {
    unsigned char *const bytes = calloc(1, held);
    memcpy(bytes, &said, held < sizeof said ? held : sizeof said);
    if (held >= 16 && struct_cases[s].room)
        memcpy(bytes + 8, &struct_cases[s].room, 8);
    return bytes;
}

static void expect_struct(int s, void *given, latent_status expected, const char *pieces) {
    latent_context *const context = testing_context();
    const latent_status status = struct_cases[s].call(context, given);
    if (struct_cases[s].call == struct_context_options) {
        char text[300];
        assert_int_equal(status, expected);
        assert_int_equal(latent_context_options_check(given, text, sizeof text), expected);
        assert_true(testing_mentions(text, pieces));
    } else {
        expect_status(context, status, expected, pieces);
    }
    latent_context_destroy(context);
}

static void test_exact(void **state) {
    (void)state;
    for (int s = 0; s < STRUCT_CASES; s++) {
        unsigned char *const bytes = make_struct(s, struct_cases[s].bytes, struct_cases[s].bytes);
        expect_struct(s, bytes, LATENT_OK, NULL);
        free(bytes);
    }
}

static void test_impossible_sizes(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 7, 12, SIZE_MAX, (size_t)1 << 40};
    for (int s = 0; s < STRUCT_CASES; s++)
        for (int i = 0; i < 6; i++) {
            unsigned char *const bytes = make_struct(s, struct_cases[s].bytes, sizes[i]);
            expect_struct(s, bytes, LATENT_ERROR_OPTIONS, struct_cases[s].name);
            free(bytes);
        }
}

static void test_longer_with_zero_tail(void **state) {
    (void)state;
    for (int s = 0; s < STRUCT_CASES; s++) {
        const size_t size = struct_cases[s].bytes + EXTRA_BYTES;
        unsigned char *const bytes = make_struct(s, size, size);
        expect_struct(s, bytes, LATENT_OK, NULL);
        for (size_t i = struct_cases[s].bytes; i < size; i++)
            assert_int_equal(bytes[i], 0);
        free(bytes);
    }
}

static void test_longer_with_a_tail(void **state) {
    (void)state;
    for (int s = 0; s < STRUCT_CASES; s++)
        for (size_t at = 0; at < EXTRA_BYTES; at += EXTRA_BYTES - 1) {
            const size_t size = struct_cases[s].bytes + EXTRA_BYTES;
            unsigned char *const bytes = make_struct(s, size, size);
            bytes[struct_cases[s].bytes + at] = 1;
            unsigned char *const before = malloc(size);
            memcpy(before, bytes, size);
            expect_struct(s, bytes, LATENT_ERROR_OPTIONS, struct_cases[s].name);
            assert_memory_equal(before, bytes, size);
            free(before);
            free(bytes);
        }
}

/* The shortest struct is its size alone; concepts also need their capacity. */
static void test_shorter(void **state) {
    (void)state;
    for (int s = 0; s < STRUCT_CASES; s++)
        for (size_t size = struct_cases[s].room ? 16 : 8; size < struct_cases[s].bytes; size += 8) {
            unsigned char *const bytes = make_struct(s, size, size);
            expect_struct(s, bytes, LATENT_OK, NULL);
            assert_memory_equal(bytes, &size, sizeof size);
            free(bytes);
        }
}

/* Padding has a name, so that a later version may give it a meaning. */
static void test_reserved(void **state) {
    (void)state;
    const int32_t values[] = {1, 7, -3};
    for (int s = 0; s < STRUCT_CASES; s++)
        for (int v = 0; v < 3 && struct_cases[s].reserved; v++) {
            unsigned char *const bytes =
                make_struct(s, struct_cases[s].bytes, struct_cases[s].bytes);
            char pieces[40];
            snprintf(pieces, sizeof pieces, "reserved is %d", (int)values[v]);
            memcpy(bytes + struct_cases[s].reserved, &values[v], sizeof values[v]);
            expect_struct(s, bytes, LATENT_ERROR_OPTIONS, pieces);
            free(bytes);
        }
}

/* What a short result does have room for is written. */
static void test_short_results_are_written(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    latent_kstar_overall overall;
    memset(&overall, 0xa5, sizeof overall);
    overall.size = offsetof(latent_kstar_overall, undefined);
    expect_ok(context, struct_summary_overall(context, &overall));
    assert_int_equal(overall.concepts, 2);
    assert_int_equal(overall.perfect, 0);
    assert_true(poison_intact(&overall.undefined,
                              sizeof overall - offsetof(latent_kstar_overall, undefined)));
    latent_moments_overall moments;
    poison_fill(&moments, sizeof moments);
    moments.size = offsetof(latent_moments_overall, nonfinite);
    expect_ok(context, struct_compute_overall(context, &moments));
    assert_int_equal(moments.samples, 6);
    assert_int_equal(moments.degenerate, 2); /* (0, 0) and (9, 9) */
    assert_int_equal(moments.undefined, 0);
    assert_true(poison_intact(&moments.nonfinite,
                              sizeof moments - offsetof(latent_moments_overall, nonfinite)));
    latent_importance_result importance;
    poison_fill(&importance, sizeof importance);
    memset(&importance, 0, offsetof(latent_importance_result, top_ratio));
    importance.size = offsetof(latent_importance_result, top_ratio);
    importance.samples = importance.zeros = -1;
    expect_ok(context, struct_importance_result(context, &importance));
    assert_int_equal(importance.samples, 0);
    assert_int_equal(importance.zeros, 0);
    assert_true(poison_intact(&importance.top_ratio,
                              sizeof importance - offsetof(latent_importance_result, top_ratio)));
    latent_concepts_report report;
    poison_fill(&report, sizeof report);
    memset(&report, 0, offsetof(latent_concepts_report, encoding_directions));
    report.size = offsetof(latent_concepts_report, encoding_directions);
    expect_ok(context, struct_concepts_report(context, &report));
    assert_int_equal(report.encoded_pairs, 2);
    assert_int_equal(report.unique_concepts, 1);
    assert_true(
        poison_intact(&report.encoding_directions,
                      sizeof report - offsetof(latent_concepts_report, encoding_directions)));
    latent_concepts_overlap overlap;
    poison_fill(&overlap, sizeof overlap);
    overlap.size = offsetof(latent_concepts_overlap, all);
    expect_ok(context, struct_concepts_overlap(context, &overlap));
    assert_int_equal(overlap.regions[2], 1);
    assert_int_equal(overlap.regions[3], 1);
    assert_int_equal(overlap.totals[1], 2);
    assert_int_equal(overlap.any, 2);
    assert_true(
        poison_intact(&overlap.all, sizeof overlap - offsetof(latent_concepts_overlap, all)));
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact),
        cmocka_unit_test(test_impossible_sizes),
        cmocka_unit_test(test_longer_with_zero_tail),
        cmocka_unit_test(test_longer_with_a_tail),
        cmocka_unit_test(test_shorter),
        cmocka_unit_test(test_reserved),
        cmocka_unit_test(test_short_results_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
