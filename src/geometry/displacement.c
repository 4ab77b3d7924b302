#include "displacement.h"

#include <math.h>

#include "base/memory.h"
#include "basis.h"

int64_t latent__displacement_room(const latent_encoder *encoder) {
    return latent__linear(encoder->inputs, 8) + latent__linear(encoder->outputs, 8);
}

latent_status latent__displacement_open(latent__encoder_calls *calls, const double *point,
                                        latent__displacement *d) {
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    latent_status status = LATENT_OK;
    *d = (latent__displacement){.calls = calls};
    d->point = latent__allocate(calls->context, n + m, sizeof *d->point, "the point", &status);
    if (status)
        return status;
    d->base = d->point + n;
    for (int64_t j = 0; j < n; j++)
        d->point[j] = latent__encoder_rounded(&calls->encoder, point[j]);
    status = latent__encoder_forward(calls, d->point, 1, d->base);
    if (!status)
        d->base_norm = latent__norm(calls->context, d->base, m);
    return status;
}

void latent__displacement_close(latent__displacement *d) {
    latent__release(d->calls->context, d->point,
                    d->calls->encoder.inputs + d->calls->encoder.outputs, sizeof *d->point);
}

void latent__displace(const latent__displacement *d, const double *unit, double epsilon,
                      double *input, latent__rounding *rounding) {
    const latent_encoder *encoder = &d->calls->encoder;
    double square = 0;
    for (int64_t j = 0; j < encoder->inputs; j++) {
        const double move = epsilon * unit[j];
        input[j] = latent__encoder_rounded(encoder, d->point[j] + move);
        const double off = (input[j] - d->point[j]) - move;
        square += off * off;
    }
    rounding->distance = fmax(rounding->distance, sqrt(square));
}

latent_status latent__displaced(const latent__displacement *d, double *output, double epsilon,
                                double *constant, latent__rounding *rounding) {
    const latent_context *context = d->calls->context;
    const int64_t m = d->calls->encoder.outputs;
    rounding->output = fmax(rounding->output, latent__norm(context, output, m));
    for (int64_t i = 0; i < m; i++)
        output[i] -= d->base[i];
    *constant = latent__norm(context, output, m) / epsilon;
    rounding->constant = fmax(rounding->constant, *constant);
    if (isfinite(*constant))
        return LATENT_OK;
    return latent__fail(d->calls->context, LATENT_ERROR_OVERFLOW,
                        "the distance of two outputs is beyond float64, or too large a multiple "
                        "of %g",
                        epsilon);
}

double latent__rounding_estimate(const latent__displacement *d, double epsilon,
                                 const latent__rounding *rounding) {
    const double output = 2 * fmax(rounding->output, d->base_norm);
    return (latent__encoder_roundoff(&d->calls->encoder) * output +
            rounding->constant * rounding->distance) /
           epsilon;
}

bool latent__normalise(const latent_context *context, double *vector, int64_t n) {
    double largest = 0;
    for (int64_t j = 0; j < n; j++)
        largest = fmax(largest, fabs(vector[j]));
    if (largest == 0)
        return false;
    const int exponent = ilogb(largest);
    for (int64_t j = 0; j < n && exponent != 0; j++)
        vector[j] = ldexp(vector[j], -exponent);
    const double norm = latent__norm(context, vector, n);
    for (int64_t j = 0; j < n; j++)
        vector[j] /= norm;
    return true;
}
