/* encoding.h */
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "concepts/chance.h"
#include "concepts/encoded.h"
#include "concepts/shares.h"
#include "concepts_checks.h"

/* A view of average precisions, and flags for its columns. */
static latent_status check_precisions(const latent__precisions *given) {
    latent_context *context = given->context;
    const latent_status status = latent__view_check(context, given->ap, "ap");
    if (status)
        return status;
    if (given->ap->type != LATENT_F32 && given->ap->type != LATENT_F64)
        return latent__fail(context, LATENT_ERROR_TYPE,
                            "ap has element type %d; it must be float32 or float64",
                            (int)given->ap->type);
    for (int64_t c = 0; c < given->ap->columns && given->degenerate; c++)
        if (given->degenerate[c] > 1)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "degenerate[%" PRId64 "] is %d; it must be 0 or 1", c,
                                given->degenerate[c]);
    return LATENT_OK;
}

static latent_status encoded(const latent__precisions *precisions, double threshold,
                             latent_concepts_report *given) {
    latent_context *context = precisions->context;
    latent_concepts_report report;
    latent_status status = check_precisions(precisions);
    if (!status && !latent__is_share(threshold))
        status = latent__fail_share(context, threshold, "threshold");
    if (!status)
        status = latent__need(context, given, "report");
    if (!status)
        status = latent__options_read(context, &report, sizeof report, given, "report");
    if (status)
        return status;
    latent__set_budget(context, latent__view_bytes(precisions->ap),
                       latent__encoded_bytes(precisions, 0));
    status = latent__encoded(precisions, threshold, &report);
    if (!status)
        latent__struct_write(given, &report, sizeof report);
    return status;
}

latent_status latent_concepts_encoded(latent_context *context, const latent_matrix *ap,
                                      const uint8_t *degenerate, double threshold,
                                      latent_concepts_report *report) {
    const latent_status status = latent__enter(context);
    if (status)
        return status;
    const latent__precisions precisions = {context, ap, degenerate};
    return latent__leave(context, encoded(&precisions, threshold, report));
}

static latent_status curve(const latent__precisions *precisions, const double *thresholds,
                           int64_t count, int64_t *unique_concepts, int64_t *encoded_pairs) {
    latent_context *context = precisions->context;
    latent_status status = check_precisions(precisions);
    if (!status)
        status = latent__need(context, thresholds, "thresholds");
    if (!status)
        status = latent__check_least(context, count, 1, "count");
    for (int64_t t = 0; !status && t < count; t++)
        if (!latent__is_share(thresholds[t]))
            status = latent__fail_share(context, thresholds[t], "thresholds[%" PRId64 "]", t);
    if (!status && !unique_concepts && !encoded_pairs)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "unique_concepts and encoded_pairs are both NULL");
    if (status)
        return status;
    latent__set_budget(context, latent__view_bytes(precisions->ap),
                       latent__encoded_bytes(precisions, count));
    return latent__encoded_curve(precisions, thresholds, count, unique_concepts, encoded_pairs);
}

latent_status latent_concepts_curve(latent_context *context, const latent_matrix *ap,
                                    const uint8_t *degenerate, const double *thresholds,
                                    int64_t count, int64_t *unique_concepts,
                                    int64_t *encoded_pairs) {
    const latent_status status = latent__enter(context);
    if (status)
        return status;
    const latent__precisions precisions = {context, ap, degenerate};
    return latent__leave(context,
                         curve(&precisions, thresholds, count, unique_concepts, encoded_pairs));
}

enum { DEFAULT_PERMUTATIONS = 19 };

static latent_status read_null_options(latent__chance_question *question,
                                       const latent_concepts_null_options *given) {
    latent_context *context = question->context;
    latent_concepts_null_options options;
    latent_status status =
        latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__check_sign(context, options.sign);
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status)
        status = latent__check_least(context, options.permutations, 0, "options->permutations");
    if (!status)
        status = latent__check_most(context, options.permutations, "options->permutations");
    if (status)
        return status;
    question->both = options.sign == LATENT_SIGN_BOTH;
    question->permutations = options.permutations ? options.permutations : DEFAULT_PERMUTATIONS;
    return LATENT_OK;
}

static latent_status chance(latent__chance_question *question,
                            const latent_concept_labels *given_labels,
                            const latent_concepts_null_options *options,
                            const latent_concepts_chance *given) {
    latent_context *context = question->context;
    latent_concept_labels labels;
    latent_concepts_chance result;
    latent_status status = latent__read_labels(context, given_labels, &labels);
    question->labels = &labels;
    if (!status)
        status = latent__check_least(context, question->directions, 1, "directions");
    if (!status)
        status = latent__check_most(context, question->directions, "directions");
    if (!status)
        status = read_null_options(question, options);
    if (!status)
        status = latent__need(context, given, "chance");
    if (!status)
        status = latent__options_read(context, &result, sizeof result, given, "chance");
    if (!status && result.p_value)
        status = latent__need(context, question->observed, "observed");
    if (status)
        return status;
    latent__set_budget(context, latent__labels_bytes(&labels, labels.concepts),
                       latent__chance_bytes(question));
    return latent__chance_run(question, &result);
}

latent_status latent_concepts_null(latent_context *context, const latent_concept_labels *labels,
                                   int64_t directions, const double *observed,
                                   const latent_concepts_null_options *options,
                                   const latent_concepts_chance *result) {
    const latent_status status = latent__enter(context);
    if (status)
        return status;
    latent__chance_question question = {
        .context = context, .directions = directions, .observed = observed};
    return latent__leave(context, chance(&question, labels, options, result));
}

static latent_status compare(latent_context *context, const uint8_t *const *sets, int32_t models,
                             int64_t concepts, latent_concepts_overlap *given) {
    latent_concepts_overlap overlap;
    latent_status status = latent__need(context, sets, "encoded");
    if (!status && (models < 2 || models > 3))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT, "models is %d; it must be 2 or 3",
                              (int)models);
    for (int32_t m = 0; !status && m < models; m++)
        if (!sets[m])
            status = latent__fail(context, LATENT_ERROR_ARGUMENT, "encoded[%d] is NULL", (int)m);
    if (!status)
        status = latent__check_least(context, concepts, 1, "concepts");
    if (!status)
        status = latent__need(context, given, "overlap");
    if (!status)
        status = latent__options_read(context, &overlap, sizeof overlap, given, "overlap");
    if (!status)
        status = latent__overlap(context, sets, models, concepts, &overlap);
    if (!status)
        latent__struct_write(given, &overlap, sizeof overlap);
    return status;
}

latent_status latent_concepts_compare(latent_context *context, const uint8_t *const *encoded,
                                      int32_t models, int64_t concepts,
                                      latent_concepts_overlap *overlap) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, compare(context, encoded, models, concepts, overlap));
}
