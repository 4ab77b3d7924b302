#include "screen_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "narrow.h"
#include "prng.h"

/* How a kind is made, where a few numbers say it: 0 for what is left as it is. */
typedef struct recipe {
    const char *name;
    double away;     /* from the family's point, as a part of it; 0: a cloud around it */
    int64_t loud;    /* features that are larger */
    double loudness; /* by this factor */
    double far_factor;
    int64_t far_every; /* row 1 is larger, and so many rows on the next one; 0: it alone */
    double offset;
} recipe;

static const recipe recipes[SCREEN_KINDS] = {
    [SCREEN_BLOBS] = {.name = "blobs"},
    [SCREEN_ULP] = {.name = "an ulp apart"},
    [SCREEN_NEAR_6] = {.name = "1e-6 apart", .away = 1e-6},
    [SCREEN_NEAR_3] = {.name = "1e-3 apart", .away = 1e-3},
    [SCREEN_TWINS] = {.name = "twins"},
    [SCREEN_PARALLEL] = {.name = "parallel"},
    [SCREEN_GRID] = {.name = "grid"},
    [SCREEN_LOUD_1] = {.name = "1 feature x 100", .loud = 1, .loudness = 100},
    [SCREEN_LOUD_4] = {.name = "4 features x 100", .loud = 4, .loudness = 100},
    [SCREEN_LOUD_20] = {.name = "20 features x 100", .loud = 20, .loudness = 100},
    [SCREEN_LOUDER_1] = {.name = "1 feature x 10000", .loud = 1, .loudness = 1e4},
    [SCREEN_LOUDER_4] = {.name = "4 features x 10000", .loud = 4, .loudness = 1e4},
    [SCREEN_LOUDER_20] = {.name = "20 features x 10000", .loud = 20, .loudness = 1e4},
    [SCREEN_LOUD_HALF] = {.name = "half x 300", .loud = -1, .loudness = 300},
    [SCREEN_FAR_ROW] = {.name = "a row x 1000", .far_factor = 1e3},
    [SCREEN_FAR_ROWS] = {.name = "1 % of rows x 30", .far_factor = 30, .far_every = 100},
    [SCREEN_UNSEEN] = {.name = "unseen", .away = 1e-2, .far_factor = 1e4},
    [SCREEN_OFFSET_3] = {.name = "around 1000", .offset = 1e3},
    [SCREEN_OFFSET_6] = {.name = "around 1e6", .offset = 1e6},
    [SCREEN_TINY] = {.name = "tiny"},
    [SCREEN_DENORMAL] = {.name = "denormal"},
    [SCREEN_HUGE] = {.name = "huge"},
    [SCREEN_ONE_FEATURE] = {.name = "one feature"},
    [SCREEN_BESIDE] = {.name = "beside a large one"},
    [SCREEN_ONE_HOT] = {.name = "one hot"},
    [SCREEN_ZERO_ROWS] = {.name = "zero rows"},
};

/* The smallest number whose multiples may be rows: float64 rows have no cosine below 2^-450. */
static double smallest(const screen_spec *s) {
    const bool divided = s->type == LATENT_F64 && s->metric == LATENT_COSINE;
    return divided ? 0x1p-440 : narrow_min(s->type);
}

static double magnitude(const screen_spec *s) {
    const bool narrow = s->type == LATENT_F16, wide = s->type == LATENT_F64;
    if (s->kind == SCREEN_TINY)
        return narrow ? 1e-6 : wide ? 1e-130 : 1e-30;
    if (s->kind == SCREEN_HUGE)
        return narrow ? 2e4 : wide ? 1e150 : 1e38;
    return 1.0;
}

/* About a unit in the last place of 1. */
static double ulp(latent_type type) {
    static const int bits[] = {
        [LATENT_F16] = 10, [LATENT_BF16] = 7, [LATENT_F32] = 23, [LATENT_F64] = 52};
    return ldexp(1.0, -bits[type]);
}

/* Feature k of the point that a family of rows is made from. */
static void family_point(const screen_spec *s, int64_t family, double *point) {
    prng g = {s->seed * 1000003u + (uint64_t)family};
    for (int64_t k = 0; k < s->columns; k++)
        point[k] = narrow_round(s->type, prng_normal(&g));
}

