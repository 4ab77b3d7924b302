#include "space.h"

#include <math.h>

latent__space latent__space_make(const latent_context *context, latent_metric metric,
                                 int64_t columns, latent_type type) {
    const double d = (double)columns;
    return (latent__space){
        .metric = metric,
        .columns = columns,
        .squared_distance = context->kernels->squared_distance[type - 1],
        .dot = context->kernels->dot[type - 1],
        .scale = 1,
        .error = metric == LATENT_COSINE ? (d / 4 + 64) * 0x1p-53 : (d / 16 + 32) * 0x1p-53,
        .underflow = metric == LATENT_COSINE ? 0 : sqrt(d) * 0x1p-536,
    };
}

void latent__space_set_scale(latent__space *space, double largest) {
    if (space->metric == LATENT_COSINE || largest == 0)
        return;
    /* largest · sqrt(columns) · scale <= 2^61: norms of centred rows stay below 2^62, their squares
     * below float32's end, and small rows as far above its beginning as can be had. */
    int magnitude, width;
    frexp(largest, &magnitude);
    frexp(sqrt((double)space->columns), &width);
    const int exponent = 61 - magnitude - width;
    space->scale = ldexp(1, exponent < 1000 ? exponent : 1000);
}

double latent__space_most(int64_t columns) {
    return sqrt(0x1p1021 / (double)columns);
}

bool latent__space_norm_fits(double norm) {
    return norm >= 0x1p-450;
}

double latent__space_distance(const latent__space *space, const void *a, double norm_a,
                              const void *b, double norm_b) {
    if (space->metric == LATENT_COSINE)
        return 1 - space->dot(a, b, space->columns) / (norm_a * norm_b);
    return sqrt(space->squared_distance(a, b, space->columns));
}

double latent__space_radius_above(const latent__space *space, double d) {
    if (space->metric == LATENT_COSINE)
        return sqrt(2 * fmax(d + space->error, 0)) * latent__wider;
    return (d * (1 + 2 * space->error) + space->underflow) * space->scale * latent__wider;
}

double latent__space_radius_below(const latent__space *space, double d) {
    if (space->metric == LATENT_COSINE) {
        const double half = d - space->error;
        return half > 0 ? sqrt(2 * half) * latent__narrower : -1;
    }
    return (d * (1 - 2 * space->error) - space->underflow) * space->scale * latent__narrower;
}

double latent__space_evaluated_above(const latent__space *space, double r) {
    if (space->metric == LATENT_COSINE)
        return (r * r / 2 + space->error) * latent__wider;
    return (r / space->scale * (1 + 2 * space->error) + space->underflow) * latent__wider;
}
