/* concepts.h */
#include <inttypes.h>

#include "base/memory.h"
#include "base/structs.h"
#include "concepts/probing.h"
#include "concepts_checks.h"

static void write_counts(const latent_concept_labels *labels, const latent__label_counts *found,
                         latent_concepts_counts *counts) {
    counts->degenerate_concepts = 0;
    for (int64_t c = 0; c < labels->concepts; c++) {
        const bool degenerate = latent__degenerate(found, labels->samples, c);
        counts->degenerate_concepts += degenerate;
        if (counts->present)
            counts->present[c] = found->present[c];
        if (counts->absent)
            counts->absent[c] = labels->samples - found->present[c] - found->ignored[c];
        if (counts->ignored)
            counts->ignored[c] = found->ignored[c];
        if (counts->degenerate)
            counts->degenerate[c] = degenerate;
    }
}

static latent_status count(latent_context *context, const latent_concept_labels *given_labels,
                           latent_concepts_counts *given) {
    latent_concept_labels labels;
    latent_concepts_counts counts;
    latent_status status = latent__read_labels(context, given_labels, &labels);
    if (!status)
        status = latent__need(context, given, "counts");
    if (!status)
        status = latent__options_read(context, &counts, sizeof counts, given, "counts");
    if (status)
        return status;
    latent__set_budget(context, latent__labels_bytes(&labels, labels.concepts),
                       latent__linear(labels.concepts, 2 * sizeof(int64_t)));
    latent__label_counts found;
    status = latent__counts_open(
        context, &labels, (latent__concept_range){.first = 0, .count = labels.concepts}, 1, &found);
    if (!status) {
        write_counts(&labels, &found, &counts);
        latent__struct_write(given, &counts, sizeof counts);
    }
    latent__counts_close(context, &found);
    return status;
}

latent_status latent_concepts_count(latent_context *context, const latent_concept_labels *labels,
                                    latent_concepts_counts *counts) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, count(context, labels, counts));
}

/* Activations, a basis that fits them if there is one, and labels of as many samples. */
static latent_status check_inputs(latent_context *context, const latent__probe *probe) {
    const latent_matrix *activations = probe->source.activations, *basis = probe->source.basis;
    latent_status status = latent__view_check(context, activations, "activations");
    if (!status && basis)
        status = latent__view_check(context, basis, "basis");
    if (!status && basis && basis->columns != activations->columns)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "basis has %" PRId64 " columns, but activations has %" PRId64,
                              basis->columns, activations->columns);
    return status;
}

static latent_status check_samples(latent_context *context, const latent__probe *probe) {
    if (probe->labels->samples == probe->source.activations->rows)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_SHAPE,
                        "labels->samples is %" PRId64 ", but activations has %" PRId64 " rows",
                        probe->labels->samples, probe->source.activations->rows);
}

/* A part first … first + *count - 1 of `all`; a *count of 0 becomes what is left. */
static latent_status check_part(latent_context *context, int64_t first, int64_t *count, int64_t all,
                                const char *what) {
    if (first < 0 || first >= all)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->first_%s is %" PRId64 ", outside 0 to %" PRId64, what, first,
                            all - 1);
    if (*count < 0 || *count > all - first)
        return latent__fail(context, LATENT_ERROR_ARGUMENT,
                            "options->%ss is %" PRId64 ", but there are %" PRId64 " from %" PRId64
                            " on",
                            what, *count, all - first, first);
    if (*count == 0)
        *count = all - first;
    return LATENT_OK;
}

static latent_status read_options(latent__probe *probe, const latent_concepts_options *given) {
    latent_context *context = probe->context;
    const latent_matrix *basis = probe->source.basis;
    latent_concepts_options options;
    latent_status status =
        latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status = latent__check_sign(context, options.sign);
    if (!status)
        status = latent__check_reserved(context, options.reserved);
    if (!status)
        status = check_part(context, options.first_direction, &options.directions,
                            basis ? basis->rows : probe->source.activations->columns, "direction");
    if (!status)
        status = latent__check_most(context, options.directions, "the number of directions");
    if (!status)
        status = check_part(context, options.first_concept, &options.concepts,
                            probe->labels->concepts, "concept");
    if (status)
        return status;
    probe->both = options.sign == LATENT_SIGN_BOTH;
    probe->first_direction = options.first_direction;
    probe->directions = options.directions;
    probe->source.begin = options.first_direction;
    probe->source.end = options.first_direction + options.directions;
    probe->concepts =
        (latent__concept_range){.first = options.first_concept, .count = options.concepts};
    return LATENT_OK;
}

static latent_status read_result(const latent__probe *probe, const latent_concepts_result *given,
                                 latent_concepts_result *result) {
    latent_context *context = probe->context;
    latent_status status = latent__need(context, given, "result");
    if (!status)
        status = latent__options_read(context, result, sizeof *result, given, "result");
    if (!status)
        status = latent__need(context, result->ap, "result->ap");
    if (status)
        return status;
    if (result->type != 0 && result->type != LATENT_F32 && result->type != LATENT_F64)
        return latent__fail(context, LATENT_ERROR_TYPE,
                            "result->type is %d; it must be that of float32 or float64",
                            (int)result->type);
    if (result->reserved != 0)
        return latent__fail(context, LATENT_ERROR_OPTIONS, "result->reserved is %d; it must be 0",
                            (int)result->reserved);
    if (result->stride == 0)
        result->stride = probe->concepts.count;
    if (result->stride < probe->concepts.count)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "result->stride is %" PRId64 ", less than the %" PRId64 " concepts",
                            result->stride, probe->concepts.count);
    if (probe->directions > INT64_MAX / (int64_t)sizeof(double) / result->stride)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "result has %" PRId64 " directions of stride %" PRId64
                            ": more bytes than can be addressed",
                            probe->directions, result->stride);
    return LATENT_OK;
}

static latent_status probe_all(latent__probe *probe, const latent_concept_labels *given_labels,
                               const latent_concepts_options *options,
                               const latent_concepts_result *given) {
    latent_context *context = probe->context;
    latent_concept_labels labels;
    latent_concepts_result result;
    latent_status status = check_inputs(context, probe);
    if (!status)
        status = latent__read_labels(context, given_labels, &labels);
    probe->labels = &labels;
    if (!status)
        status = check_samples(context, probe);
    if (!status)
        status = read_options(probe, options);
    if (!status)
        status = read_result(probe, given, &result);
    if (status)
        return status;
    const latent_matrix *basis = probe->source.basis;
    latent__set_budget(context,
                       latent__view_bytes(probe->source.activations) +
                           (basis ? latent__view_bytes(basis) : 0) +
                           latent__labels_bytes(&labels, probe->concepts.count),
                       latent__probe_bytes(probe));
    return latent__probe_run(probe, &result);
}

latent_status latent_concepts_ap(latent_context *context, const latent_matrix *activations,
                                 const latent_matrix *basis, const latent_concept_labels *labels,
                                 const latent_concepts_options *options,
                                 const latent_concepts_result *result) {
    const latent_status status = latent__enter(context);
    if (status)
        return status;
    latent__probe probe = {.context = context,
                           .source = {.activations = activations, .basis = basis}};
    return latent__leave(context, probe_all(&probe, labels, options, result));
}
