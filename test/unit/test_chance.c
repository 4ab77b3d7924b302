/* The average precision of random rankings: closed forms, uniform permutations, what the seed
 * decides. A concept that one sample alone shows has AP 1 / rank of that sample, so rankings can be
 * read off. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/testing.h"

typedef struct question {
    uint64_t seed;
    int32_t threads;
    int64_t directions, permutations;
    latent_concepts_sign sign;
} question;

typedef struct answer {
    double *mean, *largest, *p_value;
} answer;

static answer ask(question q, const latent_concept_labels *labels, const double *observed) {
    latent_context_options options = testing_options();
    options.seed = q.seed;
    options.threads = q.threads ? q.threads : options.threads;
    latent_context *const context = testing_context_with(&options);
    const size_t count = (size_t)labels->concepts;
    double *const block = poison_new(3 * count * sizeof *block);
    const answer found = {block, block + count, block + 2 * count};
    const latent_concepts_null_options how = {
        .size = sizeof how, .sign = q.sign, .permutations = q.permutations};
    const latent_concepts_chance chance = {.size = sizeof chance,
                                           .mean = found.mean,
                                           .largest = found.largest,
                                           .p_value = observed ? found.p_value : NULL};
    expect_ok(context,
              latent_concepts_null(context, labels, q.directions, observed, &how, &chance));
    latent_context_destroy(context);
    return found;
}

static void answer_free(answer *found) {
    free(found->mean);
}

/* Every sample is the only one that shows its concept: lists that number themselves. */
static concept_marks identity(int64_t n) {
    int8_t *const values = calloc((size_t)(n * n), 1);
    for (int64_t i = 0; i < n; i++)
        values[i * n + i] = 1;
    const concept_marks marks = concept_marks_from(values, n, n);
    free(values);
    return marks;
}

/* One ranking: all ranks, each once. With both ends, the better of either. */
static void test_is_a_permutation(void **state) {
    (void)state;
    enum { N = 201 };
    concept_marks marks = identity(N);
    const latent_concept_labels labels = concept_marks_lists(&marks);
    for (uint64_t seed = 0; seed < 20; seed++) {
        int seen[N + 1] = {0};
        const latent_concepts_sign sign = seed % 2 ? LATENT_SIGN_BOTH : LATENT_SIGN_AS_IS;
        answer found = ask((question){seed, 0, 1, 1, sign}, &labels, NULL);
        for (int i = 0; i < N; i++) {
            const int rank = (int)lrint(1 / found.mean[i]);
            assert_true(rank >= 1 && rank <= N && found.mean[i] == 1 / (double)rank);
            assert_true(found.largest[i] == found.mean[i]);
            seen[rank]++;
        }
        for (int r = 1; r <= N; r++)
            assert_int_equal(seen[r], sign == LATENT_SIGN_AS_IS ? 1
                                      : r < (N + 1) / 2         ? 2
                                                                : r == (N + 1) / 2);
        answer_free(&found);
    }
    concept_marks_free(&marks);
}

/* All 24 rankings of four samples are equally likely: chi squared with 23 degrees of freedom
 * exceeds 57 once in ten thousand times, and the seeds are fixed. */
static void test_is_uniform(void **state) {
    (void)state;
    enum { N = 4, RANKINGS = 24, DRAWS = 4800 };
    int counts[N * N * N * N] = {0};
    concept_marks marks = identity(N);
    const latent_concept_labels labels = concept_marks_lists(&marks);
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        answer found = ask((question){seed, 0, 1, 1, LATENT_SIGN_AS_IS}, &labels, NULL);
        int code = 0;
        for (int i = 0; i < N; i++)
            code = code * N + (int)lrint(1 / found.mean[i]) - 1;
        counts[code]++;
        answer_free(&found);
    }
    double square = 0;
    int different = 0;
    for (int i = 0; i < N * N * N * N; i++)
        if (counts[i] > 0) {
            const double away = counts[i] - (double)DRAWS / RANKINGS;
            square += away * away / ((double)DRAWS / RANKINGS);
            different++;
        }
    assert_int_equal(different, RANKINGS);
    if (square > 57)
        fail_msg("chi squared is %g", square);
    concept_marks_free(&marks);
}

