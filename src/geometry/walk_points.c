/* Walks come in groups. Of a group, f and J u at the starts are found first; then the points of all
 * its walks, one walk after the other, fill the encoder's batches. */
#include "walk_points.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rows.h"
#include "parallel/pool.h"
#include "vectors.h"

/* Points for so many batches, and at least so many, are held at a time. */
enum { POINT_BATCHES = 4, POINTS = 64 };

/* What an encoder may lose inside, in roundings of its outputs and of its inputs. */
enum { ROUNDINGS = 32 };

/* Figures of every point, and of every walk. */
enum { CHANGE, DEVIATION, COSINE, POINT_FIGURES };
enum { SLOPE, LENGTH, ROUNDING, WALK_FIGURES };

typedef struct walks {
    latent_context *context;
    const latent__walk_question *question;
    latent__encoder_calls calls;
    int64_t n, m;
    int64_t count, steps; /* walks, points of each */
    int64_t held, group;  /* points and walks that there is room for */
    int64_t first, at;    /* walk of the group, point of the group that comes first */
    double *figures;      /* POINT_FIGURES × count × steps, WALK_FIGURES × count */
    double *numbers;      /* where the next ones are */
    double *starts, *directions, *bases, *slopes; /* group × n or m */
    double *points, *outputs;                     /* held × n or m */
} walks;

static int64_t figure_bytes(const latent__walk_question *question) {
    return 8 * (POINT_FIGURES * question->lengths->columns + WALK_FIGURES);
}

/* Bytes of points that are held, with as many walks. */
static int64_t held_bytes(const latent_encoder *encoder) {
    return 8 * 3 * (encoder->inputs + encoder->outputs);
}

int64_t latent__walk_room(const latent_context *context, const latent__walk_question *question) {
    return latent__linear(question->starts->rows, figure_bytes(question)) +
           latent__linear(1, held_bytes(question->encoder)) +
           latent__encoder_room(context, question->encoder, 1);
}

/* As many points as are useful and fit. */
static int64_t choose_held(const walks *w) {
    const latent_encoder *encoder = w->question->encoder;
    const int64_t all = w->count * w->steps;
    const int64_t batches = POINT_BATCHES * latent__encoder_batch(encoder, all);
    int64_t held = batches > POINTS ? batches : POINTS;
    held = held < all ? held : all;
    while (held > 1 && latent__encoder_room(w->context, encoder, held) +
                               latent__linear(held, held_bytes(encoder)) >
                           latent__memory_left(w->context))
        held = (held + 1) / 2;
    return held;
}

static latent_status open_walks(walks *w) {
    latent_status status = LATENT_OK;
    w->figures = latent__allocate(w->context, w->count, (size_t)figure_bytes(w->question),
                                  "what walks record", &status);
    if (status)
        return status;
    w->held = choose_held(w);
    w->group = w->held < w->count ? w->held : w->count;
    status = latent__encoder_open(w->context, w->question->encoder, w->held, &w->calls);
    if (!status)
        w->numbers = latent__allocate(w->context, w->held, (size_t)held_bytes(w->question->encoder),
                                      "points of walks", &status);
    if (status)
        return status;
    w->points = w->numbers;
    w->outputs = w->points + w->held * w->n;
    w->starts = w->outputs + w->held * w->m;
    w->directions = w->starts + w->group * w->n;
    w->bases = w->directions + w->group * w->n;
    w->slopes = w->bases + w->group * w->m;
    return LATENT_OK;
}

static void close_walks(walks *w) {
    latent__release(w->context, w->numbers, w->held, (size_t)held_bytes(w->question->encoder));
    latent__encoder_close(&w->calls);
    latent__release(w->context, w->figures, w->count, (size_t)figure_bytes(w->question));
}

static double *point_figure(const walks *w, int which) {
    return w->figures + which * w->count * w->steps;
}

static double *walk_figure(const walks *w, int which) {
    return w->figures + (POINT_FIGURES * w->steps + which) * w->count;
}

