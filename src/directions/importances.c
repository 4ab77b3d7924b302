#include "importances.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"
#include "projected.h"

enum { ARRAYS = 4 };

static int64_t padded(int64_t count) {
    return latent__column_panels(count, 1);
}

static latent__sums sums_in(double *memory, int64_t count) {
    const int64_t entries = padded(count);
    return (latent__sums){.cosine = memory,
                          .absolute = memory + entries,
                          .mean = memory + 2 * entries,
                          .away = memory + 3 * entries};
}

latent_status latent__importance_create(latent_context *context,
                                        const latent_directions *directions,
                                        latent_importance **importance) {
    const latent_context_options *given = &context->options;
    const size_t bytes = (size_t)(ARRAYS * padded(directions->count)) * sizeof(double);
    latent_importance *made = latent__allocate_lasting(given, sizeof *made);
    double *memory = made ? latent__allocate_lasting(given, bytes) : NULL;
    if (!memory) {
        latent__release_lasting(given, made, sizeof *made);
        return latent__fail(context, LATENT_ERROR_MEMORY,
                            "cannot allocate %zu bytes for the accumulator", bytes);
    }
    memset(memory, 0, bytes);
    *made = (latent_importance){.count = directions->count,
                                .inputs = directions->inputs,
                                .sums = sums_in(memory, directions->count),
                                .allocator = latent__allocator_of(context)};
    *importance = made;
    return LATENT_OK;
}

void latent_importance_destroy(latent_importance *importance) {
    if (!importance)
        return;
    const latent_context_options allocator = importance->allocator;
    latent__release_lasting(&allocator, importance->sums.cosine,
                            (size_t)(ARRAYS * padded(importance->count)) * sizeof(double));
    latent__release_lasting(&allocator, importance, sizeof *importance);
}

/* One direction's entries. */
typedef struct entry {
    double cosine, absolute, mean, away;
} entry;

static entry entry_of(const latent__sums *sums, int64_t i) {
    return (entry){sums->cosine[i], sums->absolute[i], sums->mean[i], sums->away[i]};
}

/* Mean and squared distances of two lists together, as in src/kernels/moment_formulas.h. Nothing is
 * computed from an empty list, since its mean, 0, may be far from the other. */
static entry joined(const latent__sums *first, const latent__sums *second, int64_t i) {
    const double a = (double)first->samples, b = (double)second->samples, n = a + b;
    const entry x = entry_of(first, i), y = entry_of(second, i);
    const double delta = y.mean - x.mean;
    if (a == 0 || b == 0)
        return a == 0 ? y : x;
    return (entry){.cosine = x.cosine + y.cosine,
                   .absolute = x.absolute + y.absolute,
                   .mean = x.mean + delta * (b / n),
                   .away = x.away + (y.away + delta * delta * (a * (b / n)))};
}

latent_status latent__sums_join(latent_context *context, latent__sums *into,
                                const latent__sums *from, int64_t count) {
    for (int64_t i = 0; i < count; i++) {
        const entry both = joined(into, from, i);
        if (!isfinite(both.absolute) || !isfinite(both.away))
            return latent__fail(context, LATENT_ERROR_OVERFLOW,
                                "the sums of direction %" PRId64 " would be beyond float64", i);
    }
    for (int64_t i = 0; i < count; i++) {
        const entry both = joined(into, from, i);
        into->cosine[i] = both.cosine;
        into->absolute[i] = both.absolute;
        into->mean[i] = both.mean;
        into->away[i] = both.away;
    }
    into->samples += from->samples;
    into->zeros += from->zeros;
    return LATENT_OK;
}

/* Strips are worked on in waves; every strip has sums of its own, joined in the order of rows. */
typedef struct pass {
    latent_context *context;
    const latent_directions *directions;
    const latent_matrix *points;
    latent__strip *strips; /* one per worker */
    double *strip_memory;
    latent__sums *sums; /* one per strip of rows in a wave */
    double *sum_memory;
    int64_t wave, first;
    atomic_int_fast64_t bad_row; /* the first; the number of rows if there is none */
} pass;

static void put(latent__sums *sums, int64_t at, const latent__projections *tile) {
    const size_t bytes = LATENT__TILE_COLUMNS * sizeof(double);
    memcpy(sums->cosine + at, tile->cosine, bytes);
    memcpy(sums->absolute + at, tile->absolute, bytes);
    memcpy(sums->mean + at, tile->mean, bytes);
    memcpy(sums->away + at, tile->away, bytes);
}

static void note_bad_row(pass *work, int64_t bad) {
    int_fast64_t seen = atomic_load(&work->bad_row);
    while (bad < seen && !atomic_compare_exchange_weak(&work->bad_row, &seen, bad))
        ;
}

