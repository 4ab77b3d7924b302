#include <stddef.h>

#include "base/features.h"
#include "kernels.h"

/* Best first. */
static const latent__kernels *const tables[] = {
#if defined(__x86_64__)
    &latent__kernels_avx512,
    &latent__kernels_avx2,
#endif
    &latent__kernels_reference,
};

const latent__kernels *latent__kernels_choose(latent_isa isa) {
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if ((isa == LATENT_ISA_AUTO || isa == tables[i]->isa) && latent__has_isa(tables[i]->isa))
            return tables[i];
    return NULL;
}
