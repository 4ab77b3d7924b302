#include "encoded.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/sort.h"
#include "parallel/pool.h"
#include "shares.h"

/* A walk over all average precisions, by the calling thread. It ends at the first that is none. The
 * caller's memory is not written before it has ended. */
typedef struct reading {
    const latent__precisions *precisions;
    void (*note)(struct reading *work, int64_t direction, int64_t concept, double ap);
    void *notes;
    double *best; /* by concept, -1 before the first and for degenerate ones */
    latent_status status;
} reading;

static bool is_degenerate(const latent__precisions *precisions, int64_t concept) {
    return precisions->degenerate && precisions->degenerate[concept];
}

static double ap_at(const latent_matrix *ap, int64_t direction, int64_t concept) {
    const void *row = latent__row(ap, direction);
    return ap->type == LATENT_F32 ? (double)((const float *)row)[concept]
                                  : ((const double *)row)[concept];
}

static void read_row(void *argument, int64_t direction, int32_t worker) {
    reading *work = argument;
    const latent__precisions *given = work->precisions;
    (void)worker;
    for (int64_t c = 0; c < given->ap->columns && !work->status; c++) {
        const double ap = ap_at(given->ap, direction, c);
        if (!latent__is_share(ap))
            work->status = latent__fail_share(given->context, ap, "ap[%" PRId64 "][%" PRId64 "]",
                                              direction, c);
        else if (!is_degenerate(given, c))
            work->note(work, direction, c, ap);
    }
}

static latent_status read_all(reading *work) {
    const latent__precisions *given = work->precisions;
    for (int64_t c = 0; c < given->ap->columns; c++)
        work->best[c] = -1;
    latent__phase(given->context, "average precisions", 0, 1);
    const latent_status status =
        latent__parallel_few(given->context, 1, given->ap->rows, read_row, work);
    return status ? status : work->status;
}

static bool keep_best(reading *work, int64_t concept, double ap) {
    if (ap <= work->best[concept])
        return false;
    work->best[concept] = ap;
    return true;
}

/* What a report collects. */
typedef struct report_notes {
    double threshold;
    int64_t *best_direction, *encoding; /* by concept: who encodes it best, and how many do */
    int64_t *encoded;                   /* by direction: how many concepts */
} report_notes;

static void note_report(reading *work, int64_t direction, int64_t concept, double ap) {
    report_notes *notes = work->notes;
    if (keep_best(work, concept, ap))
        notes->best_direction[concept] = direction;
    if (ap > notes->threshold) {
        notes->encoding[concept]++;
        notes->encoded[direction]++;
    }
}

static void write_concepts(const reading *work, latent_concepts_report *report) {
    const report_notes *notes = work->notes;
    report->encoded_pairs = report->unique_concepts = report->degenerate_concepts = 0;
    for (int64_t c = 0; c < work->precisions->ap->columns; c++) {
        const bool none = is_degenerate(work->precisions, c);
        report->degenerate_concepts += none;
        report->unique_concepts += notes->encoding[c] > 0;
        report->encoded_pairs += notes->encoding[c];
        if (report->best_ap)
            report->best_ap[c] = none ? NAN : work->best[c];
        if (report->best_direction)
            report->best_direction[c] = none ? -1 : notes->best_direction[c];
        if (report->directions_of_concept)
            report->directions_of_concept[c] = notes->encoding[c];
        if (report->encoded)
            report->encoded[c] = notes->encoding[c] > 0;
    }
}

static void write_directions(const reading *work, latent_concepts_report *report) {
    const int64_t *const encoded = ((const report_notes *)work->notes)->encoded;
    const int64_t bins = work->precisions->ap->columns + 1;
    report->encoding_directions = report->most_concepts = 0;
    if (report->histogram)
        memset(report->histogram, 0, (size_t)bins * sizeof *report->histogram);
    for (int64_t d = 0; d < work->precisions->ap->rows; d++) {
        report->encoding_directions += encoded[d] > 0;
        if (encoded[d] > report->most_concepts)
            report->most_concepts = encoded[d];
        if (report->histogram)
            report->histogram[encoded[d]]++;
        if (report->concepts_of_direction)
            report->concepts_of_direction[d] = encoded[d];
    }
    report->mean_concepts =
        report->encoding_directions == 0
            ? NAN
            : (double)report->encoded_pairs / (double)report->encoding_directions;
}

