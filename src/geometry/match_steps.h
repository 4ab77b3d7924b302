/* One pair on its way: what the next point is, and whether it is accepted. */
#ifndef LATENT__MATCH_STEPS_H
#define LATENT__MATCH_STEPS_H

#include "base/core.h"
#include "feasible_set.h"
#include "latent/matching.h"

/* Losses that the search compares with: φ of so many iterates. */
enum { LATENT__MATCH_MEMORY = 10 };

typedef struct latent__pursuit {
    int64_t pair;
    int64_t step;  /* k of x; -1 until f(x₀) is known */
    int32_t state; /* 0 while under way */
    double *start; /* x₀, n numbers */
    double *x;     /* x_k */
    double *next; /* the end of the direction, x_k + d_k; once x_(k+1) is accepted, x_(k+1) - x_k */
    double *residual; /* f(x_k) - t, m numbers */
    latent__feasible_set allowed;
    double loss, first_loss, cosine, change;
    double taken; /* step that led to x_k */
    /* Of adaptive steps: */
    double alpha, lambda;
    double descent; /* ⟨g_k, d_k⟩ */
    double losses[LATENT__MATCH_MEMORY];
    int32_t tries;
} latent__pursuit;

/* What all pairs share. */
typedef struct latent__match_rules {
    latent_context *context;
    int64_t n, m;
    latent_matching_options options; /* defaults filled in */
    double largest;                  /* number of the encoder's element type */
} latent__match_rules;

/* Given g_k: finds the next point, or the state in which the pair ends. */
void latent__match_propose(const latent__match_rules *rules, latent__pursuit *p,
                           const double *gradient);

/* Writes the point to be evaluated next. */
void latent__match_point(const latent__match_rules *rules, const latent__pursuit *p, double *point);

/* Given f of that point: accepts it and moves there, with all that is known of x_k brought up to
 * date and the state set if the pair ends; or returns false, and another point is to be tried. */
bool latent__match_judge(const latent__match_rules *rules, latent__pursuit *p, const double *point,
                         const double *outputs, const double *target);

#endif
