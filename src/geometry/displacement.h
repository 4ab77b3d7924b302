/* The encoder at a point and a little beside it. */
#ifndef LATENT__DISPLACEMENT_H
#define LATENT__DISPLACEMENT_H

#include "encoder_calls.h"

typedef struct latent__displacement {
    latent__encoder_calls *calls;
    double *point; /* x as the encoder sees it: n */
    double *base;  /* f(x): m */
    double base_norm;
} latent__displacement;

/* What rounding may have done to constants at one ε: the largest constant, ‖f‖ and distance of a rounded
 * x + εû from the exact one. */
typedef struct latent__rounding {
    double constant, output, distance;
} latent__rounding;

/* Bytes beside the encoder's. */
int64_t latent__displacement_room(const latent_encoder *encoder);

/* Evaluates f(x). On failure close() must still be called. */
latent_status latent__displacement_open(latent__encoder_calls *calls, const double *point,
                                        latent__displacement *d);
void latent__displacement_close(latent__displacement *d);

/* x + εû as the encoder sees it. */
void latent__displace(const latent__displacement *d, const double *unit, double epsilon,
                      double *input, latent__rounding *rounding);

/* Subtracts f(x) from an output at x + εû; *constant is ‖what is left‖/ε. LATENT_ERROR_OVERFLOW if that is
 * beyond float64. */
latent_status latent__displaced(const latent__displacement *d, double *output, double epsilon,
                                double *constant, latent__rounding *rounding);

/* How much of a constant may be rounding. */
double latent__rounding_estimate(const latent__displacement *d, double epsilon,
                                 const latent__rounding *rounding);

/* Divides n numbers by their norm, whatever their scale; false if all are 0. */
bool latent__normalise(const latent_context *context, double *vector, int64_t n);

#endif
