/* Embedding matching of many pairs that share the encoder's batches: matching.h. */
#ifndef LATENT__MATCH_ROUNDS_H
#define LATENT__MATCH_ROUNDS_H

#include "encoder_calls.h"
#include "latent/matching.h"

/* What is asked; all of it is checked, and the defaults are filled in. */
typedef struct latent__match_question {
    const latent_encoder *encoder;
    const latent_matrix *starts;
    const latent_matrix *target_inputs, *targets; /* one of them is NULL */
    latent_matching_options options;
} latent__match_question;

/* Bytes that the default budget allows on top of what goes by the input. */
int64_t latent__match_room(const latent_context *context, const latent__match_question *question,
                           const latent_matching_result *result);

/* `usage` receives what was asked of the encoder, after errors, too. */
latent_status latent__match(latent_context *context, const latent__match_question *question,
                            latent_matching_result *result, latent_encoder_usage *usage);

#endif
