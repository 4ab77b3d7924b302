/* How much memory a measurement may take when the user has not said. */
#ifndef EXAMPLES_MEMORY_SHARE_H
#define EXAMPLES_MEMORY_SHARE_H

#include <latent.h>

/* A memory budget for a context that will see `points` on a machine with `physical` bytes: 0, the
 * library's default of 1.2 times the points, or half the machine where that is less. A mapped file may
 * be larger than the machine; the library then works in blocks. */
int64_t memory_share(const latent_matrix *points, int64_t physical);

/* The machine's memory in bytes; INT64_MAX if the system does not say. */
int64_t memory_physical(void);

#endif
