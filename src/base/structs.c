#include "structs.h"

#include <stdio.h>
#include <string.h>

/* A longer struct comes from newer headers. None of ours will ever be this long, and all are whole
 * words long (padding is spelt out as reserved fields), so that a size that was never filled in is
 * told from one. */
enum { LONGEST = 4096 };

latent_status latent__struct_read(void *known, size_t known_bytes, const void *given,
                                  const char *name, char *message) {
    memset(known, 0, known_bytes);
    if (given) {
        size_t size;
        memcpy(&size, given, sizeof size);
        if (size < sizeof size || size > LONGEST || size % sizeof size != 0) {
            snprintf(message, LATENT__MESSAGE_BYTES,
                     "%s->size is %zu; it must be sizeof(*%s), %zu in this version", name, size,
                     name, known_bytes);
            return LATENT_ERROR_OPTIONS;
        }
        const unsigned char *bytes = given;
        for (size_t i = known_bytes; i < size; i++)
            if (bytes[i] != 0) {
                snprintf(message, LATENT__MESSAGE_BYTES,
                         "%s has byte %zu set, beyond the %zu bytes that this version knows", name,
                         i, known_bytes);
                return LATENT_ERROR_OPTIONS;
            }
        memcpy(known, given, size < known_bytes ? size : known_bytes);
    }
    memcpy(known, &known_bytes, sizeof known_bytes);
    return LATENT_OK;
}

latent_status latent__options_read(latent_context *context, void *known, size_t known_bytes,
                                   const void *given, const char *name) {
    return latent__struct_read(known, known_bytes, given, name, context->message);
}

void latent__struct_write(void *given, const void *known, size_t known_bytes) {
    size_t size;
    memcpy(&size, given, sizeof size);
    const size_t bytes = size < known_bytes ? size : known_bytes;
    memcpy((char *)given + sizeof size, (const char *)known + sizeof size, bytes - sizeof size);
}
