/* The robustness family's part of the table in calls.h. */
#ifndef HARNESS_CALLS_ROBUSTNESS_H
#define HARNESS_CALLS_ROBUSTNESS_H

#include "calls.h"

/* Where in the set's block this family's outputs are. */
unsigned char *call_set_robustness(const call_set *set);

/* Makes the table of accuracies and the lines that two of the calls are given. */
void calls_robustness_inputs(call_set *set);
void calls_robustness_free(call_set *set);
/* Bytes of the outputs, a multiple of 8. */
size_t calls_robustness_bytes(const call_set *set);

latent_status run_robustness_fit(latent_context *context, call_set *set);
latent_status run_robustness_predict(latent_context *context, call_set *set);
latent_status run_robustness_effective(latent_context *context, call_set *set);

#endif
