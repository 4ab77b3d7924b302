/* The accumulator of moments.h, and outliers.h. */
#include <inttypes.h>
#include <math.h>

#include "base/memory.h"
#include "base/structs.h"
#include "moments/accumulator.h"
#include "moments/saved.h"
#include "moments_checks.h"

static latent_status create(latent_context *context, int64_t columns,
                            const latent_moments_options *given, latent_moments **moments) {
    latent_moments_options options;
    latent_status status = latent__check_least(context, columns, 1, "columns");
    if (!status)
        status = latent__read_moments_options(context, &options, given);
    return status ? status : latent__accumulator_create(context, columns, &options, moments);
}

latent_status latent_moments_create(latent_context *context, int64_t columns,
                                    const latent_moments_options *options,
                                    latent_moments **moments) {
    if (moments)
        *moments = NULL;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__need(context, moments, "moments");
    if (!status)
        status = create(context, columns, options, moments);
    return latent__leave(context, status);
}

/* Counts are exact up to here; nobody comes near, but for saved bytes that claim it. */
static latent_status check_room(latent_context *context, const latent__samples *a, int64_t rows,
                                int64_t nonfinite) {
    if (rows <= LATENT__MOST_ROWS - a->rows && nonfinite <= LATENT__MOST_ROWS - a->nonfinite)
        return LATENT_OK;
    return latent__fail(context, LATENT_ERROR_OVERFLOW,
                        "an accumulator of %" PRId64 " rows cannot take %" PRId64
                        " more: it counts to 2^53",
                        a->rows, rows);
}

static latent_status update(latent_context *context, latent_moments *moments,
                            const latent_matrix *points, latent_moments_samples *samples) {
    latent__question question = {.context = context, .view = points, .features = true};
    latent_status status = latent__need(context, moments, "moments");
    if (!status)
        status = latent__view_check(context, points, "points");
    if (!status && points->columns != moments->tally.features)
        status = latent__fail(context, LATENT_ERROR_SHAPE,
                              "points has %" PRId64 " columns, but the accumulator has %" PRId64,
                              points->columns, moments->tally.features);
    if (!status && samples && !moments->options.samples)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "samples is given, but the accumulator was created without "
                              "options->samples");
    if (!status)
        status =
            latent__options_read(context, &question.out, sizeof question.out, samples, "samples");
    if (!status)
        status = check_room(context, &moments->tally.samples, points->rows, 0);
    if (status)
        return status;
    question.options = &moments->options;
    question.samples = moments->options.samples;
    question.outliers = moments->options.outliers;
    latent__tally sum;
    latent__set_moments_budget(context, points, true);
    status = latent__tally_open(context, points->columns, &sum);
    if (status)
        return status;
    status = latent__view_moments(&question, &sum);
    if (!status)
        latent__tally_join(context->kernels, &moments->tally, &sum);
    latent__tally_close(context, &sum);
    return status;
}

latent_status latent_moments_update(latent_context *context, latent_moments *moments,
                                    const latent_matrix *points, latent_moments_samples *samples) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, update(context, moments, points, samples));
}

/* Refuses accumulators whose options differ, and names the first that does. */
static latent_status check_same_options(latent_context *context, const latent_moments_options *into,
                                        const latent_moments_options *from) {
    const struct {
        const char *name;
        double into, from;
    } options[] = {
        {"bias", into->bias, from->bias},
        {"fisher", into->fisher, from->fisher},
        {"nan_policy", into->nan_policy, from->nan_policy},
        {"samples", into->samples, from->samples},
        {"outliers", into->outliers, from->outliers},
        {"magnitude", into->magnitude, from->magnitude},
        {"sigma", into->sigma, from->sigma},
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].into != options[i].from)
            return latent__fail(context, LATENT_ERROR_ARGUMENT,
                                "from was created with options->%s %.17g, but into with %.17g",
                                options[i].name, options[i].from, options[i].into);
    return LATENT_OK;
}

static latent_status merge(latent_context *context, latent_moments *into,
                           const latent_moments *from) {
    latent_status status = latent__need(context, into, "into");
    if (!status)
        status = latent__need(context, from, "from");
    if (status)
        return status;
    if (into == from)
        return latent__fail(context, LATENT_ERROR_ARGUMENT, "into and from are the same");
    if (into->tally.features != from->tally.features)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "from has %" PRId64 " columns, but into has %" PRId64,
                            from->tally.features, into->tally.features);
    const latent__samples *more = &from->tally.samples;
    status = check_same_options(context, &into->options, &from->options);
    if (!status)
        status = check_room(context, &into->tally.samples, more->rows, more->nonfinite);
    if (!status)
        latent__tally_join(context->kernels, &into->tally, &from->tally);
    return status;
}

