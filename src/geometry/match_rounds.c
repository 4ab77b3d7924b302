/* Pairs under way hold seats. In a round, those whose last point was accepted get a gradient and
 * propose a point; all have their next point evaluated and judge it; those that have ended leave
 * their seats to the next pairs, whose x₀ is evaluated with the others' points in the next
 * round. */
#include "match_rounds.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rows.h"
#include "match_ledger.h"
#include "parallel/pool.h"
#include "vectors.h"

/* Seats for so many batches, and at least so many. */
enum { SEAT_BATCHES = 4, SEATS = 64 };
/* The part of the call that evaluating targets is taken to be. */
static const double targets_share = 0.01;

typedef struct rounds {
    const latent__match_question *question;
    latent__match_rules rules;
    latent__encoder_calls calls;
    latent__match_ledger ledger;
    int64_t pairs, seats;
    int64_t seated, waiting; /* pairs under way; the first one that is not */
    double from;             /* progress before the first round */
    latent__pursuit *pursuits;
    int64_t *ready;    /* seats that propose in this round */
    bool *tolerated;   /* by row of the next call of the encoder */
    double *targets;   /* pairs × m */
    double *numbers;   /* what the seats share: */
    double *points;    /* seats × n */
    double *gradients; /* seats × n, in the order of `ready` */
    double *outputs;   /* seats × m */
} rounds;

/* Numbers for a seat: x₀, x, next, its point and its gradient; residual and outputs. */
static int64_t seat_numbers(const latent_encoder *encoder) {
    return 5 * encoder->inputs + 2 * encoder->outputs;
}

static int64_t seat_bytes(const latent_encoder *encoder) {
    return 8 * seat_numbers(encoder) +
           (int64_t)(sizeof(latent__pursuit) + sizeof(int64_t) + sizeof(bool));
}

static latent__match_rules rules_of(latent_context *context,
                                    const latent__match_question *question) {
    const latent_encoder *encoder = question->encoder;
    return (latent__match_rules){.context = context,
                                 .n = encoder->inputs,
                                 .m = encoder->outputs,
                                 .options = question->options,
                                 .largest =
                                     encoder->type == LATENT_F32 ? (double)FLT_MAX : DBL_MAX};
}

int64_t latent__match_room(const latent_context *context, const latent__match_question *question,
                           const latent_matching_result *result) {
    const latent__match_rules rules = rules_of(NULL, question);
    const int64_t pairs = question->starts->rows;
    return latent__match_ledger_bytes(&rules, pairs, result) + latent__linear(pairs, 8 * rules.m) +
           latent__linear(1, seat_bytes(question->encoder)) +
           latent__encoder_room(context, question->encoder, 1);
}

/* As many as are useful and fit. */
static int64_t choose_seats(const latent_context *context, const latent_encoder *encoder,
                            int64_t pairs) {
    const int64_t batches = SEAT_BATCHES * latent__encoder_batch(encoder, pairs);
    int64_t seats = batches > SEATS ? batches : SEATS;
    seats = seats < pairs ? seats : pairs;
    while (seats > 1 && latent__encoder_room(context, encoder, seats) +
                                latent__linear(seats, seat_bytes(encoder)) >
                            latent__memory_left(context))
        seats = (seats + 1) / 2;
    return seats;
}

static latent_status open_seats(rounds *r) {
    latent_context *context = r->rules.context;
    const int64_t n = r->rules.n, m = r->rules.m, seats = r->seats;
    latent_status status = LATENT_OK;
    r->pursuits = latent__allocate(context, seats, sizeof *r->pursuits, "pairs under way", &status);
    if (!status)
        r->ready = latent__allocate(context, seats, sizeof *r->ready, "a list of pairs", &status);
    if (!status)
        r->tolerated =
            latent__allocate(context, seats, sizeof *r->tolerated, "marks of pairs", &status);
    if (!status)
        r->numbers =
            latent__allocate(context, seats, (size_t)(8 * seat_numbers(r->question->encoder)),
                             "points of pairs under way", &status);
    if (status)
        return status;
    r->points = r->numbers;
    r->gradients = r->points + seats * n;
    r->outputs = r->gradients + seats * n;
    double *at = r->outputs + seats * m;
    for (int64_t s = 0; s < seats; s++, at += 3 * n + m)
        r->pursuits[s] =
            (latent__pursuit){.start = at, .x = at + n, .next = at + 2 * n, .residual = at + 3 * n};
    return LATENT_OK;
}

