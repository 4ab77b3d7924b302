#include "encoder_calls.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "base/memory.h"
#include "latent/matrix.h"
#include "parallel/pool.h"

typedef enum call_kind { FORWARD, JVP, VJP } call_kind;

static const char *const kind_names[] = {"forward", "jvp", "vjp"};

/* What went wrong in a callback call. */
typedef enum fault { NONE, CODE, NOT_FINITE, BEYOND_TYPE } fault;

/* A worker's counts and its first failure. */
struct latent__encoder_slot {
    int64_t calls, rows;
    fault fault;
    int64_t item, row, entry; /* the call within the request, and the place */
    int32_t code;
    double value;
};

typedef struct latent__encoder_slot slot;

/* One request, cut into callback calls of `chunk` rows. */
typedef struct request {
    latent__encoder_calls *calls;
    call_kind kind;
    int64_t rows, chunk;
    const double *inputs;
    int64_t stride;
    const double *vectors; /* tangents or cotangents; NULL for forward */
    int64_t width;         /* of a vector */
    double *results;
    int64_t length;             /* of a result */
    atomic_int_fast64_t failed; /* the first chunk that did so far */
} request;

/* What a batch may hold at most in one of its buffers, and the most rows. */
enum { BATCH_BYTES = 8 << 20, BATCH_ROWS = 256 };

static int64_t longer(const latent_encoder *encoder) {
    return encoder->inputs > encoder->outputs ? encoder->inputs : encoder->outputs;
}

/* 1 or even, since differences need two rows for one. */
int64_t latent__encoder_batch(const latent_encoder *encoder, int64_t rows) {
    const int64_t fitting = BATCH_BYTES / 8 / longer(encoder);
    int64_t batch = encoder->max_batch > 0 ? encoder->max_batch : BATCH_ROWS;
    if (batch > fitting)
        batch = fitting > 1 ? fitting : 1;
    batch = batch < 2 * rows ? batch : 2 * rows;
    return batch > 1 ? batch - batch % 2 : 1;
}

static int32_t workers_of(const latent_context *context, const latent_encoder *encoder) {
    return encoder->concurrent ? latent__pool_threads(context->pool) : 1;
}

/* Bytes of one worker's inputs, vectors and results. Float64 is handed over as it is, but for a point
 * that many rows share. */
static int64_t room_of(const latent_encoder *encoder, int64_t batch) {
    const int64_t size = latent_type_size((latent_type)encoder->type);
    const int64_t entries =
        encoder->type == LATENT_F64 ? encoder->inputs : encoder->inputs + 2 * longer(encoder);
    return batch * entries * size;
}

/* Differences are taken of as many points as fill all workers' batches, two for each tangent. */
static int64_t around_of(const latent_encoder *encoder, int64_t batch, int32_t workers) {
    return (batch > 1 ? batch : 2) * workers * (encoder->inputs + encoder->outputs);
}

int64_t latent__encoder_around(const latent__encoder_calls *calls) {
    return around_of(&calls->encoder, calls->batch, calls->workers);
}

int64_t latent__encoder_room(const latent_context *context, const latent_encoder *encoder,
                             int64_t rows) {
    const int32_t workers = workers_of(context, encoder);
    const int64_t batch = latent__encoder_batch(encoder, rows);
    return latent__linear(workers, room_of(encoder, batch) + (int64_t)sizeof(slot)) +
           latent__linear(around_of(encoder, batch, workers), 8);
}

int64_t latent__encoder_strip(const latent_context *context, const latent_encoder *encoder,
                              int64_t rows) {
    return latent__encoder_batch(encoder, rows) * workers_of(context, encoder);
}

latent_status latent__encoder_open(latent_context *context, const latent_encoder *encoder,
                                   int64_t rows, latent__encoder_calls *calls) {
    *calls = (latent__encoder_calls){.context = context,
                                     .encoder = *encoder,
                                     .usage = {.size = sizeof calls->usage},
                                     .batch = latent__encoder_batch(encoder, rows),
                                     .workers = workers_of(context, encoder)};
    calls->room_bytes = room_of(encoder, calls->batch);
    latent_status status = LATENT_OK;
    calls->slots = latent__allocate(context, calls->workers, sizeof *calls->slots,
                                    "counts of the encoder's calls", &status);
    if (!status)
        calls->room = latent__allocate(context, calls->workers, (size_t)calls->room_bytes,
                                       "batches for the encoder", &status);
    return status;
}

void latent__encoder_close(latent__encoder_calls *calls) {
    if (!calls->context)
        return;
    latent__release(calls->context, calls->around, latent__encoder_around(calls),
                    sizeof *calls->around);
    latent__release(calls->context, calls->room, calls->workers, (size_t)calls->room_bytes);
    latent__release(calls->context, calls->slots, calls->workers, sizeof *calls->slots);
}

