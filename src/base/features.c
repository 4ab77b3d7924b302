#include "features.h"

/* ARM: what Linux says. A set that the compiler could not compile for is not there (Makefile). */
#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static bool has_neon(void) {
    return (getauxval(AT_HWCAP) & HWCAP_ASIMD) != 0;
}

static bool has_neon_dot(void) {
#if defined(LATENT__NEON_DOT) && defined(HWCAP_ASIMDDP)
    return has_neon() && (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#else
    return false;
#endif
}

static bool has_neon_bf16(void) {
#if defined(LATENT__NEON_BF16) && defined(HWCAP2_BF16) && defined(HWCAP2_I8MM)
    const unsigned long both = HWCAP2_BF16 | HWCAP2_I8MM;
    return has_neon_dot() && (getauxval(AT_HWCAP2) & both) == both;
#else
    return false;
#endif
}
#else
static bool has_neon(void) {
#if defined(__aarch64__)
    return true;
#else
    return false;
#endif
}

static bool has_neon_dot(void) {
    return false;
}

static bool has_neon_bf16(void) {
    return false;
}
#endif

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
    case LATENT_ISA_NEON:
        return has_neon();
    case LATENT_ISA_NEON_DOT:
        return has_neon_dot();
    case LATENT_ISA_NEON_BF16:
        return has_neon_bf16();
    case LATENT_ISA_AMX:
        return false;
    }
    return false;
}
