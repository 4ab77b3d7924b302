#include "common/geometry_measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/program_run.h"

static double *allocate(int64_t rows, int64_t columns, struct io_error *error) {
    double *numbers = calloc((size_t)rows, (size_t)columns * sizeof *numbers);
    if (!numbers)
        io_fail_memory(error, 8 * (double)rows * (double)columns);
    return numbers;
}

/* Counts what a call asked of the encoder, and turns its status into a sentence. */
static bool finish(const struct geometry_measure *at, latent_status status,
                   const latent_encoder_usage *usage, struct io_error *error) {
    latent_encoder_usage *sum = &at->report->usage;
    sum->forward_rows += usage->forward_rows;
    sum->jvp_rows += usage->jvp_rows;
    sum->vjp_rows += usage->vjp_rows;
    return status == LATENT_OK || program_fail_call(error, at->context, status);
}

static bool measure_all(const struct geometry_measure *at, struct io_error *error) {
    struct geometry_jacobian *jacobian = &at->report->jacobian;
    latent_encoder_usage usage = {.size = sizeof usage};
    latent_jacobian_spectrum_result result = {
        .size = sizeof result, .values = jacobian->sigma, .right = jacobian->right};
    const latent_status status = latent_jacobian_spectrum(
        at->context, &at->encoder, at->report->start.pixels, NULL, &result, &usage);
    jacobian->frobenius = result.frobenius;
    jacobian->stable_rank = result.stable_rank;
    return finish(at, status, &usage, error);
}

/* The norm is estimated then: the whole J is not there. */
static bool measure_leading(const struct geometry_measure *at, struct io_error *error) {
    struct geometry_jacobian *jacobian = &at->report->jacobian;
    const double *const point = at->report->start.pixels;
    latent_encoder_usage usage = {.size = sizeof usage};
    jacobian->residual = allocate(jacobian->rank, 1, error);
    if (!jacobian->residual)
        return false;
    latent_jacobian_triplets triplets = {.size = sizeof triplets,
                                         .values = jacobian->sigma,
                                         .right = jacobian->right,
                                         .residuals = jacobian->residual};
    latent_status status = latent_jacobian_leading(at->context, &at->encoder, point, jacobian->rank,
                                                   NULL, &triplets, &usage);
    if (!finish(at, status, &usage, error))
        return false;
    const latent_jacobian_norm_options options = {.size = sizeof options,
                                                  .largest = jacobian->sigma[0]};
    latent_jacobian_norm_result norm = {.size = sizeof norm};
    status = latent_jacobian_norm(at->context, &at->encoder, point, &options, &norm, &usage);
    jacobian->frobenius = norm.norm;
    jacobian->frobenius_error = norm.standard_error;
    jacobian->stable_rank = norm.stable_rank;
    jacobian->stable_rank_error = norm.stable_rank_error;
    return finish(at, status, &usage, error);
}

bool geometry_measure_jacobian(const struct geometry_measure *at, struct io_error *error) {
    const struct geometry_report *report = at->report;
    struct geometry_jacobian *jacobian = &at->report->jacobian;
    const int64_t most = report->inputs < report->outputs ? report->inputs : report->outputs;
    const int64_t leading = report->request.leading;
    jacobian->rank = leading > 0 ? leading : most;
    jacobian->sigma = allocate(jacobian->rank, 1, error);
    jacobian->right = allocate(jacobian->rank, report->inputs, error);
    return jacobian->sigma && jacobian->right &&
           (jacobian->rank < most ? measure_leading : measure_all)(at, error);
}

enum { QUANTILES = 3 };
static const double probabilities[QUANTILES] = {0.05, 0.5, 0.95};

/* Where the library writes the distribution, for each length of steps. */
struct distribution {
    double mean[GEOMETRY_EPSILONS], min[GEOMETRY_EPSILONS], max[GEOMETRY_EPSILONS];
    double rounding[GEOMETRY_EPSILONS], quantiles[GEOMETRY_EPSILONS * QUANTILES];
};

