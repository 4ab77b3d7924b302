/* Any labels, dense or as lists that may be wrong in any way, and any scores as bits of any type:
 * what is accepted has to agree with the oracle, what is refused has to be wrong. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/concepts_data.h"
#include "harness/narrow.h"
#include "harness/testing.h"

/* The input, read byte by byte; zeros follow its end. */
typedef struct reader {
    const uint8_t *data;
    size_t size, at;
} reader;

static unsigned next(reader *r) {
    return r->at < r->size ? r->data[r->at++] : 0;
}

static void demand(bool holds, const char *what, latent_context *context) {
    if (holds)
        return;
    fprintf(stderr, "%s; the last sentence: \"%s\"\n", what, latent_context_error(context));
    abort();
}

enum { MOST_SAMPLES = 300, MOST_CONCEPTS = 12, MOST_ENTRIES = 700 };

typedef struct fuzz_case {
    int64_t samples, directions, concepts;
    latent_type type;
    bool raw; /* elements are bit patterns; else small numbers */
    bool lists;
} fuzz_case;

static fuzz_case read_case(reader *r) {
    const unsigned kinds = next(r), shape = next(r);
    return (fuzz_case){.samples = 1 + next(r) % MOST_SAMPLES,
                       .directions = 1 + shape % 4,
                       .concepts = 1 + (shape >> 2) % MOST_CONCEPTS,
                       .type = (latent_type)(LATENT_F16 + (kinds & 3)),
                       .raw = kinds & 4,
                       .lists = kinds & 8};
}

/* Scores; those that are not finite become 0, since their refusal is tested elsewhere. */
static dataset read_scores(reader *r, const fuzz_case *c) {
    const int64_t count = c->samples * c->directions;
    double *const values = malloc((size_t)count * sizeof *values);
    for (int64_t i = 0; i < count; i++) {
        uint8_t bits[8] = {0};
        double cell;
        for (int64_t b = 0; b < narrow_size(c->type) && c->raw; b++)
            bits[b] = (uint8_t)next(r);
        memcpy(&cell, bits, sizeof cell);
        values[i] = c->raw ? narrow_load(c->type, &cell, 0) : (double)((int)next(r) % 16 - 8);
        values[i] = isfinite(values[i]) ? values[i] : 0;
    }
    dataset set = dataset_from(c->type, values, NULL, c->samples, c->directions, 1);
    free(values);
    return set;
}

/* Labels as the input gives them, and the dense ones that they amount to if they are right. */
typedef struct given_labels {
    int8_t dense[MOST_SAMPLES * MOST_CONCEPTS];
    int64_t offsets[2][MOST_SAMPLES + 1];
    int32_t entries[2][MOST_ENTRIES + 1];
    bool right;
} given_labels;

static void read_dense(reader *r, const fuzz_case *c, given_labels *labels) {
    for (int64_t i = 0; i < c->samples * c->concepts; i++) {
        const unsigned byte = next(r);
        labels->dense[i] = (int8_t)(byte < 250 ? (int)(byte % 3) - 1 : (int)byte - 251);
        labels->right &= labels->dense[i] >= -1 && labels->dense[i] <= 1;
    }
}

/* One kind of lists: mark 1 or -1. Lengths and steps are mostly small, so that some are right. */
static void read_lists(reader *r, const fuzz_case *c, given_labels *labels, int which) {
    int64_t *const offsets = labels->offsets[which];
    for (int64_t n = 0; n < c->samples; n++) {
        const int64_t room = MOST_ENTRIES - offsets[n];
        int64_t count = next(r) % 4;
        count = count < room ? count : room;
        offsets[n + 1] = offsets[n] + count;
        int32_t concept = -1;
        for (int64_t e = offsets[n]; e < offsets[n + 1]; e++) {
            const unsigned byte = next(r);
            const int32_t last = concept;
            concept = byte < 240 ? last + 1 + (int32_t)(byte % 3) : (int32_t)byte - 250;
            labels->entries[which][e] = concept;
            const bool known = concept >= 0 && concept < c->concepts;
            labels->right &= known && concept > last;
            if (!known)
                continue;
            int8_t *const mark = &labels->dense[n * c->concepts + concept];
            labels->right &= *mark == 0;
            *mark = which ? -1 : 1;
        }
    }
}

static latent_concept_labels read_labels(reader *r, const fuzz_case *c, given_labels *labels) {
    latent_concept_labels made = {
        .size = sizeof made, .samples = c->samples, .concepts = c->concepts};
    labels->right = true;
    if (!c->lists) {
        read_dense(r, c, labels);
        made.values = labels->dense;
        return made;
    }
    read_lists(r, c, labels, 0);
    read_lists(r, c, labels, 1);
    made.present_offsets = labels->offsets[0];
    made.present = labels->entries[0];
    made.ignored_offsets = labels->offsets[1];
    made.ignored = labels->entries[1];
    return made;
}

static void check(latent_context *context, reader *r) {
    const fuzz_case c = read_case(r);
    given_labels *const given = calloc(1, sizeof *given);
    const latent_concept_labels labels = read_labels(r, &c, given);
    concepts_data data = {.scores = read_scores(r, &c)};
    latent_concepts_counts counts = {.size = sizeof counts};
    const latent_status status = latent_concepts_count(context, &labels, &counts);
    demand(status == (given->right ? LATENT_OK : LATENT_ERROR_ARGUMENT), "count", context);
    double ap[4 * MOST_CONCEPTS];
    const latent_concepts_result result = {.size = sizeof result, .ap = ap};
    demand(status == latent_concepts_ap(context, &data.scores.view, NULL, &labels, NULL, &result),
           "ap", context);
    if (status == LATENT_OK) {
        data.marks = concept_marks_from(given->dense, c.samples, c.concepts);
        const latent_concept_labels dense = concept_marks_dense(&data.marks);
        precisions found =
            precisions_of(context, &data.scores.view, NULL, &dense, LATENT_SIGN_AS_IS);
        demand(memcmp(found.ap, ap, (size_t)(c.directions * c.concepts) * sizeof *ap) == 0,
               "not what dense labels give", context);
        demand(agrees_precisions(context, &data), "not what the oracle says", context);
        precisions_free(&found);
        concept_marks_free(&data.marks);
    }
    dataset_free(&data.scores);
    free(given);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reader r = {data, size, 0};
    const unsigned sort = next(&r);
    latent_context_options options = {.size = sizeof options, .threads = 1 + (sort & 1)};
    latent_isa isas[TESTING_ISAS];
    const int count = testing_isas(isas);
    options.isa = isas[(sort >> 1) % (unsigned)count];
    latent_context *const context = testing_context_with(&options);
    check(context, &r);
    latent_context_destroy(context);
    return 0;
}