static void work_strip(void *argument, int64_t item, int32_t worker) {
    pass *work = argument;
    const latent__kernels *kernels = work->context->kernels;
    const int64_t rows = work->points->rows;
    const int64_t first = (work->first + item) * LATENT__STRIP_ROWS;
    const int64_t count = rows - first < LATENT__STRIP_ROWS ? rows - first : LATENT__STRIP_ROWS;
    latent__strip *strip = &work->strips[worker];
    latent__sums *sums = &work->sums[item];
    double products[LATENT__STRIP_ROWS * LATENT__TILE_COLUMNS];
    const int64_t bad = latent__strip_take(kernels, work->points, first, count, strip);
    if (bad >= 0) {
        note_bad_row(work, bad);
        return;
    }
    sums->samples = count;
    sums->zeros = 0;
    for (int64_t r = 0; r < count; r++)
        sums->zeros += strip->inverse_norm[r] == 0;
    const int64_t panels = padded(work->directions->count) / LATENT__TILE_COLUMNS;
    for (int64_t p = 0; p < panels && !latent__tick(work->context, worker); p++) {
        latent__projections tile;
        latent__strip_project(kernels, strip, count, work->directions, p, products,
                              LATENT__TILE_COLUMNS);
        kernels->project(products, LATENT__TILE_COLUMNS, count, strip->inverse_norm, strip->unit,
                         &tile);
        put(sums, p * LATENT__TILE_COLUMNS, &tile);
    }
}

static latent_status run_waves(pass *work, latent__sums *total) {
    const int64_t rows = work->points->rows;
    const int64_t items = (rows - 1) / LATENT__STRIP_ROWS + 1;
    for (; work->first < items; work->first += work->wave) {
        const int64_t left = items - work->first;
        const int64_t count = left < work->wave ? left : work->wave;
        latent__phase(work->context, "importance", (double)work->first / (double)items,
                      (double)(work->first + count) / (double)items);
        latent_status status = latent__parallel(work->context, count, work_strip, work);
        if (status)
            return status;
        const int64_t bad = atomic_load(&work->bad_row);
        if (bad < rows)
            return latent__fail_nonfinite(work->context, work->points, "points", bad, bad);
        for (int64_t i = 0; i < count && !status; i++)
            status =
                latent__sums_join(work->context, total, &work->sums[i], work->directions->count);
        if (status)
            return status;
    }
    return LATENT_OK;
}

/* All that a pass needs, in two pieces: strips by worker, sums by item of a wave. */
static latent_status run_pass(pass *work, latent__sums *total) {
    latent_context *context = work->context;
    const int64_t workers = latent__pool_threads(context->pool);
    const int64_t strip_doubles = latent__strip_doubles(work->directions);
    const int64_t sum_doubles = ARRAYS * padded(work->directions->count);
    latent_status status = LATENT_OK;
    work->wave = 4 * workers;
    work->strips = latent__allocate(context, workers, sizeof *work->strips, "strips", &status);
    if (!status)
        work->strip_memory = latent__allocate(context, workers * strip_doubles, sizeof(double),
                                              "the threads' rows", &status);
    if (!status)
        work->sums = latent__allocate(context, work->wave, sizeof *work->sums, "sums", &status);
    if (!status)
        work->sum_memory = latent__allocate(context, work->wave * sum_doubles, sizeof(double),
                                            "the threads' sums", &status);
    if (!status) {
        for (int64_t w = 0; w < workers; w++)
            latent__strip_in(&work->strips[w], work->strip_memory + w * strip_doubles,
                             work->directions);
        for (int64_t i = 0; i < work->wave; i++)
            work->sums[i] = sums_in(work->sum_memory + i * sum_doubles, work->directions->count);
        status = run_waves(work, total);
    }
    latent__release(context, work->sum_memory, work->wave * sum_doubles, sizeof(double));
    latent__release(context, work->sums, work->wave, sizeof *work->sums);
    latent__release(context, work->strip_memory, workers * strip_doubles, sizeof(double));
    latent__release(context, work->strips, workers, sizeof *work->strips);
    return status;
}

latent_status latent__importance_update(latent_context *context, latent_importance *importance,
                                        const latent_directions *directions,
                                        const latent_matrix *points) {
    const int64_t count = importance->count, doubles = ARRAYS * padded(count);
    latent_status status = LATENT_OK;
    double *memory = latent__allocate(context, doubles, sizeof *memory, "new sums", &status);
    if (status)
        return status;
    memset(memory, 0, (size_t)doubles * sizeof *memory);
    latent__sums sums = sums_in(memory, count);
    pass work = {.context = context, .directions = directions, .points = points};
    atomic_init(&work.bad_row, points->rows);
    status = run_pass(&work, &sums);
    if (!status)
        status = latent__sums_join(context, &importance->sums, &sums, count);
    latent__release(context, memory, doubles, sizeof *memory);
    return status;
}