/* A row that is its family's point, or close to it. */
static bool fill_copy(const screen_spec *s, prng *g, double *row) {
    const int64_t chosen = prng_below(g, s->columns);
    const double factor = 1.0 + (double)prng_below(g, 5), away = recipes[s->kind].away;
    switch (s->kind) {
    case SCREEN_TWINS:
        return true;
    case SCREEN_ULP:
        row[chosen] *= 1.0 + (double)(prng_below(g, 3) - 1) * ulp(s->type);
        return true;
    case SCREEN_PARALLEL:
        for (int64_t k = 0; k < s->columns; k++)
            row[k] *= factor / 3.0;
        return true;
    default:
        for (int64_t k = 0; away > 0.0 && k < s->columns; k++)
            row[k] *= 1.0 + away * prng_normal(g);
        return away > 0.0;
    }
}

/* A row of which the kind says all. */
static bool fill_special(const screen_spec *s, prng *g, double *row) {
    const int64_t chosen = prng_below(g, s->columns);
    const bool zero = prng_below(g, 3) == 0;
    const int beside = s->type == LATENT_F16 ? -20 : -106 - (int)(s->seed % 20);
    for (int64_t k = 0; k < s->columns; k++)
        switch (s->kind) {
        case SCREEN_GRID:
            row[k] = (double)(prng_below(g, 5) - 2);
            break;
        case SCREEN_DENORMAL:
            row[k] = smallest(s) * (double)(prng_below(g, 19) - 9);
            break;
        case SCREEN_ONE_FEATURE:
            row[k] = k == s->columns / 2 ? prng_normal(g) : 0.3;
            break;
        case SCREEN_BESIDE:
            row[k] = k == 0 ? 1.0 : ldexp(row[k] + 0.1 * prng_normal(g), beside);
            break;
        case SCREEN_ONE_HOT:
            row[k] = k == chosen;
            break;
        case SCREEN_ZERO_ROWS:
            row[k] = zero ? 0.0 : prng_normal(g);
            break;
        default:
            return false;
        }
    return true;
}

/* Which features are loud: some of them, spread over the row. */
static double loudness(const screen_spec *s, int64_t k) {
    const recipe *const r = &recipes[s->kind];
    const int64_t wanted = r->loud < 0 ? (s->columns + 1) / 2 : r->loud;
    if (wanted == 0)
        return 1.0;
    const int64_t step = wanted < s->columns ? s->columns / wanted : 1;
    return k % step == step / 2 && k / step < wanted ? r->loudness : 1.0;
}

static double far_factor(const screen_spec *s, int64_t r) {
    const recipe *const how = &recipes[s->kind];
    if (how->far_factor == 0.0)
        return 1.0;
    return r == 1 || (how->far_every && r % how->far_every == 1) ? how->far_factor : 1.0;
}

static void fill_row(const screen_spec *s, prng *g, int64_t r, double *row) {
    const double limit = narrow_max(s->type), scale = magnitude(s) * far_factor(s, r);
    const double offset = fmin(recipes[s->kind].offset, limit / 2.0);
    family_point(s, prng_below(g, s->rows / 6 + 1), row);
    if (!fill_special(s, g, row) && !fill_copy(s, g, row))
        for (int64_t k = 0; k < s->columns; k++)
            row[k] = loudness(s, k) * (0.7 * row[k] + prng_normal(g));
    bool zero = true;
    for (int64_t k = 0; k < s->columns; k++) {
        const double x = offset + scale * row[k];
        row[k] = narrow_round(s->type, fmax(-limit, fmin(limit, x)));
        zero = zero && row[k] == 0.0;
    }
    if (zero && s->metric == LATENT_COSINE)
        row[0] = smallest(s);
}

dataset screen_data_make(const screen_spec *spec) {
    prng g = {spec->seed};
    const int64_t n = spec->rows, d = spec->columns;
    double *const values = malloc((size_t)(n * d) * sizeof *values);
    int32_t *const labels = malloc((size_t)n * sizeof *labels);
    for (int64_t r = 0; r < n; r++) {
        labels[r] = (int32_t)(r % spec->concepts * 37) - 50;
        fill_row(spec, &g, r, values + r * d);
    }
    dataset set = dataset_from(spec->type, values, labels, n, d, spec->gap);
    free(values);
    free(labels);
    return set;
}

const char *screen_spec_text(const screen_spec *s) {
    static char text[200];
    snprintf(text, sizeof text, "%s, %s N=%d d=%d concepts=%d gap=%d seed=%llu %s",
             recipes[s->kind].name, data_type_text(s->type), (int)s->rows, (int)s->columns,
             (int)s->concepts, (int)s->gap, (unsigned long long)s->seed,
             s->metric == LATENT_COSINE ? "cosine" : "Euclidean");
    return text;
}
