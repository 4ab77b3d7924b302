/* Vectors of 128 bits: a quarter of a step each. */
#include <arm_neon.h>
#include <string.h>

#include "screens.h"

enum { PARTS = 4, PART_BYTES = LATENT__STEP_BYTES / 4, PART_ROWS = LATENT__GROUP_ROWS / 4 };

typedef float32x4_t floats;

static inline floats spread_float(float x) {
    return vdupq_n_f32(x);
}

static inline floats load_floats(const void *p) {
    return vreinterpretq_f32_u8(vld1q_u8(p));
}

static inline void store_floats(float *p, floats v) {
    vst1q_f32(p, v);
}

static inline floats fused(floats a, floats b, floats c) {
    return vfmaq_f32(c, a, b);
}
