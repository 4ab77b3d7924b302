#include "concept_rows.h"

#include <string.h>

#include "base/memory.h"
#include "parallel/pool.h"

int64_t latent__group_most(int64_t concepts) {
    return concepts < LATENT__GROUP_CONCEPTS ? concepts : LATENT__GROUP_CONCEPTS;
}

int64_t latent__group_bytes(int64_t samples, int64_t concepts) {
    return latent__linear(samples + 1, 2 * sizeof(int64_t)) +
           latent__linear(latent__group_most(concepts), sizeof(uint16_t) + 3 * sizeof(int32_t));
}

/* Bytes of a concept's part of the lists. */
static int64_t list_bytes(const latent__label_counts *counts, int64_t c) {
    return (counts->present[c] + counts->ignored[c]) * (int64_t)sizeof(uint16_t);
}

int64_t latent__least_group_bytes(const latent__label_counts *counts, int64_t samples) {
    int64_t longest = 0;
    for (int64_t c = 0; c < counts->range.count; c++)
        longest = longest < list_bytes(counts, c) ? list_bytes(counts, c) : longest;
    return longest + latent__group_bytes(samples, counts->range.count);
}

int64_t latent__group_size(const latent_context *context, const latent__label_counts *counts,
                           int64_t samples, int64_t first) {
    const int64_t concepts = counts->range.count, most = latent__group_most(concepts);
    int64_t left = latent__memory_left(context) - latent__group_bytes(samples, concepts);
    int64_t count = 0;
    for (int64_t c = first; c < concepts && count < most; c++, count++) {
        left -= list_bytes(counts, c);
        if (count > 0 && left < 0)
            break;
    }
    return count;
}

/* Fills lists sample by sample; `used` is how many numbers they hold. */
typedef struct filling {
    const latent_concept_labels *labels;
    latent__concept_range range;
    latent__concept_rows *rows;
    int64_t present_used, ignored_used;
} filling;

static void append(latent__number_lists *lists, int64_t *used, int64_t number) {
    lists->numbers[(*used)++] = (uint16_t)number;
}

static void fill_row(filling *work, int64_t sample) {
    latent__concept_rows *rows = work->rows;
    const latent__label_row row = latent__label_row_of(work->labels, sample, work->range);
    for (int64_t c = latent__next_mark(&row, 0); c < row.mark_count;
         c = latent__next_mark(&row, c + 1)) {
        if (row.marks[c] == 1)
            append(&rows->present, &work->present_used, c);
        else
            append(&rows->ignored, &work->ignored_used, c);
    }
    for (int64_t e = 0; e < row.present_count; e++)
        append(&rows->present, &work->present_used, row.present[e] - work->range.first);
    for (int64_t e = 0; e < row.ignored_count; e++)
        append(&rows->ignored, &work->ignored_used, row.ignored[e] - work->range.first);
    rows->present.start[sample + 1] = work->present_used;
    if (rows->ignored.start)
        rows->ignored.start[sample + 1] = work->ignored_used;
}

enum { ROWS = 256 }; /* of an item */

static void fill_rows(void *argument, int64_t item, int32_t worker) {
    filling *work = argument;
    const int64_t samples = work->labels->samples;
    (void)worker;
    for (int64_t n = item * ROWS; n < samples && n < (item + 1) * ROWS; n++)
        fill_row(work, n);
}

/* The classes while they are split: by class, its size, how many of its concepts a sample's list has,
 * and the class that these go to, -1 if none. Then, while they are listed: by class, its first concept;
 * and how many numbers of the lists have been read, and are used. */
typedef struct splitting {
    latent__concept_rows *rows;
    int32_t *size, *here, *next, *first;
    int64_t read, used;
} splitting;

/* A class of which a sample's list has some concepts but not all becomes two. So the classes are exact at
 * the end, in time that the lists' length bounds. */
static void split(splitting *work, int64_t sample) {
    latent__concept_rows *rows = work->rows;
    const int64_t begin = rows->ignored.start[sample], end = rows->ignored.start[sample + 1];
    const uint16_t *const list = rows->ignored.numbers;
    for (int64_t e = begin; e < end; e++)
        work->here[rows->class_of[list[e]]]++;
    for (int64_t e = begin; e < end; e++) {
        const uint16_t class = rows->class_of[list[e]];
        if (work->next[class] >= 0 || work->here[class] == work->size[class])
            continue;
        work->next[class] = (int32_t)rows->classes;
        work->size[rows->classes++] = work->here[class];
    }
    for (int64_t e = begin; e < end; e++) {
        uint16_t *const class = &rows->class_of[list[e]];
        const uint16_t old = *class;
        if (work->next[old] >= 0) {
            *class = (uint16_t)work->next[old];
            work->size[old]--;
        }
        if (--work->here[old] == 0)
            work->next[old] = -1;
    }
}

