/* What the calls on an encoder check alike. */
#ifndef LATENT__ENCODER_CHECKS_H
#define LATENT__ENCODER_CHECKS_H

#include "base/core.h"
#include "latent/encoder.h"

/* Copies an encoder, and checks every field. */
latent_status latent__check_encoder(latent_context *context, const latent_encoder *given,
                                    latent_encoder *encoder);

/* Checks a place for counts, which may be NULL, and makes them 0. */
latent_status latent__check_usage(latent_context *context, latent_encoder_usage *usage);

/* Writes counts to a place that was checked. */
void latent__write_usage(latent_encoder_usage *usage, const latent_encoder_usage *counted);

/* `count` numbers: none of them NaN or infinite, or beyond the encoder's element type. */
latent_status latent__check_numbers(latent_context *context, const latent_encoder *encoder,
                                    const double *numbers, int64_t count, const char *name);

#endif
