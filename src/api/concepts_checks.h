/* What the calls of concepts.h and encoding.h check alike. */
#ifndef LATENT__CONCEPTS_CHECKS_H
#define LATENT__CONCEPTS_CHECKS_H

#include "checks.h"
#include "latent/concepts.h"

/* Reads labels, with defaults filled in, and checks all of them but the marks and the lists' numbers. */
latent_status latent__read_labels(latent_context *context, const latent_concept_labels *given,
                                  latent_concept_labels *labels);

/* Bytes of labels: of dense ones, of `concepts` of them. */
int64_t latent__labels_bytes(const latent_concept_labels *labels, int64_t concepts);

latent_status latent__check_sign(latent_context *context, int32_t sign);

/* A count that must fit 31 bits. */
latent_status latent__check_most(latent_context *context, int64_t value, const char *name);

#endif
