/* Central differences in place of a jvp. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "encoder_calls.h"

/* Tangents whose differences are taken together. */
static int64_t group_of(const latent__encoder_calls *calls) {
    return (calls->batch > 1 ? calls->batch / 2 : 1) * calls->workers;
}

/* t such that the coordinate that moves most for its scale moves by that part of it: the scale of x_j is
 * |x_j|, but at least the mean of all. A zero tangent has any t. */
static double step_of(const latent_encoder *encoder, const double *x, const double *v) {
    const double part = ldexp(1, encoder->type == LATENT_F32 ? -8 : -18);
    double mean = 0, largest = 0;
    for (int64_t j = 0; j < encoder->inputs; j++)
        mean += fabs(x[j]) / (double)encoder->inputs;
    if (mean == 0)
        mean = 1;
    for (int64_t j = 0; j < encoder->inputs; j++)
        largest = fmax(largest, fabs(v[j]) / fmax(fabs(x[j]), mean));
    return largest > 0 ? part / largest : 1;
}

/* Writes x + tv and x - tv as the encoder will see them; returns 2t, by what is left of it after that
 * rounding: the component along v of their distance. */
static double step_around(const latent_encoder *encoder, const double *x, const double *v, double t,
                          double *ahead, double *behind) {
    double along = 0, square = 0, largest = 0;
    for (int64_t j = 0; j < encoder->inputs; j++)
        largest = fmax(largest, fabs(t * v[j]));
    /* A power of two that keeps squares of moves in range. */
    const int exponent = largest > 0 && isfinite(largest) ? -ilogb(largest) : 0;
    const double unit = ldexp(1, exponent > 1000 ? 1000 : exponent);
    for (int64_t j = 0; j < encoder->inputs; j++) {
        const double move = t * v[j];
        ahead[j] = latent__encoder_rounded(encoder, x[j] + move);
        behind[j] = latent__encoder_rounded(encoder, x[j] - move);
        along += (ahead[j] - behind[j]) * unit * (move * unit);
        square += move * unit * (move * unit);
    }
    return along > 0 ? along / square * t : 2 * t;
}

static latent_status difference_group(latent__encoder_calls *calls, const double *inputs,
                                      int64_t stride, const double *tangents, int64_t rows,
                                      double widen, double *products) {
    const latent_encoder *encoder = &calls->encoder;
    const int64_t n = encoder->inputs, m = encoder->outputs;
    double *const points = calls->around;
    double *const outputs = points + 2 * group_of(calls) * n;
    for (int64_t r = 0; r < rows; r++) {
        const double *x = inputs + r * stride, *v = tangents + r * n;
        const double t = widen * step_of(encoder, x, v);
        products[r * m] =
            step_around(encoder, x, v, t, points + 2 * r * n, points + (2 * r + 1) * n);
    }
    const latent_status status = latent__encoder_forward(calls, points, 2 * rows, outputs);
    for (int64_t r = 0; r < rows && !status; r++) {
        const double *ahead = outputs + 2 * r * m, *behind = ahead + m;
        const double distance = products[r * m];
        for (int64_t i = 0; i < m; i++) {
            const double quotient = (ahead[i] - behind[i]) / distance;
            products[r * m + i] = quotient;
            if (!isfinite(quotient))
                return latent__fail(calls->context, LATENT_ERROR_OVERFLOW,
                                    "output %" PRId64
                                    " of the encoder changes from %g to %g over a distance of %g: "
                                    "the derivative is beyond float64",
                                    i, behind[i], ahead[i], distance);
        }
    }
    return status;
}

latent_status latent__encoder_differences(latent__encoder_calls *calls, const double *inputs,
                                          int64_t stride, const double *tangents, int64_t rows,
                                          double widen, double *products) {
    const int64_t group = group_of(calls);
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    latent_status status = LATENT_OK;
    if (!calls->around)
        calls->around =
            latent__allocate(calls->context, latent__encoder_around(calls), sizeof *calls->around,
                             "points for central differences", &status);
    for (int64_t first = 0; first < rows && !status; first += group)
        status = difference_group(calls, inputs + first * stride, stride, tangents + first * n,
                                  rows - first < group ? rows - first : group, widen,
                                  products + first * m);
    return status;
}