static double length_of(const walks *w, int64_t walk, int64_t step) {
    const latent_matrix *lengths = w->question->lengths;
    return latent__element(lengths, lengths->rows == 1 ? 0 : walk, step);
}

/* x and u of walk `i` of the group; the end of the walk must be something that the encoder can be
 * given. */
static latent_status load_walk(walks *w, int64_t i) {
    const latent_encoder *encoder = w->question->encoder;
    const int64_t walk = w->first + i;
    double *const x = w->starts + i * w->n, *const u = w->directions + i * w->n;
    for (int64_t j = 0; j < w->n; j++) {
        x[j] = latent__element(w->question->starts, walk, j);
        u[j] = latent__element(w->question->directions, walk, j);
    }
    const double norm = latent__vector_norm(u, w->n);
    if (norm == 0)
        return latent__fail(w->context, LATENT_ERROR_DOMAIN,
                            "directions[%" PRId64 "] is zero: it leads nowhere", walk);
    if (!isfinite(norm))
        return latent__fail(w->context, LATENT_ERROR_OVERFLOW,
                            "the norm of directions[%" PRId64 "] is beyond float64", walk);
    const double end = length_of(w, walk, w->steps - 1);
    for (int64_t j = 0; j < w->n; j++) {
        if (w->question->options.unit)
            u[j] /= norm;
        if (!isfinite(latent__encoder_rounded(encoder, x[j] + end * u[j])))
            return latent__fail(w->context, LATENT_ERROR_OVERFLOW,
                                "walk %" PRId64 " ends at %g in entry %" PRId64
                                ", beyond the encoder's element type",
                                walk, x[j] + end * u[j], j);
    }
    return LATENT_OK;
}

/* ‖J u‖, ‖f(x)‖, and what rounding may make of f. */
static void measure_start(walks *w, int64_t i) {
    const double slope = latent__vector_norm(w->slopes + i * w->m, w->m);
    const double length = latent__vector_norm(w->bases + i * w->m, w->m);
    const double moves = latent__vector_norm(w->starts + i * w->n, w->n) /
                         latent__vector_norm(w->directions + i * w->n, w->n);
    walk_figure(w, SLOPE)[w->first + i] = slope;
    walk_figure(w, LENGTH)[w->first + i] = length;
    walk_figure(w, ROUNDING)[w->first + i] =
        ROUNDINGS * latent__encoder_roundoff(w->question->encoder) * (length + slope * moves);
}

/* f(x) and J(x) u of the group. */
static latent_status begin_group(walks *w, int64_t count) {
    latent_status status = LATENT_OK;
    for (int64_t i = 0; i < count && !status; i++)
        status = load_walk(w, i);
    if (!status)
        status = latent__encoder_forward(&w->calls, w->starts, count, w->bases);
    if (!status)
        status = latent__encoder_jvp(&w->calls, w->starts, w->n, w->directions, count, w->slopes);
    for (int64_t i = 0; i < count && !status; i++)
        measure_start(w, i);
    return status;
}

static void write_point(void *argument, int64_t item, int32_t worker) {
    walks *w = argument;
    const int64_t i = (w->at + item) / w->steps, step = (w->at + item) % w->steps;
    const double t = length_of(w, w->first + i, step);
    const double *x = w->starts + i * w->n, *u = w->directions + i * w->n;
    double *const point = w->points + item * w->n;
    (void)worker;
    for (int64_t j = 0; j < w->n; j++)
        point[j] = x[j] + t * u[j];
}

static void measure_point(void *argument, int64_t item, int32_t worker) {
    walks *w = argument;
    const int64_t i = (w->at + item) / w->steps, step = (w->at + item) % w->steps;
    const int64_t place = w->first * w->steps + w->at + item;
    const double t = length_of(w, w->first + i, step);
    const double *base = w->bases + i * w->m, *slope = w->slopes + i * w->m;
    double *const outputs = w->outputs + item * w->m;
    (void)worker;
    point_figure(w, COSINE)[place] = latent__vector_cosine(outputs, base, w->m);
    for (int64_t k = 0; k < w->m; k++)
        outputs[k] -= base[k];
    point_figure(w, CHANGE)[place] = latent__vector_norm(outputs, w->m);
    for (int64_t k = 0; k < w->m; k++)
        outputs[k] -= t * slope[k];
    point_figure(w, DEVIATION)[place] = latent__vector_norm(outputs, w->m);
}