double latent__encoder_rounded(const latent_encoder *encoder, double x) {
    return encoder->type == LATENT_F32 ? (double)(float)x : x;
}

double latent__encoder_roundoff(const latent_encoder *encoder) {
    return ldexp(1, encoder->type == LATENT_F32 ? -24 : -53);
}

latent_status latent__encoder_needs_vjp(latent_context *context, const latent_encoder *encoder,
                                        const char *what) {
    if (encoder->vjp)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_UNSUPPORTED,
                        "encoder->vjp is NULL, but %s needs products with the transposed Jacobian",
                        what);
}

static void note(slot *s, fault what, int64_t row, int64_t entry, double value) {
    s->fault = what;
    s->row = row;
    s->entry = entry;
    s->value = value;
}

/* Rows of float64, `stride` apart, as the encoder sees them: in place where nothing has to change. NULL
 * after a failure. */
static const void *hand_over(const request *r, slot *s, const double *from, int64_t stride,
                             int64_t rows, int64_t width, void *room) {
    if (r->calls->encoder.type == LATENT_F64) {
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < width; j++)
                if (!isfinite(from[i * stride + j])) {
                    note(s, BEYOND_TYPE, i, j, from[i * stride + j]);
                    return NULL;
                }
        if (stride == width)
            return from;
        double *to = room;
        for (int64_t i = 0; i < rows; i++)
            memcpy(to + i * width, from + i * stride, (size_t)width * sizeof *to);
        return to;
    }
    float *to = room;
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < width; j++) {
            to[i * width + j] = (float)from[i * stride + j];
            if (!isfinite(to[i * width + j])) {
                note(s, BEYOND_TYPE, i, j, from[i * stride + j]);
                return NULL;
            }
        }
    return to;
}

/* Results of rows `first` and on as float64, all finite but where that is tolerated. */
static void take_back(const request *r, slot *s, const void *room, int64_t first, int64_t rows) {
    const bool *tolerated = r->calls->tolerated ? r->calls->tolerated + first : NULL;
    double *const to = r->results + first * r->length;
    if (r->calls->encoder.type == LATENT_F32)
        for (int64_t e = 0; e < rows * r->length; e++)
            to[e] = (double)((const float *)room)[e];
    for (int64_t e = 0; e < rows * r->length; e++)
        if (!isfinite(to[e]) && !(tolerated && tolerated[e / r->length])) {
            note(s, NOT_FINITE, e / r->length, e % r->length, to[e]);
            return;
        }
}

static int32_t call_back(const request *r, const void *inputs, const void *vectors, int64_t rows,
                         void *results) {
    const latent_encoder *encoder = &r->calls->encoder;
    switch (r->kind) {
    case FORWARD:
        break;
    case JVP:
        return encoder->jvp(encoder->user, inputs, vectors, rows, results);
    case VJP:
        return encoder->vjp(encoder->user, inputs, vectors, rows, results);
    }
    return encoder->forward(encoder->user, inputs, rows, results);
}

/* One callback call: rows `first` to first + rows - 1. */
static void run_rows(const request *r, slot *s, char *room, int64_t first, int64_t rows) {
    const latent_encoder *encoder = &r->calls->encoder;
    const int64_t size = latent_type_size((latent_type)encoder->type);
    const bool converts = encoder->type != LATENT_F64;
    char *const second = converts ? room + r->calls->batch * encoder->inputs * size : NULL;
    char *const third = converts ? second + r->calls->batch * longer(encoder) * size : NULL;
    const void *vectors = NULL;
    const void *inputs =
        hand_over(r, s, r->inputs + first * r->stride, r->stride, rows, encoder->inputs, room);
    if (inputs && r->vectors)
        vectors = hand_over(r, s, r->vectors + first * r->width, r->width, rows, r->width, second);
    if (s->fault)
        return;
    void *const results = converts ? (void *)third : (void *)(r->results + first * r->length);
    s->calls++;
    s->rows += rows;
    s->code = call_back(r, inputs, vectors, rows, results);
    if (s->code)
        s->fault = CODE;
    else
        take_back(r, s, results, first, rows);
}

/* Chunks after one that failed are left out, those before it are not: the first to fail always runs. */
static void run_chunk(void *argument, int64_t item, int32_t worker) {
    request *r = argument;
    slot *s = &r->calls->slots[worker];
    const int64_t first = item * r->chunk;
    int_fast64_t failed = atomic_load(&r->failed);
    if (item > failed)
        return;
    run_rows(r, s, r->calls->room + worker * r->calls->room_bytes, first,
             r->rows - first < r->chunk ? r->rows - first : r->chunk);
    s->item = item;
    while (s->fault && item < failed && !atomic_compare_exchange_weak(&r->failed, &failed, item))
        ;
}

