#include "leading.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "bidiagonal.h"
#include "linalg/lapack.h"
#include "parallel/pool.h"

/* Steps of the look for singular values that were missed. */
enum { LOOK_STEPS = 6 };

int64_t latent__leading_room(const latent_context *context, const latent_encoder *encoder,
                             int64_t count, const latent_jacobian_leading_options *options) {
    return latent__bidiagonal_room(context, encoder, options->basis, options->block) +
           latent__linear(count, 8 * 4) + latent__linear(encoder->outputs, 16);
}

/* A search for the leading triplets. */
typedef struct search {
    latent__bidiagonal *l;
    int64_t count;
    const latent_jacobian_leading_options *options;
    double *before; /* values before the last look */
    int64_t restarts;
} search;

/* Nobody knows how many steps there will be; five times the least is not unusual. */
static void show_progress(const search *s) {
    const double scale = 10 * (double)s->count, done = (double)s->l->products;
    latent__phase(s->l->calls->context, "singular triplets", done / (done + scale),
                  (done + 1) / (done + 1 + scale));
}

static latent_status expand_to(search *s, int64_t steps) {
    latent_status status = LATENT_OK;
    while (!status && s->l->k < steps) {
        show_progress(s);
        status = latent__bidiagonal_expand(s->l);
    }
    return status ? status : latent__bidiagonal_ritz(s->l);
}

