#include "moments_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "narrow.h"
#include "prng.h"

/* Binary digits of the type's significand. */
static int digits(latent_type type) {
    static const int known[] = {0, 11, 8, 24, 53};
    return known[type];
}

/* A number at which unit noise keeps some digits: 1e8 in float64, 2048 and less elsewhere. */
static double large_mean(latent_type type) {
    return type == LATENT_F64 ? 1e8 : ldexp(1.0, digits(type) - 4);
}

/* 2^e for an e drawn from the type's range; a product with noise may lose digits or be cut. */
static double any_scale(latent_type type, prng *g) {
    const int top = ilogb(narrow_max(type)) - 2, bottom = ilogb(narrow_min(type)) + 2;
    return ldexp(1.0, bottom + (int)prng_below(g, top - bottom + 1));
}

/* The scale of row or column `index`. */
static double own_scale(const moments_spec *spec, int64_t index) {
    prng g = {spec->seed * 7919u + (uint64_t)index};
    prng_next(&g);
    return any_scale(spec->type, &g);
}

static double neighbor(latent_type type, int64_t which) {
    const double base = type == LATENT_F64 ? 1e15 : large_mean(type);
    return base + ldexp((double)which, ilogb(base) + 1 - digits(type));
}

static double constant_of(const moments_spec *spec, int64_t index) {
    const double choices[] = {0.1, large_mean(spec->type), narrow_min(spec->type), -0.0,
                              -narrow_max(spec->type)};
    return choices[index % 5];
}

static double step_of(const moments_spec *spec, int64_t row, int64_t column) {
    prng g = {spec->seed + (uint64_t)(row / 64 * spec->columns + column)};
    return large_mean(spec->type) + (double)prng_below(&g, 3);
}

static double one_hot(const moments_spec *spec, int64_t row, int64_t column) {
    prng g = {spec->seed + (uint64_t)row};
    if (column != prng_below(&g, spec->columns))
        return 0.0;
    return row % 2 ? any_scale(spec->type, &g) : 1.0;
}

static double element(const moments_spec *spec, prng *g, int64_t row, int64_t column) {
    const double noise = prng_normal(g), largest = narrow_max(spec->type);
    const int64_t draw = prng_below(g, 1000);
    switch (spec->kind) {
    case MOMENTS_INTEGERS:
        return (double)(draw % 7 - 3);
    case MOMENTS_LARGE_MEAN:
        return large_mean(spec->type) + noise;
    case MOMENTS_FEW_ULPS:
        return neighbor(spec->type, draw % 5);
    case MOMENTS_ADJACENT:
        return neighbor(spec->type, (row + column) % 2);
    case MOMENTS_MIXTURE:
        return draw < 50 ? largest * 0.5 * noise / (1.0 + fabs(noise)) : noise;
    case MOMENTS_EXTREMES:
        return draw < 300 ? -largest : draw < 600 ? largest : noise;
    case MOMENTS_DENORMALS:
        return narrow_min(spec->type) * (double)(draw % 19 - 9);
    case MOMENTS_ONE_HOT:
        return one_hot(spec, row, column);
    case MOMENTS_HEAVY:
        return pow(noise, 5.0);
    case MOMENTS_OUTLIERS:
        return column % 61 == 5 && draw < 300 ? 60.0 + noise : 0.1 * noise;
    case MOMENTS_CONSTANT_ROWS:
        return row % 2 ? constant_of(spec, row / 2) : noise;
    case MOMENTS_CONSTANT_COLUMNS:
        return column % 3 == 0 ? constant_of(spec, column / 3) : noise;
    case MOMENTS_STEPS:
        return draw < 1 ? 0.0 : step_of(spec, row, column);
    case MOMENTS_FIRST_FAR_AWAY:
        return row * 10 < spec->rows ? 0.01 * largest * (1.0 + 0.1 * noise) : noise;
    case MOMENTS_ROW_SCALES:
        return own_scale(spec, row) * noise;
    case MOMENTS_COLUMN_SCALES:
        return own_scale(spec, column) * noise;
    case MOMENTS_ZEROS:
        return draw < 20 ? 1.0 : draw % 2 ? -0.0 : 0.0;
    default:
        return noise;
    }
}

dataset moments_data(const moments_spec *spec) {
    static const double holes[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    const double limit = narrow_max(spec->type);
    prng g = {spec->seed};
    double *const values = malloc((size_t)(spec->rows * spec->columns) * sizeof *values);
    for (int64_t n = 0; n < spec->rows; n++)
        for (int64_t i = 0; i < spec->columns; i++) {
            const double x = element(spec, &g, n, i);
            double *const place = &values[n * spec->columns + i];
            *place = fmax(-limit, fmin(limit, x));
            if (spec->holes > 0.0 && prng_uniform(&g) < spec->holes)
                *place = holes[prng_below(&g, 3)];
        }
    dataset set = dataset_from(spec->type, values, NULL, spec->rows, spec->columns, spec->gap);
    free(values);
    return set;
}

const char *moments_spec_text(const moments_spec *spec) {
    static const char *const kinds[] = {
        "normal",           "integers", "large mean", "few ulps",
        "adjacent",         "mixture",  "extremes",   "denormals",
        "one-hot",          "heavy",    "outliers",   "constant rows",
        "constant columns", "steps",    "far away",   "row scales",
        "column scales",    "zeros"};
    static char text[200];
    snprintf(text, sizeof text, "%s %s N=%lld d=%lld gap=%lld seed=%llu holes=%g",
             kinds[spec->kind], data_type_text(spec->type), (long long)spec->rows,
             (long long)spec->columns, (long long)spec->gap, (unsigned long long)spec->seed,
             spec->holes);
    return text;
}

void moments_shape(int index, int64_t *rows, int64_t *columns) {
    static const int16_t shapes[MOMENTS_SHAPES][2] = {
        {1, 1},    {1, 2},   {2, 1},    {1, 16},   {1, 2049}, {31, 15},  {32, 16},   {33, 17},
        {63, 7},   {64, 8},  {65, 9},   {255, 31}, {256, 33}, {257, 64}, {3, 1023},  {4, 1024},
        {5, 1025}, {7, 511}, {9, 2048}, {1000, 1}, {1001, 3}, {2049, 2}, {1025, 40}, {130, 257}};
    *rows = shapes[index][0];
    *columns = shapes[index][1];
}

latent_matrix view_rows(const latent_matrix *view, int64_t first, int64_t count) {
    latent_matrix part = *view;
    const int64_t bytes = first * view->stride * latent_type_size((latent_type)view->type);
    part.data = (const char *)view->data + bytes;
    part.rows = count;
    return part;
}
