/* How an encoder changes along directions: walk.h. */
#ifndef LATENT__WALK_POINTS_H
#define LATENT__WALK_POINTS_H

#include "encoder_calls.h"
#include "latent/walk.h"

/* What is asked; all of it is checked, and the defaults are filled in. */
typedef struct latent__walk_question {
    const latent_encoder *encoder;
    const latent_matrix *starts, *directions, *lengths;
    latent_walk_options options;
} latent__walk_question;

/* Bytes that the default budget allows on top of what goes by the input. */
int64_t latent__walk_room(const latent_context *context, const latent__walk_question *question);

/* `usage` receives what was asked of the encoder, after errors, too. */
latent_status latent__walk_along(latent_context *context, const latent__walk_question *question,
                                 latent_walk_result *result, latent_encoder_usage *usage);

#endif