static int64_t converged(const search *s) {
    int64_t many = 0;
    while (many < s->count &&
           latent__bidiagonal_open(s->l, many) <= s->options->tolerance * s->l->values[0])
        many++;
    return many;
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/* Goes on until all have converged, restarting when the bases are full. More triplets than were asked for
 * are kept, and more still as they converge, which is what makes restarts cheap (Wu and Simon 2000). */
static latent_status iterate(search *s) {
    latent__bidiagonal *l = s->l;
    const int64_t size = l->size, count = s->count;
    const int64_t every = l->block > l->k / 32 ? l->block : l->k / 32;
    latent_status status = expand_to(s, l->k > count ? l->k : count);
    while (!status) {
        const int64_t done = converged(s);
        if (done == count)
            return LATENT_OK;
        if (l->k == size) {
            if (s->restarts == s->options->restarts)
                return latent__fail(l->calls->context, LATENT_ERROR_CONVERGENCE,
                                    "after %" PRId64 " restarts %" PRId64 " of %" PRId64
                                    " singular triplets have converged; the residual of the next "
                                    "is %.3g of the largest singular value",
                                    s->restarts, done, count,
                                    latent__bidiagonal_open(l, done) / l->values[0]);
            const int64_t more =
                (size - count) / 3 > done / 2 + 3 ? (size - count) / 3 : done / 2 + 3;
            status = latent__bidiagonal_restart(l, least(count + more, size - l->block), false);
            s->restarts++;
        }
        if (!status)
            status = expand_to(s, least(l->k + every, size));
    }
    return status;
}

/* A few steps from a random vector in the complement: *missed if they change what was found. Only where
 * the shorter side is not spent anyway. */
static latent_status look(search *s, bool *missed) {
    latent__bidiagonal *l = s->l;
    const int64_t count = s->count;
    *missed = false;
    if (l->k == l->shorter.length)
        return LATENT_OK;
    memcpy(s->before, l->values, (size_t)count * sizeof *s->before);
    latent_status status = latent__bidiagonal_restart(l, count, true);
    if (!status)
        status = expand_to(s, least(count + LOOK_STEPS, l->size));
    latent__bidiagonal_unpark(l);
    for (int64_t i = 0; i < count && !status; i++)
        if (l->values[i] - s->before[i] > s->options->tolerance * l->values[0])
            *missed = true;
    return status;
}

static latent_status find(search *s) {
    bool missed = true;
    latent_status status = LATENT_OK;
    while (!status && missed) {
        status = iterate(s);
        if (!status)
            status = look(s, &missed);
        if (!status)
            missed = missed || converged(s) < s->count;
    }
    return status;
}

/* ‖A v_i - S_i u_i‖ from products made for it, in the rows of U that are free. */
static latent_status measure(latent__bidiagonal *l, int64_t count, double *residuals) {
    const int64_t length = l->longer.length, free_rows = l->longer.capacity - count;
    double *const products = latent__basis_row(&l->longer, count);
    latent_status status = LATENT_OK;
    for (int64_t first = 0; first < count && !status; first += free_rows) {
        const int64_t rows = least(free_rows, count - first);
        status =
            latent__bidiagonal_multiply(l, latent__basis_row(&l->shorter, first), rows, products);
        for (int64_t r = 0; r < rows && !status; r++) {
            double *product = products + r * length;
            const double *u = latent__basis_row(&l->longer, first + r);
            for (int64_t j = 0; j < length; j++)
                product[j] -= l->values[first + r] * u[j];
            residuals[first + r] = latent__norm(l->calls->context, product, length);
        }
    }
    return status;
}

/* How much the differences for the first right vectors change with a doubled step. */
static latent_status measure_differences(latent__encoder_calls *calls, const double *point,
                                         const latent__basis *right, int64_t count, double *error) {
    const int64_t m = calls->encoder.outputs;
    latent_status status = LATENT_OK;
    double *once = latent__allocate(calls->context, 2 * m, sizeof *once, "differences", &status);
    *error = 0;
    for (int64_t i = 0; i < count && i < 4 && !status; i++) {
        const double *v = latent__basis_row(right, i);
        status = latent__encoder_differences(calls, point, 0, v, 1, 1, once);
        if (!status)
            status = latent__encoder_differences(calls, point, 0, v, 1, 2, once + m);
        for (int64_t j = 0; j < m && !status; j++)
            once[j] -= once[m + j];
        if (!status)
            *error = fmax(*error, latent__norm(calls->context, once, m));
    }
    latent__release(calls->context, once, 2 * m, sizeof *once);
    return status;
}

static void write_vectors(const latent__bidiagonal *l, int64_t count,
                          const latent_jacobian_triplets *result) {
    const latent__basis *right = l->wide ? &l->longer : &l->shorter;
    const latent__basis *left = l->wide ? &l->shorter : &l->longer;
    for (int64_t i = 0; i < count; i++) {
        double *u = latent__basis_row(left, i), *v = latent__basis_row(right, i);
        latent__fix_sign(v, right->length, u, left->length, 1);
        if (result->right)
            memcpy(result->right + i * right->length, v, (size_t)right->length * sizeof *v);
        for (int64_t j = 0; j < left->length && result->left; j++)
            result->left[j * count + i] = u[j];
    }
}

/* `back` undoes the scaling of products. */
static void write_scaled(double *to, const double *from, int64_t count, int back) {
    for (int64_t i = 0; i < count && to; i++)
        to[i] = ldexp(from[i], back);
}

/* Rotates the bases to the triplets found, measures, and writes. `figures` is for 2 count numbers. */
static latent_status finish(search *s, double *figures, latent_jacobian_triplets *result) {
    latent__bidiagonal *l = s->l;
    const int64_t count = s->count;
    double *const iterated = figures, *const measured = figures + count;
    double error = 0;
    for (int64_t i = 0; i < count; i++)
        iterated[i] = latent__bidiagonal_residual(l, i);
    latent__phase(l->calls->context, "residuals", l->calls->context->progress.to, 1);
    latent_status status = latent__bidiagonal_restart(l, count, true);
    if (!status)
        status = measure(l, count, measured);
    if (!status && !l->calls->encoder.jvp)
        status = measure_differences(l->calls, l->point, l->wide ? &l->longer : &l->shorter, count,
                                     &error);
    if (!status && !isfinite(ldexp(l->values[0], -l->exponent)))
        status = latent__fail(l->calls->context, LATENT_ERROR_OVERFLOW,
                              "the largest singular value is beyond float64");
    if (status)
        return status;
    write_vectors(l, count, result);
    write_scaled(result->values, l->values, count, -l->exponent);
    write_scaled(result->residuals, l->wide ? iterated : measured, count, -l->exponent);
    write_scaled(result->transposed_residuals, l->wide ? measured : iterated, count, -l->exponent);
    result->products = l->products;
    result->restarts = s->restarts;
    result->difference_error = error;
    result->differences = !l->calls->encoder.jvp;
    return LATENT_OK;
}

latent_status latent__leading(latent__encoder_calls *calls, const double *point, int64_t count,
                              const latent_jacobian_leading_options *options,
                              latent_jacobian_triplets *result) {
    latent_status status = LATENT_OK;
    latent__bidiagonal l;
    search s = {.l = &l, .count = count, .options = options};
    double *figures =
        latent__allocate(calls->context, 3 * count, sizeof *figures, "residuals", &status);
    if (status)
        return status;
    s.before = figures + 2 * count;
    status =
        latent__bidiagonal_create(calls, point, options->basis, options->block, options->seed, &l);
    if (!status)
        status = find(&s);
    if (!status)
        status = finish(&s, figures, result);
    latent__bidiagonal_free(&l);
    latent__release(calls->context, figures, 3 * count, sizeof *figures);
    return status;
}
