#include "directional.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rows.h"
#include "base/sort.h"
#include "basis.h"
#include "parallel/pool.h"

/* Evaluations of direction · E + ε, in strips of as many rows as fill all workers' batches. */
typedef struct evaluation {
    latent__displacement at;
    const latent__family *family;
    const latent_lipschitz_options *options;
    latent__basis complement; /* what directions are orthogonal to; its next row is the direction */
    double *coefficients;     /* 2 complement rows */
    latent__random random;
    int64_t strip;
    double *inputs, *outputs;   /* of a strip */
    double *constants;          /* direction · E + ε */
    double *sorted;             /* those of one ε, and room for sorting */
    latent__rounding *rounding; /* E */
} evaluation;

static int64_t spanning(const latent__family *family) {
    return family->given ? 0 : family->sampling->complement_count;
}

int64_t latent__lipschitz_room(const latent_context *context, const latent_encoder *encoder,
                               const latent__family *family,
                               const latent_lipschitz_options *options) {
    const int64_t all = family->count * options->epsilon_count;
    return latent__displacement_room(encoder) +
           latent__linear(family->count, 8 * (options->epsilon_count + 2)) +
           latent__linear(options->epsilon_count, sizeof(latent__rounding)) +
           latent__linear(spanning(family) + 1, 8 * (encoder->inputs + 2)) +
           latent__linear(latent__encoder_strip(context, encoder, all),
                          8 * (encoder->inputs + encoder->outputs));
}

static latent_status allocate(evaluation *e) {
    latent__encoder_calls *calls = e->at.calls;
    latent_context *context = calls->context;
    const int64_t n = calls->encoder.inputs, width = n + calls->encoder.outputs;
    const int64_t rows = spanning(e->family) + 1;
    latent_status status = latent__basis_create(context, n, rows, "directions", &e->complement);
    e->strip = calls->batch * calls->workers;
    if (!status)
        e->coefficients =
            latent__allocate(context, 2 * rows, sizeof(double), "directions", &status);
    if (!status)
        e->inputs = latent__allocate(context, e->strip, (size_t)width * sizeof *e->inputs,
                                     "displaced points", &status);
    if (!status)
        e->constants = latent__allocate(
            context, e->family->count,
            (size_t)(e->options->epsilon_count + 2) * sizeof *e->constants, "constants", &status);
    if (!status)
        e->rounding = latent__allocate(context, e->options->epsilon_count, sizeof *e->rounding,
                                       "estimates of rounding", &status);
    if (status)
        return status;
    e->outputs = e->inputs + e->strip * n;
    e->sorted = e->constants + e->family->count * e->options->epsilon_count;
    memset(e->rounding, 0, (size_t)e->options->epsilon_count * sizeof *e->rounding);
    return LATENT_OK;
}

static void release(evaluation *e) {
    latent_context *context = e->at.calls->context;
    const latent_encoder *encoder = &e->at.calls->encoder;
    const int64_t rows = spanning(e->family) + 1;
    latent__release(context, e->rounding, e->options->epsilon_count, sizeof *e->rounding);
    latent__release(context, e->constants, e->family->count,
                    (size_t)(e->options->epsilon_count + 2) * sizeof *e->constants);
    latent__release(context, e->inputs, e->strip,
                    (size_t)(encoder->inputs + encoder->outputs) * sizeof *e->inputs);
    latent__release(context, e->coefficients, 2 * rows, sizeof(double));
    latent__basis_free(&e->complement);
}

/* An orthonormal basis of what the directions are to be orthogonal to. A vector that depends on those
 * before it, to rounding, adds nothing. */
static latent_status span_complement(evaluation *e) {
    latent_context *context = e->at.calls->context;
    const int64_t n = e->complement.length;
    latent_status status = LATENT_OK;
    for (int64_t r = 0; r < spanning(e->family) && !status; r++) {
        double *row = latent__basis_row(&e->complement, e->complement.count), norm;
        memcpy(row, e->family->sampling->complement_of + r * n, (size_t)n * sizeof *row);
        if (latent__normalise(context, row, n))
            status = latent__basis_extend(&e->complement, 1e-12, e->coefficients, &norm);
    }
    return status;
}

/* A row of the caller's, at the end of the basis, which is empty. */
static latent_status given_direction(evaluation *e, int64_t direction) {
    latent_context *context = e->at.calls->context;
    const latent_matrix *given = e->family->given;
    double *unit = latent__basis_row(&e->complement, 0);
    for (int64_t j = 0; j < given->columns; j++)
        unit[j] = latent__element(given, direction, j);
    const latent_status status =
        latent__fail_nonfinite(context, given, "directions", direction, direction);
    if (status || latent__normalise(context, unit, given->columns))
        return status;
    return latent__fail(context, LATENT_ERROR_DOMAIN,
                        "directions[%" PRId64 "] is zero, which is no direction", direction);
}

