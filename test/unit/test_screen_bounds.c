/* neighbors/: what the single-precision screen claims about a distance holds for every pair, on every
 * kind of data; and on ordinary data it claims enough to be of use. */
#include <math.h>
#include <stdlib.h>

#include "harness/testing.h"
#include "linalg/blas.h"
#include "neighbors/pairs.h"

/* All pairs of a set: how many, and how many a slightly smaller (larger) distance would settle. */
typedef struct tally {
    int64_t pairs, too_far, surely_below;
} tally;

static void check_pair(const latent__pairs *pairs, int64_t i, int64_t j, float product,
                       double distance, tally *t, const data_spec *spec) {
    const latent__space *const space = &pairs->space;
    const latent__packing *const packing = &pairs->packing;
    const latent__panel *const panel = &pairs->panel[0];
    const float low = (panel->lower[i] + panel->lower[j]) - product;
    const float high = (panel->upper[i] + panel->upper[j]) - product;
    const float half = (panel->half[i] + panel->half[j]) - product;
    const double loss = (double)panel->loss[i] + (double)panel->loss[j];
    if (!(low <= latent__limit(space, packing, distance)))
        fail_msg("too far, but %a: %s", distance, data_spec_text(spec));
    if (high <= latent__sure(space, packing, distance))
        fail_msg("surely below %a: %s", distance, data_spec_text(spec));
    if (!(latent__distance_above(space, packing, half, loss) >= distance))
        fail_msg("above %a: %s", distance, data_spec_text(spec));
    t->pairs++;
    t->too_far += low > latent__limit(space, packing, 0.999 * distance);
    t->surely_below += high <= latent__sure(space, packing, 1.001 * distance);
}

/* The loss of row i: at least how far packing moved it from where it truly is. */
static void check_loss(const latent__pairs *pairs, const dataset *set, int64_t i,
                       const data_spec *spec) {
    const int64_t d = set->view.columns;
    const double *const row = set->values + i * d;
    const float *const packed = (const float *)(const void *)pairs->panel[0].values + i * d;
    long double square = 0.0L, moved = 0.0L;
    for (int64_t k = 0; k < d; k++)
        square += (long double)row[k] * (long double)row[k];
    for (int64_t k = 0; k < d; k++) {
        const long double place = spec->metric == LATENT_COSINE
                                      ? (long double)row[k] / sqrtl(square)
                                      : (long double)row[k] * (long double)pairs->space.scale;
        const long double by = place - (long double)pairs->shift[k] - (long double)packed[k];
        moved += by * by;
    }
    if ((long double)pairs->panel[0].loss[i] < sqrtl(moved))
        fail_msg("row %d moved by %Lg, not by %g: %s", (int)i, sqrtl(moved),
                 (double)pairs->panel[0].loss[i], data_spec_text(spec));
}

static void check_all(const latent__pairs *pairs, const dataset *set, const data_spec *spec,
                      tally *t) {
    const int64_t n = set->view.rows, d = set->view.columns;
    const latent__panel *const panel = &pairs->panel[0];
    float *const product = malloc((size_t)(n * n) * sizeof *product);
    const latent__blas_hold hold = latent__blas_begin();
    const float *const values = (const float *)(const void *)panel->values;
    latent__blas_product(values, n, values, n, d, product, n);
    latent__blas_end(hold);
    for (int64_t i = 0; i < n; i++)
        check_loss(pairs, set, i, spec);
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            if (i != j)
                check_pair(
                    pairs, i, j, product[i * n + j],
                    oracle_distance(set->values + i * d, set->values + j * d, d, spec->metric), t,
                    spec);
    free(product);
}

static tally tally_of(latent_context *context, const data_spec *spec) {
    dataset set = dataset_make(spec);
    tally t = {0};
    latent__pairs pairs;
    const latent__problem problem = {
        .metric = spec->metric, .references = &set.view, .references_name = "points"};
    assert_int_equal(latent__enter(context), LATENT_OK);
    latent_status status = latent__pairs_open(context, &problem, 1, &pairs);
    pairs.packing = latent__packing_float32(set.view.columns);
    if (!status)
        status = latent__plan(&pairs);
    if (!status)
        status = latent__panel_fill(context, &pairs.space, &pairs.packing, pairs.shift,
                                    &pairs.reference_side, 0, pairs.reference_side.block_count,
                                    &pairs.panel[0]);
    assert_int_equal(status, LATENT_OK);
    check_all(&pairs, &set, spec, &t);
    latent__pairs_close(&pairs);
    latent__leave(context, LATENT_OK);
    dataset_free(&set);
    return t;
}

static void test_claims_hold(void **state) {
    (void)state;
    static const int64_t columns[] = {1, 3, 17, 130, 900};
    latent_context *const context = testing_context();
    for (int kind = 0; kind < DATA_KINDS; kind++)
        for (int type = LATENT_F16; type <= LATENT_F64; type++)
            for (int c = 0; c < (testing_small() ? 3 : 5); c++)
                for (int metric = 0; metric < 2; metric++) {
                    const data_spec spec = {.kind = (data_kind)kind,
                                            .type = (latent_type)type,
                                            .rows = 40,
                                            .columns = columns[c],
                                            .concepts = 5,
                                            .seed = (uint64_t)(kind * 100 + c),
                                            .metric = (latent_metric)metric};
                    tally_of(context, &spec);
                }
    latent_context_destroy(context);
}

static void test_claims_are_of_use(void **state) {
    (void)state;
    latent_context *const context = testing_context();
    for (int type = LATENT_F16; type <= LATENT_F64; type++)
        for (int metric = 0; metric < 2; metric++) {
            const data_spec spec = {.kind = metric ? DATA_BLOBS : DATA_OFFSET,
                                    .type = (latent_type)type,
                                    .rows = 100,
                                    .columns = 200,
                                    .concepts = 5,
                                    .seed = 4,
                                    .metric = (latent_metric)metric};
            const tally t = tally_of(context, &spec);
            assert_true(t.too_far > t.pairs * 9 / 10);
            assert_true(t.surely_below > t.pairs * 9 / 10);
        }
    latent_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_claims_hold),
                                       cmocka_unit_test(test_claims_are_of_use)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
