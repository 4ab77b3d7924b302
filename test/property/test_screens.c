/* Whatever number format screens the pairs, on whatever instruction set, k* and the nearest neighbours
 * are those of the oracle: on data that each format sees badly, in shapes around what groups, steps and
 * blocks have. */
#include <stdlib.h>

#include "harness/agrees.h"
#include "harness/prng.h"
#include "harness/screen_data.h"
#include "harness/testing.h"

enum {
    PARTIES = LATENT_SCREEN_INT8 * TESTING_ISAS,
    SAMPLES = 9,
    MOST_K = 10,
    ENOUGH_TO_SAMPLE = 70000
};

/* One context for each screen on each instruction set, or those that the environment wants. */
typedef struct party {
    latent_context_options options;
    latent_context *context;
} party;

static party parties[PARTIES];
static int party_count;

static int set_up(void **state) {
    (void)state;
    const latent_context_options wanted = testing_options();
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    for (int i = 0; i < count; i++)
        for (int screen = LATENT_SCREEN_FLOAT32; screen <= LATENT_SCREEN_INT8; screen++) {
            party p = {wanted, NULL};
            p.options.isa = isas[i];
            p.options.screen = screen;
            if ((wanted.isa && wanted.isa != p.options.isa) ||
                (wanted.screen && wanted.screen != screen))
                continue;
            p.context = testing_context_with(&p.options);
            parties[party_count++] = p;
        }
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    for (int i = 0; i < party_count; i++)
        latent_context_destroy(parties[i].context);
    return 0;
}

/* The points of a spec, queries that come from the same families, and what the oracle says. */
typedef struct examination {
    screen_spec spec;
    dataset points, queries;
    int64_t samples[SAMPLES];
    agrees_question form[3]; /* all, chosen rows, queries */
    oracle_neighborhoods kstar[3];
    agrees_lists self, asked;
} examination;

