/* Labels of any values, sorted into groups by index alone: no data move. */
#ifndef LATENT__GROUPS_H
#define LATENT__GROUPS_H

#include "core.h"

typedef struct latent__groups {
    int64_t n;      /* entries */
    int64_t count;  /* distinct labels */
    int64_t *order; /* n entries by ascending label, equal labels by ascending entry */
    int64_t *start; /* group g is order[start[g]] … order[start[g + 1] - 1] */
    int32_t *label; /* ascending */
} latent__groups;

/* Groups n labels; entry e has labels[rows[e]], or labels[e] if `rows` is NULL. On failure nothing
 * is held. */
latent_status latent__groups_make(latent_context *context, const int32_t *labels,
                                  const int64_t *rows, int64_t n, latent__groups *groups);

void latent__groups_free(latent_context *context, latent__groups *groups);

/* The group that carries a label, or -1. */
int64_t latent__groups_find(const latent__groups *groups, int32_t label);

#endif