/* The sentence for a failed call, which is number `number` of its kind. */
static latent_status fail_call(latent__encoder_calls *calls, call_kind kind, const slot *s,
                               int64_t number) {
    const char *name = kind_names[kind];
    if (s->fault == CODE) {
        calls->usage.code = s->code;
        return latent__fail(calls->context, LATENT_ERROR_CALLBACK,
                            "call %" PRId64 " of the encoder's %s returned %" PRId32, number, name,
                            s->code);
    }
    if (s->fault == BEYOND_TYPE)
        return latent__fail(calls->context, LATENT_ERROR_OVERFLOW,
                            "call %" PRId64 " of the encoder's %s needs %g at row %" PRId64
                            ", entry %" PRId64 ", beyond its %s",
                            number, name, s->value, s->row, s->entry,
                            calls->encoder.type == LATENT_F32 ? "float32" : "float64");
    return latent__fail(calls->context, LATENT_ERROR_NONFINITE,
                        "call %" PRId64 " of the encoder's %s gave %s at row %" PRId64
                        ", %s %" PRId64,
                        number, name,
                        isnan(s->value) ? "NaN"
                        : s->value < 0  ? "-infinity"
                                        : "infinity",
                        s->row, kind == VJP ? "input" : "output", s->entry);
}

static void count(latent_encoder_usage *usage, call_kind kind, int64_t calls, int64_t rows) {
    int64_t *const counts[] = {&usage->forward_calls, &usage->jvp_calls, &usage->vjp_calls};
    int64_t *const sums[] = {&usage->forward_rows, &usage->jvp_rows, &usage->vjp_rows};
    *counts[kind] += calls;
    *sums[kind] += rows;
}

static int64_t calls_before(const latent_encoder_usage *usage, call_kind kind) {
    const int64_t counts[] = {usage->forward_calls, usage->jvp_calls, usage->vjp_calls};
    return counts[kind];
}

static latent_status check_limit(latent__encoder_calls *calls, int64_t rows) {
    const latent_encoder_usage *usage = &calls->usage;
    const int64_t most = calls->encoder.max_evaluations;
    const int64_t done = usage->forward_rows + usage->jvp_rows + usage->vjp_rows;
    if (most == 0 || rows <= most - done)
        return LATENT_OK;
    return latent__fail(calls->context, LATENT_ERROR_LIMIT,
                        "encoder->max_evaluations is %" PRId64 "; %" PRId64
                        " are done, and %" PRId64 " more are needed next",
                        most, done, rows);
}

static latent_status run_request(request *r) {
    latent__encoder_calls *calls = r->calls;
    latent_status status = check_limit(calls, r->rows);
    if (status)
        return status;
    memset(calls->slots, 0, (size_t)calls->workers * sizeof *calls->slots);
    atomic_init(&r->failed, INT64_MAX);
    status = latent__parallel_few(calls->context, calls->workers,
                                  (r->rows + r->chunk - 1) / r->chunk, run_chunk, r);
    const int64_t before = calls_before(&calls->usage, r->kind);
    const slot *first = NULL;
    for (int32_t w = 0; w < calls->workers; w++) {
        const slot *s = &calls->slots[w];
        count(&calls->usage, r->kind, s->calls, s->rows);
        if (s->fault && (!first || s->item < first->item))
            first = s;
    }
    return first ? fail_call(calls, r->kind, first, before + first->item + 1) : status;
}

static request request_of(latent__encoder_calls *calls, call_kind kind, const double *inputs,
                          int64_t stride, int64_t rows, double *results) {
    return (request){.calls = calls,
                     .kind = kind,
                     .rows = rows,
                     .chunk = calls->batch,
                     .inputs = inputs,
                     .stride = stride,
                     .results = results,
                     .length = kind == VJP ? calls->encoder.inputs : calls->encoder.outputs};
}

latent_status latent__encoder_forward(latent__encoder_calls *calls, const double *inputs,
                                      int64_t rows, double *outputs) {
    request r = request_of(calls, FORWARD, inputs, calls->encoder.inputs, rows, outputs);
    return run_request(&r);
}

latent_status latent__encoder_jvp(latent__encoder_calls *calls, const double *inputs,
                                  int64_t stride, const double *tangents, int64_t rows,
                                  double *products) {
    if (!calls->encoder.jvp)
        return latent__encoder_differences(calls, inputs, stride, tangents, rows, 1, products);
    request r = request_of(calls, JVP, inputs, stride, rows, products);
    r.vectors = tangents;
    r.width = calls->encoder.inputs;
    return run_request(&r);
}

latent_status latent__encoder_vjp(latent__encoder_calls *calls, const double *inputs,
                                  int64_t stride, const double *cotangents, int64_t rows,
                                  double *products) {
    request r = request_of(calls, VJP, inputs, stride, rows, products);
    r.vectors = cotangents;
    r.width = calls->encoder.outputs;
    return run_request(&r);
}
