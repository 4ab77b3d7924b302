#include "probing.h"

#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"
#include "precision.h"

/* The work: concepts in groups whose lists fit the memory, mostly one, and directions in blocks whose
 * scores do. For each block the threads compute scores, and then take a direction at a time. */
typedef struct probing {
    const latent__probe *probe;
    latent__label_counts counts;
    int64_t group_first, group_count; /* of the range of concepts */
    latent__concept_rows rows;
    latent__score_columns columns;
    char *memory; /* the threads' */
    int64_t thread_bytes, group_most;
    double *ap; /* all results, and their signs */
    int8_t *signs;
} probing;

/* A thread's memory: an order, a walk, and average precisions of the other sign. */
static int64_t bytes_by_thread(const latent__probe *probe) {
    const int64_t concepts = latent__group_most(probe->concepts.count);
    const int64_t bytes = 2 * probe->labels->samples * (int64_t)sizeof(uint64_t) +
                          latent__walk_bytes(concepts) + concepts * (int64_t)sizeof(double);
    return (bytes + 63) / 64 * 64;
}

/* Scores of so many directions at a time, and what it takes to compute them. */
static int64_t block_bytes(const latent__probe *probe, int64_t directions) {
    const int32_t threads = latent__pool_threads(probe->context->pool);
    return latent__linear(directions, latent__column_bytes(&probe->source)) +
           latent__source_bytes(&probe->source, directions, threads);
}

int64_t latent__probe_bytes(const latent__probe *probe) {
    const int64_t threads = latent__pool_threads(probe->context->pool);
    const int64_t results = latent__linear(probe->directions, 9);
    return latent__linear(probe->concepts.count, results) + block_bytes(probe, 1) +
           latent__linear(probe->concepts.count, 2 * sizeof(int64_t)) +
           latent__linear(threads, bytes_by_thread(probe)) +
           latent__group_bytes(probe->labels->samples, probe->concepts.count);
}

/* Where +v is less precise than -v, the latter's average precision and sign are taken. */
static void take_better(double *ap, int8_t *signs, const double *other, int64_t count) {
    for (int64_t c = 0; c < count; c++)
        if (other[c] > ap[c]) {
            ap[c] = other[c];
            signs[c] = -1;
        }
}

static void probe_direction(void *argument, int64_t item, int32_t worker) {
    probing *work = argument;
    const latent__probe *probe = work->probe;
    const int64_t samples = probe->labels->samples;
    const int64_t direction = work->columns.first + item;
    const int64_t place =
        (direction - probe->first_direction) * probe->concepts.count + work->group_first;
    latent__asker who = {probe->context, worker};
    char *const memory = work->memory + worker * work->thread_bytes;
    const latent__order_room room = {(uint64_t *)memory, (uint64_t *)memory + samples};
    latent__walk walk =
        latent__walk_in(probe->context->kernels, room.spare + samples, work->group_most);
    double *const other = (double *)(memory + 2 * samples * (int64_t)sizeof(uint64_t) +
                                     latent__walk_bytes(work->group_most));
    const latent__scores scores = latent__column(&work->columns, direction);
    uint32_t *const order = latent__order(&scores, samples, &room, latent__ask, &who);
    if (!order ||
        !latent__average_precision(&work->rows, order, &walk, work->ap + place, latent__ask, &who))
        return;
    memset(work->signs + place, 1, (size_t)work->group_count);
    if (!probe->both)
        return;
    latent__order_reverse(order, samples);
    if (latent__average_precision(&work->rows, order, &walk, other, latent__ask, &who))
        take_better(work->ap + place, work->signs + place, other, work->group_count);
}

/* Progress of a block of directions: scores first, rankings then. */
static void set_phase(const probing *work, int64_t done, int64_t count, bool ranking) {
    const double concepts = (double)work->counts.range.count;
    const double share = (double)work->group_count / concepts;
    const double directions = (double)work->probe->directions;
    const double begin = (double)work->group_first / concepts + share * (double)done / directions;
    const double width = share * (double)count / directions;
    latent__phase(work->probe->context, ranking ? "rankings" : "scores",
                  begin + (ranking ? 0.2 * width : 0), begin + (ranking ? 1 : 0.2) * width);
}

