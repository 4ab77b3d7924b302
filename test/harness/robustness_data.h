/* Tables of accuracies, and all outputs of the robustness calls for one in one block of memory. */
#ifndef HARNESS_ROBUSTNESS_DATA_H
#define HARNESS_ROBUSTNESS_DATA_H

#include <stdbool.h>
#include <stddef.h>

#include "latent.h"

typedef struct robustness_inputs {
    double *reference, *values;
    latent_matrix shifted; /* of values, without gaps */
} robustness_inputs;

/* Accuracies of 2 to 98 percent that scatter about a line under each shift. */
robustness_inputs robustness_inputs_make(int64_t models, int64_t shifts, uint64_t seed);
void robustness_inputs_free(robustness_inputs *table);

/* `predicted` and the errors are for the models' own reference accuracies. */
typedef struct robustness_results {
    int64_t models, shifts;
    latent_robustness_fits fits;
    double *predicted, *line_error, *model_error;
    double *effective, *mean;
    unsigned char *block; /* the arrays */
    size_t bytes;
} robustness_results;

/* Bytes of the arrays, a multiple of 8. */
size_t robustness_results_bytes(int64_t models, int64_t shifts);
/* Structs ready to be given, whose arrays are in `block`; nothing is written. */
robustness_results robustness_results_in(unsigned char *block, int64_t models, int64_t shifts);
/* The same in poisoned memory of their own, to be freed. */
robustness_results robustness_results_new(int64_t models, int64_t shifts);
void robustness_results_free(robustness_results *results);

/* Fits, predicts and compares; every call has to succeed. */
void robustness_results_fill(latent_context *context, const double *reference,
                             const latent_matrix *shifted, const latent_robustness_options *options,
                             robustness_results *results);

#endif
