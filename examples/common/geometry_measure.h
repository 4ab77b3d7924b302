/* What a geometry report measures, step by step. Each step fills in its part of the report. */
#ifndef EXAMPLES_GEOMETRY_MEASURE_H
#define EXAMPLES_GEOMETRY_MEASURE_H

#include "common/geometry_report.h"

struct geometry_measure {
    struct geometry_report *report;
    latent_context *context;
    latent_encoder encoder;
};

/* Singular triplets and norms. */
bool geometry_measure_jacobian(const struct geometry_measure *at, struct io_error *error);

/* Lipschitz constants of all families but the displacement. Needs the Jacobian. */
bool geometry_measure_families(const struct geometry_measure *at, struct io_error *error);

/* The result of matching, and Lipschitz constants of the displacement. Needs the Jacobian. */
bool geometry_measure_matching(const struct geometry_measure *at, struct io_error *error);

#endif
