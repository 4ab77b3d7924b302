/* The inputs that matching may visit: a box, and a ball around the start. */
#ifndef LATENT__FEASIBLE_SET_H
#define LATENT__FEASIBLE_SET_H

#include <stdint.h>

typedef struct latent__feasible_set {
    double lower, upper;
    double radius; /* 0: no ball */
} latent__feasible_set;

/* Replaces z, no entry of which is NaN, by the nearest point of the set; x0 lies in the box. */
void latent__feasible_project(const latent__feasible_set *set, const double *x0, double *z,
                              int64_t n);

#endif