/* All points of a group of walks. */
static latent_status walk_group(walks *w, int64_t count) {
    const double all = (double)(w->count * w->steps);
    const double before = (double)(w->first * w->steps) / all;
    latent__phase(w->context, "walks", before, before);
    latent_status status = begin_group(w, count);
    for (w->at = 0; w->at < count * w->steps && !status; w->at += w->held) {
        const int64_t left = count * w->steps - w->at, rows = left < w->held ? left : w->held;
        const int64_t done = w->first * w->steps + w->at;
        latent__phase(w->context, "walks", (double)done / all, (double)(done + rows) / all);
        status = latent__parallel(w->context, rows, write_point, w);
        if (!status)
            status = latent__encoder_forward(&w->calls, w->points, rows, w->outputs);
        if (!status)
            status = latent__parallel(w->context, rows, measure_point, w);
    }
    return status;
}

static latent_status check_figures(const walks *w) {
    for (int64_t p = 0; p < w->count; p++) {
        bool finite = isfinite(walk_figure(w, SLOPE)[p]) && isfinite(walk_figure(w, LENGTH)[p]);
        for (int64_t i = 0; i < w->steps; i++)
            finite = finite && isfinite(point_figure(w, CHANGE)[p * w->steps + i]) &&
                     isfinite(point_figure(w, DEVIATION)[p * w->steps + i]);
        if (!finite)
            return latent__fail(
                w->context, LATENT_ERROR_OVERFLOW,
                "the encoder changes by more than float64 can hold on walk %" PRId64, p);
    }
    return LATENT_OK;
}

/* The largest t up to which |D(t) - slope · t| <= room + share · t. */
static double holds_until(const walks *w, int64_t walk, double slope, double share, double room) {
    const double *change = point_figure(w, CHANGE) + walk * w->steps;
    double until = 0;
    for (int64_t i = 0; i < w->steps; i++) {
        const double t = length_of(w, walk, i);
        if (!(fabs(change[i] - slope * t) <= room + share * t))
            return until;
        until = t;
    }
    return until;
}

static void write_result(const walks *w, latent_walk_result *result) {
    const latent_walk_options *options = &w->question->options;
    double *const points[POINT_FIGURES] = {result->change, result->deviation, result->cosine};
    for (int f = 0; f < POINT_FIGURES; f++)
        if (points[f])
            memcpy(points[f], point_figure(w, f),
                   (size_t)(w->count * w->steps) * sizeof *points[f]);
    for (int64_t p = 0; p < w->count; p++) {
        const double slope = walk_figure(w, SLOPE)[p], length = walk_figure(w, LENGTH)[p];
        if (result->slope)
            result->slope[p] = slope;
        if (result->linear_until)
            result->linear_until[p] = holds_until(w, p, slope, options->linear_tolerance * slope,
                                                  walk_figure(w, ROUNDING)[p]);
        if (result->same_until)
            result->same_until[p] = holds_until(w, p, 0, 0, options->same_tolerance * length);
    }
    result->differences = w->question->encoder->jvp ? 0 : 1;
}

latent_status latent__walk_along(latent_context *context, const latent__walk_question *question,
                                 latent_walk_result *result, latent_encoder_usage *usage) {
    walks w = {.context = context,
               .question = question,
               .n = question->encoder->inputs,
               .m = question->encoder->outputs,
               .count = question->starts->rows,
               .steps = question->lengths->columns};
    latent_status status = open_walks(&w);
    for (w.first = 0; w.first < w.count && !status; w.first += w.group)
        status = walk_group(&w, w.count - w.first < w.group ? w.count - w.first : w.group);
    if (!status)
        status = check_figures(&w);
    if (!status)
        write_result(&w, result);
    *usage = w.calls.usage;
    close_walks(&w);
    return status;
}
