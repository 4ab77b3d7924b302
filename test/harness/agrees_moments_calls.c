#include <stdio.h>

#include "agrees_moments.h"
#include "testing.h"

static bool fine(latent_context *context, latent_status status, const char *what) {
    if (status == LATENT_OK)
        return true;
    fprintf(stderr, "%s: status %d, \"%s\"\n", what, (int)status, latent_context_error(context));
    return false;
}

/* Each output alone: the same bits as all of them together. */
static bool alone_as_together(latent_context *context, const latent_matrix *points,
                              const latent_moments_options *options, const moments_results *all) {
    moments_results alone = moments_results_new(points->rows, points->columns);
    const bool same =
        fine(context, latent_moments_compute(context, points, options, &alone.samples, NULL, NULL),
             "samples alone") &&
        fine(context, latent_moments_compute(context, points, options, NULL, &alone.features, NULL),
             "features alone") &&
        fine(context, latent_moments_compute(context, points, options, NULL, NULL, &alone.overall),
             "overall alone") &&
        same_samples(all, &alone) && same_features(all, &alone) && same_overall(all, &alone);
    moments_results_free(&alone);
    return same;
}

/* One update with all rows: the same bits, and the oracle's outlier features. */
static bool accumulated_as_computed(latent_context *context, const latent_matrix *points,
                                    const oracle_matrix *expected, const moments_results *all) {
    moments_results found = moments_results_new(points->rows, points->columns);
    latent_moments_options taking = expected->options;
    taking.size = sizeof taking;
    taking.samples = taking.outliers = 1;
    latent_moments *moments = NULL;
    const bool same =
        fine(context, latent_moments_create(context, points->columns, &taking, &moments),
             "create") &&
        fine(context, latent_moments_update(context, moments, points, &found.samples), "update") &&
        fine(context, latent_moments_finish(context, moments, &found.features, &found.overall),
             "finish") &&
        fine(context, latent_moments_outliers(context, moments, NULL, &found.outliers),
             "outliers") &&
        same_samples(all, &found) && same_features(all, &found) && same_overall(all, &found) &&
        agrees_outliers(&found, expected, NULL, 0);
    latent_moments_destroy(moments);
    moments_results_free(&found);
    return same;
}

bool agrees_moments(latent_context *context, const dataset *set,
                    const latent_moments_options *options) {
    moments_results all = moments_results_new(set->view.rows, set->view.columns);
    oracle_matrix expected =
        oracle_matrix_make(set->values, set->view.rows, set->view.columns, options);
    const bool agrees = fine(context,
                             latent_moments_compute(context, &set->view, options, &all.samples,
                                                    &all.features, &all.overall),
                             "compute") &&
                        agrees_samples(&all, &expected) && agrees_features(&all, &expected, 0) &&
                        agrees_overall(&all, &expected, 0) &&
                        alone_as_together(context, &set->view, options, &all) &&
                        accumulated_as_computed(context, &set->view, &expected, &all);
    oracle_matrix_free(&expected);
    moments_results_free(&all);
    return agrees;
}
