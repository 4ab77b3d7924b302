#include "features.h"

#if defined(__x86_64__)
#include <cpuid.h>

static bool has_f16c(void) {
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C);
}

/* The builtins also ask the operating system whether it saves the registers. */
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && has_f16c();
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool has_vnni(void) {
    return has_avx512() && __builtin_cpu_supports("avx512vnni");
}
#else
static bool has_avx2(void) {
    return false;
}

static bool has_avx512(void) {
    return false;
}

static bool has_vnni(void) {
    return false;
}
#endif

bool latent__has_isa(latent_isa isa) {
    switch (isa) {
    case LATENT_ISA_AUTO:
    case LATENT_ISA_REFERENCE:
        return true;
    case LATENT_ISA_AVX2:
        return has_avx2();
    case LATENT_ISA_AVX512:
        return has_avx512();
    case LATENT_ISA_VNNI:
        return has_vnni();
    case LATENT_ISA_AMX:
    case LATENT_ISA_NEON:
    case LATENT_ISA_NEON_DOT:
    case LATENT_ISA_NEON_BF16:
        return false;
    }
    return false;
}