/* Mean and variance of the best of D values 1 / rank of one sample among n. */
static void closed_form(int64_t n, int64_t directions, bool both, double *mean, double *variance) {
    double square = 0, before = 1; /* P(all ranks are beyond the last one) */
    *mean = 0;
    for (int64_t k = 1; k <= n; k++) {
        const double beyond = both ? fmax((double)(n - 2 * k), 0) : (double)(n - k);
        const double after = pow(beyond / (double)n, (double)directions);
        *mean += (before - after) / (double)k;
        square += (before - after) / (double)(k * k);
        before = after;
    }
    *variance = square - *mean * *mean;
}

/* One positive among those that take part; the others are ignored, and do not matter. Five standard
 * errors; the p-value's expectation is that of the share of draws at least as good. */
static void test_closed_form(void **state) {
    (void)state;
    enum { N = 60, DRAWS = 3000 };
    static const int64_t parts[] = {60, 20, 7, 2};
    int8_t values[N * 4] = {0};
    for (int n = 0; n < N; n++)
        for (int c = 0; c < 4; c++)
            values[n * 4 + c] = (int8_t)(n == 11 * c + 1 ? 1 : n < parts[c] ? 0 : -1);
    for (int c = 1; c < 4; c++) /* the positive one comes on top of those that are absent */
        values[(parts[c] - 1) * 4 + c] = (int8_t)(11 * c + 1 < parts[c] ? 0 : -1);
    concept_marks marks = concept_marks_from(values, N, 4);
    const latent_concept_labels labels = concept_marks_dense(&marks);
    const double observed[] = {0.1, 0.5, 1, 0.5};
    for (int64_t d = 1; d <= 12; d += 11)
        for (int both = 0; both < 2; both++) {
            answer found =
                ask((question){9, 0, d, DRAWS, (latent_concepts_sign)both}, &labels, observed);
            for (int c = 0; c < 4; c++) {
                double mean, variance;
                int64_t taking = 0;
                for (int n = 0; n < N; n++)
                    taking += values[n * 4 + c] != -1;
                closed_form(taking, d, both, &mean, &variance);
                if (fabs(found.mean[c] - mean) > 5 * sqrt(variance / DRAWS) + 1e-12)
                    fail_msg("concept %d, %d directions, both %d: mean %g, expected %g", c, (int)d,
                             both, found.mean[c], mean);
                const double ranks = fmin((both ? 2 : 1) / observed[c], (double)taking);
                const double share = 1 - pow(1 - floor(ranks) / (double)taking, (double)d);
                const double p = (1 + DRAWS * share) / (DRAWS + 1);
                const double room = 5 * sqrt(share * (1 - share) / DRAWS) + 1e-12;
                if (fabs(found.p_value[c] - p) > room)
                    fail_msg("concept %d, %d directions, both %d: p %g, expected %g", c, (int)d,
                             both, found.p_value[c], p);
            }
            answer_free(&found);
        }
    concept_marks_free(&marks);
}

/* The least and the largest p-value; ties with the observed number count; the default is 19
 * draws. */
