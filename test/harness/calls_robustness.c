#include "calls_robustness.h"

enum { SHIFTS = 3 };

static robustness_results outputs_of(const call_set *set) {
    return robustness_results_in(call_set_robustness(set), set->points.view.rows, SHIFTS);
}

void calls_robustness_inputs(call_set *set) {
    const int64_t models = set->points.view.rows;
    set->accuracies = robustness_inputs_make(models, SHIFTS, 17);
    set->lines = robustness_results_new(models, SHIFTS);
    latent_context *const context = testing_context_with(NULL);
    robustness_results_fill(context, set->accuracies.reference, &set->accuracies.shifted, NULL,
                            &set->lines);
    latent_context_destroy(context);
}

void calls_robustness_free(call_set *set) {
    robustness_inputs_free(&set->accuracies);
    robustness_results_free(&set->lines);
}

size_t calls_robustness_bytes(const call_set *set) {
    return robustness_results_bytes(set->points.view.rows, SHIFTS);
}

latent_status run_robustness_fit(latent_context *context, call_set *set) {
    robustness_results out = outputs_of(set);
    return latent_robustness_fit(context, set->accuracies.reference, &set->accuracies.shifted, NULL,
                                 &out.fits);
}

latent_status run_robustness_predict(latent_context *context, call_set *set) {
    const robustness_results out = outputs_of(set);
    return latent_robustness_predict(context, &set->lines.fits, SHIFTS, set->accuracies.reference,
                                     out.models, out.predicted, out.line_error, out.model_error);
}

latent_status run_robustness_effective(latent_context *context, call_set *set) {
    const robustness_results out = outputs_of(set);
    return latent_robustness_effective(context, &set->lines.fits, set->accuracies.reference,
                                       &set->accuracies.shifted, NULL, out.effective, out.mean);
}
