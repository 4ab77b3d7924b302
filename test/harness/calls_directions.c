#include "calls_directions.h"

#include <fenv.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prng.h"

enum { CLASSES = 11 };

/* The start of this family's place in the block; the arrays follow. */
typedef struct outputs {
    latent_importance_result importance;
    latent_pruning_curve curve;
    latent_pruning_aware_result aware;
    int64_t count, rank;
} outputs;

static outputs *outputs_of(const call_set *set) {
    return (outputs *)(void *)call_set_directions(set);
}

static int64_t inputs_of(const call_set *set) {
    return set->points.view.columns;
}

static int64_t count_of(const call_set *set) {
    return inputs_of(set) < CLASSES ? inputs_of(set) : CLASSES;
}

/* Entries of the arrays: importance, curve, gram, what aware pruning gives, a head. */
static int64_t importance_entries(const call_set *set) {
    return 5 * count_of(set);
}

static int64_t curve_entries(const call_set *set) {
    return 4 * (count_of(set) + 1);
}

static int64_t gram_entries(const call_set *set) {
    return inputs_of(set) * inputs_of(set);
}

static int64_t aware_entries(const call_set *set) {
    const int64_t k = count_of(set);
    return CLASSES * k + k * inputs_of(set) + 2 * (k + 1);
}

static double *importance_output(const call_set *set) {
    return (double *)(void *)(outputs_of(set) + 1);
}

static double *curve_output(const call_set *set) {
    return importance_output(set) + importance_entries(set);
}

static double *gram_output(const call_set *set) {
    return curve_output(set) + curve_entries(set);
}

static double *aware_output(const call_set *set) {
    return gram_output(set) + gram_entries(set);
}

static double *head_output(const call_set *set) {
    return aware_output(set) + aware_entries(set);
}

size_t calls_directions_bytes(const call_set *set) {
    return sizeof(outputs) +
           (size_t)(importance_entries(set) + curve_entries(set) + gram_entries(set) +
                    aware_entries(set) + CLASSES * inputs_of(set)) *
               sizeof(double);
}

static latent_importance_result importance_in(const call_set *set) {
    const int64_t k = count_of(set);
    double *const array = importance_output(set);
    return (latent_importance_result){.size = sizeof(latent_importance_result),
                                      .importance = array,
                                      .order = (int64_t *)(void *)(array + k),
                                      .cosine = array + 2 * k,
                                      .projection = array + 3 * k,
                                      .variance = array + 4 * k};
}

static latent_pruning_curve curve_in(const call_set *set) {
    const int64_t levels = count_of(set) + 1;
    double *const array = curve_output(set);
    int64_t *const counts = (int64_t *)(void *)array;
    return (latent_pruning_curve){.size = sizeof(latent_pruning_curve),
                                  .correct = counts,
                                  .correct_top = counts + levels,
                                  .changed = counts + 2 * levels,
                                  .energy = array + 3 * levels};
}

static latent_pruning_aware_result aware_in(const call_set *set) {
    const int64_t k = count_of(set);
    double *const left = aware_output(set), *const right = left + CLASSES * k;
    double *const error = right + k * inputs_of(set);
    return (latent_pruning_aware_result){.size = sizeof(latent_pruning_aware_result),
                                         .left = left,
                                         .right = right,
                                         .error = error,
                                         .plain_error = error + k + 1};
}

void calls_directions_prepare(const call_set *set, unsigned char *place) {
    outputs *const out = (outputs *)(void *)place;
    const ptrdiff_t gram_at = (unsigned char *)gram_output(set) - call_set_directions(set);
    out->importance = importance_in(set);
    out->curve = curve_in(set);
    out->aware = aware_in(set);
    memcpy(place + gram_at, set->gram, (size_t)gram_entries(set) * sizeof *set->gram);
}

/* Activations of the second half are what accumulators have seen before. */
static latent_importance *accumulated(const call_set *set) {
    latent_context *const context = testing_context_with(NULL);
    latent_importance *made = NULL;
    expect_ok(context, latent_importance_create(context, set->directions, &made));
    expect_ok(context,
              latent_importance_update(context, made, set->directions, &set->queries.view));
    latent_context_destroy(context);
    return made;
}

void calls_directions_inputs(call_set *set) {
    const int64_t n = set->points.view.rows, d = inputs_of(set);
    prng g = {(uint64_t)(n * 1000 + d)};
    set->head = malloc((size_t)(CLASSES * d) * sizeof *set->head);
    for (int64_t i = 0; i < CLASSES * d; i++)
        set->head[i] = prng_normal(&g);
    set->classes = malloc((size_t)n * sizeof *set->classes);
    for (int64_t i = 0; i < n; i++)
        set->classes[i] = (int32_t)prng_below(&g, CLASSES);
    set->gram = calloc((size_t)(d * d), sizeof *set->gram);
    const latent_matrix head = latent_matrix_view(set->head, CLASSES, d, LATENT_F64);
    latent_context *const context = testing_context_with(NULL);
    expect_ok(context, latent_directions_create(context, &head, NULL, &set->directions));
    expect_ok(context, latent_pruning_gram(context, &set->queries.view, set->gram));
    latent_context_destroy(context);
    assert_int_equal(latent_directions_rank(set->directions), count_of(set));
    set->seen = accumulated(set);
}

void calls_directions_free(call_set *set) {
    latent_importance_destroy(set->seen);
    latent_directions_destroy(set->directions);
    free(set->head);
    free(set->classes);
    free(set->gram);
}

