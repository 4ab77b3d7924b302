/* Accumulators: rows in chunks of any size, parts merged in any tree, empty ones among them. */
#include <stdlib.h>
#include <string.h>

#include "harness/agrees_moments.h"
#include "harness/moments_data.h"
#include "harness/prng.h"
#include "harness/testing.h"

enum { MOST_PARTS = 400 };

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

static const latent_moments_options taking = {.size = sizeof taking,
                                              .nan_policy = LATENT_NAN_OMIT,
                                              .samples = 1,
                                              .outliers = 1,
                                              .magnitude = 2.0,
                                              .sigma = 2.0};

static latent_moments *empty_of(int64_t columns) {
    latent_moments *moments;
    expect_ok(context, latent_moments_create(context, columns, &taking, &moments));
    return moments;
}

static void update(latent_moments *moments, const latent_matrix *points, int64_t first,
                   int64_t count) {
    const latent_matrix some = view_rows(points, first, count);
    expect_ok(context, latent_moments_update(context, moments, &some, NULL));
}

static unsigned char *saved(const latent_moments *moments) {
    const int64_t bytes = latent_moments_saved_bytes(moments);
    unsigned char *const copy = malloc((size_t)bytes);
    expect_ok(context, latent_moments_save(context, moments, copy, bytes));
    return copy;
}

/* Merges and checks that the second one is left alone. */
static void merge(latent_moments *into, const latent_moments *from) {
    unsigned char *const before = saved(from);
    expect_ok(context, latent_moments_merge(context, into, from));
    unsigned char *const after = saved(from);
    assert_memory_equal(before, after, (size_t)latent_moments_saved_bytes(from));
    free(before);
    free(after);
}

/* A set cut into parts: part p is rows cut[p] … cut[p + 1] - 1. */
typedef struct parts {
    int64_t count, cut[MOST_PARTS + 1];
} parts;

/* `size` rows each, or random sizes up to twice -size; the last part takes what is left over. */
static parts cut_into(int64_t rows, int64_t size, prng *g) {
    parts p = {.count = 0};
    while (p.cut[p.count] < rows) {
        const int64_t next = size > 0 ? size : 1 + prng_below(g, -2 * size);
        const int64_t end = p.cut[p.count] + next;
        p.count++;
        p.cut[p.count] = end > rows || p.count == MOST_PARTS ? rows : end;
    }
    return p;
}

/* What `moments` knows agrees with the oracle. */
static bool agrees(const latent_moments *moments, const oracle_matrix *expected, int64_t merges) {
    moments_results found = moments_results_new(0, expected->columns);
    expect_ok(context, latent_moments_finish(context, moments, &found.features, &found.overall));
    expect_ok(context, latent_moments_outliers(context, moments, NULL, &found.outliers));
    const bool same = agrees_features(&found, expected, merges) &&
                      agrees_overall(&found, expected, merges) &&
                      agrees_outliers(&found, expected, NULL, merges);
    moments_results_free(&found);
    return same;
}

/* One accumulator is given the parts in turn. */
static latent_moments *in_turn(const latent_matrix *points, const parts *p) {
    latent_moments *const all = empty_of(points->columns);
    for (int64_t i = 0; i < p->count; i++)
        update(all, points, p->cut[i], p->cut[i + 1] - p->cut[i]);
    return all;
}

typedef enum tree { LEFT, RIGHT, BALANCED, RANDOM, TREES } tree;

/* Which of `count` accumulators takes in which other one. */
static void choose(tree shape, int64_t count, prng *g, int64_t *into, int64_t *from) {
    *into = shape == RIGHT ? count - 1 : 0;
    *from = shape == RIGHT ? count - 2 : 1;
    if (shape == RANDOM) {
        *into = prng_below(g, count);
        *from = (*into + 1 + prng_below(g, count - 1)) % count;
    }
}

/* Each part has an accumulator, and now and then there is an empty one; all become one. */
static latent_moments *merged(const latent_matrix *points, const parts *p, tree shape, prng *g) {
    latent_moments *part[2 * MOST_PARTS];
    int64_t count = 0;
    for (int64_t i = 0; i < p->count; i++) {
        if (prng_below(g, 5) == 0)
            part[count++] = empty_of(points->columns);
        part[count] = empty_of(points->columns);
        update(part[count++], points, p->cut[i], p->cut[i + 1] - p->cut[i]);
    }
    for (int64_t step = 1; shape == BALANCED && step < count; step *= 2)
        for (int64_t i = 0; i + step < count; i += 2 * step) {
            merge(part[i], part[i + step]);
            latent_moments_destroy(part[i + step]);
        }
    while (shape != BALANCED && count > 1) {
        int64_t into, from;
        choose(shape, count, g, &into, &from);
        merge(part[into], part[from]);
        latent_moments_destroy(part[from]);
        count--;
        memmove(&part[from], &part[from + 1], (size_t)(count - from) * sizeof part[0]);
    }
    return part[0];
}

