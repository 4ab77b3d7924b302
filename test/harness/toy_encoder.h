/* Encoders small enough to know everything about, which fail when told to:
 *
 *     f(x) = φ(A ψ(x)) + b        φ: identity or tanh;  ψ: identity or x²/2, entry by entry
 */
#ifndef HARNESS_TOY_ENCODER_H
#define HARNESS_TOY_ENCODER_H

#include <stdatomic.h>

#include "testing.h"

typedef enum toy_kind { TOY_LINEAR, TOY_SQUARES, TOY_TANH } toy_kind;
typedef enum toy_call { TOY_FORWARD, TOY_JVP, TOY_VJP } toy_call;

typedef struct toy_encoder {
    toy_kind kind;
    int64_t n, m;
    const double *matrix; /* m × n */
    const double *offset; /* m, or NULL */
    /* Call `fail_at`, from 1, of `fail_in` returns `code`, or, if that is 0, gives `value` as entry
     * `fail_entry` of row `fail_row`; 0: none fails. */
    int64_t fail_at, fail_row, fail_entry;
    toy_call fail_in;
    int32_t code;
    double value;
    atomic_int_fast64_t calls[3], rows[3]; /* by toy_call */
    int32_t type;
} toy_encoder;

/* All callbacks of an encoder that sees float64 or float32. */
latent_encoder toy_encoder_make(toy_encoder *toy, latent_type type);

#endif
