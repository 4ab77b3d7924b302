#define _POSIX_C_SOURCE 200809L

#include "common/concepts_report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/progress_bar.h"
#include "common/rank_order.h"

const char *const concepts_signs[3] = {"as-is", "both", NULL};

/* Room for rows × columns items; NULL if there is none. */
static void *allocate(int64_t rows, int64_t columns, size_t item_bytes) {
    const double bytes = (double)rows * (double)columns * (double)item_bytes;
    return bytes < (double)SIZE_MAX / 2 ? malloc((size_t)rows * (size_t)columns * item_bytes)
                                        : NULL;
}

/* Gives every list of C or D entries its place. */
static bool allocate_lists(struct concepts_report *report) {
    const int64_t c = report->concepts, d = report->directions;
    latent_concepts_chance *chance = &report->chance;
    report->counts = (latent_concepts_counts){.size = sizeof report->counts};
    report->found = (latent_concepts_report){.size = sizeof report->found};
    *chance = (latent_concepts_chance){.size = sizeof *chance};
    double **const numbers[] = {&report->found.best_ap, &chance->mean, &chance->largest,
                                &chance->p_value};
    int64_t **const by_concept[] = {&report->counts.present,
                                    &report->counts.absent,
                                    &report->counts.ignored,
                                    &report->found.best_direction,
                                    &report->found.directions_of_concept,
                                    &report->order,
                                    &report->found.histogram};
    enum { NUMBERS = sizeof numbers / sizeof *numbers };
    enum { LISTS = sizeof by_concept / sizeof *by_concept };
    report->ap = allocate(d, c, sizeof *report->ap);
    report->signs = report->request.sign == LATENT_SIGN_BOTH ? allocate(d, c, 1) : NULL;
    report->numbers = allocate(NUMBERS, c, sizeof *report->numbers);
    /* The histogram, the last one by concept, has one more. */
    report->integers = allocate(1, LISTS * c + 1 + 2 * d, sizeof *report->integers);
    report->flags = allocate(2, c, 1);
    if (!report->ap || !report->numbers || !report->integers || !report->flags ||
        (report->request.sign == LATENT_SIGN_BOTH && !report->signs))
        return false;
    for (int i = 0; i < (report->request.permutations > 0 ? NUMBERS : 1); i++)
        *numbers[i] = report->numbers + i * c;
    for (int i = 0; i < LISTS; i++)
        *by_concept[i] = report->integers + i * c;
    report->found.concepts_of_direction = report->integers + LISTS * c + 1;
    report->most_first = report->found.concepts_of_direction + d;
    report->counts.degenerate = report->flags;
    report->found.encoded = report->flags + c;
    return true;
}

static latent_status probe(struct concepts_report *report, latent_context *context,
                           const latent_concept_labels *labels) {
    const struct concepts_input *input = report->input;
    const latent_concepts_options options = {.size = sizeof options,
                                             .sign = (int32_t)report->request.sign};
    latent_concepts_result result = {
        .size = sizeof result, .ap = report->ap, .signs = report->signs};
    const latent_status status = latent_concepts_count(context, labels, &report->counts);
    return status != LATENT_OK ? status
                               : latent_concepts_ap(context, input->activations, input->basis,
                                                    labels, &options, &result);
}

static latent_status judge(struct concepts_report *report, latent_context *context,
                           const latent_concept_labels *labels) {
    const latent_matrix ap =
        latent_matrix_view(report->ap, report->directions, report->concepts, LATENT_F64);
    const uint8_t *degenerate = report->counts.degenerate;
    for (int i = 0; i < CONCEPTS_LEVELS; i++)
        report->level[i] = (double)i / (CONCEPTS_LEVELS - 1);
    latent_status status = latent_concepts_encoded(context, &ap, degenerate,
                                                   report->request.threshold, &report->found);
    if (status == LATENT_OK)
        status = latent_concepts_curve(context, &ap, degenerate, report->level, CONCEPTS_LEVELS,
                                       report->unique_at, report->pairs_at);
    if (status != LATENT_OK || report->request.permutations == 0)
        return status;
    const latent_concepts_null_options options = {.size = sizeof options,
                                                  .sign = (int32_t)report->request.sign,
                                                  .permutations = report->request.permutations};
    return latent_concepts_null(context, labels, report->directions, report->found.best_ap,
                                &options, &report->chance);
}

static bool put_in_order(struct concepts_report *report) {
    double *counts = allocate(1, report->directions, sizeof *counts);
    bool ok = counts != NULL;
    for (int64_t d = 0; ok && d < report->directions; d++)
        counts[d] = (double)report->found.concepts_of_direction[d];
    ok = ok && rank_order(counts, report->directions, true, report->most_first) &&
         rank_order(report->found.best_ap, report->concepts, true, report->order);
    free(counts);
    return ok;
}

latent_status concepts_report_measure(struct concepts_report *report, latent_context *context,
                                      const struct concepts_input *input,
                                      const struct concepts_request *request) {
    const struct concept_matrix *concepts = input->concepts;
    const latent_concept_labels labels = {.size = sizeof labels,
                                          .samples = concepts->samples,
                                          .concepts = concepts->concepts,
                                          .values = concepts->values};
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    *report = (struct concepts_report){.request = *request,
                                       .input = input,
                                       .samples = concepts->samples,
                                       .directions = input->basis ? input->basis->rows
                                                                  : input->activations->columns,
                                       .concepts = concepts->concepts};
    latent_status status =
        allocate_lists(report) ? probe(report, context, &labels) : LATENT_ERROR_MEMORY;
    if (status == LATENT_OK)
        status = judge(report, context, &labels);
    if (status == LATENT_OK && !put_in_order(report))
        status = LATENT_ERROR_MEMORY;
    report->seconds = seconds_since(&start);
    if (status != LATENT_OK)
        concepts_report_free(report);
    return status;
}

void concepts_report_free(struct concepts_report *report) {
    free(report->ap);
    free(report->signs);
    free(report->numbers);
    free(report->integers);
    free(report->flags);
    memset(report, 0, sizeof *report);
}

double concepts_ap(const struct concepts_report *report, int64_t direction, int64_t concept) {
    return report->ap[direction * report->concepts + concept];
}

int concepts_sign(const struct concepts_report *report, int64_t direction, int64_t concept) {
    return report->signs ? report->signs[direction * report->concepts + concept] : 1;
}

bool concepts_encodes(const struct concepts_report *report, int64_t direction, int64_t concept) {
    return !report->counts.degenerate[concept] &&
           concepts_ap(report, direction, concept) > report->request.threshold;
}

double concepts_share(const struct concepts_report *report, int64_t concept) {
    const int64_t present = report->counts.present[concept];
    const int64_t counted = present + report->counts.absent[concept];
    return counted > 0 ? (double)present / (double)counted : (double)NAN;
}

int64_t concepts_beyond_chance(const struct concepts_report *report) {
    int64_t count = 0;
    for (int64_t c = 0; c < report->concepts; c++)
        count += report->found.best_ap[c] > report->chance.largest[c]; /* not if NaN */
    return count;
}

const char *concepts_title(const struct concepts_report *report, int64_t concept,
                           char digits[CONCEPTS_DIGITS]) {
    const char *name =
        concept <= INT32_MAX ? concept_names_get(report->input->names, (int32_t) concept) : NULL;
    if (name)
        return name;
    snprintf(digits, CONCEPTS_DIGITS, "%" PRId64, concept);
    return digits;
}
