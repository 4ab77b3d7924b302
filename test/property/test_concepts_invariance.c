/* What must not change average precisions, to the last bit: the order of samples, threads,
 * instruction sets, budgets, element types, strides, how labels are given, increasing functions of
 * scores. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/narrow.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { N = 700, D = 69, C = 45 };

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

static concepts_spec spec_of(score_kind scores, latent_type type) {
    return (concepts_spec){.scores = scores,
                           .ignored = (ignored_kind)((int)scores % 3),
                           .type = type,
                           .samples = N,
                           .directions = D,
                           .concepts = C,
                           .gap = (int64_t)scores % 2,
                           .seed = (uint64_t)scores};
}

/* With either sign, of the features and along a basis. */
enum { ANSWERS = 4 };
typedef struct answers {
    precisions of[ANSWERS];
} answers;

static answers answers_of(latent_context *some, const latent_matrix *view,
                          const latent_matrix *basis, const latent_concept_labels *labels) {
    answers found;
    for (int i = 0; i < ANSWERS; i++)
        found.of[i] = precisions_of(some, view, i < 2 ? NULL : basis, labels,
                                    i % 2 ? LATENT_SIGN_BOTH : LATENT_SIGN_AS_IS);
    return found;
}

static void answers_free(answers *found) {
    for (int i = 0; i < ANSWERS; i++)
        precisions_free(&found->of[i]);
}

static void expect_same(answers *found, const answers *expected) {
    for (int i = 0; i < ANSWERS; i++)
        assert_true(precisions_same(&found->of[i], &expected->of[i]));
    answers_free(found);
}

static dataset basis_make(latent_type type) {
    const data_spec spec = {DATA_BLOBS, type, 50, D, 1, 3, 77, LATENT_EUCLIDEAN};
    return dataset_make(&spec);
}

static void test_threads_and_instruction_sets(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    dataset basis = basis_make(LATENT_F32);
    for (int kind = 0; kind < SCORES_KINDS; kind += testing_small() ? 7 : 3) {
        const concepts_spec spec = spec_of((score_kind)kind, LATENT_F64);
        if (kind == SCORES_LARGEST)
            continue; /* products would be beyond float64 */
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels labels = concept_marks_lists(&data.marks);
        answers expected = answers_of(context, &data.scores.view, &basis.view, &labels);
        for (int i = 0; i < count; i++)
            for (int32_t threads = 1; threads <= 4; threads++) {
                latent_context_options options = testing_options();
                options.threads = threads;
                options.isa = isas[i];
                latent_context *const other = testing_context_with(&options);
                answers found = answers_of(other, &data.scores.view, &basis.view, &labels);
                expect_same(&found, &expected);
                latent_context_destroy(other);
            }
        answers_free(&expected);
        concepts_data_free(&data);
    }
    dataset_free(&basis);
}

typedef struct problem {
    const latent_matrix *view, *basis;
    const latent_concept_labels *labels;
    const latent_concepts_result *result;
} problem;

static latent_status solve(latent_context *some, const void *argument) {
    const problem *p = argument;
    return latent_concepts_ap(some, p->view, p->basis, p->labels, NULL, p->result);
}

/* How often a call begins something else: blocks show in it; and how often it begins with labels,
 * as it does for every group. */
typedef struct changes {
    const char *last;
    int64_t all, labels;
    double fraction;
    bool fell;
} changes;

static int count_changes(void *user, const char *phase, double fraction) {
    changes *const seen = user;
    seen->fell |= fraction < seen->fraction || fraction > 1;
    seen->fraction = fraction;
    if (!seen->last || strcmp(phase, seen->last) != 0) {
        seen->all++;
        seen->labels += strcmp(phase, "labels") == 0;
    }
    seen->last = phase;
    return 0;
}

/* What concepts.h says that is needed: with one direction and one concept at a time, beside each a
 * few small arrays. The least that is found is an eighth above the least there is, or less. */
static int64_t stated_bytes(const problem *p, int32_t threads) {
    const int64_t results = D * C;
    return 16 * N + threads * (16 * N + 40 * C) + 2 * N + 9 * results +
           N * latent_type_size((latent_type)p->view->type) + 8 * 1024;
}

/* With the least memory that is enough, and a little more. */
static void check_budgets(const problem *p, int32_t threads, const precisions *expected) {
    latent_context *const tight = testing_tight_context(threads, solve, p);
    precisions found = precisions_of(tight, p->view, p->basis, p->labels, LATENT_SIGN_AS_IS);
    assert_true(precisions_same(&found, expected));
    const int64_t least = latent_context_memory_peak(tight);
    precisions_free(&found);
    latent_context_destroy(tight);
    changes most = {0};
    for (int64_t budget = least * 7 / 8; budget < least * 4; budget += budget / 7) {
        changes seen = {0};
        latent_context_options options = testing_options();
        options.threads = threads;
        options.memory_budget = budget;
        options.progress = count_changes;
        options.progress_user = &seen;
        options.progress_interval = -1.0;
        latent_context *const some = testing_context_with(&options);
        const latent_status status = solve(some, p);
        if (status == LATENT_OK) {
            assert_memory_equal(p->result->ap, expected->ap, D * C * sizeof *expected->ap);
            assert_true(latent_context_memory_peak(some) <= budget);
        } else {
            expect_status(some, status, LATENT_ERROR_BUDGET, "budget");
            assert_true(budget < least);
        }
        assert_false(seen.fell);
        most.all = seen.all > most.all ? seen.all : most.all;
        most.labels = seen.labels > most.labels ? seen.labels : most.labels;
        latent_context_destroy(some);
    }
    /* One block and one group would begin three times, and once with labels. */
    assert_true(most.all > 100);
    if (!p->basis)
        assert_true(most.labels > 1 && least <= stated_bytes(p, threads) * 5 / 4);
}

