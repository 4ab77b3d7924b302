#include "match_steps.h"

#include <math.h>
#include <string.h>

#include "kernels/kernels.h"
#include "vectors.h"

enum { MOST_TRIES = 40 };
static const double sufficient = 1e-4;          /* share of the decrease that is expected */
static const double least_cut = 0.1, cut = 0.5; /* what λ is multiplied by */
static const double safe_factor = 1e6;

static double dot(const latent__match_rules *rules, const double *a, const double *b, int64_t n) {
    return rules->context->kernels->dot[LATENT_F64 - 1](a, b, n);
}

static bool is_adaptive(const latent__match_rules *rules) {
    return rules->options.step == 0;
}

static bool all_finite(const double *v, int64_t n) {
    for (int64_t j = 0; j < n; j++)
        if (!isfinite(v[j]))
            return false;
    return true;
}

/* α_k: Barzilai and Borwein's, within reach of p_k. While x_k was being accepted, `next` has become
 * the step to it, s, and λ ⟨g_(k-1), d_(k-1)⟩ is ⟨g_(k-1), s⟩. */
static double spectral_step(const latent__match_rules *rules, const latent__pursuit *p,
                            const double *g) {
    const double square = dot(rules, g, g, rules->n);
    double reference = p->loss / square;
    if (!(reference > 0) || !isfinite(reference))
        reference = 1;
    if (p->step == 0)
        return reference;
    const double ss = dot(rules, p->next, p->next, rules->n);
    const double sy = dot(rules, p->next, g, rules->n) - p->lambda * p->descent;
    if (!(sy > 0))
        return reference;
    return fmin(fmax(ss / sy, reference / safe_factor), reference * safe_factor);
}

void latent__match_propose(const latent__match_rules *rules, latent__pursuit *p,
                           const double *gradient) {
    if (!all_finite(gradient, rules->n)) {
        p->state = LATENT_MATCHING_DIVERGED;
        return;
    }
    p->alpha = is_adaptive(rules) ? spectral_step(rules, p, gradient) : rules->options.step;
    for (int64_t j = 0; j < rules->n; j++)
        p->next[j] = p->x[j] - p->alpha * gradient[j];
    latent__feasible_project(&p->allowed, p->start, p->next, rules->n);
    p->lambda = 1;
    p->tries = 0;
    p->descent = 0;
    bool moves = false;
    for (int64_t j = 0; j < rules->n; j++) {
        p->descent += gradient[j] * (p->next[j] - p->x[j]);
        moves = moves || p->next[j] != p->x[j];
    }
    if (!moves || (is_adaptive(rules) && !(p->descent < 0)))
        p->state = LATENT_MATCHING_STALLED;
}

void latent__match_point(const latent__match_rules *rules, const latent__pursuit *p,
                         double *point) {
    if (p->lambda == 1) {
        memcpy(point, p->next, (size_t)rules->n * sizeof *point);
        return;
    }
    /* Between two allowed points, which rounding must not leave. */
    for (int64_t j = 0; j < rules->n; j++) {
        const double x = p->x[j], end = p->next[j];
        const double between = x + p->lambda * (end - x);
        point[j] = fmin(fmax(between, fmin(x, end)), fmax(x, end));
    }
}

/* Whether the loss has fallen enough below the largest of the last ones. */
static bool has_fallen(const latent__pursuit *p, double loss) {
    double largest = p->losses[0];
    for (int i = 1; i < LATENT__MATCH_MEMORY && i <= p->step; i++)
        largest = fmax(largest, p->losses[i]);
    return loss / 2 <= largest / 2 + sufficient * p->lambda * p->descent;
}

/* λ at the minimum of the parabola with φ(0), its slope there, and φ(λ). */
static void shorten(latent__pursuit *p, double loss) {
    const double slope = p->lambda * p->descent;
    double factor = cut;
    if (isfinite(loss))
        factor = fmin(fmax(-slope / 2 / (loss / 2 - p->loss / 2 - slope), least_cut), cut);
    p->lambda *= factor;
    if (++p->tries == MOST_TRIES)
        p->state = LATENT_MATCHING_STALLED;
}

/* x_(k+1) is the point. */
static void move(const latent__match_rules *rules, latent__pursuit *p, const double *point) {
    double change = 0;
    for (int64_t j = 0; j < rules->n; j++) {
        p->next[j] = point[j] - p->x[j];
        p->x[j] = point[j];
        change += fabs(point[j] - p->start[j]);
    }
    p->change = change / (double)rules->n;
    p->step++;
    p->tries = 0;
    p->taken = p->step == 0 ? 0 : p->lambda * p->alpha;
}

static int32_t state_at(const latent__match_rules *rules, const latent__pursuit *p) {
    const latent_matching_options *o = &rules->options;
    /* A residual whose square is beyond this cannot be given to the encoder. */
    if (!(p->loss <= rules->largest * rules->largest) || !isfinite(p->loss))
        return LATENT_MATCHING_DIVERGED;
    if (p->loss < o->tolerance && (o->cosine == -1 || p->cosine > o->cosine))
        return LATENT_MATCHING_CONVERGED;
    if (p->loss / o->divergence > p->first_loss)
        return LATENT_MATCHING_DIVERGED;
    return p->step == o->max_steps ? LATENT_MATCHING_CAPPED : 0;
}

bool latent__match_judge(const latent__match_rules *rules, latent__pursuit *p, const double *point,
                         const double *outputs, const double *target) {
    double loss = 0;
    for (int64_t i = 0; i < rules->m; i++)
        loss += (outputs[i] - target[i]) * (outputs[i] - target[i]);
    if (is_adaptive(rules) && p->step >= 0 && !has_fallen(p, loss)) {
        shorten(p, loss);
        return false;
    }
    move(rules, p, point);
    for (int64_t i = 0; i < rules->m; i++)
        p->residual[i] = outputs[i] - target[i];
    p->loss = loss;
    p->cosine = latent__vector_cosine(outputs, target, rules->m);
    p->losses[p->step % LATENT__MATCH_MEMORY] = loss;
    if (p->step == 0)
        p->first_loss = loss;
    p->state = state_at(rules, p);
    return true;
}
