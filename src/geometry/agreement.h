/* How far an encoder's callbacks are from each other. */
#ifndef LATENT__AGREEMENT_H
#define LATENT__AGREEMENT_H

#include "encoder_calls.h"

/* Bytes beside the encoder's. */
int64_t latent__agreement_room(const latent_encoder *encoder);

/* latent_encoder_check(), arguments checked, defaults filled in. */
latent_status latent__agreement(latent__encoder_calls *calls, const double *point,
                                const latent_encoder_check_options *options,
                                latent_encoder_check_result *result);

#endif
