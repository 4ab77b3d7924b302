/* kernels/, going through the levels of pruning: every instruction set counts what the
 * definition does. Numbers are such that float32 does not round, so that the order of operations
 * cannot show. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"

enum {
    SAMPLES = LATENT__FOLLOWED,
    WIDTH = LATENT__STRIP_CLASSES,
    GROUP = LATENT__GROUP_LEVELS,
    MOST_LEVELS = 140,
    ENTRIES = MOST_LEVELS * SAMPLES
};

/* One problem, and what was asked about it. */
typedef struct climb {
    int64_t levels;
    float direction[MOST_LEVELS * WIDTH], weight[ENTRIES];
    float start[SAMPLES][WIDTH], logit[SAMPLES][WIDTH];
    float low[ENTRIES], high[ENTRIES], given_low[ENTRIES];
    float calm[(MOST_LEVELS / GROUP + 1) * SAMPLES];
    int32_t above[ENTRIES], given_above[ENTRIES];
    uint64_t asked[ENTRIES];
    int64_t questions;
} climb;

/* Some rule: the classes with an even number are above. Notes the question. */
static int32_t decide(void *user, int32_t sample, int64_t level, uint64_t open) {
    climb *const c = user;
    assert_true(open != 0);
    assert_true(c->asked[level * SAMPLES + sample] == 0);
    c->asked[level * SAMPLES + sample] = open;
    c->questions++;
    return __builtin_popcountll(open & UINT64_C(0x5555555555555555));
}

static void fill_climb(climb *c, prng *g) {
    const int64_t padding = prng_below(g, 2) ? prng_below(g, WIDTH) : 0;
    for (int64_t i = 0; i < c->levels * WIDTH; i++)
        c->direction[i] =
            i < WIDTH || i % WIDTH >= WIDTH - padding ? 0 : (float)(prng_below(g, 5) - 2);
    for (int64_t i = 0; i < c->levels * SAMPLES; i++)
        c->weight[i] = (float)(prng_below(g, 7) - 3) / 4;
    for (int s = 0; s < SAMPLES; s++)
        for (int l = 0; l < WIDTH; l++)
            c->start[s][l] = l >= WIDTH - padding || prng_below(g, 40) == 0
                                 ? -INFINITY
                                 : (float)(prng_below(g, 9) - 4);
}

/* Limits of all sorts: where few logits are, where many are, nowhere, everywhere, equal ones. */
static void fill_limits(climb *c, prng *g) {
    for (int64_t i = 0; i < c->levels * SAMPLES; i++) {
        const int sort = (int)prng_below(g, 8);
        const float middle = (float)prng_below(g, 30) - (sort < 2 ? 20 : 2);
        c->given_low[i] = sort == 7 ? INFINITY : sort == 6 ? -INFINITY : middle;
        c->high[i] = sort == 5   ? c->given_low[i]
                     : sort == 4 ? INFINITY
                                 : c->given_low[i] + (float)prng_below(g, 4);
        c->given_above[i] = prng_below(g, 3) ? 0 : (int32_t)prng_below(g, 4);
    }
}

/* The logits of a sample at all levels, from its start. */
static void climb_levels(const climb *c, int s, int64_t from, int64_t to, float *logit) {
    for (int64_t k = from; k < to; k++)
        for (int l = 0; l < WIDTH; l++)
            logit[l] += c->weight[k * SAMPLES + s] * c->direction[k * WIDTH + l];
}

/* As high as a group's limit may be: no logit that starts up to it gets beyond any `low`. */
static void fill_calm(climb *c, prng *g) {
    for (int64_t first = 0; first < c->levels; first += GROUP)
        for (int s = 0; s < SAMPLES; s++) {
            float climbing = 0, calm = INFINITY;
            for (int64_t k = first; k < first + GROUP && k < c->levels; k++) {
                float most = 0;
                for (int l = 0; l < WIDTH; l++)
                    most = fmaxf(most, c->weight[k * SAMPLES + s] * c->direction[k * WIDTH + l]);
                climbing += most;
                calm = fminf(calm, c->given_low[k * SAMPLES + s] - climbing);
            }
            if (prng_below(g, 4) == 0)
                calm = -INFINITY;
            c->calm[first / GROUP * SAMPLES + s] = calm;
        }
}

