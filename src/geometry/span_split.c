#include "span_split.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/rows.h"
#include "kernels/kernels.h"
#include "parallel/pool.h"
#include "vectors.h"

/* The product of direction i with one up to itself that is farthest from what it should be. */
typedef struct worst_product {
    int64_t with;
    double product, deviation;
} worst_product;

typedef struct split {
    latent_context *context;
    const latent_matrix *displacements;
    int64_t r, n, rows;
    double *directions;    /* r × n */
    worst_product *worst;  /* by direction */
    double *within, *rest; /* rows × n each, one after the other */
    double *norms;         /* rows, then rows */
} split;

int64_t latent__split_room(const latent_matrix *directions, const latent_matrix *displacements) {
    return latent__linear(directions->rows,
                          8 * directions->columns + (int64_t)sizeof(worst_product)) +
           latent__linear(displacements->rows, 16 * displacements->columns + 16);
}

static latent_status open_split(split *s) {
    latent_status status = LATENT_OK;
    s->directions = latent__allocate(s->context, s->r, (size_t)(8 * s->n), "directions", &status);
    if (!status)
        s->worst =
            latent__allocate(s->context, s->r, sizeof *s->worst, "products of directions", &status);
    if (!status)
        s->within = latent__allocate(s->context, s->rows, (size_t)(16 * s->n),
                                     "parts of displacements", &status);
    if (!status)
        s->norms = latent__allocate(s->context, s->rows, 16, "norms of parts", &status);
    s->rest = s->within ? s->within + s->rows * s->n : NULL;
    return status;
}

static void close_split(split *s) {
    latent__release(s->context, s->norms, s->rows, 16);
    latent__release(s->context, s->within, s->rows, (size_t)(16 * s->n));
    latent__release(s->context, s->worst, s->r, sizeof *s->worst);
    latent__release(s->context, s->directions, s->r, (size_t)(8 * s->n));
}

static double dot(const split *s, const double *a, const double *b) {
    return s->context->kernels->dot[LATENT_F64 - 1](a, b, s->n);
}

static void check_direction(void *argument, int64_t i, int32_t worker) {
    split *s = argument;
    const double *v = s->directions + i * s->n;
    worst_product worst = {i, 1, -1};
    for (int64_t j = 0; j <= i && !latent__tick(s->context, worker); j++) {
        const double product = dot(s, v, s->directions + j * s->n);
        const double deviation = fabs(product - (i == j ? 1 : 0));
        if (!(deviation <= worst.deviation))
            worst = (worst_product){j, product, isnan(deviation) ? (double)INFINITY : deviation};
    }
    s->worst[i] = worst;
}

static latent_status check_directions(split *s, double tolerance, double *deviation) {
    latent__phase(s->context, "directions", 0, 0.5);
    const latent_status status = latent__parallel(s->context, s->r, check_direction, s);
    if (status)
        return status;
    int64_t worst = 0;
    for (int64_t i = 1; i < s->r; i++)
        if (s->worst[i].deviation > s->worst[worst].deviation)
            worst = i;
    *deviation = s->worst[worst].deviation;
    if (*deviation <= tolerance)
        return LATENT_OK;
    return latent__fail(s->context, LATENT_ERROR_DOMAIN,
                        "directions are not orthonormal: the product of directions[%" PRId64
                        "] and directions[%" PRId64 "] is %.10g, off by %.3g; %.3g is tolerated",
                        s->worst[worst].with, worst, s->worst[worst].product, *deviation,
                        tolerance);
}

/* Moves the component of the rest along v into the part within. */
static void move_along(const split *s, const double *v, double *within, double *rest) {
    const double c = dot(s, v, rest);
    for (int64_t j = 0; j < s->n; j++) {
        within[j] += c * v[j];
        rest[j] -= c * v[j];
    }
}

/* Twice over all directions: what rounding and directions that are not quite orthogonal leave after
 * the first time is far smaller after the second. */
static void split_row(void *argument, int64_t p, int32_t worker) {
    split *s = argument;
    double *const within = s->within + p * s->n, *const rest = s->rest + p * s->n;
    memset(within, 0, (size_t)s->n * sizeof *within);
    for (int64_t j = 0; j < s->n; j++)
        rest[j] = latent__element(s->displacements, p, j);
    for (int64_t i = 0; i < 2 * s->r; i++) {
        if (latent__tick(s->context, worker))
            return;
        move_along(s, s->directions + i % s->r * s->n, within, rest);
    }
    s->norms[p] = latent__vector_norm(within, s->n);
    s->norms[s->rows + p] = latent__vector_norm(rest, s->n);
}

static latent_status split_rows(split *s) {
    latent__phase(s->context, "displacements", 0.5, 1);
    const latent_status status = latent__parallel(s->context, s->rows, split_row, s);
    for (int64_t p = 0; p < s->rows && !status; p++)
        if (!isfinite(s->norms[p]) || !isfinite(s->norms[s->rows + p]))
            return latent__fail(s->context, LATENT_ERROR_OVERFLOW,
                                "the parts of displacements[%" PRId64 "] are beyond float64", p);
    return status;
}

static void copy(double *to, const double *from, int64_t count) {
    if (to)
        memcpy(to, from, (size_t)count * sizeof *to);
}

latent_status latent__split(latent_context *context, const latent_matrix *directions,
                            const latent_matrix *displacements, double tolerance,
                            latent_walk_parts *parts) {
    split s = {.context = context,
               .displacements = displacements,
               .r = directions->rows,
               .n = directions->columns,
               .rows = displacements->rows};
    double deviation = 0;
    latent_status status = open_split(&s);
    for (int64_t i = 0; i < s.r && !status; i++)
        for (int64_t j = 0; j < s.n; j++)
            s.directions[i * s.n + j] = latent__element(directions, i, j);
    if (!status)
        status = check_directions(&s, tolerance, &deviation);
    if (!status)
        status = split_rows(&s);
    if (!status) {
        parts->deviation = deviation;
        copy(parts->within, s.within, s.rows * s.n);
        copy(parts->rest, s.rest, s.rows * s.n);
        copy(parts->within_norm, s.norms, s.rows);
        copy(parts->rest_norm, s.norms + s.rows, s.rows);
    }
    close_split(&s);
    return status;
}
