/* Every public call that computes, as a table: tests of what holds for all of them loop over it. */
#ifndef HARNESS_CALLS_H
#define HARNESS_CALLS_H

#include "concepts_data.h"
#include "moments_results.h"
#include "robustness_data.h"
#include "testing.h"

/* Inputs for all calls, and one block of memory that holds every output. */
typedef struct call_set {
    dataset points, queries;
    int64_t *samples; /* rows/2 row numbers of points */
    int64_t *ranks;   /* k* values for the summary */
    int64_t *indices; /* rows x k neighbours for agreement and hubness */
    int64_t k;
    latent_metric metric;
    latent_ties ties;
    double *numbers;                  /* rows of them, for quantiles */
    unsigned char *saved, *saved_too; /* accumulators of the first half of points and of queries */
    int64_t saved_bytes;
    robustness_inputs accuracies; /* rows of models */
    robustness_results lines;     /* what the robustness calls make of them */
    double *head;                 /* of some classes, and what the directions calls are given */
    latent_directions *directions;
    latent_importance *seen;          /* has accumulated the queries */
    int32_t *classes;                 /* rows of labels for the head */
    double *gram;                     /* of the queries */
    concept_marks marks;              /* of the points, for some concepts */
    double *precisions;               /* of some directions for them */
    struct geometry_inputs *geometry; /* an encoder with the points' columns as inputs */
    unsigned char *block;
    size_t bytes;
} call_set;

/* What of a call's memory is the result's own, and in no budget. */
typedef enum outliving { NOTHING, SOMETHING, EVERYTHING } outliving;

typedef struct public_call {
    const char *name;
    latent_status (*run)(latent_context *context, call_set *set);
    bool allocates, progresses; /* needs memory; calls back */
    outliving outlives;
    bool alone; /* the calling thread does it all, whatever the threads */
} public_call;

enum { PUBLIC_CALLS = 51 };
extern const public_call public_calls[PUBLIC_CALLS];

/* Whether the call compares pairs of rows through a screen: k* and k-NN. */
bool public_call_screens(const public_call *call);

/* Points by `spec`, and queries of the same kind, about half as many. */
call_set call_set_make(const data_spec *spec, int64_t k, latent_ties ties);
void call_set_free(call_set *set);

/* Poisons the outputs and runs; what may vary with screens is set to 0 afterwards. */
latent_status public_call_run(const public_call *call, latent_context *context, call_set *set);
/* Whether all outputs are as they were before the last run. */
bool public_call_wrote_nothing(const call_set *set);
/* A copy of the outputs, to be freed, and whether the outputs equal one. */
void *public_call_outputs(const call_set *set);
bool public_call_same(const call_set *set, const void *outputs);

#endif