static void run(const latent__kernels *table, climb *c, int32_t most) {
    memcpy(c->logit, c->start, sizeof c->logit);
    memcpy(c->low, c->given_low, sizeof c->low);
    memcpy(c->above, c->given_above, sizeof c->above);
    memset(c->asked, 0, sizeof c->asked);
    c->questions = 0;
    table->follow(&(latent__levels){.levels = c->levels,
                                    .direction = c->direction,
                                    .weight = c->weight,
                                    .logit = c->logit,
                                    .low = c->low,
                                    .high = c->high,
                                    .calm = c->calm,
                                    .above = c->above,
                                    .most = most,
                                    .decide = decide,
                                    .user = c});
}

/* One sample at one level, by the words of kernels.h. */
static void expect_entry(const climb *c, int s, int64_t k, const float *logit, int32_t most) {
    const int64_t entry = k * SAMPLES + s;
    uint64_t sure = 0, open = 0;
    for (int l = 0; l < WIDTH; l++) {
        sure |= (uint64_t)(logit[l] > c->high[entry]) << l;
        open |= (uint64_t)(logit[l] > c->given_low[entry] && !(logit[l] > c->high[entry])) << l;
    }
    int32_t above = c->given_above[entry] + __builtin_popcountll(sure);
    const bool asks = open && above < most;
    above += asks ? __builtin_popcountll(open & UINT64_C(0x5555555555555555)) : 0;
    assert_int_equal(c->asked[entry], asks ? open : 0);
    assert_int_equal(c->above[entry], above);
    if (above >= most && (sure || open))
        assert_true(c->low[entry] == INFINITY);
    else
        assert_true(c->low[entry] == c->given_low[entry]);
}

static void expect_climb(const climb *c, int32_t most) {
    for (int s = 0; s < SAMPLES; s++) {
        float logit[WIDTH];
        memcpy(logit, c->start[s], sizeof logit);
        for (int64_t k = 0; k < c->levels; k++) {
            climb_levels(c, s, k, k + 1, logit);
            expect_entry(c, s, k, logit, most);
        }
        for (int l = 0; l < WIDTH; l++)
            assert_true(c->logit[s][l] == logit[l]);
    }
}

static void test_follow(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    climb *const c = malloc(sizeof *c);
    prng g = {17};
    int64_t questions = 0;
    for (c->levels = 1; c->levels <= MOST_LEVELS; c->levels += 1 + (c->levels > 70 ? 7 : 0))
        for (int32_t most = 1; most <= 5; most++) {
            fill_climb(c, &g);
            fill_limits(c, &g);
            fill_calm(c, &g);
            for (int i = 0; i < count; i++) {
                run(latent__kernels_choose(isas[i]), c, most);
                expect_climb(c, most);
                questions += c->questions;
            }
        }
    assert_true(questions > 1000);
    free(c);
}

/* Nothing to follow: no logit ever gets near the limits, or nobody is watched. */
static void test_quiet(void **state) {
    (void)state;
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    climb *const c = malloc(sizeof *c);
    prng g = {18};
    for (c->levels = 1; c->levels <= MOST_LEVELS; c->levels += 13)
        for (int far = 0; far < 2; far++) {
            fill_climb(c, &g);
            for (int64_t i = 0; i < c->levels * SAMPLES; i++) {
                c->given_low[i] = c->high[i] = far ? 1e6f : INFINITY;
                c->given_above[i] = 0;
            }
            fill_calm(c, &g);
            for (int i = 0; i < count; i++) {
                run(latent__kernels_choose(isas[i]), c, 1);
                expect_climb(c, 1);
                assert_int_equal(c->questions, 0);
            }
        }
    free(c);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_follow), cmocka_unit_test(test_quiet)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
