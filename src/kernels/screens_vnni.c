/* AVX-512 VNNI: 64 products of int8, or 32 of int16, an instruction. */
#if defined(__x86_64__)
#include "screens_wide.h"

/* The instruction multiplies unsigned bytes with signed ones. The right operand is made unsigned by
 * adding 128, which flips the top bit; so sums start at -128 times the sum of the left row's. */
static inline integers with_128(integers v) {
    return _mm512_xor_si512(v, _mm512_set1_epi8((char)-128));
}

static void start_below(const char *left, int64_t steps, int32_t *start) {
    const integers all_128 = _mm512_set1_epi8((char)-128);
    integers sum = _mm512_setzero_si512();
    for (int64_t s = 0; s < steps; s++)
        sum = _mm512_dpbusd_epi32(sum, all_128, load_integers(left + s * LATENT__STEP_BYTES));
    _mm512_storeu_si512(start, _mm512_sub_epi32(_mm512_setzero_si512(), sum));
}

/* Written as instructions: GCC 12 moves the sums of the intrinsics through other registers, at half the
 * speed. */
static inline integers dot_int8(integers sum, integers a, integers b) {
    __asm__("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(b), "v"(a));
    return sum;
}

static inline integers dot_int16(integers sum, integers a, integers b) {
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}

#define NAME multiply_int8
#define RIGHT(p) with_128(load_integers(p))
#define DOT dot_int8
#define START start_below
#include "screens_template.h"

#define NAME multiply_int16
#define RIGHT load_integers
#define DOT dot_int16
#define START START_ZERO
#include "screens_template.h"

void latent__multiply_int16_vnni(const latent__rectangle *all) {
    multiply_int16(all);
}

const latent__screens latent__screens_vnni = {
    .isa = LATENT_ISA_VNNI,
    .format = {[LATENT__INT8] = {multiply_int8, 1, 4.0f},
               [LATENT__INT16] = {latent__multiply_int16_vnni, 1, 2.0f}},
};
#endif
