/* One pass over a matrix, by all threads. */
#ifndef LATENT__PASS_H
#define LATENT__PASS_H

#include "block.h"

/* Adds all rows of the question's view to `sum`, a tally of its own that holds nothing yet. Writes
 * the arrays of `out` too, also when it fails in the end. The bits are the same for any number of
 * threads. */
latent_status latent__pass(const latent__question *question, latent__tally *sum);

#endif
