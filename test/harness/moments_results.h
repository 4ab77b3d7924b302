/* All outputs of the moments calls for N samples of d features in one block: compared bit for bit,
 * seen to be untouched. */
#ifndef HARNESS_MOMENTS_RESULTS_H
#define HARNESS_MOMENTS_RESULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "latent.h"

typedef struct moments_results {
    int64_t rows, columns;
    latent_moments_samples samples;
    latent_moments_features features;
    latent_moments_overall overall;
    latent_outliers outliers;
    unsigned char *block; /* the arrays */
    size_t bytes;
} moments_results;

/* Bytes of the arrays. */
size_t moments_results_bytes(int64_t rows, int64_t columns);
/* Structs ready to be given, whose arrays are in `block`; nothing is written. */
moments_results moments_results_in(unsigned char *block, int64_t rows, int64_t columns);
/* The same in poisoned memory of their own, to be freed. */
moments_results moments_results_new(int64_t rows, int64_t columns);
void moments_results_free(moments_results *results);
/* The arrays are poison and the structs as new. */
bool moments_results_untouched(const moments_results *results);

/* Whether two results have the same bits; says on standard error what differs. */
bool same_samples(const moments_results *a, const moments_results *b);
bool same_features(const moments_results *a, const moments_results *b);
bool same_overall(const moments_results *a, const moments_results *b);
bool same_outliers(const moments_results *a, const moments_results *b);
/* The same for samples only: `part` is rows [first, first + part->rows) of `whole`. */
bool same_part_of_samples(const moments_results *whole, int64_t first, const moments_results *part);

#endif