static void keep_spread(struct geometry_constants *family, const struct distribution *from,
                        int64_t epsilons) {
    for (int64_t e = 0; e < epsilons; e++) {
        const double *const quantiles = from->quantiles + e * QUANTILES;
        family->spread[e] = (struct geometry_spread){.least = from->min[e],
                                                     .low = quantiles[0],
                                                     .median = quantiles[1],
                                                     .mean = from->mean[e],
                                                     .high = quantiles[2],
                                                     .most = from->max[e],
                                                     .rounding = from->rounding[e]};
    }
}

/* Constants along given directions, or, if those are NULL, along sampled ones. */
static bool measure_family(const struct geometry_measure *at, int which, int64_t count,
                           const double *directions, const latent_lipschitz_sampling *sampling,
                           struct io_error *error) {
    const struct geometry_request *request = &at->report->request;
    struct geometry_constants *family = &at->report->family[which];
    const double *const point = at->report->start.pixels;
    const latent_lipschitz_options options = {.size = sizeof options,
                                              .epsilons = request->epsilon,
                                              .epsilon_count = request->epsilons,
                                              .probabilities = probabilities,
                                              .quantile_count = QUANTILES};
    latent_encoder_usage usage = {.size = sizeof usage};
    struct distribution to;
    family->directions = count;
    family->value = allocate(count, request->epsilons, error);
    if (!family->value)
        return false;
    latent_lipschitz_result result = {.size = sizeof result,
                                      .constants = family->value,
                                      .mean = to.mean,
                                      .min = to.min,
                                      .max = to.max,
                                      .quantiles = to.quantiles,
                                      .rounding = to.rounding};
    latent_status status;
    if (directions) {
        const latent_matrix view =
            latent_matrix_view(directions, count, at->report->inputs, LATENT_F64);
        status = latent_lipschitz_along(at->context, &at->encoder, point, &view, &options, &result,
                                        &usage);
    } else {
        status = latent_lipschitz_sample(at->context, &at->encoder, point, sampling, &options,
                                         &result, &usage);
    }
    if (!finish(at, status, &usage, error))
        return false;
    keep_spread(family, &to, request->epsilons);
    return true;
}

