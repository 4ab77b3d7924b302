#include "score_columns.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rows.h"
#include "linalg/product.h"
#include "parallel/pool.h"

/* Kernels write up to a multiple of 16 numbers beyond a row. */
static int64_t padded(int64_t count) {
    return (count + 15) / 16 * 16;
}

static bool is_wide(const latent__score_source *source) {
    return source->basis || source->activations->type == LATENT_F64;
}

static int64_t score_size(const latent__score_source *source) {
    return is_wide(source) ? sizeof(double) : sizeof(float);
}

int64_t latent__column_bytes(const latent__score_source *source) {
    return source->activations->rows * score_size(source);
}

int64_t latent__enough_directions(const latent__score_source *source) {
    /* Rows are packed anew for each block of directions; features are read a few cache lines at
     * once. */
    return source->basis ? 10 * LATENT__TILE_COLUMNS : 64;
}

/* Samples whose features are turned into columns together: a cache line of each column. */
enum { FEATURE_ROWS = 16 };

/* Doubles for one thread: rows as float64 with a basis a panel of them at a time, packed, and
 * products. */
static int64_t row_doubles(const latent__score_source *source, int64_t directions) {
    const int64_t inputs = source->activations->columns;
    if (!source->basis)
        return FEATURE_ROWS * padded(directions);
    return LATENT__TILE_ROWS * padded(inputs) + latent__row_panels(LATENT__STRIP_ROWS, inputs) +
           LATENT__STRIP_ROWS * LATENT__TILE_COLUMNS;
}

static int64_t panel_doubles(const latent__score_source *source, int64_t directions) {
    return source->basis ? latent__column_panels(directions, source->basis->columns) : 0;
}

int64_t latent__source_bytes(const latent__score_source *source, int64_t directions,
                             int32_t threads) {
    return latent__linear(threads * row_doubles(source, directions), sizeof(double)) +
           latent__linear(panel_doubles(source, directions), sizeof(double));
}

latent_status latent__columns_open(latent_context *context, const latent__score_source *source,
                                   int64_t capacity, latent__score_columns *columns) {
    const int64_t threads = latent__pool_threads(context->pool);
    latent_status status = LATENT_OK;
    *columns = (latent__score_columns){.context = context,
                                       .source = source,
                                       .samples = source->activations->rows,
                                       .capacity = capacity,
                                       .wide = is_wide(source),
                                       .row_doubles = row_doubles(source, capacity),
                                       .panel_doubles = panel_doubles(source, capacity)};
    columns->values = latent__allocate(context, capacity * columns->samples,
                                       (size_t)score_size(source), "scores", &status);
    if (!status)
        columns->rows = latent__allocate(context, threads * columns->row_doubles, sizeof(double),
                                         "the threads' rows", &status);
    if (!status && source->basis)
        columns->panels = latent__allocate(context, columns->panel_doubles, sizeof(double),
                                           "packed directions", &status);
    return status;
}

void latent__columns_close(latent__score_columns *columns) {
    latent_context *context = columns->context;
    const int64_t threads = latent__pool_threads(context->pool);
    latent__release(context, columns->panels, columns->panel_doubles, sizeof(double));
    latent__release(context, columns->rows, threads * columns->row_doubles, sizeof(double));
    latent__release(context, columns->values, columns->capacity * columns->samples,
                    (size_t)score_size(columns->source));
}

/* Keeps the first row of all that are noted. */
static void note_bad(atomic_int_fast64_t *first, int64_t row) {
    int_fast64_t seen = atomic_load(first);
    while (row < seen && !atomic_compare_exchange_weak(first, &seen, row))
        ;
}

/* Scores of `count` samples from `sample` on: row r of `scores` has those of sample + r. */
static void put(const latent__score_columns *columns, int64_t sample, int64_t count,
                const double *scores, int64_t stride, int64_t from, int64_t to) {
    for (int64_t d = from; d < to; d++) {
        const int64_t start = d * columns->samples + sample;
        if (columns->wide)
            for (int64_t r = 0; r < count; r++)
                ((double *)columns->values)[start + r] = scores[r * stride + d - from];
        else
            for (int64_t r = 0; r < count; r++)
                ((float *)columns->values)[start + r] = (float)scores[r * stride + d - from];
    }
}

