/* Average precisions of parts are parts of the whole, to the last bit: directions and concepts in
 * blocks, ends of directions, samples that are ignored, very many concepts. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/oracle_concepts.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { N = 333, D = 27, C = 34 };

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

static concepts_data data_of(score_kind scores, latent_type type) {
    const concepts_spec spec = {.scores = scores,
                                .ignored = (ignored_kind)((int)scores % 3),
                                .type = type,
                                .samples = N,
                                .directions = D,
                                .concepts = C,
                                .gap = 1,
                                .seed = (uint64_t)scores + 50};
    return concepts_data_make(&spec);
}

/* A part, written in its place of a matrix that is wider than the whole. */
typedef struct part {
    const latent_matrix *view, *basis;
    const latent_concept_labels *labels;
    int64_t direction, directions, concept, concepts;
    int32_t sign;
} part;

enum { STRIDE = C + 5 };

static void write_part(const part *p, double *ap, int8_t *signs) {
    const latent_concepts_options options = {.size = sizeof options,
                                             .sign = p->sign,
                                             .first_direction = p->direction,
                                             .directions = p->directions,
                                             .first_concept = p->concept,
                                             .concepts = p->concepts};
    const int64_t start = p->direction * STRIDE + p->concept;
    const latent_concepts_result result = {
        .size = sizeof result, .ap = ap + start, .stride = STRIDE, .signs = signs + start};
    expect_ok(context,
              latent_concepts_ap(context, p->view, p->basis, p->labels, &options, &result));
}

/* The whole in random parts, those at the ends without a count. */
static void check_parts(const part *whole, uint64_t seed) {
    precisions expected = precisions_of(context, whole->view, whole->basis, whole->labels,
                                        (latent_concepts_sign)whole->sign);
    double *const ap = poison_new(D * STRIDE * sizeof *ap);
    int8_t *const signs = poison_new(D * STRIDE);
    prng g = {seed};
    for (part p = *whole; p.direction < D; p.direction += p.directions) {
        p.directions = 1 + prng_below(&g, D - p.direction);
        for (p.concept = 0; p.concept < C; p.concept += p.concepts) {
            p.concepts = 1 + prng_below(&g, C - p.concept);
            part given = p;
            given.directions = p.direction + p.directions == D ? 0 : p.directions;
            given.concepts = p.concept + p.concepts == C ? 0 : p.concepts;
            write_part(&given, ap, signs);
        }
    }
    for (int d = 0; d < D; d++) {
        assert_memory_equal(ap + d * STRIDE, expected.ap + d * C, C * sizeof *ap);
        assert_memory_equal(signs + d * STRIDE, expected.signs + d * C, C);
        assert_true(poison_intact(ap + d * STRIDE + C, (STRIDE - C) * sizeof *ap));
        assert_true(poison_intact(signs + d * STRIDE + C, STRIDE - C));
    }
    free(signs);
    free(ap);
    precisions_free(&expected);
}

static void test_blocks(void **state) {
    (void)state;
    const data_spec rows = {DATA_BLOBS, LATENT_F32, D, D, 1, 2, 79, LATENT_EUCLIDEAN};
    dataset basis = dataset_make(&rows);
    for (int kind = 0; kind < 6; kind++) {
        concepts_data data = data_of((score_kind)kind, kind % 2 ? LATENT_F64 : LATENT_F16);
        const latent_concept_labels dense = concept_marks_dense(&data.marks);
        const latent_concept_labels lists = concept_marks_lists(&data.marks);
        for (int i = 0; i < 8; i++) {
            const part whole = {.view = &data.scores.view,
                                .basis = i & 1 ? &basis.view : NULL,
                                .labels = i & 2 ? &dense : &lists,
                                .sign = i >> 2};
            check_parts(&whole, (uint64_t)(kind * 8 + i));
        }
        concepts_data_free(&data);
    }
    dataset_free(&basis);
}

/* One column alone lies without gaps. */
static void test_one_column(void **state) {
    (void)state;
    concepts_data data = data_of(SCORES_RELU, LATENT_F32);
    const latent_concept_labels labels = concept_marks_dense(&data.marks);
    precisions all = precisions_of(context, &data.scores.view, NULL, &labels, LATENT_SIGN_BOTH);
    for (int c = 0; c < C; c++) {
        double ap[D];
        int8_t signs[D];
        const latent_concepts_options options = {
            .size = sizeof options, .sign = LATENT_SIGN_BOTH, .first_concept = c, .concepts = 1};
        const latent_concepts_result result = {.size = sizeof result, .ap = ap, .signs = signs};
        expect_ok(context,
                  latent_concepts_ap(context, &data.scores.view, NULL, &labels, &options, &result));
        for (int d = 0; d < D; d++)
            assert_true(ap[d] == all.ap[d * C + c] && signs[d] == all.signs[d * C + c]);
    }
    precisions_free(&all);
    concepts_data_free(&data);
}

