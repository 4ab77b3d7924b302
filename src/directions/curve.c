/* Activations come in strips of rows: they are projected onto all directions, then climb the levels a
 * few at a time. Counts are whole numbers, so they add up the same in any order. */
#include "curve.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "climb.h"
#include "parallel/pool.h"
#include "projected.h"

enum { COUNTS = 3 };

typedef struct worker_desk {
    latent__strip strip;
    double *products; /* STRIP_ROWS × padded directions */
    latent__climbers climbers;
    latent__level_counts counts;
    int64_t prediction[LATENT__STRIP_ROWS]; /* of the full head, where `changed` still asks */
} worker_desk;

typedef struct walk {
    latent_context *context;
    const latent__curve_question *question;
    latent__ladder ladder;
    worker_desk *desks;
    char *memory;
    int64_t bytes, product_stride; /* of one desk */
    atomic_int_fast64_t bad_row;   /* the first with a NaN; the number of rows if there is none */
    atomic_int_fast64_t wild_row;  /* the first whose logits leave float64 */
} walk;

static void note_row(atomic_int_fast64_t *first, int64_t row) {
    int_fast64_t seen = atomic_load(first);
    while (row < seen && !atomic_compare_exchange_weak(first, &seen, row))
        ;
}

/* Puts rows of the strip in place to watch classes[i]. */
static void put_samples(walk *work, worker_desk *desk, int64_t first, const int64_t *rows,
                        int64_t count, const int64_t *classes) {
    desk->climbers.samples = count;
    for (int64_t s = 0; s < count; s++) {
        const int64_t r = rows[s];
        if (!latent__climbers_put(&desk->climbers, s, desk->products + r * work->product_stride,
                                  desk->strip.unit[r]))
            note_row(&work->wild_row, first + r);
        desk->climbers.watched[s] = classes[s];
    }
}

/* Up to FOLLOWED rows and their labels: counts, and what the full head predicts. */
static void follow_labels(walk *work, worker_desk *desk, int64_t first, const int64_t *rows,
                          int64_t count) {
    const latent__curve_question *question = work->question;
    latent__climbers *climbers = &desk->climbers;
    int64_t labels[LATENT__FOLLOWED];
    for (int64_t s = 0; s < count; s++)
        labels[s] = question->correct ? question->labels[first + rows[s]] : -1;
    put_samples(work, desk, first, rows, count, labels);
    latent__climbers_follow(climbers, question->top);
    for (int64_t s = 0; s < count; s++) {
        const int64_t predicted =
            question->changed ? latent__climbers_predict(climbers, s) : labels[s];
        /* A right prediction changes exactly where it becomes wrong. */
        const bool settled = predicted == labels[s];
        desk->prediction[rows[s]] = settled ? -1 : predicted;
        for (int64_t k = 0; k < work->ladder.levels && question->correct; k++) {
            const int32_t above = climbers->above[k * LATENT__FOLLOWED + s];
            desk->counts.correct[k] += above == 0;
            desk->counts.correct_top[k] += above < question->top;
            desk->counts.changed[k] += settled && above != 0;
        }
    }
}

/* Up to FOLLOWED rows and the full head's predictions. */
static void follow_predictions(walk *work, worker_desk *desk, int64_t first, const int64_t *rows,
                               int64_t count) {
    int64_t classes[LATENT__FOLLOWED];
    for (int64_t s = 0; s < count; s++)
        classes[s] = desk->prediction[rows[s]];
    put_samples(work, desk, first, rows, count, classes);
    latent__climbers_follow(&desk->climbers, 1);
    for (int64_t s = 0; s < count; s++)
        for (int64_t k = 0; k < work->ladder.levels; k++)
            desk->counts.changed[k] += desk->climbers.above[k * LATENT__FOLLOWED + s] != 0;
}

typedef void (*follower)(walk *work, worker_desk *desk, int64_t first, const int64_t *rows,
                         int64_t count);

/* Groups rows of the strip by FOLLOWED: all of them, or those whose prediction is asked for. */
static void in_groups(walk *work, worker_desk *desk, int64_t first, int64_t count, bool all,
                      follower follow, int32_t worker) {
    int64_t rows[LATENT__FOLLOWED], gathered = 0;
    for (int64_t r = 0; r < count; r++) {
        if (all || desk->prediction[r] >= 0)
            rows[gathered++] = r;
        if (gathered == LATENT__FOLLOWED || (r + 1 == count && gathered > 0)) {
            if (latent__tick(work->context, worker))
                return;
            follow(work, desk, first, rows, gathered);
            gathered = 0;
        }
    }
}

