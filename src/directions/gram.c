/* Second moments of activations. A chunk of rows is turned into panels of features, whose tiles then
 * go on where the chunk before ended: one chain of multiply-adds per entry, whoever does it. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "aware.h"
#include "base/memory.h"
#include "linalg/product.h"
#include "parallel/pool.h"

enum { CHUNK = 256, TILE = LATENT__TILE_ROWS * LATENT__TILE_COLUMNS };

typedef struct gram_work {
    latent_context *context;
    const latent_matrix *points;
    int64_t first, count; /* this chunk's rows */
    double *rows;         /* of the chunk, as float64, `stride` apart */
    int64_t stride;       /* as far as kernels write: each row is its worker's alone */
    double *row_panels, *column_panels; /* of its features */
    double *sums;                       /* d × d; the lower triangle */
    atomic_int_fast64_t bad_row;        /* one with a NaN or an infinity; -1: none */
} gram_work;

static void widen_row(void *argument, int64_t r, int32_t worker) {
    gram_work *work = argument;
    const latent_matrix *points = work->points;
    const latent__kernels *kernels = work->context->kernels;
    const void *row = latent__row(points, work->first + r);
    double largest = 0;
    (void)worker;
    if (!kernels->inspect[points->type - 1](row, points->columns, &largest))
        atomic_store(&work->bad_row, work->first + r);
    kernels->widen[points->type - 1](row, points->columns, work->rows + r * work->stride);
}

/* Features start … start + width - 1 as a panel: element k is row k's. */
static void gather(const gram_work *work, int64_t start, int64_t width, double *panel) {
    for (int64_t k = 0; k < work->count; k++)
        for (int64_t l = 0; l < width; l++)
            panel[k * width + l] =
                start + l < work->points->columns ? work->rows[k * work->stride + start + l] : 0;
}

static void pack_features(void *argument, int64_t panel, int32_t worker) {
    gram_work *work = argument;
    const int64_t start = panel * LATENT__TILE_COLUMNS;
    (void)worker;
    gather(work, start, LATENT__TILE_COLUMNS, work->column_panels + start * work->count);
    for (int64_t r = start; r < start + LATENT__TILE_COLUMNS; r += LATENT__TILE_ROWS)
        gather(work, r, LATENT__TILE_ROWS, work->row_panels + r * work->count);
}

/* One tile of the sums, those of its entries that exist, in or out. */
static void move_tile(const gram_work *work, int64_t i, int64_t j, double *tile, bool in) {
    const int64_t d = work->points->columns;
    for (int64_t r = 0; r < LATENT__TILE_ROWS && i + r < d; r++)
        for (int64_t l = 0; l < LATENT__TILE_COLUMNS && j + l < d; l++) {
            double *sum = work->sums + (i + r) * d + j + l;
            double *entry = tile + r * LATENT__TILE_COLUMNS + l;
            if (in)
                *entry = *sum;
            else
                *sum = *entry;
        }
}

/* The tiles of one row panel that touch the lower triangle. */
static void add_row_panel(void *argument, int64_t panel, int32_t worker) {
    gram_work *work = argument;
    const int64_t i = panel * LATENT__TILE_ROWS;
    for (int64_t j = 0; j < i + LATENT__TILE_ROWS && j < work->points->columns;
         j += LATENT__TILE_COLUMNS) {
        double tile[TILE] = {0};
        if (latent__tick(work->context, worker))
            return;
        move_tile(work, i, j, tile, true);
        work->context->kernels->multiply(work->row_panels + i * work->count,
                                         work->column_panels + j * work->count, work->count, tile);
        move_tile(work, i, j, tile, false);
    }
}

static latent_status add_chunk(gram_work *work) {
    latent_context *context = work->context;
    const int64_t rows = work->points->rows, d = work->points->columns;
    const int64_t left = rows - work->first;
    work->count = left < CHUNK ? left : CHUNK;
    latent__phase(context, "second moments", (double)work->first / (double)rows,
                  (double)(work->first + work->count) / (double)rows);
    latent_status status = latent__parallel(context, work->count, widen_row, work);
    const int64_t bad = atomic_load(&work->bad_row);
    for (int64_t r = work->first; !status && bad >= 0 && r <= bad; r++)
        status = latent__fail_nonfinite(context, work->points, "points", r, r);
    if (!status)
        status = latent__parallel(context, (d - 1) / LATENT__TILE_COLUMNS + 1, pack_features, work);
    if (!status)
        status = latent__parallel(context, (d - 1) / LATENT__TILE_ROWS + 1, add_row_panel, work);
    return status;
}

/* The result, both triangles, if all of it is finite. */
static latent_status write_sums(const gram_work *work, double *gram) {
    const int64_t d = work->points->columns;
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++)
            if (!isfinite(work->sums[i * d + j]))
                return latent__fail(work->context, LATENT_ERROR_OVERFLOW,
                                    "gram[%" PRId64 "][%" PRId64 "] would be beyond float64", i, j);
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++)
            gram[i * d + j] = gram[j * d + i] = work->sums[i * d + j];
    return LATENT_OK;
}

latent_status latent__gram(latent_context *context, const latent_matrix *points, double *gram) {
    const int64_t d = points->columns, padded = latent__column_panels(d, 1);
    gram_work work = {.context = context, .points = points, .stride = (d + 15) / 16 * 16};
    const int64_t doubles = (work.stride + 2 * padded) * CHUNK;
    latent_status status = LATENT_OK;
    atomic_init(&work.bad_row, -1);
    work.sums = latent__allocate(context, d * d, sizeof *work.sums, "the new sums", &status);
    if (!status)
        work.rows =
            latent__allocate(context, doubles, sizeof *work.rows, "a chunk of rows", &status);
    if (!status) {
        work.column_panels = work.rows + work.stride * CHUNK;
        work.row_panels = work.column_panels + padded * CHUNK;
        memcpy(work.sums, gram, (size_t)(d * d) * sizeof *gram);
        for (; !status && work.first < points->rows; work.first += CHUNK)
            status = add_chunk(&work);
        if (!status)
            status = write_sums(&work, gram);
    }
    latent__release(context, work.rows, doubles, sizeof *work.rows);
    latent__release(context, work.sums, d * d, sizeof *work.sums);
    return status;
}
