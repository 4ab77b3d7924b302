/* Checks of views whose rows an encoder is to be given, or gives. */
#ifndef LATENT__ENCODER_VIEWS_H
#define LATENT__ENCODER_VIEWS_H

#include "base/rows.h"
#include "latent/encoder.h"

/* A view of finite numbers with so many columns, which are `what`. */
latent_status latent__check_finite_view(latent_context *context, const latent_matrix *view,
                                        const char *name, int64_t columns, const char *what);

/* The same with as many columns as the encoder has inputs, all numbers within its element type. */
latent_status latent__check_input_view(latent_context *context, const latent_encoder *encoder,
                                       const latent_matrix *view, const char *name);

/* The same with as many columns as it has outputs. */
latent_status latent__check_output_view(latent_context *context, const latent_encoder *encoder,
                                        const latent_matrix *view, const char *name);

/* Two views with equally many rows. */
latent_status latent__check_same_rows(latent_context *context, const latent_matrix *view,
                                      const char *name, const latent_matrix *other,
                                      const char *other_name);

/* An option that must be finite. */
latent_status latent__check_finite(latent_context *context, double value, const char *name);

/* A finite option that must be at least 0. */
latent_status latent__check_not_negative(latent_context *context, double value, const char *name);

#endif
