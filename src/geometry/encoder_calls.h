/* Calls of the caller's encoder: batches, element types, counts, limits, and what can go wrong. */
#ifndef LATENT__ENCODER_CALLS_H
#define LATENT__ENCODER_CALLS_H

#include "base/core.h"
#include "latent/encoder.h"

struct latent__encoder_slot;

/* An encoder in use by one public call. */
typedef struct latent__encoder_calls {
    latent_context *context;
    latent_encoder encoder;             /* checked */
    latent_encoder_usage usage;         /* so far; right after an error, too */
    int64_t batch;                      /* rows of one callback call */
    int32_t workers;                    /* threads that may call back */
    struct latent__encoder_slot *slots; /* workers */
    char *room;                         /* workers × room_bytes; NULL if nothing is converted */
    int64_t room_bytes;
    double *around; /* for differences: points, then outputs; NULL until the first ones */
    /* NULL, or for each row of the next call whether its results may be NaN or infinite. */
    const bool *tolerated;
} latent__encoder_calls;

/* Rows of one callback call, if all of `rows` are to be evaluated. */
int64_t latent__encoder_batch(const latent_encoder *encoder, int64_t rows);

/* Bytes that open() and the calls after it allocate, for the budget. `rows`: the most that one of them
 * will be given. */
int64_t latent__encoder_room(const latent_context *context, const latent_encoder *encoder,
                             int64_t rows);

/* Rows that fill all workers' batches, for calls of at most `rows`; batch · workers after open(). */
int64_t latent__encoder_strip(const latent_context *context, const latent_encoder *encoder,
                              int64_t rows);

/* A checked encoder. On failure close() must still be called. */
latent_status latent__encoder_open(latent_context *context, const latent_encoder *encoder,
                                   int64_t rows, latent__encoder_calls *calls);
void latent__encoder_close(latent__encoder_calls *calls);

/* f for `rows` rows of n numbers, into rows of m numbers. The encoder sees them in its own element
 * type, in batches, from the calling thread unless it says that it may be called from others. Between
 * batches the progress callback is asked, within the current phase. Batches do not depend on the
 * number of threads.
 *
 * LATENT_ERROR_CALLBACK with usage.code, LATENT_ERROR_NONFINITE for what the encoder gave,
 * LATENT_ERROR_OVERFLOW for an input beyond its type, LATENT_ERROR_LIMIT, LATENT_CANCELLED,
 * LATENT_ERROR_THREAD. The sentence names the call, the row and the entry; what was to be written is
 * undefined then. */
latent_status latent__encoder_forward(latent__encoder_calls *calls, const double *inputs,
                                      int64_t rows, double *outputs);

/* J(x)·v for `rows` tangents v of n numbers, into rows of m numbers. Row r of the inputs is at inputs +
 * r · stride: n, or 0 for one x that all rows share. Without a jvp central differences stand in. */
latent_status latent__encoder_jvp(latent__encoder_calls *calls, const double *inputs,
                                  int64_t stride, const double *tangents, int64_t rows,
                                  double *products);

/* J(x)ᵀ·u for `rows` cotangents u of m numbers, into rows of n numbers. The encoder must have a vjp:
 * latent__encoder_needs_vjp() says so. */
latent_status latent__encoder_vjp(latent__encoder_calls *calls, const double *inputs,
                                  int64_t stride, const double *cotangents, int64_t rows,
                                  double *products);

/* LATENT_ERROR_UNSUPPORTED with a sentence in which `what` is what cannot be done without vjp. */
latent_status latent__encoder_needs_vjp(latent_context *context, const latent_encoder *encoder,
                                        const char *what);

/* J(x)·v by (f(x + tv) - f(x - tv)) / 2t, t being `widen` times the step that docs/numerics.md names:
 * differences.c. */
latent_status latent__encoder_differences(latent__encoder_calls *calls, const double *inputs,
                                          int64_t stride, const double *tangents, int64_t rows,
                                          double widen, double *products);

/* Numbers in `around`. */
int64_t latent__encoder_around(const latent__encoder_calls *calls);

/* x as the encoder sees it, in its element type. */
double latent__encoder_rounded(const latent_encoder *encoder, double x);

/* Half the distance from 1 to the next number of the encoder's element type. */
double latent__encoder_roundoff(const latent_encoder *encoder);

#endif