static latent_status run_blocks(probing *work) {
    const latent__probe *probe = work->probe;
    latent_status status = LATENT_OK;
    for (int64_t d = 0; d < probe->directions && !status; d += work->columns.capacity) {
        const int64_t left = probe->directions - d;
        const int64_t count = left < work->columns.capacity ? left : work->columns.capacity;
        set_phase(work, d, count, false);
        status = latent__columns_fill(&work->columns, probe->first_direction + d, count);
        set_phase(work, d, count, true);
        if (!status)
            status = latent__parallel(probe->context, count, probe_direction, work);
    }
    return status;
}

/* Directions at a time: at least one, and as many more as half of the memory holds that this and a
 * smallest group of concepts leave. */
static int64_t block_size(const probing *work) {
    const latent__probe *probe = work->probe;
    const int64_t left = latent__memory_left(probe->context) -
                         latent__least_group_bytes(&work->counts, probe->labels->samples);
    const int64_t least = block_bytes(probe, 1);
    const int64_t most = left > least ? least + (left - least) / 2 : least;
    const int64_t enough = latent__enough_directions(&probe->source);
    int64_t count = probe->directions < enough ? probe->directions : enough;
    while (count > 1 && block_bytes(probe, count) > most)
        count--;
    return count;
}

static latent_status run_groups(probing *work) {
    const latent__probe *probe = work->probe;
    latent_status status =
        latent__columns_open(probe->context, &probe->source, block_size(work), &work->columns);
    for (int64_t first = 0; first < probe->concepts.count && !status; first += work->group_count) {
        work->group_first = first;
        work->group_count =
            latent__group_size(probe->context, &work->counts, probe->labels->samples, first);
        const double done = (double)first / (double)probe->concepts.count;
        latent__phase(probe->context, "labels", done, done);
        status = latent__concept_rows_open(probe->context, probe->labels, &work->counts, first,
                                           work->group_count, &work->rows);
        if (!status)
            status = run_blocks(work);
        latent__concept_rows_close(probe->context, &work->rows);
    }
    latent__columns_close(&work->columns);
    return status;
}

static void write_result(const probing *work, latent_concepts_result *result) {
    const int64_t concepts = work->probe->concepts.count;
    for (int64_t d = 0; d < work->probe->directions; d++) {
        const double *const ap = work->ap + d * concepts;
        const int64_t start = d * result->stride;
        if (result->type == LATENT_F32)
            for (int64_t c = 0; c < concepts; c++)
                ((float *)result->ap)[start + c] = (float)ap[c];
        else
            memcpy((double *)result->ap + start, ap, (size_t)concepts * sizeof *ap);
        if (result->signs)
            memcpy(result->signs + start, work->signs + d * concepts, (size_t)concepts);
    }
}

latent_status latent__probe_run(const latent__probe *probe, latent_concepts_result *result) {
    latent_context *context = probe->context;
    const int64_t threads = latent__pool_threads(context->pool);
    const int64_t results = probe->directions * probe->concepts.count;
    latent_status status = LATENT_OK;
    probing work = {.probe = probe, .group_most = latent__group_most(probe->concepts.count)};
    work.thread_bytes = bytes_by_thread(probe);
    status = latent__counts_open(context, probe->labels, probe->concepts, 0, &work.counts);
    if (!status)
        work.ap = latent__allocate(context, results, sizeof *work.ap, "results", &status);
    if (!status)
        work.signs = latent__allocate(context, results, sizeof *work.signs, "signs", &status);
    if (!status)
        work.memory = latent__allocate(context, threads * work.thread_bytes, 1,
                                       "the threads' rankings", &status);
    if (!status)
        status = run_groups(&work);
    if (!status)
        write_result(&work, result);
    latent__release(context, work.memory, threads * work.thread_bytes, 1);
    latent__release(context, work.signs, results, sizeof *work.signs);
    latent__release(context, work.ap, results, sizeof *work.ap);
    latent__counts_close(context, &work.counts);
    return status;
}