static void check(const moments_spec *spec, const dataset *set, const oracle_matrix *expected,
                  const parts *p, uint64_t seed) {
    latent_moments *const chain = in_turn(&set->view, p);
    if (!agrees(chain, expected, p->count))
        fail_msg("%s in %d chunks", moments_spec_text(spec), (int)p->count);
    latent_moments_destroy(chain);
    for (int shape = LEFT; shape < TREES; shape++) {
        prng g = {seed};
        latent_moments *const all = merged(&set->view, p, (tree)shape, &g);
        if (!agrees(all, expected, p->count))
            fail_msg("%s in %d parts, tree %d", moments_spec_text(spec), (int)p->count, shape);
        latent_moments_destroy(all);
    }
}

/* Every kind of data in every type, in chunks of one row, of several sizes, of random ones. */
static void test_chunks_and_trees(void **state) {
    (void)state;
    static const int64_t rows[] = {2, 65, 130, 257, 300};
    static const int64_t sizes[] = {1, 64, 100000, -3, -40, 7};
    prng g = {5};
    for (int kind = 0; kind < MOMENTS_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++) {
            const int pick = kind + type;
            const moments_spec spec = {.kind = (moments_kind)kind,
                                       .type = (latent_type)type,
                                       .rows = rows[pick % 5],
                                       .columns = 1 + 7 * (pick % 4),
                                       .seed = prng_next(&g),
                                       .holes = pick % 6 == 5 ? 0.1 : 0.0};
            dataset set = moments_data(&spec);
            oracle_matrix expected =
                oracle_matrix_make(set.values, spec.rows, spec.columns, &taking);
            for (int s = 0; s < (testing_small() ? 2 : 6); s++) {
                const parts p = cut_into(spec.rows, sizes[s], &g);
                check(&spec, &set, &expected, &p, prng_next(&g));
            }
            oracle_matrix_free(&expected);
            dataset_free(&set);
        }
}

/* Features that are constant in every chunk and differ between them: all spread is between means. */
static void test_constant_chunks(void **state) {
    (void)state;
    enum { CHUNKS = 40, D = 5 };
    static const double units[D] = {1.0, 1e-310, 1e300, 1e8, 0x1p-1074};
    for (int64_t size = 1; size <= 100; size += 33) {
        const moments_spec spec = {.rows = CHUNKS * size, .columns = D, .type = LATENT_F64};
        double *const values = malloc((size_t)(spec.rows * D) * sizeof *values);
        for (int64_t n = 0; n < spec.rows; n++)
            for (int i = 0; i < D; i++)
                values[n * D + i] = units[i] * (1.0 + (double)(n / size * 7 % 10));
        dataset set = dataset_from(LATENT_F64, values, NULL, spec.rows, D, 0);
        oracle_matrix expected = oracle_matrix_make(set.values, spec.rows, D, &taking);
        parts p = {.count = CHUNKS};
        for (int64_t c = 0; c <= CHUNKS; c++)
            p.cut[c] = c * size;
        check(&spec, &set, &expected, &p, 3);
        oracle_matrix_free(&expected);
        dataset_free(&set);
        free(values);
    }
}

static void expect_same_state(const latent_moments *a, const latent_moments *b) {
    unsigned char *const x = saved(a), *const y = saved(b);
    assert_memory_equal(x, y, (size_t)latent_moments_saved_bytes(a));
    free(x);
    free(y);
}

