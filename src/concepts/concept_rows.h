/* Labels of a group of concepts, as the walk along a ranking reads them. */
#ifndef LATENT__CONCEPT_ROWS_H
#define LATENT__CONCEPT_ROWS_H

#include "labels.h"

/* A group has at most so many concepts, so that their numbers need two bytes. */
enum { LATENT__GROUP_CONCEPTS = 1 << 16 };

/* Lists of numbers for every sample: those of sample n are numbers[start[n]] … numbers[start[n + 1] - 1]. */
typedef struct latent__number_lists {
    int64_t *start;
    uint16_t *numbers;
    int64_t capacity;
} latent__number_lists;

/* Concepts of a group that ignore the same samples form a class: how many samples down to a rank take no
 * part is counted once for all of them. `ignored` lists classes; it and class_of are NULL where no sample
 * is ignored. Numbers of concepts count from the group's first. */
typedef struct latent__concept_rows {
    int64_t samples, concepts, classes;
    latent__number_lists present, ignored;
    uint16_t *class_of;
} latent__concept_rows;

/* The most concepts of a group out of so many. */
int64_t latent__group_most(int64_t concepts);

/* Bytes for any group out of `concepts`, beside the lists. */
int64_t latent__group_bytes(int64_t samples, int64_t concepts);

/* Bytes that hold any single concept of the counted range as a group. */
int64_t latent__least_group_bytes(const latent__label_counts *counts, int64_t samples);

/* How many concepts, from `first` of the counted range on, to take as a group: as many as the memory that
 * is left holds the lists of, at least one. */
int64_t latent__group_size(const latent_context *context, const latent__label_counts *counts,
                           int64_t samples, int64_t first);

/* Takes concepts first … first + count - 1 of the counted range. What is allocated is released by
 * latent__concept_rows_close(), also after an error. */
latent_status latent__concept_rows_open(latent_context *context,
                                        const latent_concept_labels *labels,
                                        const latent__label_counts *counts, int64_t first,
                                        int64_t count, latent__concept_rows *rows);
void latent__concept_rows_close(latent_context *context, latent__concept_rows *rows);

#endif