static dataset pick_range(const dataset *from, int64_t first, int64_t count, int64_t gap) {
    int64_t *const rows = malloc((size_t)count * sizeof *rows);
    for (int64_t i = 0; i < count; i++)
        rows[i] = first + i;
    dataset set = dataset_pick(from, rows, count, from->view.type, gap);
    free(rows);
    return set;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static examination *examination_make(const screen_spec *spec) {
    examination *const e = calloc(1, sizeof *e);
    prng g = {spec->seed + 9};
    screen_spec both = *spec;
    both.rows += least(spec->rows / 2 + 1, 40);
    dataset all = screen_data_make(&both);
    e->spec = *spec;
    e->points = pick_range(&all, 0, spec->rows, spec->gap);
    e->queries = pick_range(&all, spec->rows, both.rows - spec->rows, 0);
    e->queries.labels[0] = 1 << 30; /* no reference has it */
    dataset_free(&all);
    for (int i = 0; i < SAMPLES; i++)
        e->samples[i] = prng_below(&g, spec->rows);
    const latent_ties ties = (latent_ties)prng_below(&g, 2);
    for (int f = 0; f < 3; f++) {
        e->form[f] = (agrees_question){
            .references = &e->points, .count = SAMPLES, .metric = spec->metric, .ties = ties};
        e->form[f].samples = f == 1 ? e->samples : NULL;
        e->form[f].queries = f == 2 ? &e->queries : NULL;
        e->kstar[f] = agrees_kstar_oracle(&e->form[f]);
    }
    e->self = agrees_knn_oracle(&e->form[0], least(spec->rows - 1, MOST_K));
    e->asked = agrees_knn_oracle(&e->form[2], least(spec->rows, MOST_K));
    return e;
}

static void examination_free(examination *e) {
    for (int f = 0; f < 3; f++)
        oracle_kstar_free(&e->kstar[f]);
    agrees_lists_free(&e->self);
    agrees_lists_free(&e->asked);
    dataset_free(&e->points);
    dataset_free(&e->queries);
    free(e);
}

/* One form of k* and one of k-NN on a context; which and with which k depends on `mix`. */
static void examine(const examination *e, latent_context *context,
                    const latent_context_options *options, int mix) {
    static const int64_t lists[] = {1, 3, MOST_K};
    const int form = mix % 3, which = mix / 3 % 2;
    const agrees_lists *const nearest = which ? &e->asked : &e->self;
    const int64_t k = least(lists[mix / 6 % 3], nearest->k);
    if (!agrees_kstar_known(context, &e->form[form], &e->kstar[form]) ||
        !agrees_knn_known(context, &e->form[which ? 2 : 0], k, nearest))
        fail_msg("isa %d screen %d threads %d budget %d form %d k-NN %d k=%d ties %d: %s",
                 (int)options->isa, (int)options->screen, (int)options->threads,
                 (int)options->memory_budget, form, which, (int)k, (int)e->form[0].ties,
                 screen_spec_text(&e->spec));
}

static void examine_all(const screen_spec *spec) {
    examination *const e = examination_make(spec);
    for (int i = 0; i < party_count; i++)
        examine(e, parties[i].context, &parties[i].options, (int)(spec->seed % 1000) * 5 + i * 7);
    examination_free(e);
}

/* Kind number `round` of the sequence in which everything changes. */
static screen_spec some_spec(int round) {
    return (screen_spec){.kind = (screen_kind)(round % SCREEN_KINDS),
                         .type = (latent_type)(LATENT_F16 + round / 2 % 4),
                         .metric = (latent_metric)(round / 3 % 2),
                         .rows = 20 + round * 7 % 41,
                         .columns = 8 + round * 11 % 60,
                         .concepts = 2 + round % 5,
                         .gap = round % 3,
                         .seed = (uint64_t)(1000 + round)};
}

static void test_kinds(void **state) {
    (void)state;
    static const int64_t columns[] = {24, 65, 7, 127};
    int round = 0;
    for (int kind = 0; kind < SCREEN_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++)
            for (int metric = 0; metric < 2; metric++, round++) {
                if (testing_small() && round % 5)
                    continue;
                screen_spec spec = some_spec(round);
                spec.kind = (screen_kind)kind;
                spec.type = (latent_type)type;
                spec.metric = (latent_metric)metric;
                spec.columns = columns[(kind + type + metric) % 4];
                examine_all(&spec);
            }
}

static void test_columns(void **state) {
    (void)state;
    static const int64_t columns[] = {1, 2, 3, 15, 16, 17, 63, 64, 65, 127, 784, 1025};
    for (int c = 0; c < 12; c++)
        for (int i = 0; i < (testing_small() ? 1 : columns[c] > 127 ? 3 : 8); i++) {
            screen_spec spec = some_spec(5 * c + 13 * i);
            spec.columns = columns[c];
            spec.rows = columns[c] > 127 ? 24 : spec.rows;
            examine_all(&spec);
        }
}

static void test_rows(void **state) {
    (void)state;
    for (int rows = 2; rows <= 70; rows += testing_small() ? 9 : 1) {
        screen_spec spec = some_spec(rows);
        spec.rows = rows;
        examine_all(&spec);
    }
    for (int i = 0; i < (testing_small() ? 0 : 4); i++) {
        screen_spec spec = some_spec(7 * i + 1);
        spec.rows = i % 2 ? 700 : 333;
        spec.columns = 5 + 9 * i;
        examine_all(&spec);
    }
}

/* As many concepts as samples, or half as many; and two large ones. */
static void test_concepts(void **state) {
    (void)state;
    for (int round = 0; round < (testing_small() ? 3 : 30); round++) {
        screen_spec spec = some_spec(round);
        const int64_t concepts[] = {spec.rows, (spec.rows + 1) / 2, 2};
        spec.concepts = concepts[round % 3];
        examine_all(&spec);
    }
}

/* A call that needs much, with the screen that is wanted: with less memory it would be float32. */
typedef struct demanding {
    const examination *e;
    int32_t screen;
} demanding;

static latent_status demanding_call(latent_context *context, const void *argument) {
    const demanding *const wanted = argument;
    const examination *const e = wanted->e;
    const latent_matrix *const view = &e->points.view;
    const latent_kstar_options options = {.size = sizeof options, .metric = e->spec.metric};
    const latent_knn_options knn_options = {.size = sizeof knn_options, .metric = e->spec.metric};
    latent_kstar_extra extra = {.size = sizeof extra};
    int64_t *const out = malloc((size_t)(view->rows * MOST_K) * sizeof *out);
    latent_status status = latent_kstar_queries(context, view, e->points.labels, view,
                                                e->points.labels, &options, out, &extra);
    if (status == LATENT_OK &&
        (extra.nearest_screen != wanted->screen || extra.count_screen != wanted->screen))
        status = LATENT_ERROR_BUDGET;
    if (status == LATENT_OK)
        status = latent_knn(context, view, view, e->self.k, &knn_options, out, NULL);
    free(out);
    return status;
}

/* With hardly any memory, so that there are many blocks, and with threads. */
static void test_blocks(void **state) {
    (void)state;
    for (int round = 0; round < (testing_small() ? 4 : 28); round++) {
        screen_spec spec = some_spec(round);
        spec.rows = 80 + round % 5 * 17;
        spec.columns = 70 + round % 7 * 41;
        examination *const e = examination_make(&spec);
        latent_context_options options = parties[round * 3 % party_count].options;
        options.threads = 1 + round % 3;
        const demanding wanted = {e, options.screen};
        options.memory_budget = options.screen == LATENT_SCREEN_FLOAT32 ? 0 : ENOUGH_TO_SAMPLE;
        latent_context *const context =
            testing_tight_context_with(options, demanding_call, &wanted);
        for (int mix = 0; mix < 3; mix++)
            examine(e, context, &options, 4 * mix + 7 * round);
        latent_context_destroy(context);
        examination_free(e);
    }
}

/* What is forced is used, and said to be. */
static void test_forced(void **state) {
    (void)state;
    const screen_spec spec = some_spec(SCREEN_KINDS);
    dataset set = screen_data_make(&spec);
    int64_t *const kstar = malloc((size_t)spec.rows * sizeof *kstar);
    for (int i = 0; i < party_count; i++) {
        latent_kstar_extra extra = {.size = sizeof extra};
        expect_ok(parties[i].context,
                  latent_kstar(parties[i].context, &set.view, set.labels, NULL, kstar, &extra));
        assert_int_equal(extra.nearest_screen, parties[i].options.screen);
        assert_int_equal(extra.count_screen, parties[i].options.screen);
    }
    free(kstar);
    dataset_free(&set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),  cmocka_unit_test(test_columns),
        cmocka_unit_test(test_rows),   cmocka_unit_test(test_concepts),
        cmocka_unit_test(test_blocks), cmocka_unit_test(test_forced),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
