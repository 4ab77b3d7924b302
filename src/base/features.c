#define _GNU_SOURCE
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
#include <sys/syscall.h>
#include <unistd.h>

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

/* Tiles of int8 and bfloat16, eight of them of 16 rows of 64 bytes. */
static bool has_tiles(void) {
    const unsigned wanted = 1u << 22 | 1u << 24 | 1u << 25; /* AMX-BF16, AMX-TILE, AMX-INT8 */
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & wanted) == wanted &&
           __get_cpuid_count(0x1d, 1, &a, &b, &c, &d) && b == (8u << 16 | 64u) &&
           (c & 0xffffu) == 16;
}

/* Whether the operating system saves the tiles and their configuration (XCR0, bits 17 and 18). */
static bool saves_tiles(void) {
    unsigned low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low >> 17 & 3u) == 3;
}

/* A process must ask Linux for tiles, once for all its threads, since their state makes the
 * frames of signals larger: a request fails while a thread has a smaller alternate stack than
 * such a frame, and later ones for such stacks do (Documentation/arch/x86/xstate.rst). Linux
 * before 5.16 doesn't know the request. Asking again changes nothing. */
static bool may_use_tiles(void) {
    enum { REQUEST_PERMISSION = 0x1023, TILE_DATA = 18 };
    return syscall(SYS_arch_prctl, REQUEST_PERMISSION, TILE_DATA) == 0;
}

/* In this order: xgetbv faults where the system saves nothing of AVX. */
static bool has_amx(void) {
    return has_vnni() && has_tiles() && saves_tiles() && may_use_tiles();
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

static bool has_amx(void) {
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
        return has_amx();
    case LATENT_ISA_NEON:
        return has_neon();
    case LATENT_ISA_NEON_DOT:
        return has_neon_dot();
    case LATENT_ISA_NEON_BF16:
        return has_neon_bf16();
    }
    return false;
}
