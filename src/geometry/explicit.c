#include "explicit.h"

#include <stdlib.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "basis.h"
#include "linalg/lapack.h"
#include "parallel/pool.h"

static int64_t shorter(const latent_encoder *encoder) {
    return encoder->inputs < encoder->outputs ? encoder->inputs : encoder->outputs;
}

static int64_t longer(const latent_encoder *encoder) {
    return encoder->inputs + encoder->outputs - shorter(encoder);
}

latent_jacobian_method latent__jacobian_method(const latent_encoder *encoder) {
    const int64_t n = encoder->inputs, m = encoder->outputs;
    if (encoder->vjp && m <= (encoder->jvp ? n : 2 * n))
        return LATENT_JACOBIAN_VJP;
    return encoder->jvp ? LATENT_JACOBIAN_JVP : LATENT_JACOBIAN_DIFFERENCES;
}

/* Unit vectors of a strip, 4 MiB of them at most. */
int64_t latent__explicit_rows(const latent_encoder *encoder) {
    const int64_t fitting = (4 << 20) / 8 / longer(encoder);
    return fitting > 256 ? 256 : fitting > 1 ? fitting : 1;
}

int64_t latent__explicit_room(const latent_encoder *encoder, bool vectors) {
    const int64_t n = encoder->inputs, m = encoder->outputs, k = shorter(encoder);
    const int64_t strips = latent__linear(2 * latent__explicit_rows(encoder), 8 * longer(encoder));
    if (!vectors)
        return strips + latent__linear(m, 8 * n);
    return strips + latent__linear(longer(encoder), 40 * k) + latent__linear(k, 8 * 12 * k) +
           latent__linear(longer(encoder) + 64, 8 * 96);
}

/* A Jacobian in the making, by strips of unit vectors. */
typedef struct writing {
    latent__encoder_calls *calls;
    const double *point;
    latent_jacobian_method method;
    double *units, *products; /* rows of a strip */
    double *entries;          /* m × n */
} writing;

static latent_status multiply(const writing *w, int64_t rows, double widen) {
    latent__encoder_calls *calls = w->calls;
    switch (w->method) {
    case LATENT_JACOBIAN_VJP:
        return latent__encoder_vjp(calls, w->point, 0, w->units, rows, w->products);
    case LATENT_JACOBIAN_JVP:
        return latent__encoder_jvp(calls, w->point, 0, w->units, rows, w->products);
    case LATENT_JACOBIAN_AUTO:
    case LATENT_JACOBIAN_DIFFERENCES:
        break;
    }
    return latent__encoder_differences(calls, w->point, 0, w->units, rows, widen, w->products);
}

/* Products with the unit vectors first, first + step, …, each `length` long. */
static latent_status multiply_units(const writing *w, int64_t first, int64_t step, int64_t rows,
                                    int64_t length, double widen) {
    memset(w->units, 0, (size_t)(rows * length) * sizeof *w->units);
    for (int64_t r = 0; r < rows; r++)
        w->units[r * length + first + r * step] = 1;
    return multiply(w, rows, widen);
}

static latent_status write_strip(const writing *w, int64_t first, int64_t rows) {
    const int64_t n = w->calls->encoder.inputs, m = w->calls->encoder.outputs;
    const bool by_rows = w->method == LATENT_JACOBIAN_VJP;
    const latent_status status = multiply_units(w, first, 1, rows, by_rows ? m : n, 1);
    if (status)
        return status;
    if (by_rows)
        memcpy(w->entries + first * n, w->products, (size_t)(rows * n) * sizeof *w->entries);
    else
        for (int64_t i = 0; i < m; i++)
            for (int64_t r = 0; r < rows; r++)
                w->entries[i * n + first + r] = w->products[r * m + i];
    return LATENT_OK;
}

/* The largest change of an entry when the step is doubled, over some columns. */
static latent_status doubled_steps(const writing *w, double *error) {
    enum { SAMPLES = 16 };
    const int64_t n = w->calls->encoder.inputs, m = w->calls->encoder.outputs;
    const int64_t most = latent__explicit_rows(&w->calls->encoder);
    const int64_t samples = n < SAMPLES ? n : SAMPLES, step = n / samples;
    latent_status status = LATENT_OK;
    for (int64_t first = 0; first < samples && !status; first += most) {
        const int64_t rows = samples - first < most ? samples - first : most;
        status = multiply_units(w, first * step, step, rows, n, 2);
        for (int64_t r = 0; r < rows && !status; r++)
            for (int64_t i = 0; i < m; i++)
                *error = fmax(
                    *error, fabs(w->products[r * m + i] - w->entries[i * n + (first + r) * step]));
    }
    return status;
}

static latent_status write_entries(const writing *w, double *error) {
    const latent_encoder *encoder = &w->calls->encoder;
    const int64_t count = w->method == LATENT_JACOBIAN_VJP ? encoder->outputs : encoder->inputs;
    const int64_t most = latent__explicit_rows(encoder);
    latent_status status = LATENT_OK;
    *error = 0;
    for (int64_t first = 0; first < count && !status; first += most) {
        const int64_t rows = count - first < most ? count - first : most;
        latent__phase(w->calls->context, "Jacobian", (double)first / (double)count,
                      (double)(first + rows) / (double)count);
        status = write_strip(w, first, rows);
    }
    if (!status && w->method == LATENT_JACOBIAN_DIFFERENCES)
        status = doubled_steps(w, error);
    return status;
}

