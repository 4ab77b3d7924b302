#include "oracle_concepts.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked {
    double score;
    bool shows;
} ranked;

static int descending(const void *a, const void *b) {
    const double x = ((const ranked *)a)->score, y = ((const ranked *)b)->score;
    return (x < y) - (x > y);
}

oracle_precision oracle_ap(oracle_column scores, const int8_t *marks, int64_t stride,
                           int64_t samples, bool negated) {
    oracle_precision found = {0};
    ranked *const ranking = malloc((size_t)samples * sizeof *ranking);
    int64_t count = 0, shown = 0;
    for (int64_t n = 0; n < samples; n++) {
        const int8_t mark = marks[n * stride];
        const double score = scores.values[n * scores.stride];
        found.present += mark == 1;
        found.absent += mark == 0;
        found.ignored += mark == -1;
        if (mark != -1)
            ranking[count++] = (ranked){negated ? -score : score, mark == 1};
    }
    qsort(ranking, (size_t)count, sizeof *ranking, descending);
    for (int64_t begin = 0, end; begin < count; begin = end) {
        const int64_t before = shown;
        for (end = begin; end < count && ranking[end].score == ranking[begin].score; end++)
            shown += ranking[end].shows;
        found.value += (long double)(shown - before) / (long double)found.present *
                       ((long double)shown / (long double)end);
    }
    if (found.present == 0)
        found.value = 0;
    found.degenerate = found.present == 0 || found.absent == 0;
    free(ranking);
    return found;
}

bool oracle_ap_is(const oracle_precision *expected, double found) {
    const long double units = 260 + (long double)expected->present / 256;
    return fabsl((long double)found - expected->value) <= units * 0x1p-53L * expected->value &&
           found <= 1;
}

void oracle_scores(const double *points, int64_t rows, int64_t inputs, const double *v,
                   double *scores) {
    for (int64_t n = 0; n < rows; n++) {
        scores[n] = 0;
        for (int64_t k = 0; k < inputs; k++)
            scores[n] = fma(points[n * inputs + k], v[k], scores[n]);
    }
}

/* One concept's column. */
static void report_concept(const double *ap, int64_t directions, int64_t concepts, int64_t c,
                           double threshold, oracle_encoded *found) {
    for (int64_t d = 0; d < directions; d++) {
        const double value = ap[d * concepts + c];
        if (found->best_direction[c] < 0 || value > found->best_ap[c]) {
            found->best_ap[c] = value;
            found->best_direction[c] = d;
        }
        found->directions_of_concept[c] += value > threshold;
        found->concepts_of_direction[d] += value > threshold;
    }
    found->encoded[c] = found->directions_of_concept[c] > 0;
    found->unique_concepts += found->encoded[c];
    found->encoded_pairs += found->directions_of_concept[c];
}

void oracle_report(const double *ap, int64_t directions, int64_t concepts,
                   const uint8_t *degenerate, double threshold, oracle_encoded *found) {
    found->encoded_pairs = found->unique_concepts = found->degenerate_concepts = 0;
    found->encoding_directions = found->most_concepts = 0;
    for (int64_t d = 0; d < directions; d++)
        found->concepts_of_direction[d] = 0;
    for (int64_t c = 0; c < concepts; c++) {
        found->best_ap[c] = (double)NAN;
        found->best_direction[c] = -1;
        found->directions_of_concept[c] = found->encoded[c] = 0;
        if (degenerate && degenerate[c])
            found->degenerate_concepts++;
        else
            report_concept(ap, directions, concepts, c, threshold, found);
    }
    for (int64_t k = 0; k <= concepts; k++) {
        found->histogram[k] = 0;
        for (int64_t d = 0; d < directions; d++)
            found->histogram[k] += found->concepts_of_direction[d] == k;
        if (found->histogram[k] > 0)
            found->most_concepts = k;
    }
    found->encoding_directions = directions - found->histogram[0];
}
