/* Right arguments of all calls of directions.h, importance.h and pruning.h, for tests that make one
 * of them wrong. */
#ifndef HARNESS_WRONG_DIRECTIONS_H
#define HARNESS_WRONG_DIRECTIONS_H

#include "testing.h"

enum { ARGUMENT_OUTPUTS = 4, ARGUMENT_INPUTS = 3, ARGUMENT_ROWS = 5, ARGUMENT_RANK = 2 };

/* What a call takes; pointers of views are set when it is made. */
typedef struct directions_arguments {
    double weights[ARGUMENT_OUTPUTS * ARGUMENT_INPUTS]; /* of rank 2 */
    double values[ARGUMENT_ROWS * ARGUMENT_INPUTS];
    double bias[ARGUMENT_OUTPUTS], gram[ARGUMENT_INPUTS * ARGUMENT_INPUTS];
    int32_t labels[ARGUMENT_ROWS];
    int64_t kept[2], order[ARGUMENT_INPUTS], count;
    latent_matrix head, points; /* their data are set by the call */
    latent_directions_options directions_options;
    latent_pruning_options pruning_options;
    int32_t kind;
    const void *missing;                   /* the member whose pointer is to be NULL */
    latent_directions *directions, *other; /* of the weights; of another shape */
    latent_importance *importance;         /* has seen the values */
    bool no_result, no_counts, wrong_directions, empty_importance;
} directions_arguments;

directions_arguments directions_arguments_make(void);
void directions_arguments_free(directions_arguments *a);

/* Where calls write: one poisoned block. */
typedef struct directions_outputs {
    latent_importance_result importance;
    latent_pruning_curve curve;
    latent_pruning_aware_result aware;
    double *head;
    unsigned char *block;
    size_t bytes;
} directions_outputs;

typedef latent_status (*directions_call)(latent_context *context, directions_arguments *a,
                                         directions_outputs *out);

/* Runs the call on `a` and checks all that an error promises; then again with right arguments. */
void expect_directions_call(directions_call call, directions_arguments *a, latent_status expected,
                            const char *pieces);

/* A pointer that is NULL if it is the missing one. */
#define GIVEN(a, member) ((a)->missing == (const void *)(member) ? NULL : (member))

#define DIRECTIONS_CASE(call, change, expected, pieces)                                            \
    do {                                                                                           \
        directions_arguments a = directions_arguments_make();                                      \
        change;                                                                                    \
        expect_directions_call(call, &a, LATENT_ERROR_##expected, pieces);                         \
        directions_arguments_free(&a);                                                             \
    } while (0)

#endif
