#include "concepts_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "narrow.h"
#include "oracle_concepts.h"
#include "prng.h"
#include "testing.h"

static bool shows(int64_t concept, int64_t sample, int64_t samples, prng *g) {
    static const double shares[] = {0.5, 0.02, 0.98, 0.3};
    switch (concept % 9) {
    case 0:
        return sample % 3 == concept
        % 2;
    case 1:
        return sample == samples * 2 / 3;
    case 2:
        return sample >= samples - (samples + 3) / 4;
    case 3:
        return sample < (samples + 3) / 4;
    case 4:
        return concept
        % 2;
    default:
        return prng_uniform(g) < shares[concept % 9 - 5];
    }
}

/* Whether a concept ignores a sample; the generator has made one number for it. */
static bool ignores(ignored_kind kind, int64_t concept, int64_t sample, double chance) {
    if (kind == IGNORED_SHARED)
    return (sample * 7 + concept / 3) % 5 < 2 && concept % 9 < 6;
    if (kind == IGNORED_DIFFERENT)
    return concept % 11 == 10 || chance < 0.2 || (concept % 11 == 7 && sample > 1);
    return false;
}

concept_marks concept_marks_make(ignored_kind ignored, int64_t samples, int64_t concepts,
                                 uint64_t seed) {
    prng g = {seed};
    int8_t *const values = malloc((size_t)(samples * concepts));
    for (int64_t n = 0; n < samples; n++)
        for (int64_t c = 0; c < concepts; c++) {
            const bool present = shows(c, n, samples, &g);
            values[n * concepts + c] =
                (int8_t)(ignores(ignored, c, n, prng_uniform(&g)) ? -1 : present);
        }
    const concept_marks marks = concept_marks_from(values, samples, concepts);
    free(values);
    return marks;
}

/* Lists of the concepts that have this mark. */
static void list(const concept_marks *marks, int8_t mark, int64_t **offsets, int32_t **concepts) {
    const int64_t entries = marks->samples * marks->concepts;
    int64_t used = 0;
    for (int64_t i = 0; i < entries; i++)
        used += marks->values[i] == mark;
    *offsets = calloc((size_t)marks->samples + 1, sizeof **offsets);
    *concepts = malloc((size_t)used * sizeof **concepts);
    used = 0;
    for (int64_t i = 0; i < entries; i++) {
        if (marks->values[i] == mark)
            (*concepts)[used++] = (int32_t)(i % marks->concepts);
        (*offsets)[i / marks->concepts + 1] = used;
    }
}

concept_marks concept_marks_from(const int8_t *values, int64_t samples, int64_t concepts) {
    concept_marks marks = {.samples = samples, .concepts = concepts};
    marks.values = malloc((size_t)(samples * concepts));
    memcpy(marks.values, values, (size_t)(samples * concepts));
    list(&marks, 1, &marks.present_offsets, &marks.present);
    list(&marks, -1, &marks.ignored_offsets, &marks.ignored);
    return marks;
}

void concept_marks_free(concept_marks *marks) {
    free(marks->values);
    free(marks->present_offsets);
    free(marks->present);
    free(marks->ignored_offsets);
    free(marks->ignored);
}

latent_concept_labels concept_marks_dense(const concept_marks *marks) {
    return (latent_concept_labels){.size = sizeof(latent_concept_labels),
                                   .samples = marks->samples,
                                   .concepts = marks->concepts,
                                   .values = marks->values};
}

/* Where nothing is ignored there are no lists of it. */
latent_concept_labels concept_marks_lists(const concept_marks *marks) {
    const bool ignored = marks->ignored_offsets[marks->samples] > 0;
    return (latent_concept_labels){.size = sizeof(latent_concept_labels),
                                   .samples = marks->samples,
                                   .concepts = marks->concepts,
                                   .present_offsets = marks->present_offsets,
                                   .present = marks->present,
                                   .ignored_offsets = ignored ? marks->ignored_offsets : NULL,
                                   .ignored = ignored ? marks->ignored : NULL};
}

static double draw(const concepts_spec *spec, int64_t sample, prng *g) {
    static const double zeros[] = {0.0, -0.0, 1.0, -1.0};
    const double most = narrow_max(spec->type), least = narrow_min(spec->type);
    const double sign = zeros[2 + prng_below(g, 2)];
    switch (spec->scores) {
    case SCORES_RELU:
        return prng_uniform(g) < 0.3 ? fabs(prng_normal(g)) : sign * 0.0;
    case SCORES_INTEGERS:
        return (double)(prng_below(g, 7) - 3);
    case SCORES_ZEROS:
        return zeros[prng_below(g, 4)];
    case SCORES_CONSTANT:
        return -2.5;
    case SCORES_SMALLEST:
        return sign * least * (double)prng_below(g, 5);
    case SCORES_LARGEST:
        return sign * (prng_below(g, 3) ? ldexp(most, -(int)prng_below(g, 4))
                                        : least * (double)prng_below(g, 2));
    case SCORES_LOW_BITS:
        return sign * ldexp(1 + ldexp((double)prng_below(g, 100), -52), (int)prng_below(g, 3));
    case SCORES_UPPER_HALF:
        return 1 + ldexp((double)prng_below(g, (int64_t)1 << 32), -52);
    case SCORES_PAIRS:
        return (double)(sample * 40503 % spec->samples / (2 + sample % 2));
    case SCORES_FALLING:
        return (double)(spec->samples - sample) / 8;
    case SCORES_RISING:
        return (double)sample / 8;
    default:
        return prng_normal(g);
    }
}

