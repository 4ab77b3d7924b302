#include "labels.h"

#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"

/* How many of an ascending list are below `bound`. */
static int64_t count_below(const int32_t *list, int64_t count, int64_t bound) {
    int64_t low = 0;
    while (low < count) {
        const int64_t middle = low + (count - low) / 2;
        if (list[middle] < bound)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

/* The part of a sample's list that is about the range. */
static const int32_t *list_of(const int64_t *offsets, const int32_t *all, int64_t sample,
                              latent__concept_range range, int64_t *count) {
    const int32_t *const list = all + offsets[sample];
    const int64_t length = offsets[sample + 1] - offsets[sample];
    const int64_t begin = count_below(list, length, range.first);
    *count = count_below(list, length, range.first + range.count) - begin;
    return list + begin;
}

latent__label_row latent__label_row_of(const latent_concept_labels *labels, int64_t sample,
                                       latent__concept_range range) {
    latent__label_row row = {0};
    if (labels->values) {
        row.marks = labels->values + sample * labels->stride + range.first;
        row.mark_count = range.count;
        return row;
    }
    if (labels->present)
        row.present =
            list_of(labels->present_offsets, labels->present, sample, range, &row.present_count);
    if (labels->ignored)
        row.ignored =
            list_of(labels->ignored_offsets, labels->ignored, sample, range, &row.ignored_count);
    return row;
}

int64_t latent__next_mark(const latent__label_row *row, int64_t from) {
    enum { STEP = 8 };
    for (; from + STEP <= row->mark_count; from += STEP) {
        uint64_t marks;
        memcpy(&marks, row->marks + from, sizeof marks);
        if (marks)
            break;
    }
    while (from < row->mark_count && row->marks[from] == 0)
        from++;
    return from;
}

bool latent__degenerate(const latent__label_counts *counts, int64_t samples, int64_t c) {
    return counts->present[c] == 0 || counts->present[c] + counts->ignored[c] == samples;
}

/* A walk over all rows. It ends at the first row that has something wrong. */
typedef struct checking {
    latent_context *context;
    const latent_concept_labels *labels;
    latent__label_counts *counts;
    latent_status status;
} checking;

static latent_status check_marks(checking *work, int64_t sample) {
    const latent__concept_range range = work->counts->range;
    const latent__label_row row = latent__label_row_of(work->labels, sample, range);
    for (int64_t c = latent__next_mark(&row, 0); c < row.mark_count;
         c = latent__next_mark(&row, c + 1)) {
        if (row.marks[c] == 1)
            work->counts->present[c]++;
        else if (row.marks[c] == -1)
            work->counts->ignored[c]++;
        else
            return latent__fail(work->context, LATENT_ERROR_ARGUMENT,
                                "labels->values[%" PRId64 "][%" PRId64
                                "] is %d; it must be 1, 0 or -1",
                                sample, range.first + c, row.marks[c]);
    }
    return LATENT_OK;
}

/* One sample's list: within the concepts, and ascending. Counts what is in the range. */
static latent_status check_list(const checking *work, const int64_t *offsets, const int32_t *all,
                                int64_t sample, const char *name, int64_t *count) {
    const latent__concept_range range = work->counts->range;
    for (int64_t e = offsets[sample]; e < offsets[sample + 1]; e++) {
        const int64_t concept = all[e], within = concept - range.first;
        if (concept < 0 || concept >= work->labels->concepts)
            return latent__fail(work->context, LATENT_ERROR_ARGUMENT,
                                "labels->%s[%" PRId64 "], of sample %" PRId64 ", is %" PRId64
                                ", outside 0 to %" PRId64,
                                name, e, sample, concept, work->labels->concepts - 1);
        if (e > offsets[sample] && concept <= all[e - 1])
            return latent__fail(work->context, LATENT_ERROR_ARGUMENT,
                                "labels->%s[%" PRId64 "], of sample %" PRId64 ", is %" PRId64
                                " after %d; a sample's concepts must ascend",
                                name, e, sample, concept, (int)all[e - 1]);
        if (within >= 0 && within < range.count)
            count[within]++;
    }
    return LATENT_OK;
}

/* Both lists ascend, so one walk along both finds what they share. */
static latent_status check_apart(const checking *work, int64_t sample) {
    const latent_concept_labels *labels = work->labels;
    const int64_t *const offsets = labels->present_offsets, *const others = labels->ignored_offsets;
    int64_t p = offsets[sample], i = others[sample];
    while (p < offsets[sample + 1] && i < others[sample + 1]) {
        const int32_t concept = labels->present[p], other = labels->ignored[i];
        if (concept == other)
            return latent__fail(work->context, LATENT_ERROR_ARGUMENT,
                                "labels->ignored[%" PRId64 "], of sample %" PRId64
                                ", is %d, which labels->present[%" PRId64 "] is too",
                                i, sample, (int)other, p);
        p += concept < other;
        i += other < concept;
    }
    return LATENT_OK;
}

static latent_status check_lists(checking *work, int64_t sample) {
    const latent_concept_labels *labels = work->labels;
    latent_status status = LATENT_OK;
    if (labels->present)
        status = check_list(work, labels->present_offsets, labels->present, sample, "present",
                            work->counts->present);
    if (!status && labels->ignored)
        status = check_list(work, labels->ignored_offsets, labels->ignored, sample, "ignored",
                            work->counts->ignored);
    if (!status && labels->present && labels->ignored)
        status = check_apart(work, sample);
    return status;
}

enum { ROWS = 256 }; /* of an item */

static void check_rows(void *argument, int64_t item, int32_t worker) {
    checking *work = argument;
    const int64_t samples = work->labels->samples;
    (void)worker;
    for (int64_t n = item * ROWS; n < samples && n < (item + 1) * ROWS && !work->status; n++)
        work->status = work->labels->values ? check_marks(work, n) : check_lists(work, n);
}

latent_status latent__counts_open(latent_context *context, const latent_concept_labels *labels,
                                  latent__concept_range range, double progress,
                                  latent__label_counts *counts) {
    latent_status status = LATENT_OK;
    *counts = (latent__label_counts){.range = range};
    counts->present = latent__allocate(context, 2 * range.count, sizeof *counts->present,
                                       "how often concepts occur", &status);
    if (status)
        return status;
    counts->ignored = counts->present + range.count;
    memset(counts->present, 0, (size_t)(2 * range.count) * sizeof *counts->present);
    checking work = {.context = context, .labels = labels, .counts = counts};
    const int64_t items = (labels->samples - 1) / ROWS + 1;
    latent__phase(context, "labels", 0, progress);
    status = latent__parallel_few(context, 1, items, check_rows, &work);
    return status ? status : work.status;
}

void latent__counts_close(latent_context *context, latent__label_counts *counts) {
    latent__release(context, counts->present, 2 * counts->range.count, sizeof *counts->present);
}
