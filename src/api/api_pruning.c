/* pruning.h */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/structs.h"
#include "directions/aware.h"
#include "directions/curve.h"
#include "directions_checks.h"

static latent_status check_labels(latent_context *context, const int32_t *labels, int64_t count,
                                  int64_t classes) {
    for (int64_t n = 0; labels && n < count; n++)
        if (labels[n] < 0 || labels[n] >= classes)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "labels[%" PRId64 "] is %d, but the head has %" PRId64 " outputs",
                                n, (int)labels[n], classes);
    return LATENT_OK;
}

/* A number that is not finite, in words. */
static const char *word_for(double number) {
    return isnan(number) ? "NaN" : number < 0 ? "-infinity" : "infinity";
}

static latent_status check_bias(latent_context *context, const double *bias, int64_t count) {
    for (int64_t i = 0; bias && i < count; i++)
        if (!isfinite(bias[i]))
            return latent__fail(context, LATENT_ERROR_NONFINITE, "bias[%" PRId64 "] is %s", i,
                                word_for(bias[i]));
    return LATENT_OK;
}

static latent_status check_top(latent_context *context, int32_t *top, int64_t classes) {
    if (*top < 0 || *top > classes)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->top is %d, but the head has %" PRId64 " outputs", (int)*top,
                            classes);
    if (*top == 0)
        *top = classes < 5 ? (int32_t)classes : 5;
    return LATENT_OK;
}

static latent_status check_order(latent_context *context, const latent_directions *directions,
                                 const int64_t *order) {
    bool *chosen = NULL;
    if (!order)
        return LATENT_OK;
    const latent_status status =
        latent__choose_directions(context, directions, order, directions->rank, "order", &chosen);
    latent__release(context, chosen, directions->count, sizeof *chosen);
    return status;
}

static void set_curve_budget(latent_context *context, const latent__curve_question *question) {
    const latent_directions *d = question->directions;
    const int64_t threads = latent_context_threads(context);
    const int64_t by_thread = latent__linear(d->inputs, 1200) + latent__linear(d->count + 32, 800) +
                              latent__linear(d->outputs, 40) + 65536;
    latent__set_budget(context, latent__view_bytes(question->points),
                       latent__linear(threads, by_thread) +
                           latent__linear((d->outputs + 64) * (d->count + 1), 12) +
                           latent__linear(d->count + d->outputs, 32));
}

static latent_status evaluate(latent_context *context, latent__curve_question *question,
                              const latent_pruning_options *given_options,
                              latent_pruning_curve *given_curve) {
    latent_pruning_options options;
    latent_pruning_curve curve;
    const latent_directions *d = question->directions;
    latent_status status = latent__need(context, d, "directions");
    if (!status)
        status = latent__check_activations(context, d, question->points);
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given_options, "options");
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status)
        status = check_top(context, &options.top, d->outputs);
    if (!status)
        status = check_labels(context, question->labels, question->points->rows, d->outputs);
    if (!status)
        status = check_bias(context, question->bias, d->outputs);
    if (!status)
        status = latent__need(context, given_curve, "curve");
    if (!status)
        status = latent__options_read(context, &curve, sizeof curve, given_curve, "curve");
    if (!status && !question->labels && (curve.correct || curve.correct_top))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "labels is NULL, but the curve asks for what is correct");
    if (status)
        return status;
    question->top = options.top;
    question->correct = curve.correct || curve.correct_top;
    question->changed = curve.changed != NULL;
    set_curve_budget(context, question);
    status = check_order(context, d, question->order);
    return status ? status : latent__curve(context, question, &curve);
}

latent_status latent_pruning_evaluate(latent_context *context, const latent_directions *directions,
                                      const latent_matrix *points, const int32_t *labels,
                                      const double *bias, const int64_t *order,
                                      const latent_pruning_options *options,
                                      latent_pruning_curve *curve) {
    latent__curve_question question = {
        .directions = directions, .points = points, .labels = labels, .bias = bias, .order = order};
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, evaluate(context, &question, options, curve));
}

/* The lower triangle of a d × d matrix. */
static latent_status check_gram(latent_context *context, const double *gram, int64_t d) {
    for (int64_t i = 0; i < d; i++)
        for (int64_t j = 0; j <= i; j++)
            if (!isfinite(gram[i * d + j]))
                return latent__fail(context, LATENT_ERROR_NONFINITE,
                                    "gram[%" PRId64 "][%" PRId64 "] is %s", i, j,
                                    word_for(gram[i * d + j]));
    return LATENT_OK;
}

static latent_status add_to_gram(latent_context *context, const latent_matrix *points,
                                 double *gram) {
    latent_status status = latent__view_check(context, points, "points");
    if (!status)
        status = latent__need(context, gram, "gram");
    if (!status)
        status = check_gram(context, gram, points->columns);
    if (status)
        return status;
    const int64_t d = points->columns;
    latent__set_budget(context, latent__view_bytes(points),
                       latent__linear(d, 8 * d) + latent__linear(d + 24, 3 * 8 * 256));
    return latent__gram(context, points, gram);
}

latent_status latent_pruning_gram(latent_context *context, const latent_matrix *points,
                                  double *gram) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, add_to_gram(context, points, gram));
}

static latent_status prune_aware(latent_context *context, const latent_directions *directions,
                                 const double *gram, latent_pruning_aware_result *given) {
    latent_pruning_aware_result result;
    latent_status status = latent__need(context, directions, "directions");
    if (!status)
        status = latent__need(context, gram, "gram");
    if (!status)
        status = check_gram(context, gram, directions->inputs);
    if (!status)
        status = latent__need(context, given, "result");
    if (!status)
        status = latent__options_read(context, &result, sizeof result, given, "result");
    if (status)
        return status;
    const int64_t n = directions->inputs, r = directions->rank;
    latent__set_budget(context, 0,
                       latent__linear(n, 8 * (4 * n + 64)) + latent__linear(r, 8 * 7 * n) +
                           latent__linear(r + 1, 8 * (6 * r + 64)) +
                           latent__linear(directions->outputs, 8 * (r + 64)));
    return latent__aware(context, directions, gram, &result);
}

latent_status latent_pruning_aware(latent_context *context, const latent_directions *directions,
                                   const double *gram, latent_pruning_aware_result *result) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, prune_aware(context, directions, gram, result));
}