static int64_t rows_of(const latent__score_columns *columns, int64_t first, int64_t most) {
    return columns->samples - first < most ? columns->samples - first : most;
}

/* Features become columns. */
static void fill_features(void *argument, int64_t item, int32_t worker) {
    latent__score_columns *columns = argument;
    const latent_matrix *view = columns->source->activations;
    const latent__kernels *kernels = columns->context->kernels;
    const int32_t type = view->type - 1;
    const int64_t sample = item * FEATURE_ROWS, count = rows_of(columns, sample, FEATURE_ROWS);
    const int64_t stride = padded(columns->capacity);
    double *const rows = columns->rows + worker * columns->row_doubles;
    for (int64_t r = 0; r < count; r++) {
        const void *start = (const char *)latent__row(view, sample + r) +
                            columns->first * latent_type_size((latent_type)view->type);
        double largest = 0;
        if (!kernels->inspect[type](start, columns->count, &largest)) {
            note_bad(&columns->bad, sample + r);
            return;
        }
        kernels->widen[type](start, columns->count, rows + r * stride);
    }
    put(columns, sample, count, rows, stride, 0, columns->count);
}

/* Packs samples for products; false if one of them is not finite, or the call was cancelled. */
static bool pack_samples(latent__score_columns *columns, int32_t worker, int64_t sample,
                         int64_t count, double *panels) {
    double *const vectors = columns->rows + worker * columns->row_doubles;
    const latent_matrix *view = columns->source->activations;
    const latent__kernels *kernels = columns->context->kernels;
    const int32_t type = view->type - 1;
    const int64_t inputs = view->columns, stride = padded(inputs);
    for (int64_t p = 0; p < count; p += LATENT__TILE_ROWS) {
        const int64_t here = count - p < LATENT__TILE_ROWS ? count - p : LATENT__TILE_ROWS;
        if (latent__tick(columns->context, worker))
            return false;
        for (int64_t r = 0; r < here; r++) {
            const void *start = latent__row(view, sample + p + r);
            double largest = 0;
            if (!kernels->inspect[type](start, inputs, &largest)) {
                note_bad(&columns->bad, sample + p + r);
                return false;
            }
            kernels->widen[type](start, inputs, vectors + r * stride);
        }
        latent__pack_panels(vectors, stride, here, inputs, LATENT__TILE_ROWS, panels + p * inputs);
    }
    return true;
}

static bool all_finite(const double *scores, int64_t count) {
    for (int64_t d = 0; d < count; d++)
        if (!isfinite(scores[d]))
            return false;
    return true;
}

/* Products with the packed directions become columns. */
static void fill_products(void *argument, int64_t item, int32_t worker) {
    enum { WIDTH = LATENT__TILE_COLUMNS };
    latent__score_columns *columns = argument;
    const int64_t inputs = columns->source->activations->columns;
    const int64_t sample = item * LATENT__STRIP_ROWS;
    const int64_t count = rows_of(columns, sample, LATENT__STRIP_ROWS);
    double *const panels =
        columns->rows + worker * columns->row_doubles + LATENT__TILE_ROWS * padded(inputs);
    double *const scores = panels + latent__row_panels(LATENT__STRIP_ROWS, inputs);
    if (!pack_samples(columns, worker, sample, count, panels))
        return;
    for (int64_t d = 0; d < columns->count; d += WIDTH) {
        const int64_t end = columns->count - d < WIDTH ? columns->count : d + WIDTH;
        if (latent__tick(columns->context, worker))
            return;
        latent__product_strip(columns->context->kernels, panels, count,
                              columns->panels + d * inputs, inputs, scores, WIDTH);
        for (int64_t r = 0; r < count; r++)
            if (!all_finite(scores + r * WIDTH, end - d))
                note_bad(&columns->bad, sample + r);
        put(columns, sample, count, scores, WIDTH, d, end);
    }
}