/* The better end of X is the better of X and -X, whose zeros have the other sign. */
static void test_both_signs(void **state) {
    (void)state;
    for (int kind = 0; kind < SCORES_KINDS; kind++) {
        concepts_data data = data_of((score_kind)kind, kind % 2 ? LATENT_F32 : LATENT_F64);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        double *const negated = malloc(N * D * sizeof *negated);
        for (int i = 0; i < N * D; i++)
            negated[i] = -data.scores.values[i];
        const latent_matrix other = latent_matrix_view(negated, N, D, LATENT_F64);
        const latent_matrix *const view = &data.scores.view;
        precisions up = precisions_of(context, view, NULL, &labels, LATENT_SIGN_AS_IS);
        precisions down = precisions_of(context, &other, NULL, &labels, LATENT_SIGN_AS_IS);
        precisions both = precisions_of(context, view, NULL, &labels, LATENT_SIGN_BOTH);
        for (int i = 0; i < D * C; i++) {
            const bool flipped = down.ap[i] > up.ap[i];
            assert_true(both.ap[i] == (flipped ? down.ap[i] : up.ap[i]));
            assert_int_equal(both.signs[i], flipped ? -1 : 1);
            assert_int_equal(up.signs[i], 1);
        }
        precisions_free(&up);
        precisions_free(&down);
        precisions_free(&both);
        free(negated);
        concepts_data_free(&data);
    }
}

/* Along a negated basis the scores are negated, to the last bit. */
static void test_both_signs_of_a_basis(void **state) {
    (void)state;
    const data_spec rows = {DATA_BLOBS, LATENT_F64, D, D, 1, 0, 80, LATENT_EUCLIDEAN};
    dataset basis = dataset_make(&rows);
    double *const negated = malloc(D * D * sizeof *negated);
    for (int i = 0; i < D * D; i++)
        negated[i] = -basis.values[i];
    const latent_matrix other = latent_matrix_view(negated, D, D, LATENT_F64);
    for (int kind = 0; kind < 3; kind++) {
        concepts_data data = data_of((score_kind)kind, LATENT_F32);
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        const latent_matrix *const view = &data.scores.view;
        precisions up = precisions_of(context, view, &basis.view, &labels, LATENT_SIGN_AS_IS);
        precisions down = precisions_of(context, view, &other, &labels, LATENT_SIGN_AS_IS);
        precisions both = precisions_of(context, view, &basis.view, &labels, LATENT_SIGN_BOTH);
        for (int i = 0; i < D * C; i++)
            assert_true(both.ap[i] == fmax(up.ap[i], down.ap[i]) &&
                        both.signs[i] == (down.ap[i] > up.ap[i] ? -1 : 1));
        precisions_free(&up);
        precisions_free(&down);
        precisions_free(&both);
        concepts_data_free(&data);
    }
    free(negated);
    dataset_free(&basis);
}

/* float32 results are the float64 ones, rounded; `signs` may be left out. */
static void test_narrow_results(void **state) {
    (void)state;
    concepts_data data = data_of(SCORES_NORMAL, LATENT_F32);
    const latent_concept_labels labels = concept_marks_lists(&data.marks);
    precisions wide = precisions_of(context, &data.scores.view, NULL, &labels, LATENT_SIGN_AS_IS);
    float *const ap = poison_new(D * STRIDE * sizeof *ap);
    const latent_concepts_result result = {
        .size = sizeof result, .ap = ap, .type = LATENT_F32, .stride = STRIDE};
    expect_ok(context,
              latent_concepts_ap(context, &data.scores.view, NULL, &labels, NULL, &result));
    for (int d = 0; d < D; d++) {
        for (int c = 0; c < C; c++)
            assert_true(ap[d * STRIDE + c] == (float)wide.ap[d * C + c]);
        assert_true(poison_intact(ap + d * STRIDE + C, (STRIDE - C) * sizeof *ap));
    }
    free(ap);
    precisions_free(&wide);
    concepts_data_free(&data);
}

/* A concept's ranking is that of the samples that it does not ignore. */
static void test_ignored_samples_are_not_there(void **state) {
    (void)state;
    for (int kind = 1; kind < SCORES_KINDS; kind++) {
        concepts_data data = data_of((score_kind)kind, LATENT_F64);
        const latent_concept_labels labels = concept_marks_lists(&data.marks);
        precisions all = precisions_of(context, &data.scores.view, NULL, &labels, LATENT_SIGN_BOTH);
        for (int c = 0; c < C; c++) {
            int64_t left[N], count = 0;
            int8_t marks[N];
            for (int n = 0; n < N; n++)
                if (data.marks.values[n * C + c] != -1) {
                    marks[count] = data.marks.values[n * C + c];
                    left[count++] = n;
                }
            if (count == 0)
                continue;
            dataset rest = dataset_pick(&data.scores, left, count, LATENT_F64, 0);
            const latent_concept_labels alone = {
                .size = sizeof alone, .samples = count, .concepts = 1, .values = marks};
            precisions found = precisions_of(context, &rest.view, NULL, &alone, LATENT_SIGN_BOTH);
            for (int d = 0; d < D; d++)
                assert_true(found.ap[d] == all.ap[d * C + c] &&
                            found.signs[d] == all.signs[d * C + c]);
            precisions_free(&found);
            dataset_free(&rest);
        }
        precisions_free(&all);
        concepts_data_free(&data);
    }
}

