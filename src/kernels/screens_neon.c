/* 64-bit ARM without dot products. Multiplying integers gains nothing there: 4 products of int16 take
 * one instruction, as 4 of float32 do; 16 of int8 take three (two long multiplications and a pairwise
 * sum), of which two go to the one unit that multiplies integers, while float32 has two units. So Arm's
 * software optimization guides say of Cortex-A72 and Neoverse N1, V1 and N2. */
#if defined(__aarch64__)
#include "screens.h"

const latent__screens latent__screens_neon = {.isa = LATENT_ISA_NEON};
#endif
