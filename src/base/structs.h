/* Size-prefixed structs: the one way in which options and results cross the interface. */
#ifndef LATENT__STRUCTS_H
#define LATENT__STRUCTS_H

#include "core.h"

/* Copies a caller's struct into `known` of `known_bytes`: what the caller's lacks becomes zero, and
 * what it has beyond must be zero. NULL gives all zeros. On failure `message` (MESSAGE_BYTES) has
 * the sentence. */
latent_status latent__struct_read(void *known, size_t known_bytes, const void *given,
                                  const char *name, char *message);

/* The same with the sentence kept in the context. */
latent_status latent__options_read(latent_context *context, void *known, size_t known_bytes,
                                   const void *given, const char *name);

/* Writes a result back: as much of `known` as the caller's struct has room for, size untouched. */
void latent__struct_write(void *given, const void *known, size_t known_bytes);

#endif