/* Every sample three times: every share is what it was. */
static void test_duplicates(void **state) {
    (void)state;
    enum { TIMES = 3 };
    for (int kind = 0; kind < SCORES_KINDS; kind++) {
        concepts_data data = data_of((score_kind)kind, LATENT_F64);
        int64_t rows[TIMES * N];
        int8_t *const marks = malloc(TIMES * N * C);
        for (int n = 0; n < TIMES * N; n++) {
            rows[n] = n * 2 % N;
            memcpy(marks + n * C, data.marks.values + rows[n] * C, C);
        }
        concepts_data more = {dataset_pick(&data.scores, rows, TIMES * N, LATENT_F64, 0),
                              concept_marks_from(marks, TIMES * N, C)};
        const latent_concept_labels labels = concept_marks_dense(&data.marks);
        const latent_concept_labels others = concept_marks_lists(&more.marks);
        precisions a = precisions_of(context, &data.scores.view, NULL, &labels, LATENT_SIGN_AS_IS);
        precisions b = precisions_of(context, &more.scores.view, NULL, &others, LATENT_SIGN_AS_IS);
        for (int i = 0; i < D * C; i++)
            assert_true(fabs(a.ap[i] - b.ap[i]) <= 1e-13 * a.ap[i]);
        precisions_free(&a);
        precisions_free(&b);
        concepts_data_free(&more);
        concepts_data_free(&data);
        free(marks);
    }
}

/* More concepts than two bytes number, and no two ignore the same samples: of sample n those whose
 * number has bit n set. */
static void test_very_many_concepts(void **state) {
    (void)state;
    enum { BITS = 18, SAMPLES = BITS + 9, MANY = 2 * 65536 + 17 };
    int8_t *const marks = malloc((size_t)SAMPLES * MANY);
    prng g = {90};
    for (int64_t n = 0; n < SAMPLES; n++)
        for (int64_t c = 0; c < MANY; c++)
            marks[n * MANY + c] = (int8_t)(n < BITS && c >> n & 1 ? -1 : prng_uniform(&g) < 0.2);
    concepts_data data = {.marks = concept_marks_from(marks, SAMPLES, MANY)};
    double scores[SAMPLES];
    for (int n = 0; n < SAMPLES; n++)
        scores[n] = (double)prng_below(&g, 12);
    data.scores = dataset_from(LATENT_F32, scores, NULL, SAMPLES, 1, 0);
    assert_true(agrees_precisions(context, &data));
    concepts_data_free(&data);
    free(marks);
}

/* Random rankings of so many concepts: the same as for some of them alone. */
static void test_very_many_random_rankings(void **state) {
    (void)state;
    enum { SAMPLES = 12, MANY = 65536 + 40, SOME = 60 };
    concept_marks marks = concept_marks_make(IGNORED_DIFFERENT, SAMPLES, MANY, 5);
    latent_concept_labels labels = concept_marks_lists(&marks);
    double *const mean = malloc(MANY * sizeof *mean), found[SOME];
    const latent_concepts_chance whole = {.size = sizeof whole, .mean = mean};
    const latent_concepts_chance few = {.size = sizeof few, .mean = found};
    expect_ok(context, latent_concepts_null(context, &labels, 2, NULL, NULL, &whole));
    labels = concept_marks_dense(&marks);
    for (int64_t first = 0; first + SOME <= MANY; first += MANY - SOME) {
        labels.values = marks.values + first;
        labels.concepts = SOME;
        labels.stride = MANY;
        expect_ok(context, latent_concepts_null(context, &labels, 2, NULL, NULL, &few));
        for (int c = 0; c < SOME; c++)
            assert_true(found[c] == mean[first + c] || (isnan(found[c]) && isnan(mean[first + c])));
    }
    free(mean);
    concept_marks_free(&marks);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_one_column),
        cmocka_unit_test(test_both_signs),
        cmocka_unit_test(test_both_signs_of_a_basis),
        cmocka_unit_test(test_narrow_results),
        cmocka_unit_test(test_ignored_samples_are_not_there),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_very_many_concepts),
        cmocka_unit_test(test_very_many_random_rankings),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
