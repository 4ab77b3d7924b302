#include "precision.h"

#include <string.h>

/* With T present samples of a concept, and after each group of ties, H of them among S samples so far:
 *
 *     AP = (1/T) Σ over groups of (H − H before) · H / S
 *
 * A sample adds to the concepts that it shows alone, so the cost is that of the labels that are present,
 * whatever the number of concepts. */

int64_t latent__walk_bytes(int64_t concepts) {
    return concepts * (int64_t)(sizeof(latent__credit) + sizeof(double) + 2 * sizeof(int32_t));
}

latent__walk latent__walk_in(const latent__kernels *kernels, void *memory, int64_t concepts) {
    latent__walk walk = {.kernels = kernels, .credits = memory};
    walk.totals = (double *)(walk.credits + concepts);
    walk.tied = (int32_t *)(walk.totals + concepts);
    walk.passed = walk.tied + concepts;
    return walk;
}

/* The group's samples that show concept c take their part: the kernel's `credit` for one sample or
 * more. */
static void add(latent__walk *walk, int64_t c, int64_t more, int64_t seen) {
    latent__credit *entry = &walk->credits[c];
    const int64_t hits = entry->hits + more;
    entry->sum += (double)more * ((double)hits / (double)seen);
    if (hits / LATENT__CREDIT_TERMS != entry->hits / LATENT__CREDIT_TERMS) {
        walk->totals[c] += entry->sum;
        entry->sum = 0;
    }
    entry->hits = hits;
}

/* How many samples of the ranking down to `end` take part for concept c. */
static inline int64_t seen_by(const latent__concept_rows *rows, const latent__walk *walk, int64_t c,
                              int64_t end) {
    return rows->class_of ? end - walk->passed[rows->class_of[c]] : end;
}

static inline void pass_ignored(const latent__concept_rows *rows, latent__walk *walk,
                                int64_t sample) {
    const latent__number_lists *lists = &rows->ignored;
    for (int64_t e = lists->start[sample]; e < lists->start[sample + 1]; e++)
        walk->passed[lists->numbers[e]]++;
}

/* A sample that is tied with no other. `end` is its rank. */
static void walk_single(const latent__concept_rows *rows, latent__walk *walk, int64_t sample,
                        int64_t end) {
    const latent__number_lists *lists = &rows->present;
    const int64_t start = lists->start[sample];
    if (!rows->class_of) {
        walk->kernels->credit(lists->numbers + start, lists->start[sample + 1] - start, (double)end,
                              walk->credits, walk->totals);
        return;
    }
    pass_ignored(rows, walk, sample);
    for (int64_t e = start; e < lists->start[sample + 1]; e++)
        add(walk, lists->numbers[e], 1, seen_by(rows, walk, lists->numbers[e], end));
}

/* Concept c after a group of ties. */
static void close_ties(const latent__concept_rows *rows, latent__walk *walk, int64_t c,
                       int64_t end) {
    if (walk->tied[c] == 0)
        return;
    add(walk, c, walk->tied[c], seen_by(rows, walk, c, end));
    walk->tied[c] = 0;
}

typedef struct pausing {
    latent__stop stop;
    void *argument;
} pausing;

enum { STRETCH = 256 }; /* samples between two questions whether to stop */

static bool stops(const pausing *pause, int64_t place) {
    return place % STRETCH == 0 && pause->stop(pause->argument);
}

/* Entries begin … end - 1 of the order, which are tied. */
static bool walk_ties(const latent__concept_rows *rows, const uint32_t *order, int64_t begin,
                      int64_t end, latent__walk *walk, const pausing *pause) {
    const latent__number_lists *lists = &rows->present;
    int64_t labels = 0;
    for (int64_t i = begin; i < end; i++) {
        const int64_t sample = order[i] & ~LATENT__LAST_OF_TIES;
        if (stops(pause, i))
            return false;
        if (rows->class_of)
            pass_ignored(rows, walk, sample);
        for (int64_t e = lists->start[sample]; e < lists->start[sample + 1]; e++)
            walk->tied[lists->numbers[e]]++;
        labels += lists->start[sample + 1] - lists->start[sample];
    }
    if (labels > rows->concepts) {
        for (int64_t c = 0; c < rows->concepts; c++)
            close_ties(rows, walk, c, end);
        return true;
    }
    for (int64_t i = begin; i < end; i++) {
        const int64_t sample = order[i] & ~LATENT__LAST_OF_TIES;
        for (int64_t e = lists->start[sample]; e < lists->start[sample + 1]; e++)
            close_ties(rows, walk, lists->numbers[e], end);
    }
    return true;
}

static void begin_walk(const latent__concept_rows *rows, latent__walk *walk) {
    const size_t concepts = (size_t)rows->concepts;
    memset(walk->credits, 0, concepts * sizeof *walk->credits);
    memset(walk->totals, 0, concepts * sizeof *walk->totals);
    memset(walk->tied, 0, concepts * sizeof *walk->tied);
    memset(walk->passed, 0, concepts * sizeof *walk->passed);
}

bool latent__average_precision(const latent__concept_rows *rows, const uint32_t *order,
                               latent__walk *walk, double *precision, latent__stop stop,
                               void *argument) {
    const pausing pause = {stop, argument};
    begin_walk(rows, walk);
    for (int64_t begin = 0, end; begin < rows->samples; begin = end) {
        end = begin + 1;
        if (order[begin] & LATENT__LAST_OF_TIES) {
            if (stops(&pause, begin))
                return false;
            walk_single(rows, walk, order[begin] & ~LATENT__LAST_OF_TIES, end);
            continue;
        }
        while (!(order[end++] & LATENT__LAST_OF_TIES))
            ;
        if (!walk_ties(rows, order, begin, end, walk, &pause))
            return false;
    }
    for (int64_t c = 0; c < rows->concepts; c++) {
        const latent__credit *entry = &walk->credits[c];
        precision[c] = entry->hits == 0 ? 0 : (walk->totals[c] + entry->sum) / (double)entry->hits;
    }
    return true;
}
