/* What the agrees_ functions of testing.h consist of, for tests that ask the oracle once and the library
 * in many ways. */
#ifndef HARNESS_AGREES_H
#define HARNESS_AGREES_H

#include "datagen.h"

/* Whose neighbours among the references: all of them (both others NULL), chosen rows of them, or
 * queries apart from them. */
typedef struct agrees_question {
    const dataset *references, *queries;
    const int64_t *samples; /* rows of the references; not for k-NN */
    int64_t count;          /* of samples */
    latent_metric metric;
    latent_ties ties; /* not for k-NN */
} agrees_question;

oracle_neighborhoods agrees_kstar_oracle(const agrees_question *question);
/* Whether the library says the same, said on standard error if not. */
bool agrees_kstar_known(latent_context *context, const agrees_question *question,
                        const oracle_neighborhoods *expected);

/* The k nearest of each query. */
typedef struct agrees_lists {
    int64_t k;
    int64_t *index;
    double *distance;
} agrees_lists;

agrees_lists agrees_knn_oracle(const agrees_question *question, int64_t k);
void agrees_lists_free(agrees_lists *lists);
/* The same for the `k` nearest, at most expected->k. */
bool agrees_knn_known(latent_context *context, const agrees_question *question, int64_t k,
                      const agrees_lists *expected);

#endif