static void walk_strip(void *argument, int64_t item, int32_t worker) {
    walk *work = argument;
    const latent__curve_question *question = work->question;
    const latent__kernels *kernels = work->context->kernels;
    const latent_matrix *points = question->points;
    const int64_t first = item * LATENT__STRIP_ROWS, left = points->rows - first;
    const int64_t count = left < LATENT__STRIP_ROWS ? left : LATENT__STRIP_ROWS;
    worker_desk *desk = &work->desks[worker];
    const int64_t bad = latent__strip_take(kernels, points, first, count, &desk->strip);
    if (bad >= 0) {
        note_row(&work->bad_row, bad);
        return;
    }
    for (int64_t p = 0; p < work->product_stride / LATENT__TILE_COLUMNS; p++) {
        if (latent__tick(work->context, worker))
            return;
        latent__strip_project(kernels, &desk->strip, count, question->directions, p,
                              desk->products + p * LATENT__TILE_COLUMNS, work->product_stride);
    }
    in_groups(work, desk, first, count, true, follow_labels, worker);
    if (question->changed)
        in_groups(work, desk, first, count, false, follow_predictions, worker);
}

/* Strip, products, climbers and counts of one worker. */
static void open_desk(walk *work, int64_t w) {
    const latent_directions *d = work->question->directions;
    worker_desk *desk = &work->desks[w];
    char *at = work->memory + w * work->bytes;
    latent__climbers_in(&desk->climbers, at, &work->ladder, work->context->kernels);
    at += latent__climbers_bytes(&work->ladder);
    latent__strip_in(&desk->strip, (double *)(void *)at, d);
    at += latent__strip_doubles(d) * 8;
    desk->products = (double *)(void *)at;
    at += LATENT__STRIP_ROWS * work->product_stride * 8;
    int64_t *counts = (int64_t *)(void *)at;
    memset(counts, 0, (size_t)(COUNTS * work->ladder.levels) * sizeof *counts);
    desk->counts = (latent__level_counts){counts, counts + work->ladder.levels,
                                          counts + 2 * work->ladder.levels};
}

static void write_counts(const walk *work, int32_t workers, latent_pruning_curve *curve) {
    const latent_directions *d = work->question->directions;
    double total = 0, kept = 0;
    for (int64_t i = d->rank - 1; i >= 0; i--)
        total += (d->values[i] / d->values[0]) * (d->values[i] / d->values[0]);
    for (int64_t k = 0; k < work->ladder.levels; k++) {
        int64_t correct = 0, correct_top = 0, changed = 0;
        for (int32_t w = 0; w < workers; w++) {
            correct += work->desks[w].counts.correct[k];
            correct_top += work->desks[w].counts.correct_top[k];
            changed += work->desks[w].counts.changed[k];
        }
        if (k > 0) {
            const double value =
                d->values[latent__ladder_direction(&work->ladder, k)] / d->values[0];
            kept += value * value;
        }
        if (curve->correct)
            curve->correct[k] = correct;
        if (curve->correct_top)
            curve->correct_top[k] = correct_top;
        if (curve->changed)
            curve->changed[k] = changed;
        if (curve->energy)
            curve->energy[k] = k + 1 == work->ladder.levels ? 1 : kept / total;
    }
}

static latent_status walk_all(walk *work) {
    latent_context *context = work->context;
    const latent_matrix *points = work->question->points;
    latent__phase(context, "pruning curve", 0, 1);
    latent_status status =
        latent__parallel(context, (points->rows - 1) / LATENT__STRIP_ROWS + 1, walk_strip, work);
    const int64_t bad = atomic_load(&work->bad_row), wild = atomic_load(&work->wild_row);
    if (!status && bad < points->rows)
        status = latent__fail_nonfinite(context, points, "points", bad, bad);
    if (!status && wild < points->rows)
        status = latent__fail(context, LATENT_ERROR_OVERFLOW,
                              "the logits of points[%" PRId64 "] may be beyond float64", wild);
    return status;
}

static latent_status open_and_walk(walk *work, latent_pruning_curve *curve) {
    latent_context *context = work->context;
    const latent_directions *d = work->question->directions;
    const int32_t workers = latent__pool_threads(context->pool);
    latent_status status = latent__ladder_open(context, work->question, &work->ladder);
    work->product_stride = latent__column_panels(d->count, 1);
    work->bytes =
        (latent__climbers_bytes(&work->ladder) + latent__strip_doubles(d) * 8 +
         LATENT__STRIP_ROWS * work->product_stride * 8 + COUNTS * work->ladder.levels * 8 + 63) /
        64 * 64;
    if (!status)
        work->desks = latent__allocate(context, workers, sizeof *work->desks, "the desks", &status);
    if (!status)
        work->memory =
            latent__allocate(context, workers * work->bytes, 1, "the threads' samples", &status);
    for (int32_t w = 0; w < workers && !status; w++)
        open_desk(work, w);
    if (!status)
        status = walk_all(work);
    if (!status)
        write_counts(work, workers, curve);
    latent__release(context, work->memory, workers * work->bytes, 1);
    latent__release(context, work->desks, workers, sizeof *work->desks);
    latent__ladder_close(context, &work->ladder);
    return status;
}

latent_status latent__curve(latent_context *context, const latent__curve_question *question,
                            latent_pruning_curve *curve) {
    walk work = {.context = context, .question = question};
    atomic_init(&work.bad_row, question->points->rows);
    atomic_init(&work.wild_row, question->points->rows);
    return open_and_walk(&work, curve);
}
