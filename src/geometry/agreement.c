#include "agreement.h"

#include <math.h>

#include "base/memory.h"
#include "base/random.h"
#include "basis.h"
#include "kernels/kernels.h"
#include "parallel/pool.h"

/* A pair u, v and its products. */
typedef struct pair {
    double *tangent, *pulled; /* v, Jᵀu: n */
    double *cotangent, *pushed, *difference,
        *far; /* u, Jv, differences with one and two steps: m */
} pair;

int64_t latent__agreement_room(const latent_encoder *encoder) {
    return latent__linear(encoder->inputs, 16) + latent__linear(encoder->outputs, 32);
}

static double ratio(double error, double scale) {
    return error == 0 ? 0 : error / scale;
}

/* ‖a - b‖ / ‖b‖, for m numbers; a is overwritten. */
static double relative(const latent_context *context, double *a, const double *b, int64_t m) {
    for (int64_t i = 0; i < m; i++)
        a[i] -= b[i];
    return ratio(latent__norm(context, a, m), latent__norm(context, b, m));
}

/* |⟨u, p⟩ - ⟨Jᵀu, v⟩| beside the larger of the norms of p and Jᵀu, about which both are, u and v being
 * Gaussian. */
static double transposed(const latent__encoder_calls *calls, const pair *p, const double *pushed) {
    const latent_context *context = calls->context;
    const int64_t n = calls->encoder.inputs, m = calls->encoder.outputs;
    const double left = context->kernels->dot[LATENT_F64 - 1](p->cotangent, pushed, m);
    const double right = context->kernels->dot[LATENT_F64 - 1](p->pulled, p->tangent, n);
    return ratio(fabs(left - right),
                 fmax(latent__norm(context, pushed, m), latent__norm(context, p->pulled, n)));
}

static latent_status multiply(latent__encoder_calls *calls, const double *point, const pair *p) {
    latent_status status =
        latent__encoder_differences(calls, point, 0, p->tangent, 1, 1, p->difference);
    if (!status)
        status = latent__encoder_differences(calls, point, 0, p->tangent, 1, 2, p->far);
    if (!status && calls->encoder.jvp)
        status = latent__encoder_jvp(calls, point, 0, p->tangent, 1, p->pushed);
    if (!status && calls->encoder.vjp)
        status = latent__encoder_vjp(calls, point, 0, p->cotangent, 1, p->pulled);
    return status;
}

/* Larger ones, also if one is infinite or NaN: a wrong product is never hidden. */
static void raise(double *most, double error) {
    if (!(error <= *most))
        *most = error;
}

static void compare(const latent__encoder_calls *calls, const pair *p,
                    latent_encoder_check_result *found) {
    const latent_encoder *encoder = &calls->encoder;
    const int64_t m = encoder->outputs;
    if (encoder->jvp && encoder->vjp)
        raise(&found->transpose_error, transposed(calls, p, p->pushed));
    if (encoder->vjp)
        raise(&found->vjp_error, transposed(calls, p, p->difference));
    if (encoder->jvp)
        raise(&found->jvp_error, relative(calls->context, p->pushed, p->difference, m));
    raise(&found->difference_error, relative(calls->context, p->far, p->difference, m));
}

latent_status latent__agreement(latent__encoder_calls *calls, const double *point,
                                const latent_encoder_check_options *options,
                                latent_encoder_check_result *result) {
    const latent_encoder *encoder = &calls->encoder;
    const int64_t n = encoder->inputs, m = encoder->outputs, all = 2 * n + 4 * m;
    latent_status status = LATENT_OK;
    latent__random random = latent__random_stream(options->seed, 0);
    latent_encoder_check_result found = {.size = sizeof found};
    double *room = latent__allocate(calls->context, all, sizeof *room, "random vectors", &status);
    if (status)
        return status;
    const pair p = {
        room, room + n, room + 2 * n, room + 2 * n + m, room + 2 * n + 2 * m, room + 2 * n + 3 * m};
    for (int64_t i = 0; i < options->pairs && !status; i++) {
        latent__phase(calls->context, "comparing products", (double)i / (double)options->pairs,
                      (double)(i + 1) / (double)options->pairs);
        latent__random_normals(&random, p.tangent, n);
        latent__random_normals(&random, p.cotangent, m);
        status = multiply(calls, point, &p);
        if (!status)
            compare(calls, &p, &found);
    }
    latent__release(calls->context, room, all, sizeof *room);
    if (status)
        return status;
    result->transpose_error = encoder->jvp && encoder->vjp ? found.transpose_error : NAN;
    result->jvp_error = encoder->jvp ? found.jvp_error : NAN;
    result->vjp_error = encoder->vjp ? found.vjp_error : NAN;
    result->difference_error = found.difference_error;
    return LATENT_OK;
}
