/* Numbers that must lie in 0 … 1. */
#ifndef LATENT__SHARES_H
#define LATENT__SHARES_H

#include "base/core.h"

bool latent__is_share(double value);

/* LATENT_ERROR_NONFINITE or LATENT_ERROR_ARGUMENT for a number that is none; the rest names it. */
latent_status latent__fail_share(latent_context *context, double value, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