static int compare(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* At (count - 1) p of the numbers in order, interpolated linearly. */
static double quantile(const double *ordered, int64_t count, double p) {
    const double place = (double)(count - 1) * p;
    const int64_t below = (int64_t)place, above = below + 1 < count ? below + 1 : below;
    return ordered[below] + (place - (double)below) * (ordered[above] - ordered[below]);
}

static void spread_ascents(struct geometry_spread *spread, double *constants, int64_t count) {
    qsort(constants, (size_t)count, sizeof *constants, compare);
    for (int64_t i = 0; i < count; i++)
        spread->mean += constants[i] / (double)count;
    spread->least = constants[0];
    spread->low = quantile(constants, count, probabilities[0]);
    spread->median = quantile(constants, count, probabilities[1]);
    spread->high = quantile(constants, count, probabilities[2]);
    spread->most = constants[count - 1];
}

/* The first ascent begins at v_1, so that none of the linear picture is missed. */
static bool measure_ascents(const struct geometry_measure *at, struct io_error *error) {
    const struct geometry_request *request = &at->report->request;
    struct geometry_constants *family = &at->report->family[GEOMETRY_ASCENT];
    const int64_t count = request->restarts, epsilons = request->epsilons;
    double *found = allocate(count, 1, error);
    family->directions = count;
    family->value = allocate(count, epsilons, error);
    bool ok = found && family->value;
    for (int64_t e = 0; ok && e < epsilons; e++) {
        const latent_lipschitz_ascent_options options = {.size = sizeof options,
                                                         .epsilon = request->epsilon[e],
                                                         .restarts = count,
                                                         .starts = at->report->jacobian.right,
                                                         .start_count = 1};
        latent_encoder_usage usage = {.size = sizeof usage};
        latent_lipschitz_ascent result = {.size = sizeof result, .constants = found};
        const latent_status status = latent_lipschitz_ascend(
            at->context, &at->encoder, at->report->start.pixels, &options, &result, &usage);
        ok = finish(at, status, &usage, error);
        for (int64_t i = 0; ok && i < count; i++)
            family->value[i * epsilons + e] = found[i];
        if (ok)
            spread_ascents(&family->spread[e], found, count);
        family->spread[e].rounding = result.rounding;
    }
    free(found);
    return ok;
}

bool geometry_measure_families(const struct geometry_measure *at, struct io_error *error) {
    const struct geometry_report *report = at->report;
    const struct geometry_jacobian *jacobian = &report->jacobian;
    latent_lipschitz_sampling sampling = {.size = sizeof sampling,
                                          .count = report->request.samples};
    if (!measure_family(at, GEOMETRY_RIGHT, jacobian->rank, jacobian->right, NULL, error) ||
        !measure_family(at, GEOMETRY_GAUSSIAN, sampling.count, NULL, &sampling, error))
        return false;
    sampling.complement_of = jacobian->right;
    sampling.complement_count = jacobian->rank;
    /* Singular vectors that span everything leave nothing. */
    return (jacobian->rank == report->inputs ||
            measure_family(at, GEOMETRY_PROJECTED, sampling.count, NULL, &sampling, error)) &&
           (report->request.restarts == 0 || measure_ascents(at, error));
}

/* How much of the displacement lies along the singular vectors, and its Lipschitz constants. */
static bool measure_displacement(const struct geometry_measure *at, struct io_error *error) {
    struct geometry_report *report = at->report;
    const int64_t n = report->inputs;
    double *displacement = allocate(1, n, error), within = 0;
    if (!displacement)
        return false;
    for (int64_t i = 0; i < n; i++)
        displacement[i] = report->result.pixels[i] - report->start.pixels[i];
    const latent_matrix right =
        latent_matrix_view(report->jacobian.right, report->jacobian.rank, n, LATENT_F64);
    const latent_matrix view = latent_matrix_view(displacement, 1, n, LATENT_F64);
    latent_walk_parts parts = {.size = sizeof parts, .within_norm = &within};
    const latent_status status = latent_walk_split(at->context, &right, &view, NULL, &parts);
    const double part = within / report->matching.distance;
    report->matching.within = part * part;
    const bool ok = status == LATENT_OK
                        ? measure_family(at, GEOMETRY_DISPLACEMENT, 1, displacement, NULL, error)
                        : program_fail_call(error, at->context, status);
    free(displacement);
    return ok;
}

bool geometry_measure_matching(const struct geometry_measure *at, struct io_error *error) {
    struct geometry_report *report = at->report;
    struct geometry_matching *matching = &report->matching;
    const int64_t n = report->inputs, rows = report->request.matching.max_steps + 1;
    const latent_matrix start = latent_matrix_view(report->start.pixels, 1, n, LATENT_F64);
    const latent_matrix target = latent_matrix_view(report->target.pixels, 1, n, LATENT_F64);
    latent_encoder_usage usage = {.size = sizeof usage};
    int32_t state = 0;
    matching->loss = allocate(3, rows, error);
    if (!matching->loss)
        return false;
    matching->cosine = matching->loss + rows;
    matching->moved = matching->loss + 2 * rows;
    latent_matching_result result = {.size = sizeof result,
                                     .x = report->result.pixels,
                                     .state = &state,
                                     .steps = &matching->steps,
                                     .iterate = &matching->best,
                                     .distance = &matching->distance,
                                     .trace_rows = rows,
                                     .trace_loss = matching->loss,
                                     .trace_cosine = matching->cosine,
                                     .trace_change = matching->moved};
    const latent_status status =
        latent_matching_run(at->context, &at->encoder, &start, &target, NULL,
                            &report->request.matching, &result, &usage);
    matching->state = (latent_matching_state)state;
    matching->within = (double)NAN;
    return finish(at, status, &usage, error) &&
           (matching->distance <= 0 || measure_displacement(at, error));
}
