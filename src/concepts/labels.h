/* Which samples show which concepts, as the caller gives it: checked, and read row by row. */
#ifndef LATENT__LABELS_H
#define LATENT__LABELS_H

#include "base/core.h"
#include "latent/concepts.h"

/* Concepts first … first + count - 1. */
typedef struct latent__concept_range {
    int64_t first, count;
} latent__concept_range;

/* How many samples show, and how many are ignored by, each concept of a range. */
typedef struct latent__label_counts {
    latent__concept_range range;
    int64_t *present, *ignored;
} latent__label_counts;

/* Part of one sample's row: marks of a dense one, or its lists; what is not there is empty. */
typedef struct latent__label_row {
    const int8_t *marks;
    int64_t mark_count;
    const int32_t *present, *ignored;
    int64_t present_count, ignored_count;
} latent__label_row;

/* The part of a checked row that is about the range. Numbers in the lists count from concept 0. */
latent__label_row latent__label_row_of(const latent_concept_labels *labels, int64_t sample,
                                       latent__concept_range range);

/* The first mark from `from` on that is not 0; the number of marks if there is none. */
int64_t latent__next_mark(const latent__label_row *row, int64_t from);

/* Checks labels, of dense ones the range alone, and counts; `progress` is what the call has done then.
 * The arrays are allocated here and released by latent__counts_close(), also after an error. */
latent_status latent__counts_open(latent_context *context, const latent_concept_labels *labels,
                                  latent__concept_range range, double progress,
                                  latent__label_counts *counts);
void latent__counts_close(latent_context *context, latent__label_counts *counts);

/* Whether concept c of the range lacks samples that show it, or samples that do not. */
bool latent__degenerate(const latent__label_counts *counts, int64_t samples, int64_t c);

#endif