/* Beyond the basis, which is then as it was. */
static latent_status random_direction(evaluation *e) {
    const latent_status status =
        latent__basis_extend_random(&e->complement, &e->random, e->coefficients);
    if (!status)
        e->complement.count--;
    return status;
}

/* Rows `first` to first + rows - 1 of all evaluations. */
static latent_status evaluate_strip(evaluation *e, int64_t first, int64_t rows) {
    const int64_t each = e->options->epsilon_count;
    const int64_t n = e->at.calls->encoder.inputs, m = e->at.calls->encoder.outputs;
    latent_status status = LATENT_OK;
    for (int64_t r = 0; r < rows && !status; r++) {
        const int64_t direction = (first + r) / each, k = (first + r) % each;
        if (k == 0)
            status = e->family->given ? given_direction(e, direction) : random_direction(e);
        if (!status)
            latent__displace(&e->at, latent__basis_row(&e->complement, e->complement.count),
                             e->options->epsilons[k], e->inputs + r * n, &e->rounding[k]);
    }
    if (!status)
        status = latent__encoder_forward(e->at.calls, e->inputs, rows, e->outputs);
    for (int64_t r = 0; r < rows && !status; r++) {
        const int64_t k = (first + r) % each;
        status = latent__displaced(&e->at, e->outputs + r * m, e->options->epsilons[k],
                                   &e->constants[first + r], &e->rounding[k]);
    }
    return status;
}

static latent_status evaluate(evaluation *e) {
    const int64_t all = e->family->count * e->options->epsilon_count;
    latent_status status = span_complement(e);
    if (!status && e->complement.count == e->complement.length)
        return latent__fail(e->at.calls->context, LATENT_ERROR_DOMAIN,
                            "the rows of sampling->complement_of span all %" PRId64
                            " inputs: their complement is empty",
                            e->complement.length);
    for (int64_t first = 0; first < all && !status; first += e->strip) {
        const int64_t rows = all - first < e->strip ? all - first : e->strip;
        latent__phase(e->at.calls->context, "Lipschitz constants", (double)first / (double)all,
                      (double)(first + rows) / (double)all);
        status = evaluate_strip(e, first, rows);
    }
    return status;
}

/* The distribution of the constants at one ε. */
static void summarise(const evaluation *e, int64_t k, const latent_lipschitz_result *result) {
    const int64_t count = e->family->count, each = e->options->epsilon_count;
    const int64_t quantiles = e->options->quantile_count;
    const double rounding =
        latent__rounding_estimate(&e->at, e->options->epsilons[k], &e->rounding[k]);
    double mean = 0, square = 0;
    int64_t dominated = 0;
    for (int64_t d = 0; d < count; d++) {
        e->sorted[d] = e->constants[d * each + k];
        mean += (e->sorted[d] - mean) / (double)(d + 1);
        dominated += e->sorted[d] < 10 * rounding;
    }
    for (int64_t d = 0; d < count; d++)
        square += (e->sorted[d] - mean) * (e->sorted[d] - mean) / (double)count;
    latent__sort(e->sorted, e->sorted + count, count, NULL, NULL);
    for (int64_t q = 0; q < quantiles && result->quantiles; q++)
        result->quantiles[k * quantiles + q] =
            latent__sorted_quantile(e->sorted, count, e->options->probabilities[q]);
    if (result->mean)
        result->mean[k] = mean;
    if (result->std)
        result->std[k] = sqrt(square);
    if (result->min)
        result->min[k] = e->sorted[0];
    if (result->max)
        result->max[k] = e->sorted[count - 1];
    if (result->rounding)
        result->rounding[k] = rounding;
    if (result->dominated)
        result->dominated[k] = dominated;
}

latent_status latent__lipschitz(latent__encoder_calls *calls, const double *point,
                                const latent__family *family,
                                const latent_lipschitz_options *options,
                                const latent_lipschitz_result *result) {
    const int64_t all = family->count * options->epsilon_count;
    evaluation e = {.family = family, .options = options};
    if (!family->given)
        e.random = latent__random_stream(family->sampling->seed, 0);
    latent_status status = latent__displacement_open(calls, point, &e.at);
    if (!status)
        status = allocate(&e);
    if (!status)
        status = evaluate(&e);
    if (!status && result->constants)
        memcpy(result->constants, e.constants, (size_t)all * sizeof *e.constants);
    for (int64_t k = 0; k < options->epsilon_count && !status; k++)
        summarise(&e, k, result);
    release(&e);
    latent__displacement_close(&e.at);
    return status;
}