static void test_p_values(void **state) {
    (void)state;
    enum { C = 18 };
    concept_marks marks = concept_marks_make(IGNORED_DIFFERENT, 400, C, 4);
    const latent_concept_labels labels = concept_marks_dense(&marks);
    double observed[C], ones[C];
    for (int c = 0; c < C; c++) {
        observed[c] = 0;
        ones[c] = 1;
    }
    answer all = ask((question){1, 0, 3, 0, LATENT_SIGN_AS_IS}, &labels, observed);
    answer none = ask((question){1, 0, 3, 0, LATENT_SIGN_AS_IS}, &labels, ones);
    answer tied = ask((question){1, 0, 3, 19, LATENT_SIGN_AS_IS}, &labels, all.largest);
    for (int c = 0; c < C; c++) {
        uint8_t degenerate[C];
        latent_concepts_counts counts = {.size = sizeof counts, .degenerate = degenerate};
        latent_context *const context = testing_context();
        expect_ok(context, latent_concepts_count(context, &labels, &counts));
        latent_context_destroy(context);
        if (degenerate[c]) {
            assert_true(isnan(all.mean[c]) && isnan(all.largest[c]) && isnan(all.p_value[c]));
            assert_true(isnan(tied.mean[c]) && isnan(none.p_value[c]));
            continue;
        }
        assert_true(all.p_value[c] == 1);
        assert_true(none.p_value[c] == 1.0 / 20 || none.largest[c] == 1);
        assert_true(tied.p_value[c] >= 2.0 / 20 && tied.largest[c] == all.largest[c]);
        assert_true(all.mean[c] <= all.largest[c] && all.mean[c] > 0 && all.largest[c] <= 1);
    }
    answer_free(&all);
    answer_free(&none);
    answer_free(&tied);
    concept_marks_free(&marks);
}

static bool same(const answer *a, const answer *b, int64_t concepts) {
    return memcmp(a->mean, b->mean, (size_t)(2 * concepts) * sizeof *a->mean) == 0;
}

/* The seed decides, threads do not; a concept's numbers do not depend on the others. */
static void test_seeds(void **state) {
    (void)state;
    enum { C = 6, N = 300 };
    concept_marks marks = concept_marks_make(IGNORED_SHARED, N, C, 4);
    latent_concept_labels labels = concept_marks_dense(&marks);
    for (int both = 0; both < 2; both++) {
        const latent_concepts_sign sign = (latent_concepts_sign)both;
        answer first = ask((question){7, 1, 9, 5, sign}, &labels, NULL);
        for (int32_t threads = 1; threads <= 5; threads++) {
            answer again = ask((question){7, threads, 9, 5, sign}, &labels, NULL);
            assert_true(same(&first, &again, C));
            answer_free(&again);
        }
        answer other = ask((question){8, 1, 9, 5, sign}, &labels, NULL);
        assert_false(same(&first, &other, C));
        answer_free(&other);
        labels.values += 2;
        labels.concepts = 3;
        labels.stride = C;
        answer part = ask((question){7, 1, 9, 5, sign}, &labels, NULL);
        assert_memory_equal(part.mean, first.mean + 2, 3 * sizeof(double));
        assert_memory_equal(part.largest, first.largest + 2, 3 * sizeof(double));
        labels = concept_marks_dense(&marks);
        answer_free(&part);
        answer_free(&first);
    }
    concept_marks_free(&marks);
}

/* Draws differ, and so do the rankings within a draw: with two of them not all are distinct
 * ranks. */
static void test_draws_differ(void **state) {
    (void)state;
    enum { N = 100 };
    concept_marks marks = identity(N);
    const latent_concept_labels labels = concept_marks_lists(&marks);
    answer draws = ask((question){3, 0, 1, 2, LATENT_SIGN_AS_IS}, &labels, NULL);
    answer rankings = ask((question){3, 0, 2, 1, LATENT_SIGN_AS_IS}, &labels, NULL);
    int equal = 0, twice = 0, seen[N + 1] = {0};
    for (int i = 0; i < N; i++) {
        equal += draws.mean[i] == draws.largest[i];
        twice += ++seen[lrint(1 / rankings.mean[i])] == 2;
    }
    assert_true(equal < 10);
    assert_true(twice > 5);
    answer_free(&draws);
    answer_free(&rankings);
    concept_marks_free(&marks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_a_permutation),
        cmocka_unit_test(test_is_uniform),
        cmocka_unit_test(test_closed_form),
        cmocka_unit_test(test_p_values),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_draws_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
