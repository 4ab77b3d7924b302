/* Checks that several public functions make of their arguments. */
#ifndef LATENT__CHECKS_H
#define LATENT__CHECKS_H

#include "base/rows.h"
#include "latent/kstar.h"

latent_status latent__check_metric(latent_context *context, int32_t metric, const char *name);
latent_status latent__check_ties(latent_context *context, int32_t ties);

/* A field that no version has given a meaning yet. */
latent_status latent__check_reserved(latent_context *context, int32_t value);

/* A count or a size that must be at least `least`. */
latent_status latent__check_least(latent_context *context, int64_t value, int64_t least,
                                  const char *name);

/* A view, and that it has the columns and the element type of another. */
latent_status latent__check_second_view(latent_context *context, const latent_matrix *view,
                                        const char *name, const latent_matrix *other,
                                        const char *other_name);

/* Entries of a list of row numbers; the first one outside 0 … rows - 1 is named. */
latent_status latent__check_rows(latent_context *context, const int64_t *list, int64_t count,
                                 int64_t rows, const char *name);

#endif