/* LAPACK's last bits may vary: its numbers are checked here, in the ordinary environment, and
 * left out of the outputs. */
static void check_values(const latent_directions *made, const latent_directions *expected) {
    const double *const found = latent_directions_values(made);
    const double *const values = latent_directions_values(expected);
    fenv_t environment;
    fegetenv(&environment);
    fesetenv(FE_DFL_ENV);
    for (int64_t i = 0; i < latent_directions_count(expected); i++)
        assert_true(fabs(found[i] - values[i]) <= 1e-13 * values[0]);
    fesetenv(&environment);
}

static void check_errors(const double *error, const double *plain, int64_t rank) {
    fenv_t environment;
    fegetenv(&environment);
    fesetenv(FE_DFL_ENV);
    const double room = 1e-12 * plain[0] + 0x1p-1066; /* some numbers are subnormal */
    assert_true(error[rank] == 0 && plain[rank] == 0);
    assert_true(fabs(error[0] - plain[0]) <= room);
    for (int64_t r = 1; r < rank; r++)
        assert_true(error[r] <= plain[r] + room);
    fesetenv(&environment);
}

/* What a call that makes something must not leave in place if it fails. */
static void *nowhere(call_set *set) {
    return set;
}

latent_status run_directions_create(latent_context *context, call_set *set) {
    const latent_matrix head = latent_matrix_view(set->head, CLASSES, inputs_of(set), LATENT_F64);
    latent_directions *made = nowhere(set);
    const latent_status status = latent_directions_create(context, &head, NULL, &made);
    if (status == LATENT_OK) {
        check_values(made, set->directions);
        outputs_of(set)->count = latent_directions_count(made);
        outputs_of(set)->rank = latent_directions_rank(made);
        latent_directions_destroy(made);
    } else if (made) {
        outputs_of(set)->count = -1;
    }
    return status;
}

latent_status run_directions_head(latent_context *context, call_set *set) {
    static const int64_t kept[] = {3, 0, 4};
    return latent_directions_head(context, set->directions, kept, 3, head_output(set));
}

/* Writes what an accumulator holds, and releases it. */
static void show(call_set *set, latent_importance *importance) {
    latent_context *const context = testing_context_with(NULL);
    expect_ok(context,
              latent_importance_finish(context, importance, set->directions,
                                       LATENT_IMPORTANCE_COSINE, &outputs_of(set)->importance));
    latent_context_destroy(context);
    latent_importance_destroy(importance);
}

latent_status run_importance_create(latent_context *context, call_set *set) {
    latent_importance *made = nowhere(set);
    const latent_status status = latent_importance_create(context, set->directions, &made);
    if (status == LATENT_OK) {
        latent_context *const plain = testing_context_with(NULL);
        expect_ok(plain, latent_importance_merge(plain, made, set->seen));
        latent_context_destroy(plain);
        show(set, made);
    } else if (made) {
        outputs_of(set)->count = -1;
    }
    return status;
}

/* After an error the accumulator has to be what it was, and only shows if it is not. */
static void settle(call_set *set, latent_importance *importance, latent_status status) {
    const int64_t k = count_of(set);
    if (status == LATENT_OK) {
        show(set, importance);
        return;
    }
    void *const fresh = malloc(calls_directions_bytes(set));
    memcpy(fresh, call_set_directions(set), calls_directions_bytes(set));
    double *const expected = malloc((size_t)importance_entries(set) * sizeof *expected);
    show(set, accumulated(set));
    memcpy(expected, importance_output(set), (size_t)(5 * k) * sizeof *expected);
    show(set, importance);
    if (memcmp(expected, importance_output(set), (size_t)(5 * k) * sizeof *expected) == 0)
        memcpy(call_set_directions(set), fresh, calls_directions_bytes(set));
    free(expected);
    free(fresh);
}

latent_status run_importance_update(latent_context *context, call_set *set) {
    latent_importance *const importance = accumulated(set);
    const latent_status status =
        latent_importance_update(context, importance, set->directions, &set->points.view);
    settle(set, importance, status);
    return status;
}

latent_status run_importance_merge(latent_context *context, call_set *set) {
    latent_importance *const into = accumulated(set);
    const latent_status status = latent_importance_merge(context, into, set->seen);
    settle(set, into, status);
    return status;
}

latent_status run_importance_finish(latent_context *context, call_set *set) {
    return latent_importance_finish(context, set->seen, set->directions, LATENT_IMPORTANCE_VARIANCE,
                                    &outputs_of(set)->importance);
}

latent_status run_pruning_evaluate(latent_context *context, call_set *set) {
    static const double bias[CLASSES] = {0.5, -0.5, 0, 0, 1, 0, 0, 0, 0.25};
    const latent_pruning_options options = {.size = sizeof options, .top = 3};
    return latent_pruning_evaluate(context, set->directions, &set->points.view, set->classes, bias,
                                   NULL, &options, &outputs_of(set)->curve);
}

latent_status run_pruning_gram(latent_context *context, call_set *set) {
    return latent_pruning_gram(context, &set->points.view, gram_output(set));
}

latent_status run_pruning_aware(latent_context *context, call_set *set) {
    latent_pruning_aware_result *const aware = &outputs_of(set)->aware;
    const latent_status status = latent_pruning_aware(context, set->directions, set->gram, aware);
    if (status == LATENT_OK) {
        check_errors(aware->error, aware->plain_error, count_of(set));
        memset(aware_output(set), 0, (size_t)aware_entries(set) * sizeof(double));
    }
    return status;
}
