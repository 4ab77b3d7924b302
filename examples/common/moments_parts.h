/* Accumulators of moments, and those of other runs in files. */
#ifndef EXAMPLES_MOMENTS_PARTS_H
#define EXAMPLES_MOMENTS_PARTS_H

#include <stdio.h>

#include "common/moments_report.h"

/* Begins with what the files hold that the arguments name (path_list.h), which may be none. They
 * must have been saved with the same options and for the same number of columns; `columns` is
 * that of the activations to come, or 0 if there are none. */
bool moments_parts_begin(latent_moments **moments, latent_context *context,
                         const struct moments_request *request, int64_t columns,
                         const char *const *arguments, int count, struct io_error *error);

/* Writes an accumulator as such a file. */
bool moments_parts_save(FILE *stream, latent_context *context, const latent_moments *moments,
                        struct io_error *error);

#endif