static latent_status open_rounds(rounds *r, const latent_matching_result *result) {
    latent_context *context = r->rules.context;
    const latent_encoder *encoder = r->question->encoder;
    latent_status status = latent__match_ledger_open(&r->rules, r->pairs, result, &r->ledger);
    if (!status)
        r->targets =
            latent__allocate(context, r->pairs, (size_t)(8 * r->rules.m), "targets", &status);
    if (status)
        return status;
    r->seats = choose_seats(context, encoder, r->pairs);
    status = latent__encoder_open(context, encoder, r->seats, &r->calls);
    return status ? status : open_seats(r);
}

static void close_rounds(rounds *r) {
    latent_context *context = r->rules.context;
    latent__release(context, r->numbers, r->seats,
                    (size_t)(8 * seat_numbers(r->question->encoder)));
    latent__release(context, r->tolerated, r->seats, sizeof *r->tolerated);
    latent__release(context, r->ready, r->seats, sizeof *r->ready);
    latent__release(context, r->pursuits, r->seats, sizeof *r->pursuits);
    latent__encoder_close(&r->calls);
    latent__release(context, r->targets, r->pairs, (size_t)(8 * r->rules.m));
    latent__match_ledger_close(&r->ledger);
}

static void take_row(const latent_matrix *view, int64_t row, double *to) {
    for (int64_t j = 0; j < view->columns; j++)
        to[j] = latent__element(view, row, j);
}

/* f of the target inputs, or what is given. */
static latent_status find_targets(rounds *r) {
    const latent_matrix *given = r->question->targets, *inputs = r->question->target_inputs;
    const int64_t n = r->rules.n, m = r->rules.m;
    for (int64_t p = 0; given && p < r->pairs; p++)
        take_row(given, p, r->targets + p * m);
    r->from = given ? 0 : targets_share;
    for (int64_t first = 0; !given && first < r->pairs; first += r->seats) {
        const int64_t left = r->pairs - first, rows = left < r->seats ? left : r->seats;
        for (int64_t i = 0; i < rows; i++)
            take_row(inputs, first + i, r->points + i * n);
        latent__phase(r->rules.context, "targets", r->from * (double)first / (double)r->pairs,
                      r->from * (double)(first + rows) / (double)r->pairs);
        const latent_status status =
            latent__encoder_forward(&r->calls, r->points, rows, r->targets + first * m);
        if (status)
            return status;
    }
    return LATENT_OK;
}

static latent_status check_targets(const rounds *r) {
    if (r->rules.options.cosine == -1)
        return LATENT_OK;
    for (int64_t p = 0; p < r->pairs; p++)
        if (latent__vector_norm(r->targets + p * r->rules.m, r->rules.m) == 0)
            return latent__fail(
                r->rules.context, LATENT_ERROR_DOMAIN,
                r->question->targets
                    ? "targets[%" PRId64 "] is zero and has no cosine; options->cosine = -1 "
                      "asks for none"
                    : "the encoder maps target_inputs[%" PRId64 "] to zero, which has no cosine; "
                      "options->cosine = -1 asks for none",
                p);
    return LATENT_OK;
}

/* What a pair may visit, within the encoder's element type. */
static latent__feasible_set allowed_around(const latent__match_rules *rules, const double *start) {
    const latent_matching_options *options = &rules->options;
    latent__feasible_set set = {-rules->largest, rules->largest, options->radius};
    if (options->bounds == LATENT_BOUNDS_GIVEN) {
        set.lower = fmax(set.lower, options->lower);
        set.upper = fmin(set.upper, options->upper);
    } else if (options->bounds == LATENT_BOUNDS_START) {
        set.lower = set.upper = start[0];
        for (int64_t j = 1; j < rules->n; j++) {
            set.lower = fmin(set.lower, start[j]);
            set.upper = fmax(set.upper, start[j]);
        }
    }
    return set;
}

/* Gives seat `s` to the next pair. */
static void seat_next(rounds *r, int64_t s) {
    latent__pursuit *p = &r->pursuits[s];
    const int64_t n = r->rules.n;
    *p = (latent__pursuit){.pair = r->waiting++,
                           .step = -1,
                           .start = p->start,
                           .x = p->x,
                           .next = p->next,
                           .residual = p->residual,
                           .lambda = 1};
    take_row(r->question->starts, p->pair, p->start);
    memcpy(p->x, p->start, (size_t)n * sizeof *p->x);
    memcpy(p->next, p->start, (size_t)n * sizeof *p->x);
    p->allowed = allowed_around(&r->rules, p->start);
}

static void say_progress(const rounds *r) {
    double done = (double)(r->waiting - r->seated);
    for (int64_t s = 0; s < r->seated; s++)
        done += (double)(r->pursuits[s].step > 0 ? r->pursuits[s].step : 0) /
                (double)r->rules.options.max_steps;
    const double share = r->from + (1 - r->from) * done / (double)r->pairs;
    latent__phase(r->rules.context, "matching", share, share);
}