latent_status latent__encoded(const latent__precisions *precisions, double threshold,
                              latent_concepts_report *report) {
    enum { BY_CONCEPT = 3 };
    latent_context *context = precisions->context;
    const int64_t concepts = precisions->ap->columns;
    const int64_t numbers = BY_CONCEPT * concepts + precisions->ap->rows;
    latent_status status = LATENT_OK;
    int64_t *const memory =
        latent__allocate(context, numbers, sizeof *memory, "what is encoded", &status);
    if (status)
        return status;
    memset(memory, 0, (size_t)numbers * sizeof *memory);
    report_notes notes = {.threshold = threshold,
                          .best_direction = memory + concepts,
                          .encoding = memory + 2 * concepts,
                          .encoded = memory + BY_CONCEPT * concepts};
    reading work = {
        .precisions = precisions, .note = note_report, .notes = &notes, .best = (double *)memory};
    status = read_all(&work);
    if (!status) {
        write_concepts(&work, report);
        write_directions(&work, report);
    }
    latent__release(context, memory, numbers, sizeof *memory);
    return status;
}

/* What a curve collects: how many average precisions are above exactly the first k of the thresholds in
 * ascending order, k = 0 … count, and the same of the concepts' best. */
typedef struct curve_notes {
    int64_t count;
    double *sorted;
    int64_t *pairs, *concepts;
} curve_notes;

/* How many thresholds are below x. */
static int64_t thresholds_below(const curve_notes *notes, double x) {
    int64_t low = 0, high = notes->count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (notes->sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void note_curve(reading *work, int64_t direction, int64_t concept, double ap) {
    curve_notes *notes = work->notes;
    (void)direction;
    keep_best(work, concept, ap);
    notes->pairs[thresholds_below(notes, ap)]++;
}

/* Sums from the end: how many are above threshold k, and maybe above further ones. */
static void accumulate(int64_t *numbers, int64_t count) {
    for (int64_t k = count - 1; k >= 0; k--)
        numbers[k] += numbers[k + 1];
}

static void write_curve(const reading *work, const double *thresholds, int64_t *unique_concepts,
                        int64_t *encoded_pairs) {
    curve_notes *notes = work->notes;
    for (int64_t c = 0; c < work->precisions->ap->columns; c++)
        notes->concepts[thresholds_below(notes, work->best[c])]++;
    accumulate(notes->pairs, notes->count);
    accumulate(notes->concepts, notes->count);
    for (int64_t t = 0; t < notes->count; t++) {
        const int64_t place = thresholds_below(notes, thresholds[t]) + 1;
        if (unique_concepts)
            unique_concepts[t] = notes->concepts[place];
        if (encoded_pairs)
            encoded_pairs[t] = notes->pairs[place];
    }
}

latent_status latent__encoded_curve(const latent__precisions *precisions, const double *thresholds,
                                    int64_t count, int64_t *unique_concepts,
                                    int64_t *encoded_pairs) {
    latent_context *context = precisions->context;
    const int64_t concepts = precisions->ap->columns;
    const int64_t numbers = concepts + 4 * (count + 1);
    latent_status status = LATENT_OK;
    double *const memory = latent__allocate(context, numbers, sizeof *memory, "the curve", &status);
    if (status)
        return status;
    memset(memory, 0, (size_t)numbers * sizeof *memory);
    curve_notes notes = {.count = count, .sorted = memory + concepts};
    double *const room = notes.sorted + count + 1;
    notes.pairs = (int64_t *)(room + count + 1);
    notes.concepts = notes.pairs + count + 1;
    memcpy(notes.sorted, thresholds, (size_t)count * sizeof *thresholds);
    latent__sort(notes.sorted, room, count, NULL, NULL);
    reading work = {.precisions = precisions, .note = note_curve, .notes = &notes, .best = memory};
    status = read_all(&work);
    if (!status)
        write_curve(&work, thresholds, unique_concepts, encoded_pairs);
    latent__release(context, memory, numbers, sizeof *memory);
    return status;
}

int64_t latent__encoded_bytes(const latent__precisions *precisions, int64_t thresholds) {
    return latent__linear(precisions->ap->columns, 3 * sizeof(int64_t)) +
           latent__linear(precisions->ap->rows, sizeof(int64_t)) +
           latent__linear(thresholds + 1, 4 * sizeof(int64_t));
}
