#include "datagen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "narrow.h"
#include "prng.h"

static double huge_scale(latent_type type) {
    return ldexp(1.0, type == LATENT_F16 ? 11 : type == LATENT_F64 ? 500 : 121);
}

static double tiny_scale(const data_spec *spec) {
    if (spec->type == LATENT_F64)
        return ldexp(1.0, spec->metric == LATENT_COSINE ? -430 : -530);
    return ldexp(1.0, spec->type == LATENT_F16 ? -17 : -120);
}

/* Subnormal binary64 rows have no cosine, so under it the numbers are merely very small. */
static double denormal_unit(const data_spec *spec) {
    if (spec->type == LATENT_F64 && spec->metric == LATENT_COSINE)
        return ldexp(1.0, -440);
    return narrow_min(spec->type);
}

static double element(const data_spec *spec, prng *g, double center, int64_t column) {
    const double noise = prng_normal(g);
    switch (spec->kind) {
    case DATA_INTEGERS:
        return (double)(prng_below(g, 7) - 3);
    case DATA_OFFSET:
        return 1000.0 + noise;
    case DATA_NEAR:
        return center + 1e-6 * noise;
    case DATA_HUGE:
        return huge_scale(spec->type) * (center + noise);
    case DATA_TINY:
        return tiny_scale(spec) * (center + noise);
    case DATA_ZEROS:
        return noise < -1.0 ? -1.0 : noise < 0.0 ? -0.0 : noise < 1.0 ? 0.0 : 1.0;
    case DATA_DENORMALS:
        return denormal_unit(spec) * (double)(prng_below(g, 19) - 9);
    case DATA_CONSTANT:
        return center;
    case DATA_OUTLIERS:
        return (column % 7 == 3 ? 100.0 : 1.0) * (center + noise);
    default:
        return center + noise;
    }
}

/* Within the type, and within what a cosine distance can divide by. */
static double row_scale(latent_type type, prng *g) {
    const int widest = type == LATENT_F16 ? 6 : type == LATENT_F64 ? 300 : 60;
    return ldexp(1.0, (int)prng_below(g, 2 * widest + 1) - widest);
}

/* The group whose center a row takes: its concept, but where labels shall not help. */
static int64_t group_of(const data_spec *spec, prng *g, int64_t concept) {
    if (spec->kind == DATA_CONSTANT)
        return 0;
    return spec->kind == DATA_NEAR ? prng_below(g, spec->rows / 8 + 1) : concept;
}

static void fill_row(const data_spec *spec, prng *g, int64_t group, double *row) {
    prng centers = {spec->seed * 1000003u + (uint64_t)group};
    const double scale = spec->kind == DATA_ROW_SCALES ? row_scale(spec->type, g) : 1.0;
    bool zero = true;
    for (int64_t i = 0; i < spec->columns; i++) {
        const double center = 0.7 * prng_normal(&centers);
        const double limit = narrow_max(spec->type);
        const double x = scale * element(spec, g, center, i);
        row[i] = narrow_round(spec->type, fmax(-limit, fmin(limit, x)));
        zero = zero && row[i] == 0.0;
    }
    if (zero && spec->metric == LATENT_COSINE)
        row[0] = spec->kind == DATA_DENORMALS ? denormal_unit(spec) : 1.0;
}

/* Labels of any value: both ends of the type among them. */
static int32_t label_of(int64_t concept) {
    static const int32_t ends[] = {INT32_MAX, -1, 0, INT32_MIN};
    return concept < 4 ? ends[concept] : (int32_t)(concept * 37 - 1001);
}

/* Concept numbers: each once, the rest drawn so that the first ones have most. */
static void draw_concepts(const data_spec *spec, prng *g, int64_t *concept) {
    prng_permutation(g, concept, spec->rows);
    for (int64_t n = 0; n < spec->rows; n++)
        if (concept[n] >= spec->concepts)
    concept[n] = (int64_t)((double)spec->concepts * pow(prng_uniform(g), 3.0));
}

