/* Element types on the tests' side: conversions written from the formats' definitions alone. */
#ifndef HARNESS_NARROW_H
#define HARNESS_NARROW_H

#include "latent.h"

int64_t narrow_size(latent_type type);
/* Stores `value`, rounded to nearest even, as element `index`. Too large becomes infinity. */
void narrow_store(latent_type type, void *buffer, int64_t index, double value);
double narrow_load(latent_type type, const void *buffer, int64_t index);
/* `value` as the type would hold it. */
double narrow_round(latent_type type, double value);
/* The largest finite and the smallest positive number of the type. */
double narrow_max(latent_type type);
double narrow_min(latent_type type);

#endif
