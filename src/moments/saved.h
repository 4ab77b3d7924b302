/* Accumulators as bytes. */
#ifndef LATENT__SAVED_H
#define LATENT__SAVED_H

#include "accumulator.h"

/* Bytes that an accumulator for `features` takes. */
int64_t latent__saved_bytes(int64_t features);

/* Writes latent__saved_bytes() bytes. */
void latent__save(const latent_moments *moments, unsigned char *bytes);

/* Makes an accumulator; LATENT_ERROR_FORMAT says what is wrong with the bytes. */
latent_status latent__load(latent_context *context, const unsigned char *bytes, int64_t count,
                           latent_moments **moments);

#endif
