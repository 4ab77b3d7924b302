/* What the calls on an encoder check alike. */
#ifndef LATENT__ENCODER_CHECKS_H
#define LATENT__ENCODER_CHECKS_H

#include "geometry/encoder_calls.h"

/* Copies an encoder, and checks every field. */
latent_status latent__check_encoder(latent_context *context, const latent_encoder *given,
                                    latent_encoder *encoder);

/* `count` numbers: none of them NaN or infinite, or beyond the encoder's element type. */
latent_status latent__check_numbers(latent_context *context, const latent_encoder *encoder,
                                    const double *numbers, int64_t count, const char *name);

/* What a call on an encoder at a point begins with: checks the place for counts, which may be NULL, and
 * makes them 0, checks the encoder and copies it, checks the point. */
latent_status latent__check_encoder_at(latent_context *context, const latent_encoder *given,
                                       const double *point, latent_encoder_usage *usage,
                                       latent_encoder *encoder);

/* And what it ends with, once it has opened the calls, whether that failed or not. */
void latent__end_encoder(latent__encoder_calls *calls, latent_encoder_usage *usage);

/* A struct that a call writes its results to: read into `known`, as latent__options_read() does. */
latent_status latent__read_result(latent_context *context, void *known, size_t bytes,
                                  const void *given);

/* Places for counts alone: checked and made 0; written, once checked. */
latent_status latent__check_usage(latent_context *context, latent_encoder_usage *usage);
void latent__write_usage(latent_encoder_usage *usage, const latent_encoder_usage *counted);

#endif