/* Directions become panels. */
static void fill_panel(void *argument, int64_t item, int32_t worker) {
    enum { WIDTH = LATENT__TILE_COLUMNS };
    latent__score_columns *columns = argument;
    const latent_matrix *basis = columns->source->basis;
    const latent__kernels *kernels = columns->context->kernels;
    const int32_t type = basis->type - 1;
    const int64_t inputs = basis->columns, first = item * WIDTH;
    double *const row = columns->rows + worker * columns->row_doubles;
    double *const panel = columns->panels + first * inputs;
    memset(panel, 0, (size_t)(WIDTH * inputs) * sizeof *panel);
    for (int64_t lane = 0; lane < WIDTH && first + lane < columns->count; lane++) {
        const void *start = latent__row(basis, columns->first + first + lane);
        double largest = 0;
        if (latent__tick(columns->context, worker))
            return;
        if (!kernels->inspect[type](start, inputs, &largest)) {
            note_bad(&columns->bad_direction, columns->first + first + lane);
            return;
        }
        kernels->widen[type](start, inputs, row);
        for (int64_t k = 0; k < inputs; k++)
            panel[k * WIDTH + lane] = row[k];
    }
}

/* Packs the directions at hand, which is little beside the products: progress waits for those. */
static latent_status pack_directions(latent__score_columns *columns) {
    latent_context *context = columns->context;
    const latent_matrix *basis = columns->source->basis;
    const latent__progress whole = context->progress;
    latent__phase(context, whole.phase, whole.from, whole.from);
    atomic_init(&columns->bad_direction, basis->rows);
    const latent_status status = latent__parallel(
        context, (columns->count - 1) / LATENT__TILE_COLUMNS + 1, fill_panel, columns);
    latent__phase(context, whole.phase, whole.from, whole.to);
    const int64_t bad = atomic_load(&columns->bad_direction);
    return status || bad == basis->rows ? status
                                        : latent__fail_nonfinite(context, basis, "basis", bad, bad);
}

/* The sentence for the first number that is none, if there is one. In the unit basis this one may
 * belong to another block of directions, and to an earlier sample. */
static latent_status fail_nonfinite(const latent__score_columns *columns, int64_t sample) {
    latent_context *context = columns->context;
    const latent__score_source *source = columns->source;
    const latent_matrix *view = source->activations;
    const int64_t begin = source->basis ? 0 : source->begin;
    const int64_t count = source->basis ? view->columns : source->end - begin;
    const int64_t skipped = begin * latent_type_size((latent_type)view->type);
    for (int64_t n = 0; n <= sample; n++) {
        double largest = 0;
        if (!context->kernels->inspect[view->type - 1]((const char *)latent__row(view, n) + skipped,
                                                       count, &largest))
            return latent__fail_nonfinite_from(context, view, "activations", n, n, begin);
    }
    return LATENT_OK;
}

/* The sentence for a sample that has something wrong. */
static latent_status fail_sample(const latent__score_columns *columns, int64_t sample) {
    latent_context *context = columns->context;
    const latent_status status = fail_nonfinite(columns, sample);
    if (status)
        return status;
    int64_t d = 0;
    while (isfinite(((const double *)columns->values)[d * columns->samples + sample]))
        d++;
    return latent__fail(context, LATENT_ERROR_OVERFLOW,
                        "the score of activations[%" PRId64 "] along basis[%" PRId64
                        "], or a sum on the way to it, is beyond float64",
                        sample, columns->first + d);
}

latent_status latent__columns_fill(latent__score_columns *columns, int64_t first, int64_t count) {
    const bool products = columns->source->basis != NULL;
    const int64_t rows = products ? LATENT__STRIP_ROWS : FEATURE_ROWS;
    columns->first = first;
    columns->count = count;
    atomic_init(&columns->bad, columns->samples);
    latent_status status = products ? pack_directions(columns) : LATENT_OK;
    if (!status)
        status = latent__parallel(columns->context, (columns->samples - 1) / rows + 1,
                                  products ? fill_products : fill_features, columns);
    const int64_t bad = atomic_load(&columns->bad);
    return status || bad == columns->samples ? status : fail_sample(columns, bad);
}

latent__scores latent__column(const latent__score_columns *columns, int64_t direction) {
    const int64_t place = (direction - columns->first) * columns->samples;
    return (latent__scores){.values = columns->wide
                                          ? (const void *)((const double *)columns->values + place)
                                          : (const void *)((const float *)columns->values + place),
                            .wide = columns->wide};
}
