/* Products of packed rows, in number formats that processors multiply faster than float32. What comes
 * out decides which pairs of rows are evaluated, never what an evaluation gives.
 *
 * Packed rows come in groups of 16. A group is a list of steps of 64 bytes: a cell of 4 bytes for each
 * of its rows, with the row's next 4 elements (int8) or 2 (int16, bfloat16). Elements beyond the last
 * are 0. After them come steps of float32, one element a cell: features that are kept in full. So 16
 * rows' cells are one vector, whichever rows they are, and a row's cell is four bytes of it.
 *
 * Integers are -127 … 127 or -32767 … 32767, and the rows' norms keep every product below 2^31. */
#ifndef LATENT__SCREENS_H
#define LATENT__SCREENS_H

#include <stdbool.h>
#include <stdint.h>

#include "latent/context.h"

enum { LATENT__GROUP_ROWS = 16, LATENT__CELL_BYTES = 4, LATENT__STEP_BYTES = 64 };

/* Number formats of a group's first steps. */
typedef enum latent__format {
    LATENT__INT8,
    LATENT__INT16,
    LATENT__BF16,
    LATENT__FORMATS
} latent__format;

/* Elements in a cell. */
static inline int64_t latent__cell_elements(latent__format format) {
    return format == LATENT__INT8 ? 4 : 2;
}

/* Some groups against some others. */
typedef struct latent__rectangle {
    const void *left, *right; /* the first groups, each followed by the next */
    int64_t left_groups, right_groups;
    int64_t steps, floats; /* of the format, and of float32 */
    float *out;     /* row r of the left groups and row c of the right ones: out[r · stride + c] */
    int64_t stride; /* at least 16 · right_groups */
} latent__rectangle;

/* Writes to `out` the products of the format's elements plus those of the float32 elements.
 * Integers' products are exact before they are rounded to float32; all float32 operations are rounded
 * each, products may be fused with sums, and the order of sums is the instruction set's. In bfloat16
 * denormals may be taken for 0, and rounding may be to odd instead of to nearest (ARM): by less than
 * one unit in the last place instead of half of one. */
typedef void (*latent__rectangle_product)(const latent__rectangle *all);

/* One format on one instruction set. */
typedef struct latent__arithmetic {
    latent__rectangle_product multiply; /* NULL: nothing here is faster than float32 */
    int32_t step_multiple;              /* the steps of the format come in multiples of it */
    float pace; /* multiply-adds in the time in which float32 matrix products make one */
} latent__arithmetic;

typedef struct latent__screens {
    latent_isa isa;
    latent__arithmetic format[LATENT__FORMATS];
} latent__screens;

/* The screens of an instruction set that the machine has; LATENT_ISA_AUTO gives the best. */
const latent__screens *latent__screens_choose(latent_isa isa);

/* One format: an instruction set that has no arithmetic for it borrows plain C's. */
const latent__arithmetic *latent__screens_arithmetic(const latent__screens *screens,
                                                     latent__format format);

extern const latent__screens latent__screens_reference;
#if defined(__x86_64__)
extern const latent__screens latent__screens_avx2;
extern const latent__screens latent__screens_avx512;
extern const latent__screens latent__screens_vnni;
extern const latent__screens latent__screens_amx;

/* AMX has no int16: its machines have VNNI. */
void latent__multiply_int16_vnni(const latent__rectangle *all);
#elif defined(__aarch64__)
extern const latent__screens latent__screens_neon;
extern const latent__screens latent__screens_neon_dot;
extern const latent__screens latent__screens_neon_bf16;
#endif

#endif
