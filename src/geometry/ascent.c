#include "ascent.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "basis.h"
#include "parallel/pool.h"

/* Halvings of a step, down to 2^-10. */
enum { HALVINGS = 10 };

/* One start. */
typedef struct climber {
    double constant;
    double step; /* that is being tried */
    int64_t iterations;
    bool active, pending; /* still climbing; looking for a step */
    bool converged;
} climber;

/* All starts. Rows of active climbers are packed for calls of the encoder. */
typedef struct ascent {
    latent__displacement at;
    const latent_lipschitz_ascent_options *options;
    latent__rounding rounding;
    latent__random random;
    climber *climbers;
    double *units;     /* restarts × n: the û */
    double *changes;   /* restarts × m: f(x + εû) - f(x) */
    double *gradients; /* restarts × n: the ĝ, in rows of their climbers */
    double *inputs;    /* restarts × n: packed points */
    double *packed;    /* restarts × m: packed cotangents or outputs */
    double *unit;      /* n: one that is being tried */
} ascent;

static int64_t numbers_of(const latent_encoder *encoder,
                          const latent_lipschitz_ascent_options *options) {
    return options->restarts * (3 * encoder->inputs + 2 * encoder->outputs) + encoder->inputs;
}

int64_t latent__ascent_room(const latent_encoder *encoder,
                            const latent_lipschitz_ascent_options *options) {
    return latent__displacement_room(encoder) +
           latent__linear(options->restarts, 8 * (3 * encoder->inputs + 2 * encoder->outputs) +
                                                 (int64_t)sizeof(climber)) +
           latent__linear(encoder->inputs, 8);
}

static latent_status allocate(ascent *a) {
    latent_context *context = a->at.calls->context;
    const latent_encoder *encoder = &a->at.calls->encoder;
    const int64_t n = encoder->inputs, m = encoder->outputs, restarts = a->options->restarts;
    latent_status status = LATENT_OK;
    a->climbers = latent__allocate(context, restarts, sizeof *a->climbers, "starts", &status);
    if (!status)
        a->units = latent__allocate(context, numbers_of(encoder, a->options), sizeof *a->units,
                                    "directions", &status);
    if (status)
        return status;
    a->gradients = a->units + restarts * n;
    a->inputs = a->gradients + restarts * n;
    a->unit = a->inputs + restarts * n;
    a->changes = a->unit + n;
    a->packed = a->changes + restarts * m;
    memset(a->climbers, 0, (size_t)restarts * sizeof *a->climbers);
    return LATENT_OK;
}

static void release(ascent *a) {
    latent_context *context = a->at.calls->context;
    latent__release(context, a->units, numbers_of(&a->at.calls->encoder, a->options),
                    sizeof *a->units);
    latent__release(context, a->climbers, a->options->restarts, sizeof *a->climbers);
}

static latent_status start(ascent *a, int64_t c) {
    latent_context *context = a->at.calls->context;
    const int64_t n = a->at.calls->encoder.inputs;
    double *unit = a->units + c * n;
    if (c < a->options->start_count)
        memcpy(unit, a->options->starts + c * n, (size_t)n * sizeof *unit);
    else
        latent__random_normals(&a->random, unit, n);
    if (latent__normalise(context, unit, n))
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_DOMAIN,
                        "row %" PRId64 " of options->starts is zero, which is no direction", c);
}

/* û + s (ĝ - û), normalised; into `unit`. False if nothing is left of it. */
static bool try_step(ascent *a, int64_t c) {
    const int64_t n = a->at.calls->encoder.inputs;
    const double s = a->climbers[c].step, *u = a->units + c * n, *g = a->gradients + c * n;
    for (int64_t j = 0; j < n; j++)
        a->unit[j] = s == 1 ? g[j] : u[j] + s * (g[j] - u[j]);
    return latent__normalise(a->at.calls->context, a->unit, n);
}

/* Evaluates all starts. */
static latent_status evaluate_starts(ascent *a) {
    const int64_t n = a->at.calls->encoder.inputs, m = a->at.calls->encoder.outputs;
    const int64_t restarts = a->options->restarts;
    const double epsilon = a->options->epsilon;
    latent_status status = LATENT_OK;
    for (int64_t c = 0; c < restarts && !status; c++) {
        status = start(a, c);
        if (!status)
            latent__displace(&a->at, a->units + c * n, epsilon, a->inputs + c * n, &a->rounding);
        a->climbers[c].active = true;
    }
    if (!status)
        status = latent__encoder_forward(a->at.calls, a->inputs, restarts, a->changes);
    for (int64_t c = 0; c < restarts && !status; c++)
        status = latent__displaced(&a->at, a->changes + c * m, epsilon, &a->climbers[c].constant,
                                   &a->rounding);
    return status;
}

/* f(x + εû) - f(x) as a direction; where there is no change, a random one, since every one is as good. */
static void pack_cotangent(ascent *a, int64_t c, double *cotangent) {
    const int64_t m = a->at.calls->encoder.outputs;
    memcpy(cotangent, a->changes + c * m, (size_t)m * sizeof *cotangent);
    if (latent__normalise(a->at.calls->context, cotangent, m))
        return;
    latent__random_normals(&a->random, cotangent, m);
    latent__normalise(a->at.calls->context, cotangent, m);
}

static void stop(climber *one, bool converged) {
    one->active = false;
    one->pending = false;
    one->converged = converged;
}

