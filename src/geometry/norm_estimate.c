/* The Frobenius norm of a Jacobian by random probes. */
#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "basis.h"
#include "explicit.h"
#include "parallel/pool.h"

static latent_jacobian_method method_of(const latent_encoder *encoder) {
    return encoder->jvp   ? LATENT_JACOBIAN_JVP
           : encoder->vjp ? LATENT_JACOBIAN_VJP
                          : LATENT_JACOBIAN_DIFFERENCES;
}

int64_t latent__jacobian_norm_room(const latent_encoder *encoder) {
    return latent__linear(latent__explicit_rows(encoder), 8 * (encoder->inputs + encoder->outputs));
}

/* Mean and sum of squared deviations so far of the squares ‖J z‖² (Welford 1962), in units of 2^(2
 * exponent), the first that is not 0 being about 1. */
typedef struct squares {
    double count, mean, away;
    int exponent;
} squares;

static void add(squares *s, double norm) {
    if (s->mean == 0 && norm > 0)
        s->exponent = ilogb(norm);
    const double scaled = ldexp(norm, -s->exponent), square = scaled * scaled;
    const double from = square - s->mean;
    s->count++;
    s->mean += from / s->count;
    s->away += from * (square - s->mean);
}

/* Norms of products with `rows` probes. `room`: rows × (n + m). */
static latent_status probe(latent__encoder_calls *calls, const double *point, int64_t rows,
                           latent__random *random, double *room, squares *sums) {
    const bool by_vjp = method_of(&calls->encoder) == LATENT_JACOBIAN_VJP;
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    const int64_t length = by_vjp ? n : m;
    double *const products = room + rows * (n + m - length);
    latent__random_signs(random, room, rows * (n + m - length));
    const latent_status status = by_vjp
                                     ? latent__encoder_vjp(calls, point, 0, room, rows, products)
                                     : latent__encoder_jvp(calls, point, 0, room, rows, products);
    for (int64_t r = 0; r < rows && !status; r++) {
        const double norm = latent__norm(calls->context, products + r * length, length);
        if (!isfinite(norm))
            return latent__fail(calls->context, LATENT_ERROR_OVERFLOW,
                                "the norm of a product with the Jacobian is beyond float64");
        add(sums, norm);
    }
    return status;
}

static void write(const squares *s, const latent_jacobian_norm_options *options,
                  latent_jacobian_norm_result *result) {
    const double norm = sqrt(s->mean);
    const double error = sqrt(s->away / (s->count - 1) / s->count);
    const double ratio = ldexp(norm, s->exponent) / options->largest;
    const bool known = options->largest > 0;
    result->norm = ldexp(norm, s->exponent);
    result->standard_error = norm > 0 ? ldexp(error / (2 * norm), s->exponent) : 0;
    result->stable_rank = known ? ratio * ratio : NAN;
    result->stable_rank_error = known ? (norm > 0 ? ratio * ratio * error / s->mean : 0) : NAN;
}

latent_status latent__jacobian_norm(latent__encoder_calls *calls, const double *point,
                                    const latent_jacobian_norm_options *options,
                                    latent_jacobian_norm_result *result) {
    const int64_t strip = latent__explicit_rows(&calls->encoder), probes = options->probes;
    const size_t bytes = (size_t)(calls->encoder.inputs + calls->encoder.outputs) * sizeof(double);
    latent_status status = LATENT_OK;
    latent__random random = latent__random_stream(options->seed, 0);
    squares sums = {0};
    double *room = latent__allocate(calls->context, strip, bytes, "random vectors", &status);
    for (int64_t first = 0; first < probes && !status; first += strip) {
        const int64_t rows = probes - first < strip ? probes - first : strip;
        latent__phase(calls->context, "norm", (double)first / (double)probes,
                      (double)(first + rows) / (double)probes);
        status = probe(calls, point, rows, &random, room, &sums);
    }
    latent__release(calls->context, room, strip, bytes);
    if (status)
        return status;
    write(&sums, options, result);
    result->method = method_of(&calls->encoder);
    return LATENT_OK;
}
