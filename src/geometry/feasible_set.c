/* The nearest point of a box and a ball around x0, a point of the box, is
 *
 *     x(s) = clip(x0 + s (z - x0))        for the largest s <= 1 with ‖x(s) - x0‖ <= r,
 *
 * since it minimises ½‖x - z‖² + μ/2 (‖x - x0‖² - r²) over the box for μ = 1/s - 1 >= 0, and so
 * meets the conditions of Karush, Kuhn and Tucker. With the entries C(s) that are clipped,
 *
 *     ‖x(s) - x0‖² = Σ_C c_j² + s² Σ_(not C) d_j².
 *
 * C only grows with s. Starting with the s that is right if nothing is clipped, each next s is
 * right for the C of the one before; it is at most the s wanted, grows while C does, and then is
 * it. */
#include "feasible_set.h"

#include <float.h>
#include <math.h>

#include "vectors.h"

static double clip(double x, double lower, double upper) {
    return x < lower ? lower : x > upper ? upper : x;
}

/* Whether the clipped z is in the ball. */
static int is_inside(const latent__feasible_set *set, const double *x0, const double *z,
                     int64_t n) {
    double square = 0;
    for (int64_t j = 0; j < n; j++) {
        const double c = clip(z[j], set->lower, set->upper) - x0[j];
        square += c * c;
    }
    return square <= set->radius * set->radius;
}

/* The s that is right for what is clipped at `s`. */
static double next_scale(const latent__feasible_set *set, const double *x0, const double *d,
                         int64_t n, double s) {
    double clipped = 0, moving = 0;
    for (int64_t j = 0; j < n; j++) {
        const double c = clip(s * d[j], set->lower - x0[j], set->upper - x0[j]);
        if (c != s * d[j])
            clipped += c * c;
        else
            moving += d[j] * d[j];
    }
    const double left = set->radius * set->radius - clipped;
    return left > 0 && moving > 0 ? sqrt(left / moving) : s;
}

/* The same for d of length 1, which is left in z on return: x. */
static void shrink(const latent__feasible_set *set, const double *x0, double *z, int64_t n) {
    for (int64_t j = 0; j < n; j++)
        z[j] = clip(z[j] - x0[j], -DBL_MAX, DBL_MAX);
    const double length = latent__vector_norm(z, n);
    for (int64_t j = 0; j < n; j++)
        z[j] /= length;
    double s = set->radius, last;
    do {
        last = s;
        s = next_scale(set, x0, z, n, last);
    } while (s > last);
    for (int64_t j = 0; j < n; j++)
        z[j] = clip(x0[j] + last * z[j], set->lower, set->upper);
}

void latent__feasible_project(const latent__feasible_set *set, const double *x0, double *z,
                              int64_t n) {
    if (set->radius > 0 && !is_inside(set, x0, z, n)) {
        shrink(set, x0, z, n);
        return;
    }
    for (int64_t j = 0; j < n; j++)
        z[j] = clip(z[j], set->lower, set->upper);
}
