/* What the machine's processor can do. */
#ifndef LATENT__FEATURES_H
#define LATENT__FEATURES_H

#include <stdbool.h>

#include "latent/context.h"

/* Whether the processor and the operating system support an instruction set. */
bool latent__has_isa(latent_isa isa);

#endif