/* Many small blocks of directions, and concepts in groups. */
static void test_budgets(void **state) {
    (void)state;
    double ap[D * C];
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    const data_spec rows = {DATA_BLOBS, LATENT_F64, D, D, 1, 0, 78, LATENT_EUCLIDEAN};
    dataset basis = dataset_make(&rows);
    for (int kind = 0; kind < (testing_small() ? 1 : 3); kind++) {
        const concepts_spec spec = spec_of((score_kind)kind, LATENT_F32);
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels dense = concept_marks_dense(&data.marks);
        const latent_concept_labels lists = concept_marks_lists(&data.marks);
        for (int along = 0; along < 2; along++) {
            const latent_matrix *const view = &data.scores.view;
            const latent_matrix *const directions = along ? &basis.view : NULL;
            precisions expected =
                precisions_of(context, view, directions, &dense, LATENT_SIGN_AS_IS);
            const problem one = {view, directions, &dense, &result};
            const problem other = {view, directions, &lists, &result};
            check_budgets(&one, 1, &expected);
            check_budgets(&other, 3, &expected);
            precisions_free(&expected);
        }
        concepts_data_free(&data);
    }
    dataset_free(&basis);
}

/* The same samples in another order. */
static concepts_data shuffled(const concepts_data *data, uint64_t seed) {
    const int64_t n = data->marks.samples, c = data->marks.concepts;
    int64_t *const order = malloc((size_t)n * sizeof *order);
    int8_t *const marks = malloc((size_t)(n * c));
    prng g = {seed};
    prng_permutation(&g, order, n);
    for (int64_t i = 0; i < n; i++)
        memcpy(marks + i * c, data->marks.values + order[i] * c, (size_t)c);
    const concepts_data made = {
        dataset_pick(&data->scores, order, n, (latent_type)data->scores.view.type, 0),
        concept_marks_from(marks, n, c)};
    free(marks);
    free(order);
    return made;
}

static void test_order_of_samples(void **state) {
    (void)state;
    dataset basis = basis_make(LATENT_F16);
    for (int kind = 0; kind < SCORES_KINDS; kind += 1 + 3 * testing_small()) {
        const concepts_spec spec = spec_of((score_kind)kind, kind % 2 ? LATENT_F32 : LATENT_F64);
        if (kind == SCORES_LARGEST)
            continue;
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        answers expected = answers_of(context, &data.scores.view, &basis.view, &labels);
        for (uint64_t seed = 0; seed < 3; seed++) {
            concepts_data other = shuffled(&data, seed);
            const latent_concept_labels moved = concept_marks_lists(&other.marks);
            answers found = answers_of(context, &other.scores.view, &basis.view, &moved);
            expect_same(&found, &expected);
            concepts_data_free(&other);
        }
        answers_free(&expected);
        concepts_data_free(&data);
    }
    dataset_free(&basis);
}

/* Numbers that all types hold, of activations and of directions. */
static void test_types(void **state) {
    (void)state;
    static const score_kind kinds[] = {SCORES_INTEGERS, SCORES_ZEROS, SCORES_CONSTANT,
                                       SCORES_NORMAL};
    for (int k = 0; k < 4; k++) {
        const concepts_spec spec = spec_of(kinds[k], LATENT_F64);
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        for (int64_t i = 0; i < N * D; i++)
            data.scores.values[i] = round(8 * data.scores.values[i]) / 8; /* up to 5 */
        answers expected = {0};
        for (int type = LATENT_F64; type >= LATENT_F16; type--) {
            dataset scores = dataset_from((latent_type)type, data.scores.values, NULL, N, D, 0);
            dataset basis = dataset_from((latent_type)(LATENT_F16 + type % 4), data.scores.values,
                                         NULL, 50, D, 1);
            answers found = answers_of(context, &scores.view, &basis.view, &labels);
            if (type == LATENT_F64)
                expected = found;
            else
                expect_same(&found, &expected);
            dataset_free(&scores);
            dataset_free(&basis);
        }
        answers_free(&expected);
        concepts_data_free(&data);
    }
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Places among the distinct scores instead of the scores: any increasing function is one of
 * them. */
static void test_increasing_functions(void **state) {
    (void)state;
    for (int kind = 0; kind < SCORES_KINDS; kind += 1 + 3 * testing_small()) {
        const concepts_spec spec = spec_of((score_kind)kind, LATENT_F64);
        concepts_data data = concepts_data_make(&spec);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        double *const places = malloc(N * D * sizeof *places);
        double sorted[N];
        for (int d = 0; d < D; d++) {
            for (int n = 0; n < N; n++)
                sorted[n] = data.scores.values[n * D + d];
            qsort(sorted, N, sizeof *sorted, ascending);
            for (int n = 0; n < N; n++) {
                int place = 0;
                while (sorted[place] < data.scores.values[n * D + d])
                    place++;
                places[n * D + d] = place - N / 2;
            }
        }
        dataset ranks = dataset_from(LATENT_F16, places, NULL, N, D, 0);
        for (int sign = 0; sign < 2; sign++) {
            precisions a = precisions_of(context, &data.scores.view, NULL, &labels,
                                         (latent_concepts_sign)sign);
            precisions b =
                precisions_of(context, &ranks.view, NULL, &labels, (latent_concepts_sign)sign);
            assert_true(precisions_same(&a, &b));
            precisions_free(&a);
            precisions_free(&b);
        }
        dataset_free(&ranks);
        free(places);
        concepts_data_free(&data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads_and_instruction_sets),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_order_of_samples),
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_increasing_functions),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