/* The ĝ of all active climbers. One whose gradient is 0 has converged. */
static latent_status gradients(ascent *a) {
    latent__encoder_calls *calls = a->at.calls;
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    latent__rounding ignored = {0};
    int64_t rows = 0;
    for (int64_t c = 0; c < a->options->restarts; c++) {
        if (!a->climbers[c].active)
            continue;
        latent__displace(&a->at, a->units + c * n, a->options->epsilon, a->inputs + rows * n,
                         &ignored);
        pack_cotangent(a, c, a->packed + rows * m);
        rows++;
    }
    const latent_status status =
        latent__encoder_vjp(calls, a->inputs, n, a->packed, rows, a->gradients);
    /* From packed rows to those of their climbers, the last one first: no row is overwritten before it
     * is moved. */
    for (int64_t c = a->options->restarts - 1; c >= 0 && !status; c--) {
        climber *one = &a->climbers[c];
        if (!one->active)
            continue;
        memmove(a->gradients + c * n, a->gradients + --rows * n, (size_t)n * sizeof(double));
        one->step = 1;
        one->pending = true;
        if (!latent__normalise(calls->context, a->gradients + c * n, n))
            stop(one, true);
    }
    return status;
}

/* A climber's step has led to `constant`: takes it, or halves it. */
static void judge(ascent *a, int64_t c, double constant, const double *change) {
    const int64_t n = a->at.calls->encoder.inputs, m = a->at.calls->encoder.outputs;
    climber *one = &a->climbers[c];
    if (constant > one->constant) {
        const bool last = constant - one->constant <= a->options->tolerance * constant;
        try_step(a, c); /* the same again, of which only the rounded point was kept */
        memcpy(a->units + c * n, a->unit, (size_t)n * sizeof *a->unit);
        memcpy(a->changes + c * m, change, (size_t)m * sizeof *change);
        one->constant = constant;
        one->pending = false;
        if (last)
            stop(one, true);
    } else {
        one->step /= 2;
        if (one->step < ldexp(1, -HALVINGS))
            stop(one, true);
    }
}

/* Tries the steps of all that look for one; *left says how many still do. */
static latent_status try_steps(ascent *a, int64_t *left) {
    const int64_t n = a->at.calls->encoder.inputs, m = a->at.calls->encoder.outputs;
    const int64_t restarts = a->options->restarts;
    const double epsilon = a->options->epsilon;
    int64_t rows = 0;
    for (int64_t c = 0; c < restarts; c++) {
        if (!a->climbers[c].pending)
            continue;
        if (!try_step(a, c)) { /* ĝ = -û and s = ½: the same place with a step of a quarter */
            a->climbers[c].step /= 2;
            try_step(a, c);
        }
        latent__displace(&a->at, a->unit, epsilon, a->inputs + rows++ * n, &a->rounding);
    }
    latent_status status = latent__encoder_forward(a->at.calls, a->inputs, rows, a->packed);
    *left = 0;
    rows = 0;
    for (int64_t c = 0; c < restarts && !status; c++) {
        double constant = 0, *change = a->packed + rows * m;
        if (!a->climbers[c].pending)
            continue;
        rows++;
        status = latent__displaced(&a->at, change, epsilon, &constant, &a->rounding);
        if (!status)
            judge(a, c, constant, change);
        *left += a->climbers[c].pending;
    }
    return status;
}

static int64_t active(const ascent *a) {
    int64_t many = 0;
    for (int64_t c = 0; c < a->options->restarts; c++)
        many += a->climbers[c].active;
    return many;
}

static latent_status climb(ascent *a) {
    const int64_t most = a->options->iterations;
    latent__phase(a->at.calls->context, "ascent", 0, 0);
    latent_status status = evaluate_starts(a);
    for (int64_t i = 0; i < most && active(a) > 0 && !status; i++) {
        int64_t left = 0;
        latent__phase(a->at.calls->context, "ascent", (double)i / (double)most,
                      (double)(i + 1) / (double)most);
        for (int64_t c = 0; c < a->options->restarts; c++)
            a->climbers[c].iterations += a->climbers[c].active;
        status = gradients(a);
        for (int64_t c = 0; c < a->options->restarts; c++)
            left += a->climbers[c].pending;
        while (left > 0 && !status)
            status = try_steps(a, &left);
    }
    latent__phase(a->at.calls->context, "ascent", 1, 1);
    return status;
}

static void write(const ascent *a, latent_lipschitz_ascent *result) {
    const int64_t n = a->at.calls->encoder.inputs;
    result->best = 0;
    result->converged = 0;
    result->iterations = 0;
    for (int64_t c = 0; c < a->options->restarts; c++) {
        const climber *one = &a->climbers[c];
        if (one->constant > a->climbers[result->best].constant)
            result->best = c;
        result->converged += one->converged;
        if (one->iterations > result->iterations)
            result->iterations = one->iterations;
        if (result->constants)
            result->constants[c] = one->constant;
    }
    result->constant = a->climbers[result->best].constant;
    result->rounding = latent__rounding_estimate(&a->at, a->options->epsilon, &a->rounding);
    if (result->direction)
        memcpy(result->direction, a->units + result->best * n, (size_t)n * sizeof(double));
}

latent_status latent__ascent(latent__encoder_calls *calls, const double *point,
                             const latent_lipschitz_ascent_options *options,
                             latent_lipschitz_ascent *result) {
    ascent a = {.options = options, .random = latent__random_stream(options->seed, 0)};
    latent_status status = latent__displacement_open(calls, point, &a.at);
    if (!status)
        status = allocate(&a);
    if (!status)
        status = climb(&a);
    if (!status)
        write(&a, result);
    release(&a);
    latent__displacement_close(&a.at);
    return status;
}