static void propose(void *argument, int64_t item, int32_t worker) {
    rounds *r = argument;
    (void)worker;
    latent__match_propose(&r->rules, &r->pursuits[r->ready[item]],
                          r->gradients + item * r->rules.n);
}

/* Gradients for the pairs that have a new x, in the points' and outputs' memory; and proposals. */
static latent_status propose_points(rounds *r) {
    const int64_t n = r->rules.n, m = r->rules.m;
    int64_t count = 0;
    for (int64_t s = 0; s < r->seated; s++) {
        const latent__pursuit *p = &r->pursuits[s];
        if (p->step < 0 || p->tries > 0)
            continue;
        memcpy(r->points + count * n, p->x, (size_t)n * sizeof *p->x);
        memcpy(r->outputs + count * m, p->residual, (size_t)m * sizeof *p->residual);
        r->tolerated[count] = p->step > 0;
        r->ready[count++] = s;
    }
    if (count == 0)
        return LATENT_OK;
    const latent_status status =
        latent__encoder_vjp(&r->calls, r->points, n, r->outputs, count, r->gradients);
    return status ? status : latent__parallel(r->rules.context, count, propose, r);
}

static void write_point(void *argument, int64_t item, int32_t worker) {
    rounds *r = argument;
    (void)worker;
    latent__match_point(&r->rules, &r->pursuits[item], r->points + item * r->rules.n);
}

static void judge(void *argument, int64_t item, int32_t worker) {
    rounds *r = argument;
    latent__pursuit *p = &r->pursuits[item];
    const double *outputs = r->outputs + item * r->rules.m;
    (void)worker;
    if (latent__match_judge(&r->rules, p, r->points + item * r->rules.n, outputs,
                            r->targets + p->pair * r->rules.m))
        latent__match_note(&r->ledger, p, outputs);
}

static latent_status evaluate_points(rounds *r) {
    latent_context *context = r->rules.context;
    for (int64_t s = 0; s < r->seated; s++)
        r->tolerated[s] = r->pursuits[s].step >= 0;
    latent_status status = latent__parallel(context, r->seated, write_point, r);
    if (!status)
        status = latent__encoder_forward(&r->calls, r->points, r->seated, r->outputs);
    return status ? status : latent__parallel(context, r->seated, judge, r);
}

/* The loss at x₀ is what all others are measured by. */
static latent_status check_first_losses(const rounds *r) {
    for (int64_t s = 0; s < r->seated; s++) {
        const latent__pursuit *p = &r->pursuits[s];
        if (p->step == 0 && p->state == LATENT_MATCHING_DIVERGED)
            return latent__fail(r->rules.context, LATENT_ERROR_OVERFLOW,
                                "the loss of pair %" PRId64 " at starts[%" PRId64
                                "] is %g, beyond what numbers of the encoder's type can express",
                                p->pair, p->pair, p->loss);
    }
    return LATENT_OK;
}

/* Pairs that have ended make room; the last pair takes a seat for which nobody waits. */
static void settle(rounds *r) {
    for (int64_t s = 0; s < r->seated;) {
        if (r->pursuits[s].state == 0) {
            s++;
            continue;
        }
        latent__match_end(&r->ledger, &r->pursuits[s]);
        if (r->waiting < r->pairs) {
            seat_next(r, s++);
            continue;
        }
        const latent__pursuit empty = r->pursuits[s];
        r->pursuits[s] = r->pursuits[--r->seated];
        r->pursuits[r->seated] = empty;
    }
}

static latent_status run_rounds(rounds *r) {
    latent_status status = LATENT_OK;
    r->calls.tolerated = r->tolerated;
    for (r->seated = 0; r->seated < r->seats; r->seated++)
        seat_next(r, r->seated);
    while (r->seated > 0) {
        say_progress(r);
        status = propose_points(r);
        if (!status) {
            settle(r);
            status = evaluate_points(r);
        }
        if (!status)
            status = check_first_losses(r);
        if (status)
            return status;
        settle(r);
    }
    say_progress(r);
    return latent__parallel(r->rules.context, 0, judge, r);
}

latent_status latent__match(latent_context *context, const latent__match_question *question,
                            latent_matching_result *result, latent_encoder_usage *usage) {
    rounds r = {.question = question,
                .rules = rules_of(context, question),
                .pairs = question->starts->rows};
    latent_status status = open_rounds(&r, result);
    if (!status)
        status = find_targets(&r);
    if (!status)
        status = check_targets(&r);
    if (!status)
        status = run_rounds(&r);
    if (!status)
        latent__match_ledger_write(&r.ledger, result);
    *usage = r.calls.usage;
    close_rounds(&r);
    return status;
}
