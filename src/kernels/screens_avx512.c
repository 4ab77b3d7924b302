/* AVX-512 without VNNI: 32 products of int16 in two instructions. */
#if defined(__x86_64__)
#include "screens_wide.h"

#define NAME multiply_int16
#define RIGHT load_integers
#define DOT(s, a, b) _mm512_add_epi32(s, _mm512_madd_epi16(a, b))
#define START START_ZERO
#include "screens_template.h"

const latent__screens latent__screens_avx512 = {
    .isa = LATENT_ISA_AVX512,
    .format = {[LATENT__INT16] = {multiply_int16, 1, 1.4f}},
};
#endif
