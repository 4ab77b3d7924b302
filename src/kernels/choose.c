#include <stddef.h>

#include "base/features.h"
#include "kernels.h"
#include "screens.h"

/* Best first. */
static const latent__kernels *const tables[] = {
#if defined(__x86_64__)
    &latent__kernels_avx512,
    &latent__kernels_avx2,
#elif defined(__aarch64__)
    &latent__kernels_neon,
#endif
    &latent__kernels_reference,
};

/* Best first. */
static const latent__screens *const screens[] = {
#if defined(__x86_64__)
    &latent__screens_amx,
    &latent__screens_vnni,
    &latent__screens_avx512,
    &latent__screens_avx2,
#elif defined(__aarch64__)
#if defined(LATENT__NEON_BF16)
    &latent__screens_neon_bf16,
#endif
#if defined(LATENT__NEON_DOT)
    &latent__screens_neon_dot,
#endif
    &latent__screens_neon,
#endif
    &latent__screens_reference,
};

/* The inner loops that an instruction set's own are, or are the next best to. */
static latent_isa loops_of(latent_isa isa) {
    return isa == LATENT_ISA_VNNI || isa == LATENT_ISA_AMX             ? LATENT_ISA_AVX512
           : isa == LATENT_ISA_NEON_DOT || isa == LATENT_ISA_NEON_BF16 ? LATENT_ISA_NEON
                                                                       : isa;
}

const latent__kernels *latent__kernels_choose(latent_isa isa) {
    const latent_isa wanted = loops_of(isa);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        if ((wanted == LATENT_ISA_AUTO || wanted == tables[i]->isa) &&
            latent__has_isa(tables[i]->isa))
            return tables[i];
    return NULL;
}

const latent__screens *latent__screens_choose(latent_isa isa) {
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++)
        if ((isa == LATENT_ISA_AUTO || isa == screens[i]->isa) && latent__has_isa(screens[i]->isa))
            return screens[i];
    return NULL;
}

const latent__arithmetic *latent__screens_arithmetic(const latent__screens *given,
                                                     latent__format format) {
    const latent__arithmetic *own = &given->format[format];
    return own->multiply ? own : &latent__screens_reference.format[format];
}
