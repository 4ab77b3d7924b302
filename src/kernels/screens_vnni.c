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

#define NAME multiply_int8
#define RIGHT(p) with_128(load_integers(p))
#define DOT(s, a, b) _mm512_dpbusd_epi32(s, b, a)
#define START start_below
#include "screens_template.h"

#define NAME multiply_int16
#define RIGHT load_integers
#define DOT _mm512_dpwssd_epi32
#define START START_ZERO
#include "screens_template.h"

const latent__screens latent__screens_vnni = {
    .isa = LATENT_ISA_VNNI,
    .format =
        {[LATENT__INT8] = {multiply_int8, 1, 3.5f}, [LATENT__INT16] = {multiply_int16, 1, 1.8f}},
};
#endif