concepts_data concepts_data_make(const concepts_spec *spec) {
    concepts_data data;
    prng g = {spec->seed};
    double *const values = malloc((size_t)(spec->samples * spec->directions) * sizeof *values);
    for (int64_t n = 0; n < spec->samples; n++)
        for (int64_t d = 0; d < spec->directions; d++)
            values[n * spec->directions + d] = draw(spec, n, &g);
    data.scores =
        dataset_from(spec->type, values, NULL, spec->samples, spec->directions, spec->gap);
    data.marks = concept_marks_make(spec->ignored, spec->samples, spec->concepts, prng_next(&g));
    free(values);
    return data;
}

void concepts_data_free(concepts_data *data) {
    dataset_free(&data->scores);
    concept_marks_free(&data->marks);
}

const char *concepts_spec_text(const concepts_spec *spec) {
    static char text[200];
    snprintf(text, sizeof text, "scores %d ignored %d %s N=%lld D=%lld C=%lld gap=%lld seed=%llu",
             (int)spec->scores, (int)spec->ignored, data_type_text(spec->type),
             (long long)spec->samples, (long long)spec->directions, (long long)spec->concepts,
             (long long)spec->gap, (unsigned long long)spec->seed);
    return text;
}

precisions precisions_of(latent_context *context, const latent_matrix *activations,
                         const latent_matrix *basis, const latent_concept_labels *labels,
                         latent_concepts_sign sign) {
    precisions found = {.directions = basis ? basis->rows : activations->columns,
                        .concepts = labels->concepts};
    const size_t pairs = (size_t)(found.directions * found.concepts);
    found.ap = poison_new(pairs * sizeof *found.ap);
    found.signs = poison_new(pairs);
    const latent_concepts_options options = {.size = sizeof options, .sign = sign};
    const latent_concepts_result result = {
        .size = sizeof result, .ap = found.ap, .signs = found.signs};
    expect_ok(context, latent_concepts_ap(context, activations, basis, labels, &options, &result));
    return found;
}

void precisions_free(precisions *found) {
    free(found->ap);
    free(found->signs);
}

bool precisions_same(const precisions *a, const precisions *b) {
    const size_t pairs = (size_t)(a->directions * a->concepts);
    return a->directions == b->directions && a->concepts == b->concepts &&
           memcmp(a->ap, b->ap, pairs * sizeof *a->ap) == 0 &&
           memcmp(a->signs, b->signs, pairs) == 0;
}

/* Two ends whose precisions are equal for the oracle may differ for the library by rounding. */
static bool pair_agrees(double ap, int sign, const oracle_precision *up,
                        const oracle_precision *down, bool both) {
    const bool better = both && down->value > up->value * (1 + 0x1p-40L);
    const bool worse = !both || down->value < up->value * (1 - 0x1p-40L);
    if (oracle_ap_is(better ? down : up, ap) && (sign == 1 || sign == -1) &&
        !(better && sign != -1) && !(worse && sign != 1))
        return true;
    fprintf(stderr, "%.17g (%d)%s, expected %.20Lg or %.20Lg: ", ap, sign,
            both ? " of both signs" : "", up->value, down->value);
    return false;
}

static bool agrees(const precisions *as_is, const precisions *both, const concepts_data *data) {
    const int64_t n = data->marks.samples, concepts = as_is->concepts;
    for (int64_t d = 0; d < as_is->directions; d++)
        for (int64_t c = 0; c < concepts; c++) {
            const oracle_column scores = {data->scores.values + d, as_is->directions};
            const int8_t *const marks = data->marks.values + c;
            const oracle_precision up = oracle_ap(scores, marks, concepts, n, false);
            const oracle_precision down = oracle_ap(scores, marks, concepts, n, true);
            const int64_t place = d * concepts + c;
            if (pair_agrees(as_is->ap[place], as_is->signs[place], &up, &down, false) &&
                pair_agrees(both->ap[place], both->signs[place], &up, &down, true))
                continue;
            fprintf(stderr, "direction %d, concept %d\n", (int)d, (int)c);
            return false;
        }
    return true;
}

bool agrees_precisions(latent_context *context, const concepts_data *data) {
    const latent_concept_labels dense = concept_marks_dense(&data->marks);
    const latent_concept_labels lists = concept_marks_lists(&data->marks);
    precisions found[2][2];
    for (int sign = LATENT_SIGN_AS_IS; sign <= LATENT_SIGN_BOTH; sign++) {
        const latent_matrix *const view = &data->scores.view;
        found[sign][0] = precisions_of(context, view, NULL, &dense, (latent_concepts_sign)sign);
        found[sign][1] = precisions_of(context, view, NULL, &lists, (latent_concepts_sign)sign);
    }
    const bool right = precisions_same(&found[0][0], &found[0][1]) &&
                       precisions_same(&found[1][0], &found[1][1]) &&
                       agrees(&found[0][0], &found[1][0], data);
    for (int i = 0; i < 4; i++)
        precisions_free(&found[i / 2][i % 2]);
    return right;
}