static void split_rows(void *argument, int64_t item, int32_t worker) {
    splitting *work = argument;
    const int64_t samples = work->rows->samples;
    (void)worker;
    for (int64_t n = item * ROWS; n < samples && n < (item + 1) * ROWS; n++)
        split(work, n);
}

/* A list of concepts becomes one of classes: of each class its first concept stands for all. */
static void list_classes(splitting *work, int64_t sample) {
    const uint16_t *const class_of = work->rows->class_of;
    latent__number_lists *lists = &work->rows->ignored;
    const int64_t end = lists->start[sample + 1];
    for (; work->read < end; work->read++) {
        const uint16_t concept = lists->numbers[work->read];
        if (work->first[class_of[concept]] == concept)
            append(lists, &work->used, class_of[concept]);
    }
    lists->start[sample + 1] = work->used;
}

static void list_rows(void *argument, int64_t item, int32_t worker) {
    splitting *work = argument;
    const int64_t samples = work->rows->samples;
    (void)worker;
    for (int64_t n = item * ROWS; n < samples && n < (item + 1) * ROWS; n++)
        list_classes(work, n);
}

static void find_firsts(splitting *work) {
    const latent__concept_rows *rows = work->rows;
    memset(work->first, -1, (size_t)rows->classes * sizeof *work->first);
    for (int64_t c = 0; c < rows->concepts; c++)
        if (work->first[rows->class_of[c]] < 0)
            work->first[rows->class_of[c]] = (int32_t)c;
}

static latent_status find_classes(latent_context *context, latent__concept_rows *rows) {
    enum { ARRAYS = 3 };
    const int64_t concepts = rows->concepts;
    latent_status status = LATENT_OK;
    splitting work = {.rows = rows};
    work.size = latent__allocate(context, ARRAYS * concepts, sizeof *work.size,
                                 "classes of concepts", &status);
    if (status)
        return status;
    work.here = work.size + concepts;
    work.next = work.here + concepts;
    memset(work.here, 0, (size_t)concepts * sizeof *work.here);
    memset(work.next, -1, (size_t)concepts * sizeof *work.next);
    memset(rows->class_of, 0, (size_t)concepts * sizeof *rows->class_of);
    work.size[0] = (int32_t)concepts;
    rows->classes = 1;
    const int64_t items = (rows->samples - 1) / ROWS + 1;
    status = latent__parallel_few(context, 1, items, split_rows, &work);
    if (!status) {
        work.first = work.next; /* no class goes anywhere any more */
        find_firsts(&work);
        status = latent__parallel_few(context, 1, items, list_rows, &work);
    }
    latent__release(context, work.size, ARRAYS * concepts, sizeof *work.size);
    return status;
}

static latent_status lists_open(latent_context *context, int64_t samples, int64_t capacity,
                                latent__number_lists *lists) {
    latent_status status = LATENT_OK;
    lists->capacity = capacity;
    lists->start =
        latent__allocate(context, samples + 1, sizeof *lists->start, "samples' lists", &status);
    if (!status)
        lists->numbers = latent__allocate(context, capacity, sizeof *lists->numbers,
                                          "the concepts of samples", &status);
    if (!status)
        lists->start[0] = 0;
    return status;
}

static void lists_close(latent_context *context, int64_t samples, latent__number_lists *lists) {
    latent__release(context, lists->numbers, lists->capacity, sizeof *lists->numbers);
    latent__release(context, lists->start, samples + 1, sizeof *lists->start);
}

latent_status latent__concept_rows_open(latent_context *context,
                                        const latent_concept_labels *labels,
                                        const latent__label_counts *counts, int64_t first,
                                        int64_t count, latent__concept_rows *rows) {
    int64_t present = 0, ignored = 0;
    for (int64_t c = first; c < first + count; c++) {
        present += counts->present[c];
        ignored += counts->ignored[c];
    }
    *rows = (latent__concept_rows){.samples = labels->samples, .concepts = count};
    latent_status status = lists_open(context, labels->samples, present, &rows->present);
    if (!status && ignored > 0)
        status = lists_open(context, labels->samples, ignored, &rows->ignored);
    if (!status && ignored > 0)
        rows->class_of = latent__allocate(context, count, sizeof *rows->class_of,
                                          "the classes of concepts", &status);
    filling work = {.labels = labels,
                    .range = {.first = counts->range.first + first, .count = count},
                    .rows = rows};
    if (!status)
        status =
            latent__parallel_few(context, 1, (labels->samples - 1) / ROWS + 1, fill_rows, &work);
    if (!status && ignored > 0)
        status = find_classes(context, rows);
    return status;
}

void latent__concept_rows_close(latent_context *context, latent__concept_rows *rows) {
    latent__release(context, rows->class_of, rows->concepts, sizeof *rows->class_of);
    lists_close(context, rows->samples, &rows->ignored);
    lists_close(context, rows->samples, &rows->present);
}