/* Into m × n numbers of the caller's. */
static latent_status compute(latent__encoder_calls *calls, const double *point,
                             latent_jacobian_method method, double *entries, double *error) {
    const int64_t strip = latent__explicit_rows(&calls->encoder);
    const size_t bytes = (size_t)longer(&calls->encoder) * sizeof(double);
    latent_status status = LATENT_OK;
    writing w = {.calls = calls, .point = point, .method = method, .entries = entries};
    w.units = latent__allocate(calls->context, strip, bytes, "unit vectors", &status);
    if (!status)
        w.products = latent__allocate(calls->context, strip, bytes, "their products", &status);
    if (!status)
        status = write_entries(&w, error);
    latent__release(calls->context, w.products, strip, bytes);
    latent__release(calls->context, w.units, strip, bytes);
    return status;
}

/* ‖J‖_F, scaled so that no square leaves float64. */
static double frobenius(const latent_context *context, double *entries, int64_t count) {
    double largest = 0;
    for (int64_t e = 0; e < count; e++)
        largest = fmax(largest, fabs(entries[e]));
    const int exponent = largest > 0 ? ilogb(largest) : 0;
    if (abs(exponent) < 400)
        return latent__norm(context, entries, count);
    double sum = 0;
    for (int64_t e = 0; e < count; e++)
        sum += ldexp(entries[e], -exponent) * ldexp(entries[e], -exponent);
    return ldexp(sqrt(sum), exponent);
}

static latent_status check_norm(latent_context *context, double norm) {
    if (isfinite(norm))
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_OVERFLOW,
                        "the Frobenius norm of the Jacobian is beyond float64");
}

latent_status latent__explicit(latent__encoder_calls *calls, const double *point,
                               latent_jacobian_method method, latent_jacobian *result) {
    const int64_t count = calls->encoder.inputs * calls->encoder.outputs;
    latent_status status = LATENT_OK;
    double error = 0, norm = 0;
    double *entries =
        latent__allocate(calls->context, count, sizeof *entries, "the Jacobian", &status);
    if (!status)
        status = compute(calls, point, method, entries, &error);
    if (!status) {
        norm = frobenius(calls->context, entries, count);
        status = check_norm(calls->context, norm);
    }
    if (!status) {
        if (result->entries)
            memcpy(result->entries, entries, (size_t)count * sizeof *entries);
        result->frobenius = norm;
        result->difference_error = error;
        result->method = method;
    }
    latent__release(calls->context, entries, count, sizeof *entries);
    return status;
}

/* An m × n Jacobian and what it becomes. */
typedef struct decomposition {
    double *entries, *left, *values, *right;
} decomposition;

static latent_status decompose(latent__encoder_calls *calls, const double *point,
                               latent_jacobian_method method, const decomposition *d,
                               latent_jacobian_spectrum_result *result) {
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    const int64_t k = shorter(&calls->encoder);
    double error = 0;
    latent_status status = compute(calls, point, method, d->entries, &error);
    const double norm = status ? 0 : frobenius(calls->context, d->entries, m * n);
    if (!status)
        status = check_norm(calls->context, norm);
    if (!status)
        status = latent__svd(calls->context, d->entries, m, n, d->left, d->values, d->right,
                             "the Jacobian");
    if (status)
        return status;
    for (int64_t i = 0; i < k; i++)
        latent__fix_sign(d->right + i * n, n, d->left + i, m, k);
    if (result->values)
        memcpy(result->values, d->values, (size_t)k * sizeof(double));
    if (result->right)
        memcpy(result->right, d->right, (size_t)(k * n) * sizeof(double));
    if (result->left)
        memcpy(result->left, d->left, (size_t)(m * k) * sizeof(double));
    result->frobenius = norm;
    result->stable_rank = norm > 0 ? norm / d->values[0] * (norm / d->values[0]) : 0;
    result->difference_error = error;
    result->method = method;
    return LATENT_OK;
}

latent_status latent__spectrum(latent__encoder_calls *calls, const double *point,
                               latent_jacobian_method method,
                               latent_jacobian_spectrum_result *result) {
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    const int64_t k = shorter(&calls->encoder), all = m * n + m * k + k + k * n;
    latent_status status = latent__svd_fits(calls->context, m, n, "the Jacobian");
    decomposition d = {0};
    if (!status)
        d.entries = latent__allocate(calls->context, all, sizeof *d.entries,
                                     "the Jacobian and its singular vectors", &status);
    if (!status) {
        d.left = d.entries + m * n;
        d.values = d.left + m * k;
        d.right = d.values + k;
        status = decompose(calls, point, method, &d, result);
    }
    latent__release(calls->context, d.entries, all, sizeof *d.entries);
    return status;
}