dataset dataset_from(latent_type type, const double *values, const int32_t *labels, int64_t rows,
                     int64_t columns, int64_t gap) {
    dataset set;
    const int64_t stride = columns + gap;
    const size_t elements = (size_t)((rows - 1) * stride + columns);
    set.buffer = malloc(elements * (size_t)narrow_size(type));
    set.values = malloc((size_t)(rows * columns) * sizeof(double));
    set.labels = malloc((size_t)rows * sizeof(int32_t));
    for (size_t i = 0; i < elements; i++)
        narrow_store(type, set.buffer, (int64_t)i, (double)NAN);
    for (int64_t n = 0; n < rows; n++) {
        set.labels[n] = labels ? labels[n] : 0;
        for (int64_t i = 0; i < columns; i++) {
            narrow_store(type, set.buffer, n * stride + i, values[n * columns + i]);
            set.values[n * columns + i] = narrow_load(type, set.buffer, n * stride + i);
        }
    }
    set.view = (latent_matrix){set.buffer, rows, columns, stride, type};
    return set;
}

dataset dataset_make(const data_spec *spec) {
    prng g = {spec->seed};
    const int64_t n = spec->rows, d = spec->columns;
    int64_t *concept = malloc((size_t)n * sizeof *concept);
    double *values = malloc((size_t)(n * d) * sizeof *values);
    int32_t *labels = malloc((size_t)n * sizeof *labels);
    draw_concepts(spec, &g, concept);
    for (int64_t r = 0; r < n; r++) {
        labels[r] = label_of(concept[r]);
        fill_row(spec, &g, group_of(spec, &g, concept[r]), values + r * d);
        if (spec->kind == DATA_DUPLICATES && r > 0 && prng_below(&g, 2) == 0) {
            const int64_t from = prng_below(&g, r);
            for (int64_t i = 0; i < d; i++)
                values[r * d + i] = values[from * d + i];
        }
    }
    dataset set = dataset_from(spec->type, values, labels, n, d, spec->gap);
    free(concept);
    free(values);
    free(labels);
    return set;
}

dataset dataset_pick(const dataset *source, const int64_t *rows, int64_t count, latent_type type,
                     int64_t gap) {
    const int64_t d = source->view.columns;
    double *values = malloc((size_t)(count * d) * sizeof *values);
    int32_t *labels = malloc((size_t)count * sizeof *labels);
    for (int64_t n = 0; n < count; n++) {
        labels[n] = source->labels[rows[n]];
        for (int64_t i = 0; i < d; i++)
            values[n * d + i] = source->values[rows[n] * d + i];
    }
    dataset set = dataset_from(type, values, labels, count, d, gap);
    free(values);
    free(labels);
    return set;
}

void dataset_free(dataset *set) {
    free(set->values);
    free(set->labels);
    free(set->buffer);
}

oracle_points dataset_points(const dataset *set) {
    return (oracle_points){set->values, set->labels, set->view.rows, set->view.columns};
}

const char *data_type_text(latent_type type) {
    static const char *const names[] = {"?", "f16", "bf16", "f32", "f64"};
    return names[type >= LATENT_F16 && type <= LATENT_F64 ? type : 0];
}

const char *data_spec_text(const data_spec *spec) {
    static const char *const kinds[] = {"blobs",    "integers", "duplicates", "offset",
                                        "near",     "huge",     "tiny",       "zeros",
                                        "denormal", "constant", "outliers",   "row scales"};
    static char text[200];
    snprintf(text, sizeof text, "%s %s N=%lld d=%lld concepts=%lld gap=%lld seed=%llu %s",
             kinds[spec->kind], data_type_text(spec->type), (long long)spec->rows,
             (long long)spec->columns, (long long)spec->concepts, (long long)spec->gap,
             (unsigned long long)spec->seed,
             spec->metric == LATENT_COSINE ? "cosine" : "Euclidean");
    return text;
}