latent_status latent_moments_merge(latent_context *context, latent_moments *into,
                                   const latent_moments *from) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, merge(context, into, from));
}

/* An accumulator that has been given rows. */
static latent_status check_filled(latent_context *context, const latent_moments *moments) {
    const latent_status status = latent__need(context, moments, "moments");
    if (status || moments->tally.samples.rows > 0)
        return status;
    return latent__fail(context, LATENT_ERROR_DOMAIN, "moments has been given no rows yet");
}

static latent_status finish(latent_context *context, const latent_moments *moments,
                            latent_moments_features *given_features,
                            latent_moments_overall *given_overall) {
    latent_moments_features features;
    latent_moments_overall overall;
    latent_status status = check_filled(context, moments);
    if (!status)
        status =
            latent__options_read(context, &features, sizeof features, given_features, "features");
    if (!status)
        status = latent__options_read(context, &overall, sizeof overall, given_overall, "overall");
    if (!status && !given_features && !given_overall)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "features and overall are both NULL: nothing is asked for");
    if (!status && given_overall && !moments->options.samples)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "overall is given, but the accumulator was created without "
                              "options->samples");
    if (status)
        return status;
    if (given_features) {
        latent__write_features(&moments->tally, &moments->options, &features);
        latent__struct_write(given_features, &features, sizeof features);
    }
    if (given_overall) {
        latent__write_overall(&moments->tally, &overall);
        latent__struct_write(given_overall, &overall, sizeof overall);
    }
    return LATENT_OK;
}

latent_status latent_moments_finish(latent_context *context, const latent_moments *moments,
                                    latent_moments_features *features,
                                    latent_moments_overall *overall) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, finish(context, moments, features, overall));
}

static latent_status outliers_of(latent_context *context, const latent_moments *moments,
                                 const latent_outliers_options *given,
                                 latent_outliers *given_outliers) {
    latent_outliers_options options;
    latent_outliers outliers;
    latent_status status = check_filled(context, moments);
    if (!status && !moments->options.outliers)
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "moments was created without options->outliers");
    if (!status)
        status = latent__need(context, given_outliers, "outliers");
    if (!status)
        status = latent__options_read(context, &options, sizeof options, given, "options");
    if (!status)
        status =
            latent__options_read(context, &outliers, sizeof outliers, given_outliers, "outliers");
    if (!status && !(options.share >= 0 && options.share <= 1))
        status = latent__fail(context, LATENT_ERROR_ARGUMENT,
                              "options->share is %g, outside 0 to 1", options.share);
    if (!status && options.share == 0)
        options.share = 0.06;
    if (!status)
        status = latent__default_positive(context, &options.ratio, 10, "options->ratio");
    if (!status) {
        latent__set_budget(context, 0, latent__linear(moments->tally.features, 24));
        status = latent__outliers(context, moments, &options, &outliers);
    }
    if (!status)
        latent__struct_write(given_outliers, &outliers, sizeof outliers);
    return status;
}

latent_status latent_moments_outliers(latent_context *context, const latent_moments *moments,
                                      const latent_outliers_options *options,
                                      latent_outliers *outliers) {
    const latent_status status = latent__enter(context);
    return status ? status
                  : latent__leave(context, outliers_of(context, moments, options, outliers));
}

int64_t latent_moments_saved_bytes(const latent_moments *moments) {
    return moments ? latent__saved_bytes(moments->tally.features) : 0;
}

static latent_status save(latent_context *context, const latent_moments *moments, void *bytes,
                          int64_t capacity) {
    latent_status status = latent__need(context, moments, "moments");
    if (!status)
        status = latent__need(context, bytes, "bytes");
    if (status)
        return status;
    const int64_t needed = latent__saved_bytes(moments->tally.features);
    if (capacity < needed)
        return latent__fail(context, LATENT_ERROR_SHAPE,
                            "capacity is %" PRId64 "; the accumulator needs %" PRId64 " bytes",
                            capacity, needed);
    latent__save(moments, bytes);
    return LATENT_OK;
}

latent_status latent_moments_save(latent_context *context, const latent_moments *moments,
                                  void *bytes, int64_t capacity) {
    const latent_status status = latent__enter(context);
    return status ? status : latent__leave(context, save(context, moments, bytes, capacity));
}

latent_status latent_moments_load(latent_context *context, const void *bytes, int64_t count,
                                  latent_moments **moments) {
    if (moments)
        *moments = NULL;
    latent_status status = latent__enter(context);
    if (status)
        return status;
    status = latent__need(context, moments, "moments");
    if (!status)
        status = latent__need(context, bytes, "bytes");
    if (!status)
        status = latent__check_least(context, count, 0, "count");
    if (!status)
        status = latent__load(context, bytes, count, moments);
    return latent__leave(context, status);
}
