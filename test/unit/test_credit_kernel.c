/* The kernels' `credit` against plain division, and the quotient that vector units use. */
#include <stdlib.h>
#include <string.h>

#include "harness/prng.h"
#include "harness/testing.h"
#include "kernels/kernels.h"
#include "kernels/quotient.h"

static void expect_quotient(int64_t a, int64_t b) {
    const double x = (double)a, y = (double)b;
    const double quotient = latent__quotient(x, y, 1 / y);
    if (quotient != x / y)
        fail_msg("%.0f / %.0f is %a, not %a", x, y, x / y, quotient);
}

/* All quotients of small numbers. */
static void test_small_quotients(void **state) {
    (void)state;
    for (int64_t b = 1; b <= 1500; b++)
        for (int64_t a = 1; a <= 1500; a++)
            expect_quotient(a, b);
}

/* Quotients of large ones, with those around powers of two, where last places change. */
static void test_large_quotients(void **state) {
    (void)state;
    prng g = {23};
    for (int i = 0; i < 3000000; i++) {
        const int64_t bits = 1 + (int64_t)prng_below(&g, 31);
        const int64_t b = 1 + (int64_t)prng_below(&g, ((uint64_t)1 << bits) - 1);
        expect_quotient(1 + (int64_t)prng_below(&g, (uint64_t)b), b);
        expect_quotient(1 + (int64_t)prng_below(&g, INT32_MAX), b);
    }
    for (int p = 1; p < 31; p++)
        for (int64_t away = -40; away <= 40; away++)
            for (int64_t a = INT32_MAX - 40; a <= INT32_MAX; a++)
                if (((int64_t)1 << p) + away >= 1)
                    expect_quotient(a, ((int64_t)1 << p) + away);
}

enum { CONCEPTS = 300, SAMPLES = 3000 };

typedef struct account {
    latent__credit credits[CONCEPTS];
    double totals[CONCEPTS];
} account;

/* What the table says that `credit` does. */
static void plain_credit(const uint16_t *list, int64_t count, double seen, account *into) {
    for (int64_t e = 0; e < count; e++) {
        latent__credit *entry = &into->credits[list[e]];
        entry->hits++;
        entry->sum += (double)entry->hits / seen;
        if (entry->hits % LATENT__CREDIT_TERMS == 0) {
            into->totals[list[e]] += entry->sum;
            entry->sum = 0;
        }
    }
}

static int64_t draw_list(prng *g, uint16_t *list) {
    const uint64_t share = 1 + prng_below(g, 8);
    int64_t count = 0;
    for (int c = 0; c < CONCEPTS; c++)
        if (prng_below(g, share) == 0)
            list[count++] = (uint16_t)c;
    return count;
}

static void test_credits(void **state) {
    (void)state;
    static account expected, found;
    for (int isa = LATENT_ISA_REFERENCE; isa <= LATENT_ISA_NEON_BF16; isa++) {
        const latent__kernels *kernels = latent__kernels_choose((latent_isa)isa);
        if (!kernels)
            continue;
        prng g = {29};
        memset(&expected, 0, sizeof expected);
        memset(&found, 0, sizeof found);
        for (int n = 1; n <= SAMPLES; n++) {
            uint16_t list[CONCEPTS];
            const int64_t count = draw_list(&g, list);
            plain_credit(list, count, (double)n, &expected);
            kernels->credit(list, count, (double)n, found.credits, found.totals);
        }
        assert_memory_equal(&found, &expected, sizeof expected);
        assert_true(found.totals[0] > 0 && found.credits[0].hits > 2 * LATENT__CREDIT_TERMS);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small_quotients),
                                       cmocka_unit_test(test_large_quotients),
                                       cmocka_unit_test(test_credits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
