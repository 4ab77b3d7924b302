/* The k* distribution as JSON. */
#ifndef EXAMPLES_KSTAR_JSON_H
#define EXAMPLES_KSTAR_JSON_H

#include <stdio.h>

#include "common/concept_names.h"
#include "common/io_error.h"
#include "common/kstar_report.h"

/* Writes one object: points, dimension, metric, concepts (an array of label, name, count, mean, std,
 * skewness, pattern, in ascending order of label), gamma, gamma_weighted, gamma_pooled,
 * gamma_sampled, gamma_sampled_stderr, perfect, undefined. A number that JSON cannot hold is null,
 * and so is a name that was not given. */
bool kstar_json_write(FILE *stream, const struct kstar_report *report,
                      const struct concept_names *names, struct io_error *error);

#endif