/* An empty accumulator changes nothing, and becomes what it takes in, bit for bit. */
static void test_empty(void **state) {
    (void)state;
    for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
        const moments_spec spec = {(moments_kind)kind, LATENT_F64, 70, 9, 0, 77, 0.0};
        dataset set = moments_data(&spec);
        latent_moments *const some = empty_of(9), *const same = empty_of(9);
        latent_moments *const none = empty_of(9), *const takes = empty_of(9);
        update(some, &set.view, 0, 70);
        update(same, &set.view, 0, 70);
        expect_same_state(some, same);
        merge(some, none);
        expect_same_state(some, same);
        merge(takes, some);
        expect_same_state(takes, same);
        latent_moments_destroy(some);
        latent_moments_destroy(same);
        latent_moments_destroy(none);
        latent_moments_destroy(takes);
        dataset_free(&set);
    }
    latent_moments *const none = empty_of(3), *const nothing = empty_of(3);
    merge(none, nothing);
    expect_same_state(none, nothing);
    latent_moments_overall overall = {.size = sizeof overall};
    expect_status(context, latent_moments_finish(context, none, NULL, &overall),
                  LATENT_ERROR_DOMAIN, "moments");
    latent_moments_destroy(none);
    latent_moments_destroy(nothing);
}

/* The same chunks in the same order: the same bits, whatever the threads and instruction sets. */
static void test_same_chunks_same_bits(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int isa_count = testing_isas(isas);
    prng g = {8};
    for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
        const moments_spec spec = {(moments_kind)kind,   LATENT_F32, 1200, 19, 0, 88,
                                   kind % 3 ? 0.0 : 0.01};
        dataset set = moments_data(&spec);
        const parts p = cut_into(spec.rows, -300, &g);
        latent_moments *const expected = in_turn(&set.view, &p);
        latent_context *const usual = context;
        for (int i = 0; i < isa_count; i++) {
            latent_context_options options = testing_options();
            options.isa = isas[i];
            options.threads = 1 + (kind + i) % 4;
            context = testing_context_with(&options);
            latent_moments *const found = in_turn(&set.view, &p);
            expect_same_state(expected, found);
            latent_moments_destroy(found);
            latent_context_destroy(context);
        }
        context = usual;
        latent_moments_destroy(expected);
        dataset_free(&set);
    }
}

/* Counts, range and samples do not depend on chunks at all. */
static void test_what_is_exact(void **state) {
    (void)state;
    prng g = {9};
    for (int kind = 0; kind < MOMENTS_KINDS; kind++) {
        const moments_spec spec = {(moments_kind)kind, LATENT_F64, 500, 31, 0, 99, 0.02};
        dataset set = moments_data(&spec);
        moments_results whole = moments_results_new(spec.rows, spec.columns);
        moments_results found = moments_results_new(0, spec.columns);
        latent_moments *const once = empty_of(spec.columns), *const many = empty_of(spec.columns);
        expect_ok(context, latent_moments_update(context, once, &set.view, &whole.samples));
        const parts p = cut_into(spec.rows, -40, &g);
        for (int64_t i = 0; i < p.count; i++) {
            const latent_matrix some = view_rows(&set.view, p.cut[i], p.cut[i + 1] - p.cut[i]);
            moments_results part = moments_results_new(some.rows, spec.columns);
            expect_ok(context, latent_moments_update(context, many, &some, &part.samples));
            assert_true(same_part_of_samples(&whole, p.cut[i], &part));
            moments_results_free(&part);
        }
        expect_ok(context, latent_moments_finish(context, once, &whole.features, &whole.overall));
        expect_ok(context, latent_moments_finish(context, many, &found.features, &found.overall));
        expect_ok(context, latent_moments_outliers(context, once, NULL, &whole.outliers));
        expect_ok(context, latent_moments_outliers(context, many, NULL, &found.outliers));
        const size_t bytes = (size_t)spec.columns * 8;
        assert_memory_equal(whole.features.count, found.features.count, bytes);
        for (int64_t i = 0; i < spec.columns; i++) /* 0 and -0 are the same end of a range */
            assert_true(whole.features.min[i] == found.features.min[i] &&
                        whole.features.max[i] == found.features.max[i]);
        assert_memory_equal(whole.outliers.over_magnitude, found.outliers.over_magnitude, bytes);
        assert_memory_equal(whole.outliers.over_sigma, found.outliers.over_sigma, bytes);
        assert_memory_equal(&whole.overall.samples, &found.overall.samples, 4 * 8);
        moments_results_free(&whole);
        moments_results_free(&found);
        latent_moments_destroy(once);
        latent_moments_destroy(many);
        dataset_free(&set);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chunks_and_trees),
        cmocka_unit_test(test_constant_chunks),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_same_chunks_same_bits),
        cmocka_unit_test(test_what_is_exact),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
